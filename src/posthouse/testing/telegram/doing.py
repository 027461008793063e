"""What follows from what a person does: messages, queries, votes, memberships."""

from collections.abc import Iterable, Sequence
from typing import Any

from posthouse.testing.telegram.markup.reading import detect
from posthouse.testing.telegram.multipart import Upload
from posthouse.testing.telegram.state import (
    ADMIN_RIGHTS,
    CHANNEL_RIGHTS,
    GROUP_RIGHTS,
    Bot,
    Chat,
    Member,
    Message,
    Person,
    Query,
)
from posthouse.testing.telegram.wire import Json
from posthouse.testing.telegram.world import World

_FIRST_PERSON = 1_000_000


class Doing:
    """One person in one chat."""

    def __init__(self, world: World, person: Person, chat: Chat) -> None:
        self.world = world
        self.person = person
        self.chat = chat

    # --- content

    def words(self, words: str) -> Json:
        """A text, with what Telegram finds in it."""
        entities = detect(words)
        return {"text": words} | ({"entities": entities} if entities else {})

    def caption(self, words: str) -> Json:
        """A caption, with what Telegram finds in it."""
        if not words:
            return {}
        entities = detect(words)
        return {"caption": words} | ({"caption_entities": entities} if entities else {})

    def file(self, kind: str, upload: Upload, caption: str) -> Json:
        """A file of a kind."""
        stored = self.world.files.keep(kind, upload, {})
        return {kind: self.world.files.describe(stored)} | self.caption(caption)

    # --- acts

    def write(
        self, content: Json, *, reply_to: Message | None = None, thread_id: int = 0, **more: Any
    ) -> Message:
        """Write a message."""
        if reply_to is not None:
            bare = {key: part for key, part in reply_to.body.items() if key != "reply_to_message"}
            more["reply_to_message"] = bare
        if thread_id:
            more |= {"message_thread_id": thread_id, "is_topic_message": self.chat.is_forum}
        return self.world.post(self.chat, content, self.person, **more)

    def forward(self, message: Message) -> Message:
        """Forward a message."""
        dropped = {"message_id", "from", "chat", "date", "reply_markup", "sender_chat", "edit_date"}
        content = {key: part for key, part in message.body.items() if key not in dropped}
        body = message.body
        origin: Json = {"type": "user", "date": body["date"], "sender_user": body.get("from")}
        if message.chat.kind == "channel":
            origin = {
                "type": "channel",
                "date": body["date"],
                "chat": message.chat.as_json(),
                "message_id": message.id,
            }
        return self.world.post(self.chat, content, self.person, forward_origin=origin)

    def press(self, message: Message, data: str) -> Query:
        """Press a button."""
        bot = self.world.bots[message.author]
        body = {"message": message.body, "chat_instance": str(self.chat.id), "data": data}
        return self._query(bot, "callback_query", body)

    def ask(self, bot: Bot, words: str) -> Query:
        """Type the name of a bot and some words, without sending them."""
        body: Json = {"query": words, "offset": "", "chat_type": self.chat.kind}
        if self.chat.kind == "private":
            body["chat_type"] = "sender" if bot.id in self.chat.members else "private"
        return self._query(bot, "inline_query", body)

    def pay(self, message: Message) -> Query:
        """Press the button to pay."""
        invoice = message.body["invoice"]
        body = {key: invoice[key] for key in ("currency", "total_amount")}
        body["invoice_payload"] = message.payload
        return self._query(self.world.bots[message.author], "pre_checkout_query", body)

    def _query(self, bot: Bot, kind: str, body: Json) -> Query:
        number = str(self.world.number())
        query = Query(bot.id, self.world.clock.monotonic(), {"id": number, **body})
        query.body["from"] = self.person.user
        self.world.queries[number] = query
        self.world.emit(bot, kind, query.body, user=self.person.id)
        return query

    def react(self, message: Message, emoji: Sequence[str]) -> None:
        """React to a message."""
        new = [{"type": "emoji", "emoji": one} for one in emoji]
        self.world.react(message, self.person, new)

    def vote(self, message: Message, options: Iterable[str]) -> None:
        """Vote in a poll."""
        poll = self.world.polls[message.body["poll"]["id"]]
        labels = [option["text"] for option in poll.body["options"]]
        chosen = [labels.index(option) for option in options]
        if poll.body["is_closed"]:
            raise AssertionError(f"the poll {poll.body['question']!r} is closed")
        if chosen:
            poll.votes[self.person.id] = chosen
        else:
            poll.votes.pop(self.person.id, None)
        poll.count()
        message.body = message.body | {"poll": poll.body}
        bot = self.world.bots.get(poll.place.author)
        if bot is None:
            return
        self.world.emit(bot, "poll", poll.body, user=0)
        if not poll.body["is_anonymous"]:
            ids = [poll.body["options"][one]["persistent_id"] for one in chosen]
            answer = {"poll_id": poll.body["id"], "user": self.person.user}
            answer |= {"option_ids": chosen, "option_persistent_ids": ids}
            self.world.emit(bot, "poll_answer", answer, user=self.person.id)

    def block(self, bot: Bot, *, is_blocked: bool) -> None:
        """Stop a bot, or let it write again."""
        chat = self.world.private(bot, self.person)
        if is_blocked:
            self.person.blocked.add(bot.id)
        else:
            self.person.blocked.discard(bot.id)
        status = Member("kicked" if is_blocked else "member")
        self.world.set_member(chat, bot, status, self.person)

    def join(self, chat: Chat, link: str) -> None:
        """Join a chat, or ask to be let in."""
        invite = chat.invites.get(link) if link else None
        if link and (invite is None or invite.is_revoked):
            raise AssertionError(f"the link {link} does not lead into {chat}")
        if invite is None or not invite.details.get("creates_join_request"):
            self.world.set_member(chat, self.person, Member(), self.person, invite=invite)
            return
        request: Json = {
            "chat": chat.as_json(),
            "from": self.person.user,
            "user_chat_id": self.person.id,
            "date": self.world.now(),
            "invite_link": invite.as_json(),
        }
        chat.join_requests[self.person.id] = request
        for bot in self.world.bots.values():
            if chat.member(bot.id).may("can_invite_users"):
                self.world.private(bot, self.person)  # it may write to who asks
                self.world.emit(bot, "chat_join_request", request, chat=chat)


