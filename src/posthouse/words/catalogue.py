"""Catalogue: what a bot can say, by key and language.

How this works: a bot's catalogue is made of one folder per app, in the order of the apps, and the
framework's own behind them. A key is looked for language by language (the one asked for, its base,
the bot's own, English), and in each in the folders' order. Nothing is read before the first
sentence is needed, unless `load` is called where waiting hurts nobody; the libraries behind it are
imported then, too.
"""

import logging
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any, Protocol

from posthouse.model.text import Text

log = logging.getLogger("posthouse.words")

ENGLISH = "en"
MOST_TAGS = 1000
"""Messengers tell any tag they like; more than so many different ones are not remembered."""


class _Sentence(Protocol):
    constant: Text | None

    def fill(self, values: Mapping[str, Any]) -> tuple[Text, list[str]]: ...


class _Shelves(Protocol):
    spoken: tuple[str, ...]

    def find(self, key: str, language: str) -> _Sentence | None: ...

    def chain(self, language: str, *others: str) -> tuple[str, ...]: ...


class Catalogue:
    """What a bot can say.

    Args:
        folders: Of the apps, in order, each with files such as `en.ftl`; the first that has a key
        says it.
        default: Language of the bot, for whoever speaks none that there is.
    """

    def __init__(self, folders: Iterable[Path] = (), *, default: str = ENGLISH) -> None:
        self.folders = tuple(folders)
        self.default = default
        self._reading = Lock()
        self._shelves: _Shelves | None = None
        self._chains: dict[str, tuple[str, ...]] = {}
        self._nearest: dict[str, str] = {}
        self._found: dict[tuple[str, str], _Sentence | None] = {}
        self._told: set[tuple[str, str]] = set()

    def __repr__(self) -> str:
        return f"<Catalogue {', '.join(map(str, self.folders)) or 'built in'}>"

    def say(self, key: str, language: str, /, **values: Any) -> Text:
        """Return the words of a key; the key itself where no catalogue has it.

        Args:
            key: Name of a message, or `message.attribute`.
            language: IETF tag of the language to speak, if there is one.
            values: Fill its places. A Text keeps its formatting; numbers, dates and money are
                written as the language does.
        """
        found = self._find(key, language)
        if found is None:
            self._tell(key, "", f"no catalogue has it; looked in {self._places()}")
            return Text(key)
        if found.constant is not None:
            return found.constant
        said, wrong = found.fill(values)
        if wrong:
            self._tell(key, language, "; ".join(wrong))
        return said

    def has(self, key: str, language: str) -> bool:
        """Whether somebody who speaks a language can be told a key, maybe in another one."""
        return self._find(key, language) is not None

    def show(self, value: Any, language: str) -> str:
        """Return a value alone as a language writes it."""
        from posthouse.words.values import locale_of, shown  # noqa: PLC0415  Babel is heavy

        return shown(value, locale_of(self.nearest(language)))

    @property
    def languages(self) -> tuple[str, ...]:
        """Tags of the languages that the apps speak, or those built in where no app has words."""
        return self._open().spoken

    def names(self) -> dict[str, str]:
        """Return the name of each language, in that language."""
        from posthouse.words.values import locale_of  # noqa: PLC0415  Babel is heavy

        known = {tag: locale_of(tag).get_display_name() or tag for tag in self.languages}
        return {tag: name[:1].upper() + name[1:] for tag, name in known.items()}

    def nearest(self, language: str) -> str:
        """Return the tag of the language in which somebody is spoken to who asks for this one."""
        found = self._nearest.get(language)
        if found is None:
            chain, spoken = self._chain(language), self.languages
            found = next((tag for tag in chain if tag in spoken), chain[0])
            if language in self._chains:  # else nobody knows how many would gather
                self._nearest[language] = found
        return found

    def load(self) -> _Shelves:
        """Read every file, unless that was done; raises SetupError for a folder without any.

        It takes a while the first time in a process; any thread may call it.
        """
        with self._reading:
            if self._shelves is None:
                from posthouse.words.shelves import Shelves  # noqa: PLC0415  Fluent is heavy

                self._shelves = Shelves(self.folders, self.default, ENGLISH)
            return self._shelves

    # --- inside

    def _open(self) -> _Shelves:
        return self._shelves or self.load()

    def _find(self, key: str, language: str) -> _Sentence | None:
        try:
            return self._found[language, key]
        except KeyError:
            pass
        shelves = self._open()
        sentence = next(
            (found for tag in self._chain(language) if (found := shelves.find(key, tag))), None
        )
        if len(self._chains) <= MOST_TAGS:  # else nobody knows how many would gather
            self._found[language, key] = sentence
        return sentence

    def _chain(self, language: str) -> tuple[str, ...]:
        """Return the languages in which to look for a key, the best first."""
        found = self._chains.get(language)
        if found is None:
            found = self._open().chain(language, self.default, ENGLISH)
            if len(self._chains) <= MOST_TAGS:
                self._chains[language] = found
        return found

    def _tell(self, key: str, language: str, what: str) -> None:
        if (key, language) not in self._told:
            self._told.add((key, language))
            log.warning("words %r%s: %s", key, f" in {language}" if language else "", what)

    def _places(self) -> str:
        return ", ".join(map(str, self.folders)) or "the built-in ones; the bot's apps have none"


@lru_cache(maxsize=512)
def merged(folders: tuple[Path, ...], *, default: str = ENGLISH) -> Catalogue:
    """Return the catalogue of these folders; bots with the same apps share it."""
    return Catalogue(folders, default=default)
