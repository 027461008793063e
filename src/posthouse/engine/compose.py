"""From what a turn asked for to what is committed: deliveries, timers, writes."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from posthouse.delivery.outbox import Placement, encode_outgoing
from posthouse.delivery.retry import PRESS_ANSWER_S
from posthouse.delivery.validate import check_content
from posthouse.engine.bot import BotRuntime
from posthouse.engine.contents import Contents, as_written, opened_for, without_back
from posthouse.engine.dividing import ONE, shape_of, sketch_of
from posthouse.engine.drafts import ANSWER_EXPIRES_S, Draft, Leaving
from posthouse.engine.fronts import chats_with_fronts, keep_fronts
from posthouse.engine.media import MediaDesk
from posthouse.engine.signing import sign_link
from posthouse.engine.timer_body import TimerBody, encode_timer
from posthouse.errors import InvalidReplyError, MistakeError
from posthouse.model.capabilities import Level
from posthouse.model.chat import Chat
from posthouse.model.media import is_kept
from posthouse.model.outgoing import Content, DeliveryClass, Departure, Operation, Outgoing
from posthouse.model.reply import Answer, Reply, Screen, Signal
from posthouse.model.splitting import parts
from posthouse.model.text import Text
from posthouse.model.update import Press
from posthouse.payloads import Keys
from posthouse.ports.adapter import Links
from posthouse.ports.changes import Change, Execute, PutPayload, PutTimer, UseMedia, UseNumber
from posthouse.ports.records import NEVER, DeliveryRow, DeliveryState, StateWrite, TimerRow
from posthouse.turn.effects import (
    Afterwards,
    Amend,
    Delete,
    Effect,
    Follow,
    Keep,
    Later,
    Native,
    Number,
    Run,
    Send,
)
from posthouse.turn.front import Front, has_buttons
from posthouse.turn.replies import as_message
from posthouse.turn.screen import OpenScreen, ScreenState, encode_screen, screen_key
from posthouse.turn.turn import Turn

_PENDING = DeliveryState.PENDING
_ANSWER = DeliveryClass.ANSWER
_WITH_CONTENT = (Operation.SEND, Operation.EDIT)
_BLANK = encode_screen(ScreenState())


class Composer:
    """Builds the changes of one bot's turns."""

    def __init__(
        self,
        bot: BotRuntime,
        *,
        keys: Keys,
        media: MediaDesk,
        next_key: Callable[[], int],
        now: Callable[[], float],
        monotonic: Callable[[], float],
        outbound: Callable[[Departure], Awaitable[Any]] | None,
    ) -> None:
        self._bot = bot
        self._keys = keys
        self._contents = Contents(bot, keys)
        self._media = media
        self._next_key = next_key
        self._now = now
        self._monotonic = monotonic
        self._outbound = outbound
        self._messenger = bot.adapter.profile.messenger

    def check(self, message: Reply | Screen, chat: Chat) -> None:
        """Raise InvalidReplyError when a chat cannot show a message as one."""
        able = self._bot.adapter.capabilities(chat.id)
        sketch = as_written(sketch_of(message), able)
        check_content(sketch, able, chat=chat.id, messenger=self._messenger)

    def keys_for(self, message: Reply | Screen, to: Chat) -> tuple[int, tuple[int, ...]]:
        """Return a message's delivery key, and those of all its parts if it takes several.

        Raises InvalidReplyError when a chat cannot show it.
        """
        if isinstance(message, Screen):
            self.check(message, to)
            return self._next_key(), ()
        able = self._bot.adapter.capabilities(to.id)
        sketch = as_written(sketch_of(message), able)
        shape = shape_of(sketch, able, chat=to.id, messenger=self._messenger)
        if shape is ONE:
            return self._next_key(), ()
        keys = tuple(self._next_key() for _ in range(shape.messages))
        return keys[shape.handle], keys

    def link(self, action: str, encoded: bytes) -> tuple[str, PutPayload | None]:
        """Return a link that calls an action, and what has to be kept for it.

        Raises MistakeError where the messenger has no such links.
        """
        adapter, bot = self._bot.adapter, self._bot
        payload, kept = sign_link(self._keys, action, encoded, account=bot.account, now=self._now())
        url = adapter.link(payload) if isinstance(adapter, Links) else None
        if url is None:
            raise MistakeError(
                f"turn.link({action}): bot {bot.name} on {self._messenger} has no links that open "
                f"it; use a button, or link to it elsewhere"
            )
        return url, kept

    async def compose(self, turn: Turn, answer: Answer, change: Change) -> list[Placement]:
        """Add a turn's effects and its answer to a change; return the places its deliveries got.

        Raises MistakeError for an answer that cannot be sent; nothing has been placed then.
        """
        draft = Draft(turn, change, self._now())
        # Observers, whose changes have no mark, answer nothing.
        is_press = type(turn.update) is Press and change.mark is not None
        if is_press:
            self._answer_press(draft)
        for effect in turn.effects:
            self._add(draft, effect)
        if answer is not None:
            self._answer(draft, answer)
        if turn.screen is not None:
            self._keep_screen(draft, turn.screen)
        chats = chats_with_fronts(draft, self._bot)
        if chats:
            await keep_fronts(draft, self._bot, chats)
        if self._outbound is not None:
            await self._depart(draft, self._outbound)
        if draft.has_media:
            await self._keep_media(draft)
        draft.remember_followed()
        placements = self._place(draft)
        for follow in draft.follows:
            self._timer(draft, follow, due=NEVER, follows=draft.ends_of(follow.keys, placements))
        if is_press:
            self._follow_press(draft, placements)
        return placements

    def plain(self, change: Change, chat: str, words: str) -> Placement:
        """Add one plain message that no handler asked for, such as an apology."""
        content = Content(text=Text(words))
        leaving = Leaving(Outgoing(content=content), self._now_in(chat), self._next_key())
        row = self._row(leaving, self._now())
        return self._bot.outbox.place(row, leaving.outgoing, change)

    def press_answer(self, change: Change, chat: str, press_id: str) -> Placement:
        """Add the answer of a press that no turn will answer."""
        outgoing = Outgoing(operation=Operation.ANSWER, press_id=press_id)
        leaving = Leaving(outgoing, chat, self._next_key())
        leaving.expires_s = PRESS_ANSWER_S
        return self._bot.outbox.place(self._row(leaving, self._now()), outgoing, change)

    def plain_answer(self, turn: Turn, answer: Answer, change: Change) -> Placement | None:
        """Place an answer that is nothing but words; None for all else, which `compose` takes.

        The shortest way, because most turns take it.
        """
        if type(answer) is not str or not answer or turn.effects or self._outbound is not None:
            return None
        if type(turn.update) is Press:
            return None
        chat = self._now_in(turn.chat.id)
        able = self._bot.adapter.capabilities(chat)
        if len(answer) > able.text_length or self._bot.showing.has_searches:
            return None
        if not has_buttons(able):
            return None
        content = Content(text=Text(answer))
        outgoing = Outgoing(content=content)
        now = self._now()
        row = DeliveryRow(
            id=self._next_key(),
            account=self._bot.account,
            chat=chat,
            klass=_ANSWER,
            state=_PENDING,
            body=encode_outgoing(outgoing),
            created=now,
            expires=now + ANSWER_EXPIRES_S,
        )
        return self._bot.outbox.place(row, outgoing, change)

    async def now(self, turn: Turn, send: Send, *, change: Change) -> list[Placement]:
        """Add one message that is sent before its turn commits."""
        draft = Draft(turn, change, self._now())
        self._send(draft, send)
        if self._outbound is not None:
            await self._depart(draft, self._outbound)
        if draft.has_media:
            await self._keep_media(draft)
        return self._place(draft)

    # --- from draft to places

    async def _depart(self, draft: Draft, outbound: Callable[[Departure], Awaitable[Any]]) -> None:
        """Pass what leaves through the outbound middlewares; what they drop does not leave."""
        passed: list[Leaving] = []
        for leaving in draft.leaving:
            chat = leaving.to or draft.turn.chat
            departure = Departure(
                chat=chat,
                outgoing=leaving.outgoing,
                update_id=draft.turn.update.id,
                bot=self._bot.name,
            )
            result = await outbound(departure)
            if result is not None:
                leaving.outgoing = result.outgoing
                content = result.outgoing.content
                draft.has_media = draft.has_media or bool(content.photos or content.files)
                passed.append(leaving)
        draft.leaving = passed

    async def keep(self, reply: Reply) -> Reply:
        """Return a reply whose photos and files the site keeps, or knows by whom they are kept."""
        if not (reply.photos or reply.files):
            return reply
        content = Content(photos=reply.photos, files=reply.files)
        kept = await self._media.keep(content, bot=self._bot.name)
        return msgspec.structs.replace(reply, photos=kept.photos, files=kept.files)

    async def _keep_media(self, draft: Draft) -> None:
        """Bring what is to be shown to where the adapter can get at it, and keep it until then."""
        for leaving in draft.leaving:
            content = leaving.outgoing.content
            if not (content.photos or content.files):
                continue
            content = await self._media.keep(content, bot=self._bot.name)
            leaving.outgoing = msgspec.structs.replace(leaving.outgoing, content=content)
            message = leaving.outgoing.target or leaving.key
            keys = [*(photo.key for photo in content.photos), *(file.key for file in content.files)]
            draft.change.writes.extend(
                UseMedia(key, message, draft.now) for key in keys if is_kept(key)
            )

    def _place(self, draft: Draft) -> list[Placement]:
        able, messenger = self._bot.adapter.capabilities, self._messenger
        for leaving in draft.leaving:
            chat, outgoing = leaving.chat, leaving.outgoing
            if outgoing.operation in _WITH_CONTENT:
                check_content(outgoing.content, able(chat), chat=chat, messenger=messenger)
        moved = self._bot.moved
        if moved:
            for leaving in draft.leaving:
                leaving.chat = moved.get(leaving.chat, leaving.chat)
        place, change, now = self._bot.outbox.place, draft.change, draft.now
        return [
            place(self._row(leaving, now), leaving.outgoing, change) for leaving in draft.leaving
        ]

    def _row(self, leaving: Leaving, now: float) -> DeliveryRow:
        outgoing = leaving.outgoing
        return DeliveryRow(
            id=leaving.key,
            account=self._bot.account,
            chat=leaving.chat,
            klass=_ANSWER,
            state=_PENDING,
            body=encode_outgoing(outgoing),
            created=now,
            expires=now + leaving.expires_s,
            target=outgoing.target,
            remember=leaving.remember,
        )

    # --- effects and answers

    def _add(self, draft: Draft, effect: Effect) -> None:
        change = draft.change
        match effect:
            case Send():
                self._send(draft, effect)
            case Amend():
                self._amend(draft, effect)
            case Delete():
                outgoing = Outgoing(operation=Operation.DELETE, target=effect.key)
                draft.leave(outgoing, effect.to, key=effect.own)
            case Native():
                self._call(draft, effect)
            case Later():
                self._timer(draft, effect, due=draft.now + effect.after_s)
            case Follow():
                draft.follows.append(effect)
            case _:
                self._write(change, effect)

    def _write(self, change: Change, effect: Afterwards | Run | Keep | Number) -> None:
        match effect:
            case Run():
                change.writes.append(Execute(effect.statement, effect.expect_rows))
            case Keep():
                change.writes.append(effect.row)
            case Afterwards():
                change.afterwards = (*change.afterwards, effect.call)
            case Number() if change.mark is not None:
                change.writes.append(UseNumber(change.mark, effect.sequence, effect.value))

    def _call(self, draft: Draft, native: Native) -> None:
        to = native.to
        if self._bot.adapter.capabilities(to.id).calls is Level.REJECTED:
            raise InvalidReplyError(
                f"chat {to.id} on {self._messenger} takes no calls of another messenger's, such as "
                f"{native.method}; look at turn.chat.messenger first"
            )
        outgoing = Outgoing(
            operation=Operation.CALL, method=native.method, parameters=native.parameters
        )
        draft.leave(outgoing, to, key=self._next_key())

    def _answer(self, draft: Draft, answer: Answer) -> None:
        kind = type(answer)
        turn = draft.turn
        if kind is list or kind is tuple:
            for part in answer:  # type: ignore[union-attr]  # a sequence, as its type says
                self._answer(draft, part)
        elif kind is not Signal:
            message = as_message(answer)  # type: ignore[arg-type]  # whatever it is, as_message tells
            key, keys = self._keys_of_answer(message, turn.chat)
            origin = turn.origin_of(message)
            self._send(draft, Send(key, message, turn.chat, handle=False, keys=keys, origin=origin))

    def _keys_of_answer(self, message: Reply | Screen, to: Chat) -> tuple[int, tuple[int, ...]]:
        """Return as `keys_for` does; whether the chat can show what fits is checked later."""
        if isinstance(message, Screen):
            return self._next_key(), ()
        if not (message.photos or message.files or message.rows or message.choices is not None):
            words = message.words
            length = len(words if type(words) is str else words.plain)  # type: ignore[union-attr]  # else a Text
            if length <= self._bot.adapter.capabilities(to.id).text_length:
                return self._next_key(), ()
        return self.keys_for(message, to)

    def _send(self, draft: Draft, send: Send) -> None:
        message, to, key = send.reply, send.to, send.key
        if isinstance(message, Screen):
            self._show(draft, message, to, key=key, origin=send.origin, apart=send.apart)
            return
        content = self._contents.content(draft, message, message.rows, to, key=key, revision=0)
        remember = send.handle or bool(message.rows)
        reply_to = send.reply_to
        if not send.keys:
            outgoing = Outgoing(content=content, reply_to=reply_to)
            draft.leave(outgoing, to, key=key, remember=remember)
            return
        divided = parts(content, self._bot.adapter.capabilities(to.id))
        for each, part in zip(send.keys, divided, strict=True):
            outgoing = Outgoing(content=part, reply_to=reply_to)
            draft.leave(outgoing, to, key=each, remember=remember and each == key)

    def _show(
        self,
        draft: Draft,
        screen: Screen,
        to: Chat,
        *,
        key: int,
        origin: tuple[str, bytes] | None,
        apart: bool,
    ) -> None:
        opened = None if apart else opened_for(draft.turn, to)
        is_edited = opened is not None and not opened.moves and self._can_be_edited(screen, to)
        state = ScreenState() if opened is None else opened.taken(draft.turn.person.id)
        state.drawn(origin, view=None if opened is None else opened.view_for(origin))
        screen, search = self._contents.drawn(draft.turn, screen, to, origin=origin, state=state)
        rows = screen.rows if len(state.path) > 1 else without_back(screen.rows)
        reply = screen.words if isinstance(screen.words, Reply) else Reply(screen.words)
        shown = opened.delivery if opened is not None and is_edited else key
        content = self._contents.content(
            draft,
            reply,
            (*reply.rows, *rows),
            to,
            key=shown,
            revision=state.revision,
            slashed=screen.typed,
        )
        if search is not None:
            front = draft.fronts.get(to.id) or Front(delivery=shown)
            draft.fronts[to.id] = msgspec.structs.replace(front, search=search)
        if opened is not None and is_edited:
            outgoing = Outgoing(
                operation=Operation.EDIT,
                content=content,
                target=shown,
                message_id=opened.message_id,
            )
            draft.leave(outgoing, to, key=self._next_key())
            return
        draft.leave(Outgoing(content=content), to, key=key, remember=True)
        draft.change.states.append(
            StateWrite(self._bot.account, screen_key(key), 0, encode_screen(state))
        )
        if opened is not None:
            self._take_away(draft, opened, to)

    def _can_be_edited(self, screen: Screen, to: Chat) -> bool:
        """Whether a message can become the screen: some messengers make none an album."""
        words = screen.words
        if not isinstance(words, Reply) or len(words.photos) + len(words.files) <= 1:
            return True
        return self._bot.adapter.capabilities(to.id).album_edits

    def _take_away(self, draft: Draft, opened: OpenScreen, to: Chat) -> None:
        """Delete a screen that goes on below; where choices are numbers, nobody can press it."""
        able = self._bot.adapter.capabilities(to.id)
        if has_buttons(able) and able.deletes > Level.FALLBACK:
            outgoing = Outgoing(operation=Operation.DELETE, target=opened.delivery)
            draft.leave(outgoing, to, key=self._next_key())

    def _amend(self, draft: Draft, effect: Amend) -> None:
        reply = effect.reply
        if isinstance(reply, Screen):
            raise MistakeError(
                "a screen is edited by pressing its buttons; give edit() a str, a Text or a Reply"
            )
        content = self._contents.content(
            draft, reply, reply.rows, effect.to, key=effect.key, revision=0
        )
        outgoing = Outgoing(operation=Operation.EDIT, content=content, target=effect.key)
        draft.leave(outgoing, effect.to, key=effect.own)

    def _answer_press(self, draft: Draft) -> None:
        turn = draft.turn
        key = self._next_key()
        if turn.note is not None:
            turn.note.answer = key
        said = Content(text=Text(turn.notice) if isinstance(turn.notice, str) else turn.notice)
        if turn.answered_s is None:
            outgoing = Outgoing(operation=Operation.ANSWER, content=said, press_id=turn.update.id)
            draft.leave(outgoing, turn.chat, key=key, expires_s=PRESS_ANSWER_S)
        elif turn.notice:  # the press was answered already, since its turn took long
            draft.leave(Outgoing(content=said), turn.chat, key=key)

    def _follow_press(self, draft: Draft, placements: list[Placement]) -> None:
        """Note when a press's answer ends, and that its message arrived."""
        turn, outbox = draft.turn, self._bot.outbox
        note, opened = turn.note, turn.screen
        if note is not None:
            if any(leaving.key == note.answer for leaving in draft.leaving):
                outbox.watch(note.answer, lambda _: note.settle(self._monotonic()))
            else:
                note.settle(self._monotonic() if turn.answered_s is None else turn.answered_s)
        if opened is not None and opened.message_id is not None:
            proof = outbox.prove(
                opened.delivery, opened.message_id, chat=turn.chat.id, change=draft.change
            )
            if proof is not None:
                placements.append(proof)

    def _keep_screen(self, draft: Draft, opened: OpenScreen) -> None:
        body = encode_screen(opened.state)
        if body != (opened.before or _BLANK):
            key = screen_key(opened.delivery)
            draft.change.states.append(StateWrite(self._bot.account, key, opened.version, body))

    # --- parts of a delivery

    def _timer(
        self, draft: Draft, effect: Later | Follow, *, due: float, follows: tuple[int, ...] = ()
    ) -> None:
        lane, id_ = self._now_in(draft.turn.chat.id), f"{self._next_key():x}"
        body = TimerBody(draft.turn.chat, draft.turn.person, effect.action, effect.args, follows)
        row = TimerRow(
            id=id_, account=self._bot.account, lane=lane, due=due, body=encode_timer(body)
        )
        draft.change.writes.append(PutTimer(row))

    def _now_in(self, chat: str) -> str:
        """Return the id under which a chat goes on."""
        moved = self._bot.moved
        return moved.get(chat, chat) if moved else chat