class Stage:
    """The people by name, and the chats they found."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.by_name: dict[str, Person] = {}
        self.seen: dict[tuple[int, int], int] = {}
        """When somebody last did something in a chat, in the world's numbers."""

    def find(
        self,
        name: str,
        *,
        person_id: int | None = None,
        has_started: bool = True,
        **details: Any,
    ) -> Person:
        """Somebody by name; a new name is a new person."""
        known = self.by_name.get(name)
        if known is None:
            number = _FIRST_PERSON + len(self.by_name) + 1 if person_id is None else person_id
            if self.world.account(number) is not None:
                raise ValueError(f"the id {number} is somebody else's; give {name} another")
            user = {"id": number, "is_bot": False, "first_name": name, "language_code": "en"}
            known = self.by_name[name] = Person(user | details)
            self.world.people[number] = known
            if not has_started:
                known.strangers |= set(self.world.bots)
        return known

    def admin(self, chat: Chat, **rights: bool) -> Member:
        """An administrator: with all rights, but those said to be withheld."""
        special = CHANNEL_RIGHTS if chat.kind == "channel" else GROUP_RIGHTS
        found = dict.fromkeys(ADMIN_RIGHTS + special, True) | {"is_anonymous": False} | rights
        return Member("administrator", can_be_edited=False, **found)

    def chat(self, kind: str, title: str, members: Iterable[Person | Bot], **details: Any) -> Chat:
        """Found a chat; nobody is told."""
        chat = self.world.add_chat(kind, title=title, **details)
        for account in members:
            is_bot = isinstance(account, Bot)
            if not is_bot and not any(one.status == "creator" for one in chat.members.values()):
                chat.members[account.id] = Member("creator", is_anonymous=False)
            elif is_bot and kind == "channel":
                chat.members[account.id] = self.admin(chat)
            else:
                chat.members[account.id] = Member()
        return chat

    def link(self, channel: Chat, group: Chat) -> None:
        """Have a channel's posts discussed in a group."""
        channel.linked, group.linked = group, channel
