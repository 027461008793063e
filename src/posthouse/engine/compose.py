"""From what a turn asked for to what is committed: deliveries, timers, writes."""

import secrets
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from posthouse.delivery.outbox import Placement, encode_outgoing
from posthouse.delivery.retry import EXPIRE_AFTER_S, PRESS_ANSWER_S
from posthouse.delivery.validate import check_content
from posthouse.engine.bot import BotRuntime
from posthouse.errors import MistakeError
from posthouse.model.capabilities import Capabilities
from posthouse.model.chat import Chat, Person
from posthouse.model.outgoing import Content, DeliveryClass, Departure, Key, Operation, Outgoing
from posthouse.model.reply import BACK, Answer, Button, Reply, Screen, Signal
from posthouse.model.text import Text
from posthouse.model.update import Press
from posthouse.payloads import Flag, Keys, Payload, action_id
from posthouse.ports.records import (
    Change,
    DeliveryRow,
    DeliveryState,
    Execute,
    PutPayload,
    PutTimer,
    StateWrite,
    TimerRow,
    UseNumber,
)
from posthouse.turn.effects import Amend, Delete, Effect, Later, Number, Run, Send
from posthouse.turn.screen import OpenScreen, ScreenState, encode_screen, screen_key
from posthouse.turn.turn import Turn, as_message


class TimerBody(Struct, frozen=True):
    """What a timer's row carries."""

    chat: Chat
    person: Person
    action: str
    args: bytes


encode_timer = msgspec.msgpack.Encoder().encode
decode_timer = msgspec.msgpack.Decoder(TimerBody).decode
_PENDING = DeliveryState.PENDING
_ANSWER = DeliveryClass.ANSWER
_ANSWER_EXPIRES_S = EXPIRE_AFTER_S[_ANSWER]
_WITH_CONTENT = (Operation.SEND, Operation.EDIT)
_BLANK = encode_screen(ScreenState())
_ids: dict[str, bytes] = {}


