"""A pretended Telegram: who writes what where, and which bot learns of it."""

import asyncio
from collections.abc import Callable
from typing import Any

from posthouse.ports.clock import Clock
from posthouse.testing.telegram import refusals
from posthouse.testing.telegram.files import Files
from posthouse.testing.telegram.queue import Queue
from posthouse.testing.telegram.refusals import migrated, refuse
from posthouse.testing.telegram.state import (
    SERVICE_ID,
    SERVICE_USER,
    Account,
    Bot,
    Chat,
    Invite,
    Member,
    Message,
    Person,
    Poll,
    Query,
    Webhook,
)
from posthouse.testing.telegram.wire import Json

SUPERGROUP_OFFSET = 10**12
_SERVICE_FIELDS = frozenset(
    [
        "new_chat_members",
        "left_chat_member",
        "new_chat_title",
        "new_chat_photo",
        "delete_chat_photo",
        "group_chat_created",
        "supergroup_chat_created",
        "channel_chat_created",
        "migrate_to_chat_id",
        "migrate_from_chat_id",
        "pinned_message",
        "forum_topic_created",
        "forum_topic_edited",
        "forum_topic_closed",
        "forum_topic_reopened",
        "successful_payment",
        "general_forum_topic_hidden",
        "general_forum_topic_unhidden",
    ]
)


