"""What the row of a timer carries."""

import msgspec
from msgspec import Struct

from posthouse.model.chat import Chat, Person


class TimerBody(Struct, frozen=True):
    """What a timer's row carries."""

    chat: Chat
    person: Person
    action: str
    args: bytes


encode_timer = msgspec.msgpack.Encoder().encode
decode_timer = msgspec.msgpack.Decoder(TimerBody).decode
