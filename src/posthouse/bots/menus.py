"""Menus: a bot's commands with what they do, in every language its apps speak."""

from collections.abc import Sequence
from functools import lru_cache

from msgspec.structs import replace

from posthouse.ports.menus import MenuCommand
from posthouse.routing.gathering import Listed
from posthouse.words.catalogue import Catalogue

_MOST_MENUS = 256


def menu_of(listed: Sequence[Listed], words: Catalogue) -> Sequence[MenuCommand]:
    """Return the commands of a bot that says what these words say; they were read before."""
    return _menu(tuple(listed), words)


@lru_cache(maxsize=_MOST_MENUS)  # thousands of bots may have the same apps
def _menu(listed: tuple[Listed, ...], words: Catalogue) -> tuple[MenuCommand, ...]:
    return tuple(_in_words(each, words) for each in listed)


def _in_words(each: Listed, words: Catalogue) -> MenuCommand:
    own = words.default
    key = next((key for key in each.keys if words.has(key, own)), None)
    if key is None:
        return each.command
    helps = tuple((tag, words.say(key, tag).plain) for tag in words.languages)
    return replace(each.command, help=words.say(key, own).plain, helps=helps)
