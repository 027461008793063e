"""Follow-ups: further forms about a post, their outcomes in its thread and in a second chat.

How this works: a follow-up is an entry of its own, with a subject and without a number, and its
messages are posts of that entry. Its draft is about the entry whose post it follows; one of the
same form about another post gives way.
"""

from typing import Any

import msgspec

from posthouse.dialogs.forms.form import Form, placed, plain_of
from posthouse.dialogs.forms.offers import Surroundings
from posthouse.model.chat import Chat, ChatKind
from posthouse.model.reply import SILENT, Answer, Reply, Screen
from posthouse.model.text import Text, link, text
from posthouse.posts.board import Board, Publishes, number_of
from posthouse.posts.declare import PUBLISHED as ONLY_STATE, FollowUp
from posthouse.posts.ids import new_id
from posthouse.posts.moderating import Moderating
from posthouse.posts.own import Own
from posthouse.posts.records import (
    FAILED,
    LIVE,
    PUBLISHED,
    SENDING,
    Entry,
    Post,
    add_entry,
    add_post,
    change_entry,
    change_post,
    edition_of,
    entries,
    entry_of,
    post_of,
    thread_of,
)
from posthouse.posts.voices import PostVoice
from posthouse.storage.schema import entry
from posthouse.turn.action import Action
from posthouse.turn.replies import as_reply
from posthouse.turn.turn import Turn


class FollowUpHook:
    """Takes the follow-ups of one form, whichever post of the app they are about."""

    def __init__(self) -> None:
        self._app: Publishes | None = None
        self._name = ""

    def bind(self, app: Any, form: type[Form]) -> None:
        """Get to know the app."""
        self._app = app
        self._name = f"{app.name}.{form.__name__}"

    async def on_submit(self, turn: Turn, draft_id: str, form: Form, *, about: str = "") -> Answer:
        """Hand it to the board of the post that it is about."""
        of = await entry_of(turn, about)
        name = f"{of.form}:followed:{self._name}" if of is not None else ""
        take = self._app.actions.get(name) if self._app is not None else None
        if of is None or take is None:
            return turn.say("posthouse-post-lost")
        result: Any = take.fn(turn, draft_id, of, form)  # a form is no data
        answer: Answer = await result
        return answer


