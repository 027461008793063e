"""The voice of a turn: words of the bot's catalogues in the language spoken there."""

from collections.abc import Hashable
from typing import Any, TypeAlias

from posthouse.model.text import Text
from posthouse.turn.turn import Turn
from posthouse.words.catalogue import Catalogue

Shelf: TypeAlias = dict[Hashable, Any]
"""What was put together once and is the same for everybody who speaks a language."""


class BotVoice:
    """Speaks a bot's own language, outside any turn."""

    def __init__(self, words: Catalogue, language: str) -> None:
        self._words = words
        self._language = language

    def say(self, key: str, /, **values: Any) -> Text:
        """Return the words of a key; its own name where no catalogue has it."""
        return self._words.say(key, self._language, **values)

    def has(self, key: str, /) -> bool:
        """Whether a catalogue has the key."""
        return self._words.has(key, self._language)


class TurnVoice:
    """Speaks to the person of a turn.

    Args:
        turn: Whose.
        shelf: Of the bot, shared by all its voices.
    """

    __slots__ = ("_turn", "language", "shelf")

    def __init__(self, turn: Turn, shelf: Shelf) -> None:
        self._turn = turn
        self.language = turn.language
        """Tag of the language that is spoken."""
        self.shelf = shelf

    def say(self, key: str, /, **values: Any) -> Text:
        """Return the words of a key; its own name where no catalogue has it."""
        return self._turn.say_in(self.language, key, **values)

    def has(self, key: str, /) -> bool:
        """Whether a catalogue has the key, in this language or in English."""
        known = (self.language, key)
        found: bool | None = self.shelf.get(known)
        if found is None:
            found = self.shelf[known] = self._turn.has_words(key)
        return found
