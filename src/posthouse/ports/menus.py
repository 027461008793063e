"""What a messenger may show as the menu of a bot's commands, and to whom."""

from collections.abc import Iterable
from typing import Literal, TypeAlias

from msgspec import Struct

MenuPlace: TypeAlias = Literal["everywhere", "private", "groups", "admins", "nowhere"]
"""Who is shown a command: everybody; in private chats; in groups; those who administer a group;
nobody."""


class MenuCommand(Struct, frozen=True, kw_only=True):
    """One command of a menu."""

    name: str
    help: str
    """What it does, in the bot's own language."""
    helps: tuple[tuple[str, str], ...] = ()
    """Tags of languages, and the same in each of them."""
    place: MenuPlace = "everywhere"
    roles: frozenset[str] = frozenset()
    """Who has one of these roles is shown it where they are alone with the bot, and nobody else."""

    def said(self, language: str) -> str:
        """Return what it does, in a language if somebody said it so."""
        tag, helps = language.replace("_", "-"), dict(self.helps)
        return helps.get(tag) or helps.get(tag.partition("-")[0]) or self.help


def private_menu(
    commands: Iterable[MenuCommand], *, roles: frozenset[str] = frozenset()
) -> list[MenuCommand]:
    """Return what is shown to a person who is alone with the bot."""
    return [
        each
        for each in commands
        if (not each.roles.isdisjoint(roles) if each.roles else each.place in _ALONE)
    ]


_ALONE = ("everywhere", "private")
