"""What an item shows, as it is kept: rendered once, and made final for each chat when it is sent.

How this works: no code of the app runs when an item is sent. Its words and media are kept as they
are; a button is kept as the call it makes, and signed for the message that bears it.
"""

from collections.abc import Iterator

import msgspec
from msgspec import Struct

from posthouse.engine.signing import Signer
from posthouse.errors import MistakeError
from posthouse.model.media import OwnFile, OwnPhoto
from posthouse.model.outgoing import Content, Key
from posthouse.model.reply import BACK, HOME, STAY, VIEW, Button, Reply
from posthouse.model.text import Text, Words

_OF_SCREENS = (BACK, HOME, STAY, VIEW)


class ShownButton(Struct, frozen=True, omit_defaults=True):
    """A button as it is kept."""

    label: str
    action: str | None = None
    encoded: bytes = b""
    url: str | None = None
    only_once: bool = False


class Shown(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an item shows, without anything that is about one recipient."""

    content: Content
    """Words and media; no buttons."""
    rows: tuple[tuple[ShownButton, ...], ...] = ()

    @property
    def has_media(self) -> bool:
        """Whether it has photos or files."""
        return bool(self.content.photos or self.content.files)


_encoder = msgspec.msgpack.Encoder()
decode_shown = msgspec.msgpack.Decoder(Shown).decode


def shown_of(message: Words | Reply) -> Shown:
    """Return what a message shows as it can be kept.

    Raises MistakeError for one that cannot be sent later: with media that is not kept yet, ready
    answers, or buttons that ask first or belong to a screen.
    """
    reply = message if isinstance(message, Reply) else Reply(message)
    if any(isinstance(each, OwnPhoto | OwnFile) for each in (*reply.photos, *reply.files)):
        raise MistakeError(
            "an item has a photo or file of your own; use `await publishing.keep(reply)` first, so "
            "that it is there when the item is sent"
        )
    if reply.choices is not None:
        raise MistakeError(
            "an item has ready answers (choices), which only the answer to somebody may have; use "
            "buttons"
        )
    words = Text(reply.words) if isinstance(reply.words, str) else reply.words
    content = Content(text=words, photos=reply.photos, files=reply.files)
    rows = tuple(tuple(_kept(button) for button in row) for row in reply.rows if row)
    if not (words.plain or content.photos or content.files):
        raise MistakeError("an item shows nothing; give it words, a photo or a file")
    return Shown(content=content, rows=rows)


def encode_shown(message: Words | Reply | Shown) -> bytes:
    """Return what an item shows as it is kept; raises as `shown_of` does."""
    return _encoder.encode(message if isinstance(message, Shown) else shown_of(message))


def keyed(shown: Shown, signer: Signer, *, plain: bool) -> Content:
    """Return the content for one message.

    Args:
        shown: What the item shows.
        signer: Signs the buttons of the message that bears it.
        plain: The chat has no buttons: links are written under the text, the rest is left out.
    """
    if not shown.rows:
        return shown.content
    if plain:
        return _written(shown)

    def key(button: ShownButton) -> Key:
        if button.action is None:
            return Key(button.label, url=button.url)
        called = Button(
            label=button.label,
            action=button.action,
            encoded=button.encoded,
            only_once=button.only_once,
        )
        return Key(button.label, payload=signer.button(called))

    rows = tuple(tuple(key(button) for button in row) for row in shown.rows)
    return msgspec.structs.replace(shown.content, rows=rows)


def _written(shown: Shown) -> Content:
    lines = [f"{each.label}: {each.url}" for each in _links(shown)]
    if not lines:
        return shown.content
    listed = Text("\n".join(lines))
    words = shown.content.text
    text = words + Text("\n\n") + listed if words.plain else listed
    return msgspec.structs.replace(shown.content, text=text)


def _links(shown: Shown) -> Iterator[ShownButton]:
    return (button for row in shown.rows for button in row if button.url is not None)


def _kept(button: Button) -> ShownButton:
    if button.asks or button.asked is not None or button.action in _OF_SCREENS:
        raise MistakeError(
            f"an item has the button {button.label!r}, which asks first or belongs to a screen; "
            "let it call an action that shows a screen"
        )
    return ShownButton(
        label=button.label,
        action=button.action if button.url is None else None,
        encoded=button.encoded,
        url=button.url,
        only_once=button.only_once,
    )
