"""What the row of a timer carries."""

import msgspec
from msgspec import Struct

from posthouse.model.chat import Chat, Person
from posthouse.model.update import Outcome


class TimerBody(Struct, frozen=True):
    """What a timer's row carries."""

    chat: Chat
    person: Person
    action: str
    args: bytes
    follows: tuple[int, ...] = ()
    """Delivery keys it waits for, or waited for."""
    outcome: Outcome | None = None
    """How they ended, once that is known."""


encode_timer = msgspec.msgpack.Encoder().encode
decode_timer = msgspec.msgpack.Decoder(TimerBody).decode
