"""Follow-ups: further forms about a post, their outcomes in its thread and in a second chat.

How this works: a follow-up is an entry of its own, with a subject and without a number, and its
messages are posts of that entry. Its draft is about the entry whose post it follows; one of the
same form about another post gives way.
"""

from collections.abc import Callable
from typing import Any

import msgspec

from posthouse.dialogs.forms.form import Form, placed
from posthouse.dialogs.forms.offers import Surroundings
from posthouse.model.capabilities import Capabilities
from posthouse.model.chat import Chat, ChatKind
from posthouse.model.reply import SILENT, Answer, Reply, Screen
from posthouse.model.text import link, text
from posthouse.posts.board import Board, Publishes, name_in, number_of
from posthouse.posts.declare import PUBLISHED as ONLY_STATE, FollowUp
from posthouse.posts.making import answers_in, entry_from, post_from
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
from posthouse.posts.rendering import fit
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
        self._name = name_in(app, form)

    def previewed(self, turn: Turn, form: Form) -> Reply:
        """Return what is going to be published, below a line that says what it is about."""
        around = msgspec.structs.replace(form.surroundings, voice=PostVoice(turn))
        return _headed(turn, form, around, turn.capabilities(turn.chat))

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
            begin = self._board.app.actions[f"{name}:about"]
            link = next((p.link for p in await edition_of(turn, found) if p.live), None)
            started: Answer = await begin(turn, id, found.number, link)
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
        name = self._board.registered_name(each.form)
        made = entry_from(turn, draft_id, form, name=name, state=ONLY_STATE.name, subject=of.id)
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
        out = post_from(turn, made, sent, place=place, chat=chat)
        sent.then(self._noted, out.id)
        return out

    async def _change(
        self, turn: Turn, earlier: Entry, of: Entry, form: Form, each: FollowUp
    ) -> None:
        change_entry(turn, earlier, answers=answers_in(form))
        known = {out.chat: out for out in await edition_of(turn, earlier)}
        for place, chat, reply, reply_to in await self._places(turn, of, form, each):
            out = known.get(chat.id)
            if out is not None and out.status in (LIVE, SENDING):
                handle = turn.sent(out.delivery, to=self._board.place_of(turn, out))
                handle.edit(reply).then(self._noted, out.id)
            elif out is not None:  # it never got there
                sent = turn.send(reply, to=chat, reply_to=reply_to)
                change_post(turn, out, status=SENDING, delivery=sent.key)
                sent.then(self._noted, out.id)
            else:
                add_post(turn, self._send(turn, earlier, place, chat, reply, reply_to))

    async def _places(
        self, turn: Turn, of: Entry, form: Form, each: FollowUp
    ) -> list[tuple[str, Chat, Reply, str | None]]:
        """Return where a follow-up goes: name, chat, what it shows there, what it answers."""
        posts = await edition_of(turn, of)
        there = [out for out in posts if out.live]
        threads = [await thread_of(turn, out) for out in there]
        opened = next((each for each in threads if each is not None), None)
        address = next((out.link for out in there if out.link), None)
        around = Surroundings(voice=PostVoice(turn), number=of.number, link=address)
        places: list[tuple[str, Chat, Reply, str | None]] = []
        if opened is not None:
            group = Chat(
                id=opened.place,
                bot=turn.update.bot,
                messenger=turn.chat.messenger,
                kind=ChatKind.GROUP,
            )
            reply = fit(_drawn_in(around), form, turn.capabilities(group))
            places.append(("", group, reply, opened.thread))
        second = turn.named(each.chat) if each.chat is not None else None
        if second is not None and (opened is None or second.id != opened.place):
            reply = _headed(turn, form, around, turn.capabilities(second))
            places.append((each.chat or "", second, reply, None))
        return places

    async def noted(self, turn: Turn, id: str) -> Answer:
        """Take note of how the delivery of a follow-up ended."""
        found, outcome = await post_of(turn, id), turn.outcome
        if found is None or outcome is None:
            return SILENT
        if outcome.state in ("sent", "ridden"):
            if found.status == SENDING:
                message, now = outcome.message_id, turn.now_s
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


def _drawn_in(around: Surroundings) -> Callable[[Form], Reply]:
    """Return what draws a form where it is shown."""
    return lambda form: as_reply(placed(form, around).preview())


def _headed(turn: Turn, form: Form, around: Surroundings, able: Capabilities) -> Reply:
    """Return a follow-up as it is shown where its post is not, below a line that names the post."""
    number = "" if around.number is None else f"#{around.number}"
    shown: Any = link(number, around.link) if around.link and number else number
    head = PostVoice(turn).say("posthouse-post-follow-head", number=shown, name=turn.person.name)
    draw = _drawn_in(around)

    def below(given: Form) -> Reply:
        reply = draw(given)
        return msgspec.structs.replace(reply, words=text(head, "\n", reply.words))

    return fit(below, form, able)
