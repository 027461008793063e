"""From what a turn asked for to what is committed: deliveries, timers, writes."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import msgspec

from posthouse.delivery.outbox import Placement, encode_outgoing
from posthouse.delivery.retry import PRESS_ANSWER_S
from posthouse.delivery.validate import check_content
from posthouse.engine.bot import BotRuntime
from posthouse.engine.dividing import ONE, shape_of, sketch_of, words_of
from posthouse.engine.drafts import ANSWER_EXPIRES_S, Draft, Leaving
from posthouse.engine.media import MediaDesk
from posthouse.engine.signing import Place, sign_button, sign_link
from posthouse.engine.timer_body import TimerBody, encode_timer
from posthouse.errors import InvalidReplyError, MistakeError
from posthouse.model.capabilities import Capabilities, Level
from posthouse.model.chat import Chat
from posthouse.model.media import is_kept
from posthouse.model.outgoing import Content, DeliveryClass, Departure, Key, Operation, Outgoing
from posthouse.model.reply import BACK, Answer, Button, Reply, Screen, Signal
from posthouse.model.splitting import parts
from posthouse.model.text import Text
from posthouse.model.update import Press
from posthouse.payloads import Keys
from posthouse.ports.adapter import Links
from posthouse.ports.records import (
    Change,
    DeliveryRow,
    DeliveryState,
    Execute,
    PutPayload,
    PutTimer,
    StateWrite,
    TimerRow,
    UseMedia,
    UseNumber,
)
from posthouse.turn.effects import Amend, Delete, Effect, Keep, Later, Native, Number, Run, Send
from posthouse.turn.screen import OpenScreen, ScreenState, encode_screen, screen_key
from posthouse.turn.turn import Turn, as_message

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
        self._media = media
        self._next_key = next_key
        self._now = now
        self._monotonic = monotonic
        self._outbound = outbound
        self._messenger = bot.adapter.profile.messenger

    def check(self, message: Reply | Screen, chat: Chat) -> None:
        """Raise InvalidReplyError when a chat cannot show a message as one."""
        check_content(
            sketch_of(message),
            self._bot.adapter.capabilities(chat.id),
            chat=chat.id,
            messenger=self._messenger,
        )

    def keys_for(self, message: Reply | Screen, to: Chat) -> tuple[int, tuple[int, ...]]:
        """Return a message's delivery key, and those of all its parts if it takes several.

        Raises InvalidReplyError when a chat cannot show it.
        """
        if isinstance(message, Screen):
            self.check(message, to)
            return self._next_key(), ()
        able = self._bot.adapter.capabilities(to.id)
        shape = shape_of(sketch_of(message), able, chat=to.id, messenger=self._messenger)
        if shape is ONE:
            return self._next_key(), ()
        keys = tuple(self._next_key() for _ in range(shape.messages))
        return keys[shape.handle], keys

    def link(self, action: str, encoded: bytes) -> tuple[str, PutPayload | None]:
        """Return a link that calls an action, and what has to be kept for it.

        Raises MistakeError where the messenger has no such links.
        """
        adapter, bot = self._bot.adapter, self._bot
        signed = sign_link(self._keys, action, encoded, account=bot.account, now=self._now())
        url = adapter.link(signed.payload) if isinstance(adapter, Links) else None
        if url is None:
            raise MistakeError(
                f"turn.link({action}): bot {bot.name} on {self._messenger} has no links that open "
                f"it; use a button, or link to it elsewhere"
            )
        return url, signed.kept

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
        if draft.has_media:
            await self._keep_media(draft)
        placements = self._place(draft)
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
        if len(answer) > self._bot.adapter.capabilities(chat).text_length:
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
            await self._depart(draft)
        if draft.has_media:
            await self._keep_media(draft)
        return self._place(draft)

    # --- from draft to places

    async def _depart(self, draft: Draft) -> None:
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
                content = result.outgoing.content
                draft.has_media = draft.has_media or bool(content.photos or content.files)
                passed.append(leaving)
        draft.leaving = passed

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
                draft.leave(
                    Outgoing(operation=Operation.DELETE, target=effect.key),
                    effect.to,
                    key=self._next_key(),
                )
            case Native():
                self._call(draft, effect)
            case Later():
                self._later(draft, effect)
            case Run():
                change.writes.append(Execute(effect.statement, effect.expect_rows))
            case Keep():
                change.writes.append(effect.row)
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
        if not (message.photos or message.files or message.choices is not None):
            words = message.words
            length = len(words if type(words) is str else words.plain)  # type: ignore[union-attr]  # else a Text
            if length <= self._bot.adapter.capabilities(to.id).text_length:
                return self._next_key(), ()
        return self.keys_for(message, to)

    def _send(self, draft: Draft, send: Send) -> None:
        message, to, key = send.reply, send.to, send.key
        if isinstance(message, Screen):
            self._show(draft, message, to, key=key, origin=send.origin)
            return
        content = self._content(draft, message, message.rows, to, key=key, revision=0)
        remember = send.handle or bool(message.rows)
        if not send.keys:
            draft.leave(Outgoing(content=content), to, key=key, remember=remember)
            return
        divided = parts(content, self._bot.adapter.capabilities(to.id))
        for each, part in zip(send.keys, divided, strict=True):
            draft.leave(Outgoing(content=part), to, key=each, remember=remember and each == key)

    def _show(
        self,
        draft: Draft,
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

    def _amend(self, draft: Draft, effect: Amend) -> None:
        reply = effect.reply
        if isinstance(reply, Screen):
            raise MistakeError(
                "a screen is edited by pressing its buttons; give edit() a str, a Text or a Reply"
            )
        content = self._content(draft, reply, reply.rows, effect.to, key=effect.key, revision=0)
        outgoing = Outgoing(operation=Operation.EDIT, content=content, target=effect.key)
        draft.leave(outgoing, effect.to, key=self._next_key())

    def _answer_press(self, draft: Draft) -> None:
        turn = draft.turn
        key = self._next_key()
        if turn.note is not None:
            turn.note.answer = key
        if turn.answered_s is None:
            outgoing = Outgoing(operation=Operation.ANSWER, press_id=turn.update.id)
            draft.leave(outgoing, turn.chat, key=key, expires_s=PRESS_ANSWER_S)

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

    def _content(
        self,
        draft: Draft,
        reply: Reply,
        rows: Sequence[Sequence[Button]],
        to: Chat,
        *,
        key: int,
        revision: int,
    ) -> Content:
        words = words_of(reply)
        if not (rows or reply.photos or reply.files or reply.choices is not None):
            return Content(text=words)
        draft.has_media = draft.has_media or bool(reply.photos or reply.files)
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
        draft: Draft,
        button: Button,
        to: Chat,
        able: Capabilities,
        *,
        key: int,
        revision: int,
    ) -> Key:
        if button.url is not None or button.action is None:
            return Key(button.label, url=button.url)
        place = Place(self._bot.account, self._now_in(to.id), key, revision)
        most, now = able.payload_bytes, draft.now
        signed, kept = sign_button(self._keys, button, place, most=most, now=now)
        if kept is not None:
            draft.change.writes.append(kept)
        return Key(button.label, payload=signed)

    def _later(self, draft: Draft, effect: Later) -> None:
        turn = draft.turn
        due = draft.now + effect.after_s
        body = encode_timer(TimerBody(turn.chat, turn.person, effect.action, effect.args))
        key = f"{self._next_key():x}"
        draft.change.writes.append(
            PutTimer(
                TimerRow(
                    id=key,
                    account=self._bot.account,
                    lane=self._now_in(turn.chat.id),
                    due=due,
                    body=body,
                )
            )
        )

    def _now_in(self, chat: str) -> str:
        """Return the id under which a chat goes on."""
        moved = self._bot.moved
        return moved.get(chat, chat) if moved else chat


def _without_back(rows: Sequence[Sequence[Button]]) -> tuple[tuple[Button, ...], ...]:
    return tuple(tuple(button for button in row if button.action != BACK) for row in rows)
