"""How persons are written in settings and at the command line: `telegram:1234`."""

import re
from typing import NamedTuple

from posthouse.errors import MistakeError

_PERSON = re.compile(r"([a-z][a-z0-9_-]*):(\S+)")


class Named(NamedTuple):
    """A person by messenger and id, since an id means nothing outside its messenger."""

    messenger: str
    id: str

    def __str__(self) -> str:
        return f"{self.messenger}:{self.id}"


def named(written: str) -> Named:
    """Return who is meant; raises MistakeError."""
    found = _PERSON.fullmatch(written)
    if found is None:
        raise MistakeError(
            f"{written!r} is no person; write the messenger and the id, such as telegram:1234"
        )
    return Named(found[1], found[2])
