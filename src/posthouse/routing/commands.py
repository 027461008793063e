"""Commands: messages that begin with a slash and a name."""

import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import NamedTuple

_COMMAND = re.compile(r"/(\w{1,32})(?:@(\S+))?(?=\s|$)")
MOST_LISTED = 10
"""So many commands are told to somebody who typed none of them."""
_NAME = re.compile(r"\w{1,32}")


class Command(NamedTuple):
    """A command as somebody typed it."""

    name: str
    """In lower case."""
    addressed: str
    """Name of the bot it is meant for, in lower case; empty when it names none."""


def command_of(text: str) -> Command | None:
    """Return the command a text begins with, or None."""
    found = _COMMAND.match(text)
    if found is None:
        return None
    return Command(found[1].lower(), (found[2] or "").lower())


def end_of_command(text: str) -> int:
    """Return where the words after the command begin; 0 for a text that is none."""
    found = _COMMAND.match(text)
    return found.end() if found else 0


def is_command_name(name: str) -> bool:
    """Whether people can type it after the slash: letters in lower case, digits, underscores."""
    return bool(_NAME.fullmatch(name)) and name == name.lower()


class Unknown(NamedTuple):
    """What to say of a command that nobody knows."""

    key: str
    values: dict[str, str | bool]


def unknown_command(name: str, known: Iterable[str]) -> Unknown:
    """Return the answer to a command that nobody knows."""
    names = list(known)
    if not names:
        return Unknown("posthouse-unknown-command", {"command": name})
    near = get_close_matches(name, names, n=1, cutoff=0.6)
    if near:
        return Unknown("posthouse-unknown-command-near", {"command": name, "near": near[0]})
    if "help" in names:
        return Unknown("posthouse-unknown-command-help", {"command": name})
    listed = ", ".join(f"/{known}" for known in names[:MOST_LISTED])
    more = len(names) > MOST_LISTED
    values: dict[str, str | bool] = {"command": name, "listed": listed, "more": more}
    return Unknown("posthouse-unknown-command-known", values)
