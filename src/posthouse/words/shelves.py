"""Shelves: the sentences of several folders, by language and key; reads files, once."""

import logging
from collections.abc import Sequence
from pathlib import Path

from fluent.runtime import FluentBundle

from posthouse.errors import SetupError
from posthouse.words.reading import BUILT_IN, CatalogueFile, read_folder
from posthouse.words.sentences import Sentence
from posthouse.words.values import locale_of

log = logging.getLogger("posthouse.words")


class Shelves:
    """What several folders of catalogues hold, the framework's own behind them.

    Args:
        folders: In order.
        always: Languages in which the framework's own are wanted, beside those of the folders.

    Raises:
        SetupError: for a folder that has none.
    """

    def __init__(self, folders: Sequence[Path], *always: str) -> None:
        own = [_read(folder) for folder in folders]
        spoken = {tag for files in own for tag in files}
        built_in = read_folder(BUILT_IN, spoken and {*spoken, *always})
        self.spoken = tuple(sorted(spoken or built_in))
        """Languages of the apps, or those built in where no app has words."""
        self._shelves: dict[str, list[_Shelf]] = {}
        for files in (*own, built_in):
            for tag, file in files.items():
                base = built_in.get(tag) if files is not built_in else None
                self._shelves.setdefault(tag, []).append(_Shelf(file, base))

    def find(self, key: str, language: str) -> Sentence | None:
        """Return the sentence of exactly this language, from the first folder that has it."""
        for shelf in self._shelves.get(language, ()):
            if key in shelf.file.patterns:
                return shelf.sentence(key)
        return None

    def chain(self, language: str, *others: str) -> tuple[str, ...]:
        """Return the languages in which to look for words, the best first.

        A language asked for that no app speaks is skipped, though the framework may know it: a bot
        does not speak two languages in one screen.
        """
        tags: dict[str, None] = {}
        for wanted in _from_narrow_to_broad(language):
            tags.update(dict.fromkeys(t for t in self.spoken if t.casefold() == wanted))
        base = _base(language)
        tags.update(dict.fromkeys(tag for tag in self.spoken if _base(tag) == base))
        tags.update(dict.fromkeys(tag for tag in others if tag in self._shelves))
        tags.update(dict.fromkeys(self.spoken))
        return tuple(tags)


class _Shelf:
    """One language of one folder; its messages may refer to those built in."""

    def __init__(self, file: CatalogueFile, base: CatalogueFile | None) -> None:
        self.file = file
        self._locale = locale_of(file.language)
        self._bundle = FluentBundle([file.language], use_isolating=False)
        self._bundle.add_resource(file.resource)
        if base is not None:
            self._bundle.add_resource(base.resource)

    def sentence(self, key: str) -> Sentence:
        """Return one of its sentences."""
        name, _, attribute = key.partition(".")
        message = self._bundle.get_message(name)
        pattern = message.attributes[attribute] if attribute else message.value
        return Sentence(self._bundle, pattern, self._locale, syntax=self.file.patterns[key])


def _read(folder: Path) -> dict[str, CatalogueFile]:
    files = read_folder(folder)
    if not files:
        raise SetupError(
            f"words={str(folder)!r} has no catalogue: put files such as en.ftl there, each named "
            f"by the tag of its language"
        )
    for file in files.values():
        for broken in file.broken:
            log.warning("%s", broken)
    return files


def _base(tag: str) -> str:
    return tag.replace("_", "-").partition("-")[0].casefold()


def _from_narrow_to_broad(tag: str) -> list[str]:
    parts = tag.replace("_", "-").casefold().split("-")
    return ["-".join(parts[:count]) for count in range(len(parts), 0, -1)]
