"""What the framework keeps in memory about the persons of a bot, as turns see it."""

from typing import Protocol


class Persons(Protocol):
    """Follows what turns commit, so that no update has to ask the database who is who."""

    account: int
    """The account's number in the database."""
    bot: str
    messenger: str

    def is_banned(self, person: str) -> bool:
        """Whether no bot on this messenger hears a person."""

    def bans(self, person: str, *, chats: dict[int, str]) -> None:
        """Somebody is banned now, who has these private chats, by account."""

    def unbans(self, person: str, *, chats: dict[int, str]) -> None:
        """Somebody is heard again."""

    def grants(self, person: str, role: str) -> None:
        """Somebody has a role with this bot now."""

    def revokes(self, person: str, role: str) -> None:
        """Somebody has a role no more."""

    def chooses(self, person: str, language: str | None) -> None:
        """Somebody wants to be spoken to in a language, or as their messenger tells again."""