class Composer:
    """Builds the changes of one bot's turns."""

    def __init__(
        self,
        bot: BotRuntime,
        *,
        keys: Keys,
        next_key: Callable[[], int],
        now: Callable[[], float],
        monotonic: Callable[[], float],
        outbound: Callable[[Departure], Awaitable[Any]] | None,
    ) -> None:
        self._bot = bot
        self._keys = keys
        self._next_key = next_key
        self._now = now
        self._monotonic = monotonic
        self._outbound = outbound
        self._messenger = bot.adapter.profile.messenger

    def check(self, message: Reply | Screen, chat: Chat) -> None:
        """Raise InvalidReplyError when a chat cannot show a message."""
        reply = (
            message.words
            if isinstance(message, Screen) and isinstance(message.words, Reply)
            else message
        )
        if isinstance(reply, Screen):
            reply = Reply(reply.words)  # type: ignore[arg-type]  # a screen of a Reply was unpacked above
        rows = message.rows
        content = Content(
            text=_words(reply),
            photos=reply.photos,
            files=reply.files,
            choices=reply.choices,
            rows=tuple(tuple(Key(button.label) for button in row) for row in rows),
        )
        check_content(
            content,
            self._bot.adapter.capabilities(chat.id),
            chat=chat.id,
            messenger=self._messenger,
        )

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
        if self._outbound is not None and draft.leaving:
            await self._depart(draft)
        placements = self._place(draft)
        if is_press:
            self._follow_press(draft, placements)
        return placements

    def plain(self, change: Change, chat: str, words: str) -> list[Placement]:
        """Add one plain message that no handler asked for, such as an apology."""
        leaving = Leaving(Outgoing(content=Content(text=Text(words))), chat, self._next_key())
        row = self._row(leaving, self._now())
        return [self._bot.outbox.place(row, leaving.outgoing, change)]

    def plain_answer(self, turn: Turn, answer: Answer, change: Change) -> Placement | None:
        """Place an answer that is nothing but words; None for all else, which `compose` takes.

        The shortest way, because most turns take it.
        """
        if type(answer) is not str or not answer or turn.effects or self._outbound is not None:
            return None
        if type(turn.update) is Press:
            return None
        chat = turn.chat.id
        content = Content(text=Text(answer))
        check_content(
            content, self._bot.adapter.capabilities(chat), chat=chat, messenger=self._messenger
        )
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
            expires=now + _ANSWER_EXPIRES_S,
        )
        return self._bot.outbox.place(row, outgoing, change)

    async def now(
        self, turn: Turn, reply: Reply, to: Chat, *, key: int, change: Change
    ) -> list[Placement]:
        """Add one message that is sent before its turn commits."""
        draft = Draft(turn, change, self._now())
        self._send(draft, reply, to, key=key, handle=True, origin=None)
        if self._outbound is not None:
            await self._depart(draft)
        return self._place(draft)

    # --- from draft to places

    async def _depart(self, draft: "Draft") -> None:
        """Pass what leaves through the outbound middlewares; what they drop does not leave."""
        outbound = self._outbound
        if outbound is None:
            return
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
                passed.append(leaving)
        draft.leaving = passed

    def _place(self, draft: "Draft") -> list[Placement]:
        able = self._bot.adapter.capabilities
        for leaving in draft.leaving:
            outgoing = leaving.outgoing
            if outgoing.operation in _WITH_CONTENT:
                check_content(
                    outgoing.content,
                    able(leaving.chat),
                    chat=leaving.chat,
                    messenger=self._messenger,
                )
        place, change, now = self._bot.outbox.place, draft.change, draft.now
        return [
            place(self._row(leaving, now), leaving.outgoing, change) for leaving in draft.leaving
        ]

    def _row(self, leaving: "Leaving", now: float) -> DeliveryRow:
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

    def _add(self, draft: "Draft", effect: Effect) -> None:
        change = draft.change
        match effect:
            case Send():
                self._send(
                    draft,
                    effect.reply,
                    effect.to,
                    key=effect.key,
                    handle=effect.handle,
                    origin=effect.origin,
                )
            case Amend():
                self._amend(draft, effect)
            case Delete():
                draft.leave(
                    Outgoing(operation=Operation.DELETE, target=effect.key),
                    effect.to,
                    key=self._next_key(),
                )
            case Later():
                self._later(draft, effect)
            case Run():
                change.writes.append(Execute(effect.statement, effect.expect_rows))
            case Number() if change.mark is not None:
                change.writes.append(UseNumber(change.mark, effect.sequence, effect.value))

    def _answer(self, draft: "Draft", answer: Answer) -> None:
        kind = type(answer)
        turn = draft.turn
        if kind is list or kind is tuple:
            for part in answer:  # type: ignore[union-attr]  # a sequence, as its type says
                self._answer(draft, part)
        elif kind is not Signal:
            message = as_message(answer)  # type: ignore[arg-type]  # whatever it is, as_message tells
            self._send(
                draft,
                message,
                turn.chat,
                key=self._next_key(),
                handle=False,
                origin=turn.origin_of(message),
            )

    def _send(
        self,
        draft: "Draft",
        message: Reply | Screen,
        to: Chat,
        *,
        key: int,
        handle: bool,
        origin: tuple[str, bytes] | None,
    ) -> None:
        if isinstance(message, Screen):
            self._show(draft, message, to, key=key, origin=origin)
            return
        content = self._content(draft, message, message.rows, to, key=key, revision=0)
        draft.leave(Outgoing(content=content), to, key=key, remember=handle or bool(message.rows))

    def _show(
        self,
        draft: "Draft",
        screen: Screen,
        to: Chat,
        *,
        key: int,
        origin: tuple[str, bytes] | None,
    ) -> None:
        opened = draft.turn.screen
        if (
            opened is not None
            and opened.revision
            and not opened.used
            and to.id == draft.turn.chat.id
        ):
            opened.used = True
            state = opened.state
            state.presses[draft.turn.person.id] = opened.revision
        else:
            opened, state = None, ScreenState()
        state.drawn(origin)
        rows = screen.rows if len(state.path) > 1 else _without_back(screen.rows)
        reply = screen.words if isinstance(screen.words, Reply) else Reply(screen.words)
        shown = opened.delivery if opened else key
        content = self._content(
            draft, reply, (*reply.rows, *rows), to, key=shown, revision=state.revision
        )
        if opened:
            outgoing = Outgoing(
                operation=Operation.EDIT,
                content=content,
                target=shown,
                message_id=opened.message_id,
            )
            draft.leave(outgoing, to, key=self._next_key())
        else:
            draft.leave(Outgoing(content=content), to, key=key, remember=True)
            draft.change.states.append(
                StateWrite(self._bot.account, screen_key(key), 0, encode_screen(state))
            )

    def _amend(self, draft: "Draft", effect: Amend) -> None:
        reply = effect.reply
        if isinstance(reply, Screen):
            raise MistakeError(
                "a screen is edited by pressing its buttons; give edit() a str, a Text or a Reply"
            )
        content = self._content(draft, reply, reply.rows, effect.to, key=effect.key, revision=0)
        outgoing = Outgoing(operation=Operation.EDIT, content=content, target=effect.key)
        draft.leave(outgoing, effect.to, key=self._next_key())

    def _answer_press(self, draft: "Draft") -> None:
        turn = draft.turn
        key = self._next_key()
        if turn.note is not None:
            turn.note.answer = key
        if turn.answered_s is None:
            outgoing = Outgoing(operation=Operation.ANSWER, press_id=turn.update.id)
            draft.leave(outgoing, turn.chat, key=key, expires_s=PRESS_ANSWER_S)

    def _follow_press(self, draft: "Draft", placements: list[Placement]) -> None:
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

    def _keep_screen(self, draft: "Draft", opened: OpenScreen) -> None:
        body = encode_screen(opened.state)
        if body != (opened.before or _BLANK):
            key = screen_key(opened.delivery)
            draft.change.states.append(StateWrite(self._bot.account, key, opened.version, body))

    # --- parts of a delivery

    def _content(
        self,
        draft: "Draft",
        reply: Reply,
        rows: Sequence[Sequence[Button]],
        to: Chat,
        *,
        key: int,
        revision: int,
    ) -> Content:
        words = _words(reply)
        if not (rows or reply.photos or reply.files or reply.choices is not None):
            return Content(text=words)
        able = self._bot.adapter.capabilities(to.id)
        keys = tuple(
            tuple(self._key(draft, button, to, able, key=key, revision=revision) for button in row)
            for row in rows
            if row
        )
        return Content(
            text=words, photos=reply.photos, files=reply.files, rows=keys, choices=reply.choices
        )

    def _key(
        self,
        draft: "Draft",
        button: Button,
        to: Chat,
        able: Capabilities,
        *,
        key: int,
        revision: int,
    ) -> Key:
        if button.url is not None or button.action is None:
            return Key(button.label, url=button.url)
        name = button.action
        short = _ids.get(name)
        if short is None:
            short = _ids[name] = action_id(name)
        flags = Flag.ONCE if button.only_once else Flag(0)
        account = self._bot.account
        payload = Payload(key, revision & 0xFFFF, short, flags, button.encoded)
        signed = self._keys.sign(payload, account=account, chat=to.id)
        if len(signed) > able.payload_bytes:
            kept = secrets.token_bytes(8)
            draft.change.writes.append(PutPayload(kept, account, key, button.encoded, draft.now))
            payload = payload._replace(flags=flags | Flag.REFERENCE, args=kept)
            signed = self._keys.sign(payload, account=account, chat=to.id)
        return Key(button.label, payload=signed)

    def _later(self, draft: "Draft", effect: Later) -> None:
        turn = draft.turn
        due = draft.now + effect.after_s
        body = encode_timer(TimerBody(turn.chat, turn.person, effect.action, effect.args))
        key = f"{self._next_key():x}"
        draft.change.writes.append(
            PutTimer(
                TimerRow(id=key, account=self._bot.account, lane=turn.chat.id, due=due, body=body)
            )
        )