class FollowUps:
    """Begins follow-ups about the posts of a board, and publishes them."""

    def __init__(self, board: Board, own: Own, moderating: Moderating) -> None:
        self._board = board
        self._own = own
        self._moderating = moderating
        for each in board.terms.follow_ups:
            self._register(each)
        if board.terms.follow_ups:
            self._noted = board.action("noted", self.noted)

    def _register(self, each: FollowUp) -> None:
        board, name = self._board, self._board.registered_name(each.form)
        if f"{name}:start" not in board.app.actions:
            board.app.form(publish=FollowUpHook())(each.form)

        async def begin(turn: Turn, id: str) -> Answer:
            """Begin a follow-up about a post."""
            return await self._begin(turn, id, each)

        async def followed(turn: Turn, draft_id: str, of: Any, form: Any) -> Answer:
            """Publish a follow-up; called by its hook alone."""
            return await self._publish(turn, draft_id, of, form, each)

        board.action(f"follow-{board.key_of(each.form)}", begin)
        board.app.actions[f"{board.name}:followed:{name}"] = Action(
            followed, name=f"{board.name}:followed:{name}"
        )

    async def _begin(self, turn: Turn, id: str, each: FollowUp) -> Answer:
        found = await self._own.found(turn, id)
        if found is None:
            return SILENT
        if found.standing != PUBLISHED:
            key = f"posthouse-post-{found.standing}"
        elif each.again == "refuse" and await self._earlier(turn, found, each) is not None:
            key = "posthouse-post-follow-already"
        else:
            name = self._board.registered_name(each.form)
            if turn.screen is not None:  # the post's own screen stays as it is
                turn.screen.used = True
            turn.send(turn.say("posthouse-post-follow-of", number=number_of(found)))
            started: Answer = await self._board.app.actions[f"{name}:about"](turn, id)
            return started
        turn.notify(turn.say(key, number=number_of(found)))
        return SILENT

    async def _earlier(self, turn: Turn, of: Entry, each: FollowUp) -> Entry | None:
        name = self._board.registered_name(each.form)
        mine = (
            entry.c.subject == of.id, entry.c.form == name, entry.c.person == turn.person.id,
            entry.c.standing == PUBLISHED,
        )  # fmt: skip
        return next(iter(await entries(turn, *mine, limit=1)), None)

    # --- publishing

    async def _publish(
        self, turn: Turn, draft_id: str, of: Entry, form: Form, each: FollowUp
    ) -> Answer:
        if of.standing != PUBLISHED:
            return turn.say(f"posthouse-post-{of.standing}", number=number_of(of))
        earlier = await self._earlier(turn, of, each)
        if earlier is not None and each.again == "refuse":
            return turn.say("posthouse-post-follow-already", number=number_of(of))
        if earlier is not None and each.again == "edit":
            await self._change(turn, earlier, of, form, each)
        else:
            await self._add(turn, draft_id, of, form, each)
        key = self._board.key_of(each.form)
        voice = PostVoice(turn, turn.language)
        words = voice.first(f"{key}-done", "posthouse-post-follow-done", number=number_of(of))
        back = voice.say("posthouse-post-show", number=number_of(of))
        return Screen(words).row(self._board.button(back, "post", of.id))

    async def _add(self, turn: Turn, draft_id: str, of: Entry, form: Form, each: FollowUp) -> None:
        now = turn.now.timestamp()
        made = Entry(
            id=draft_id,
            account=turn.account,
            form=self._board.registered_name(each.form),
            person=turn.person.id,
            chat=turn.chat.id,
            name=turn.person.name,
            language=turn.language,
            answers=msgspec.msgpack.encode(plain_of(form)),
            state=ONLY_STATE.name,
            subject=of.id,
            created=now,
            changed=now,
        )
        sent = [
            self._send(turn, made, place, chat, reply, reply_to)
            for place, chat, reply, reply_to in await self._places(turn, of, form, each)
        ]
        add_entry(turn, made)
        for one in sent:
            add_post(turn, one)

    def _send(
        self, turn: Turn, made: Entry, place: str, chat: Chat, reply: Reply, reply_to: str | None
    ) -> Post:
        sent = turn.send(reply, to=chat, reply_to=reply_to)
        out = Post(
            id=new_id(turn.now),
            entry=made.id,
            account=made.account,
            place=place,
            chat=chat.id,
            delivery=sent.key,
            shown=made.state,
            created=made.created,
        )
        sent.then(self._noted, out.id)
        return out

    async def _change(
        self, turn: Turn, earlier: Entry, of: Entry, form: Form, each: FollowUp
    ) -> None:
        change_entry(turn, earlier, answers=msgspec.msgpack.encode(plain_of(form)))
        replies = {chat.id: reply for _, chat, reply, _ in await self._places(turn, of, form, each)}
        for out in await edition_of(turn, earlier):
            if out.chat in replies and out.status in (LIVE, SENDING):
                handle = turn.sent(out.delivery, to=self._board.place_of(turn, out))
                handle.edit(replies[out.chat]).then(self._noted, out.id)

    async def _places(
        self, turn: Turn, of: Entry, form: Form, each: FollowUp
    ) -> list[tuple[str, Chat, Reply, str | None]]:
        """Return where a follow-up goes: name, chat, what it shows there, what it answers."""
        posts = await edition_of(turn, of)
        main = next((out for out in posts if out.live), None)
        opened = await thread_of(turn, main) if main is not None else None
        address = main.link if main is not None else None
        around = Surroundings(voice=PostVoice(turn), number=of.number, link=address)
        reply = as_reply(placed(form, around).preview())
        places: list[tuple[str, Chat, Reply, str | None]] = []
        if opened is not None:
            group = Chat(
                id=opened.place,
                bot=turn.update.bot,
                messenger=turn.chat.messenger,
                kind=ChatKind.GROUP,
            )
            places.append(("", group, reply, opened.thread))
        second = turn.named(each.chat) if each.chat is not None else None
        if second is not None and (opened is None or second.id != opened.place):
            headed = text(self._head(turn, of, address), "\n", reply.words)
            places.append(
                (each.chat or "", second, msgspec.structs.replace(reply, words=headed), None)
            )
        return places

    def _head(self, turn: Turn, of: Entry, address: str | None) -> Text:
        number = f"#{number_of(of)}"
        shown: Any = link(number, address) if address else number
        return PostVoice(turn).say(
            "posthouse-post-follow-head", number=shown, name=turn.person.name
        )

    async def noted(self, turn: Turn, id: str) -> Answer:
        """Take note of how the delivery of a follow-up ended."""
        found, outcome = await post_of(turn, id), turn.outcome
        if found is None or outcome is None:
            return SILENT
        if outcome.state in ("sent", "ridden"):
            if found.status == SENDING:
                message, now = outcome.message_id, turn.now.timestamp()
                change_post(turn, found, status=LIVE, message=message, sent=now)
            return SILENT
        if found.status == SENDING:
            change_post(turn, found, status=FAILED)
        self._moderating.alert(
            turn,
            "posthouse-post-alert-follow",
            chat=found.place or found.chat,
            error=outcome.error or outcome.state,
        )
        return SILENT
