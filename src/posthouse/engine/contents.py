"""What messages show: their words, media and signed buttons, or numbers where there are none."""

from collections.abc import Sequence

from posthouse.engine.bot import BotRuntime
from posthouse.engine.dividing import choices_for, labels_of, words_of
from posthouse.engine.drafts import Draft
from posthouse.engine.numbering import is_choice, numbered
from posthouse.engine.signing import Signer
from posthouse.model.capabilities import Capabilities
from posthouse.model.chat import Chat
from posthouse.model.outgoing import Content, Key
from posthouse.model.reply import BACK, Button, Reply, Screen
from posthouse.payloads import Keys
from posthouse.turn.front import Front, has_buttons
from posthouse.turn.screen import OpenScreen, ScreenState
from posthouse.turn.turn import Turn


class Contents:
    """Builds what one bot's messages show."""

    def __init__(self, bot: BotRuntime, keys: Keys) -> None:
        self._bot = bot
        self._keys = keys

    def drawn(
        self,
        turn: Turn,
        screen: Screen,
        to: Chat,
        *,
        origin: tuple[str, bytes] | None,
        state: ScreenState,
    ) -> tuple[Screen, int | None]:
        """Return a screen with its elements as rows, and which of them is a searching list."""
        if not screen.elements:
            return screen, None
        is_plain = not has_buttons(self._bot.adapter.capabilities(to.id))
        view = state.view_of(origin) if origin else {}
        drawn = self._bot.showing.draw(turn, screen, call=origin, view=view, plain=is_plain)
        return drawn.screen, drawn.search

    def content(
        self,
        draft: Draft,
        reply: Reply,
        rows: Sequence[Sequence[Button]],
        to: Chat,
        *,
        key: int,
        revision: int,
        slashed: bool = False,
    ) -> Content:
        """Return what a message shows, its buttons signed.

        Args:
            draft: To which belongs what has to be kept for them.
            reply: What it says.
            rows: Its buttons.
            to: The chat.
            key: Delivery key of the message that bears them.
            revision: Which drawing of it.
            slashed: Number them `/1` where there are no buttons.
        """
        words = words_of(reply)
        if not (rows or reply.photos or reply.files or reply.choices is not None):
            return Content(text=words)
        draft.has_media = draft.has_media or bool(reply.photos or reply.files)
        able = self._bot.adapter.capabilities(to.id)
        is_plain = not has_buttons(able)
        keys: tuple[tuple[Key, ...], ...] = ()
        if rows:
            chat = self._bot.moved.get(to.id, to.id)
            signer = Signer(
                self._keys,
                self._bot.account,
                chat,
                delivery=key,
                revision=revision,
                most=able.payload_bytes,
                now=draft.now,
                keep=draft.change.writes.append,
            )
            keys = tuple(
                [
                    tuple(
                        [
                            _key(button, signer)
                            for button in row
                            if not is_plain or is_choice(button)
                        ]
                    )
                    for row in rows
                    if row
                ]
            )
        choices, requests = choices_for(reply.choices, able)
        content = Content(
            text=words,
            photos=reply.photos,
            files=reply.files,
            rows=keys,
            choices=labels_of(choices),
            requests=requests,
        )
        if is_plain and keys:
            content, listed = numbered(content, slashed=slashed)
            draft.fronts[to.id] = Front(delivery=key, choices=listed, slashed=slashed)
        return content


def _key(button: Button, signer: Signer) -> Key:
    if button.url is not None or button.action is None:
        return Key(button.label, url=button.url)
    return Key(button.label, payload=signer.button(button))


def opened_for(turn: Turn, to: Chat) -> OpenScreen | None:
    """Return the screen that a turn draws anew, None when a screen is a message of its own."""
    opened = turn.screen
    if opened is None or not opened.revision or opened.used or to.id != turn.chat.id:
        return None
    return opened


def as_written(sketch: Content, able: Capabilities) -> Content:
    """Return a sketch of a message with its buttons as a chat shows them."""
    return sketch if has_buttons(able) or not sketch.rows else numbered(sketch)[0]


def without_back(rows: Sequence[Sequence[Button]]) -> tuple[tuple[Button, ...], ...]:
    """Return rows without the way back, for a screen that has none before it."""
    return tuple([tuple([b for b in row if b.action != BACK]) for row in rows])