class Leaving:
    """One operation that is about to get its place."""

    __slots__ = ("chat", "expires_s", "key", "outgoing", "remember", "to")

    def __init__(self, outgoing: Outgoing, chat: str, key: int) -> None:
        self.outgoing = outgoing
        self.chat = chat
        self.key = key
        self.to: Chat | None = None
        self.remember = False
        self.expires_s = _ANSWER_EXPIRES_S


class Draft:
    """A change that is being put together."""

    __slots__ = ("change", "leaving", "now", "turn")

    def __init__(self, turn: Turn, change: Change, now: float) -> None:
        self.turn = turn
        self.change = change
        self.now = now
        self.leaving: list[Leaving] = []

    def leave(
        self,
        outgoing: Outgoing,
        to: Chat,
        *,
        key: int,
        remember: bool = False,
        expires_s: float | None = None,
    ) -> None:
        """Add one operation."""
        leaving = Leaving(outgoing, to.id, key)
        leaving.to = to
        leaving.remember = remember
        if expires_s is not None:
            leaving.expires_s = expires_s
        self.leaving.append(leaving)


def _words(reply: Reply) -> Text:
    return Text(reply.words) if isinstance(reply.words, str) else reply.words


def _without_back(rows: Sequence[Sequence[Button]]) -> tuple[tuple[Button, ...], ...]:
    return tuple(tuple(button for button in row if button.action != BACK) for row in rows)
