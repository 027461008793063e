"""Voices of posts: the bot's own language for what everybody reads, the author's for the author."""

from typing import Any

from posthouse.model.text import Text
from posthouse.turn.turn import Turn


class PostVoice:
    """Says words of the bot's catalogues in one language, wherever the turn is."""

    __slots__ = ("_language", "_turn")

    def __init__(self, turn: Turn, language: str | None = None) -> None:
        """Speak a language, the bot's own if none is given."""
        self._turn = turn
        self._language = language

    def say(self, key: str, /, **values: Any) -> Text:
        """Return the words of a key; its own name where no catalogue has it."""
        return self._turn.say_in(self._language, key, **values)

    def has(self, key: str, /) -> bool:
        """Whether a catalogue has the key, in this language or in English."""
        return self._turn.has_words(key)

    def first(self, *keys: str, **values: Any) -> Text:
        """Return the words of the first key that a catalogue has, else of the last."""
        key = next((key for key in keys if self.has(key)), keys[-1])
        return self.say(key, **values)