class World:
    """Everything, and what follows from what somebody does."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.slows_polling = True
        """Whether who asks for the same updates again at once waits, as on the real server."""
        self.webhooks: dict[int, Webhook] = {}
        self.webhook_set_s: dict[int, float] = {}
        self.files = Files()
        self.bots: dict[int, Bot] = {}
        self.people: dict[int, Person] = {}
        self.chats: dict[int | tuple[int, int], Chat] = {}
        self.queues: dict[int, Queue] = {}
        self.queries: dict[str, Query] = {}
        self.polls: dict[str, Poll] = {}
        self.charges: set[str] = set()
        """Payments that were not given back."""
        self._numbers = 0
        self._watching: list[asyncio.Future[None]] = []

    # --- time and numbers

    def now(self) -> int:
        """Seconds since the epoch, as messages carry them."""
        return int(self.clock.timestamp())

    def number(self) -> int:
        """A number that was not given before."""
        self._numbers += 1
        return self._numbers

    # --- who and where

    def add_bot(self, bot: Bot, *, first_update_id: int) -> None:
        """Let a bot in."""
        self.bots[bot.id] = bot
        self.queues[bot.id] = Queue(self.clock, first_id=first_update_id)

    def account(self, user_id: int) -> Account | None:
        """A person or a bot by id."""
        return self.people.get(user_id) or self.bots.get(user_id)

    def user(self, user_id: int) -> Json:
        """The User of an id."""
        found = self.account(user_id)
        return SERVICE_USER if found is None else found.user

    def private(self, bot: Bot, person: Person) -> Chat:
        """The private chat of two; it begins with the first message."""
        chat = self.chats.get((bot.id, person.id))
        if chat is None:
            details = {key: person.user[key] for key in _SHARED if key in person.user}
            chat = Chat(person.id, "private", **details)
            chat.members = {bot.id: Member(), person.id: Member()}
            self.chats[bot.id, person.id] = chat
        return chat

    def add_chat(
        self, kind: str, *, title: str, chat_id: int | None = None, **details: Any
    ) -> Chat:
        """Found a group, a supergroup or a channel."""
        number = 1000 + self.number()
        made = -number if kind == "group" else -(SUPERGROUP_OFFSET + number)
        chat = Chat(made if chat_id is None else chat_id, kind, title=title, **details)
        chat.last_id = 0 if kind == "group" else 1  # its first message told that it was made
        self.chats[chat.id] = chat
        return chat

    def find_chat(self, bot: Bot, given: str) -> Chat:
        """The chat a bot means; refuses one that does not exist for it."""
        name = given.strip()
        if not name:
            raise refuse(refusals.CHAT_ID_EMPTY)
        if name.startswith("@"):
            for chat in self.chats.values():
                known = str(chat.details.get("username", "")).lower()
                if known == name[1:].lower() and chat.kind in {"supergroup", "channel"}:
                    return chat
            raise refuse(refusals.CHAT_NOT_FOUND)
        if not name.removeprefix("-").isdecimal():
            raise refuse(refusals.CHAT_NOT_FOUND)
        return self._find_by_id(bot, int(name))

    def _find_by_id(self, bot: Bot, chat_id: int) -> Chat:
        if chat_id in self.bots:
            raise refuse(refusals.NO_BOT_TO_BOT)
        private = self.chats.get((bot.id, chat_id))
        if private is not None and bot.id not in self.people[chat_id].strangers:
            return private
        if chat_id in self.people:
            shared = any(
                bot.id in chat.members and chat_id in chat.members for chat in self.chats.values()
            )
            raise refuse(refusals.CANNOT_BEGIN if shared else refusals.CHAT_NOT_FOUND)
        chat = self.chats.get(chat_id)
        if chat is None or (bot.id not in chat.members and "username" not in chat.details):
            raise refuse(refusals.CHAT_NOT_FOUND)
        return chat

    def check_access(self, bot: Bot, chat: Chat) -> None:
        """Refuse a bot that is not in a chat, or no more."""
        if chat.migrated_to is not None:
            raise migrated(chat.migrated_to)
        if chat.kind == "private":
            return
        status = chat.member(bot.id).status
        if status == "kicked":
            raise refuse(refusals.KICKED.format(kind=chat.kind))
        if status == "left" and (chat.kind != "channel" or "username" not in chat.details):
            raise refuse(refusals.NO_MEMBER.format(kind=chat.kind))

    def check_writing(self, bot: Bot, chat: Chat) -> None:
        """Refuse a bot that may not write into a chat."""
        self.check_access(bot, chat)
        member = chat.member(bot.id)
        if chat.kind == "private":
            person = self.people[chat.id]
            if person.is_deactivated:
                raise refuse(refusals.DEACTIVATED)
            if bot.id in person.blocked:
                raise refuse(refusals.BLOCKED)
        elif chat.kind == "channel":
            if not member.may("can_post_messages"):
                raise refuse(refusals.NO_RIGHT_TO_POST)
        elif not member.is_admin:
            rights = member.details if member.status == "restricted" else chat.permissions
            if not rights.get("can_send_messages"):
                raise refuse(refusals.NO_RIGHT_TO_SEND)

    # --- messages

    def post(self, chat: Chat, content: Json, author: Account, **more: Any) -> Message:
        """Write a message into a chat; everybody concerned learns of it."""
        if chat.kind == "private" and isinstance(author, Person):
            author.strangers -= set(chat.members)
        body: Json = {"message_id": chat.next_id()}
        if chat.kind == "channel":
            body["sender_chat"] = chat.as_json()
        else:
            body["from"] = author.user
        body |= {"date": self.now(), "chat": chat.as_json(), **more, **content}
        message = Message(chat, body, author.id)
        message.stamp = self.number()
        chat.messages[message.id] = message
        self.tell(message)
        if chat.kind == "channel" and chat.linked is not None and not _is_service(body):
            self._discuss(message, chat.linked)
        return message

    def tell(self, message: Message, *, edited: bool = False) -> None:
        """Queue a message for the bots of its chat that may see it, and wake who waits."""
        chat = message.chat
        kind = "channel_post" if chat.kind == "channel" else "message"
        service = _is_service(message.body)
        for bot_id in chat.inside():
            bot = self.bots.get(bot_id)
            if bot is None or (bot_id == message.author and (edited or not service)):
                continue
            if message.author in self.bots and kind == "message" and not service:
                continue  # bots do not see what other bots write in groups
            if service or self._may_see(bot, message):
                self.emit(bot, f"edited_{kind}" if edited else kind, message.body, chat=chat)
        self.changed()

    def emit(
        self, bot: Bot, kind: str, body: Json, *, chat: Chat | None = None, user: int = 0
    ) -> None:
        """Queue an update of a bot; its lane is the chat's, or the person's for queries."""
        lane = f"c{chat.id}" if chat is not None else f"u{user}"
        self.queues[bot.id].put(kind, self.files.as_seen_by(bot.id, body), lane=lane)

    def _may_see(self, bot: Bot, message: Message) -> bool:
        chat = message.chat
        if chat.kind in {"private", "channel"} or not bot.has_privacy:
            return True
        if chat.member(bot.id).is_admin:
            return True
        answered = message.body.get("reply_to_message", {}).get("from", {}).get("id")
        return answered == bot.id or _is_command_for(bot, message.body)

    def _discuss(self, post: Message, group: Chat) -> None:
        """Forward a channel's post into its discussion group, as Telegram does by itself."""
        channel = post.chat.as_json()
        content = {key: part for key, part in post.body.items() if key not in _NOT_FORWARDED}
        origin = {
            "type": "channel",
            "chat": channel,
            "message_id": post.id,
            "date": post.body["date"],
        }
        self.post(
            group,
            content,
            Account(SERVICE_USER),
            sender_chat=channel,
            forward_origin=origin,
            is_automatic_forward=True,
        )

    def edit(self, message: Message, body: Json) -> None:
        """Give a message another content; people and other bots see it as edited."""
        message.body = {**body, "edit_date": self.now()}
        message.stamp = self.number()
        self.tell(message, edited=True)

    def delete(self, message: Message) -> None:
        """Take a message away; bots are not told, people see that it is gone."""
        message.chat.messages.pop(message.id, None)
        if message.id in message.chat.pinned:
            message.chat.pinned.remove(message.id)
        self.changed()

    def react(self, message: Message, who: Account, new: list[Json]) -> None:
        """React to a message, or take it back; bots that may know are told."""
        old = message.reactions.get(who.id, [])
        if new:
            message.reactions[who.id] = new
        else:
            message.reactions.pop(who.id, None)
        base: Json = {"chat": message.chat.as_json(), "message_id": message.id, "date": self.now()}
        for bot_id, member in message.chat.members.items():
            bot = self.bots.get(bot_id)
            if bot is None or who.id in self.bots:
                continue
            if message.chat.kind == "channel":
                if member.is_admin:
                    body = base | {"reactions": _counted(message)}
                    self.emit(bot, "message_reaction_count", body, chat=message.chat)
            elif member.is_admin or message.chat.kind == "private":
                change = {"user": who.user, "old_reaction": old, "new_reaction": new}
                self.emit(bot, "message_reaction", base | change, chat=message.chat)
        self.changed()

    def pay(self, query: Query) -> None:
        """Take the money a bot agreed to; both are told."""
        charge = f"sim_{self.number()}"
        self.charges.add(charge)
        paid = {key: query.body[key] for key in ("currency", "total_amount", "invoice_payload")}
        paid |= {"telegram_payment_charge_id": charge, "provider_payment_charge_id": charge}
        person = self.people[query.body["from"]["id"]]
        chat = self.private(self.bots[query.bot], person)
        self.post(chat, {"successful_payment": paid}, person)

    # --- members

    def set_member(
        self,
        chat: Chat,
        account: Account,
        new: Member,
        by: Account,
        *,
        invite: Invite | None = None,
    ) -> None:
        """Change how somebody stands in a chat; bots that may know are told."""
        old = chat.member(account.id)
        chat.members[account.id] = new
        change: Json = {
            "chat": chat.as_json(),
            "from": by.user,
            "date": self.now(),
            "old_chat_member": old.as_json(account.user),
            "new_chat_member": new.as_json(account.user),
        }
        if invite is not None:
            change["invite_link"] = invite.as_json()
        if account.id in self.bots:
            self.emit(self.bots[account.id], "my_chat_member", change, chat=chat)
        for bot_id, member in chat.members.items():
            if member.is_admin and bot_id in self.bots and bot_id not in {account.id, by.id}:
                self.emit(self.bots[bot_id], "chat_member", change, chat=chat)
        if chat.kind in {"group", "supergroup"} and old.is_inside != new.is_inside:
            if new.is_inside:
                self.post(chat, {"new_chat_members": [account.user]}, by)
            else:
                self.post(chat, {"left_chat_member": account.user}, by)
        self.changed()

    def upgrade(self, group: Chat, by: Account) -> Chat:
        """Make a group a supergroup: another id, the same people."""
        details = {key: value for key, value in group.details.items() if key != "title"}
        chat = self.add_chat("supergroup", title=group.title, **details)
        chat.members = dict(group.members)
        chat.permissions = dict(group.permissions)
        chat.full = dict(group.full)
        self.post(group, {"migrate_to_chat_id": chat.id}, by)
        self.post(chat, {"migrate_from_chat_id": group.id}, by)
        group.migrated_to = chat.id
        return chat

    # --- waiting for something to happen

    def changed(self) -> None:
        """Wake those who wait for something they can see."""
        for waiting in self._watching:
            if not waiting.done():
                waiting.set_result(None)
        self._watching.clear()

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Wait until something is so."""
        while not is_so():
            await self.next_change()

    async def next_change(self) -> None:
        """Wait until something happens that somebody can see."""
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._watching.append(mine)
        await mine


_SHARED = ("username", "first_name", "last_name")
_NOT_FORWARDED = {"message_id", "from", "sender_chat", "chat", "date", "reply_markup", "edit_date"}


def _counted(message: Message) -> list[Json]:
    given = [one for reactions in message.reactions.values() for one in reactions]
    kinds = [one for number, one in enumerate(given) if one not in given[:number]]
    return [{"type": one, "total_count": given.count(one)} for one in kinds]


def _is_service(body: Json) -> bool:
    return not _SERVICE_FIELDS.isdisjoint(body) or (
        body.get("from", {}).get("id") == SERVICE_ID and "is_automatic_forward" in body
    )


def _is_command_for(bot: Bot, body: Json) -> bool:
    text = str(body.get("text", body.get("caption", "")))
    if not text.startswith("/"):
        return False
    command = text.split(maxsplit=1)[0]
    _, at, name = command.partition("@")
    return not at or name.lower() == bot.username.lower()
