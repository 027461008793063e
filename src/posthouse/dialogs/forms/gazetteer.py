"""A list of places read from a file once, and searched as people write names.

How this works: all names and synonyms are folded once (case, accents, apostrophes, hyphens and
spaces do not count) and sorted, so that what begins with the words typed is one stretch of the
list, found by bisection; the same for what begins with them inside a name. Only when nothing
matches are typing errors allowed, and then only among names that share a piece of three letters.
"""

import csv
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from heapq import nsmallest
from pathlib import Path
from typing import Final, NamedTuple

from posthouse.dialogs.forms.folding import cleaned, folded, on_one_line
from posthouse.errors import FormError
from posthouse.model.values import Place

COLUMNS: Final = ("id", "name", "region", "synonyms")
MOST_FOUND: Final = 60
"""Most places one search finds."""
_LAST: Final = "\U0010ffff"
_SHORTEST_TYPO: Final = 4
"""Shorter words are not searched for with typing errors: everything would be alike."""
_SHORTEST_INSIDE: Final = 3
"""Shorter words are only looked for where a word begins."""
_LONG: Final = 8
"""From this length on two typing errors are allowed, before it one."""
_LONGEST_TOKEN: Final = 10
_MOST_ALIKE: Final = 500
"""Most names that are compared letter by letter."""
_MOST_ASKED: Final = 200
"""Searches whose outcome is kept: a dialog asks for the same words several times."""
EXACT, SYNONYM, PREFIX, WORD, INSIDE, TYPO = range(6)


class _Row(NamedTuple):
    place: Place
    weight: float
    name: str
    """Folded."""


class Gazetteer:
    """Places that can be searched."""

    def __init__(self, rows: Sequence[tuple[Place, Sequence[str], float]]) -> None:
        self._rows: list[_Row] = []
        self._by_id: dict[str, Place] = {}
        self._keys: list[tuple[str, int, bool]] = []
        for place, synonyms, weight in rows:
            number = len(self._rows)
            name = folded(place.name)
            self._rows.append(_Row(place, weight, name))
            self._by_id[place.id] = place
            others = dict.fromkeys(map(folded, synonyms))
            self._keys.append((name, number, True))
            self._keys += [(each, number, False) for each in others if each and each != name]
        self._keys.sort()
        self._words = sorted(
            (key[at + 1 :], place)
            for place, (key, _, _) in enumerate(self._keys)
            for at, letter in enumerate(key)
            if letter == " "
        )
        self._all = "\n".join(key for key, _, _ in self._keys)
        self._starts = _starts(self._keys)
        self._pieces: dict[str, list[int]] = defaultdict(list)
        for at, (key, _, _) in enumerate(self._keys):
            for piece in _pieces(key):
                self._pieces[piece].append(at)
        self._asked: dict[str, Sequence[Place]] = {}
        labels = Counter(row.name for row in self._rows)
        self._shared = frozenset(name for name, count in labels.items() if count > 1)

    def __len__(self) -> int:
        return len(self._rows)

    def place(self, key: str) -> Place | None:
        """Return the place with an id, or None."""
        return self._by_id.get(key)

    def label(self, place: Place) -> str:
        """Return a place's name, with its region where another place has the same name."""
        return (
            f"{place.name} ({place.region})" if folded(place.name) in self._shared else place.name
        )

    def search(self, words: str) -> Sequence[Place]:
        """Return the places that words may mean, the likeliest first.

        Exact names come first, then exact synonyms, beginnings, beginnings of words, what contains
        the words, and typing errors only where nothing else was found. Within each the weightier
        comes first, then the shorter name. A region may stand behind the name.
        """
        wanted = folded(words.replace("(", " ").replace(")", " ").replace(",", " "))
        if not wanted:
            return []
        places = self._asked.get(wanted)
        if places is None:
            if len(self._asked) >= _MOST_ASKED:
                self._asked.clear()
            places = self._asked[wanted] = self._search(wanted)
        return places

    def _search(self, wanted: str) -> list[Place]:
        found = self._ranked(wanted) or self._with_region(wanted) or self._with_typos(wanted)
        rows = nsmallest(
            MOST_FOUND, found.items(), key=lambda item: (item[1], *self._order(item[0]))
        )
        return [self._rows[number].place for number, _ in rows]

    def _order(self, number: int) -> tuple[float, int, str, str]:
        row = self._rows[number]
        return -row.weight, len(row.name), row.name, row.place.region

    def _ranked(self, wanted: str) -> dict[int, int]:
        best: dict[int, int] = {}

        def note(number: int, rank: int) -> None:
            if rank < best.get(number, TYPO + 1):
                best[number] = rank

        low = bisect_left(self._keys, (wanted,))
        high = bisect_left(self._keys, (wanted + _LAST,))
        for key, number, is_name in self._keys[low:high]:
            note(number, PREFIX if key != wanted else EXACT if is_name else SYNONYM)
        low = bisect_left(self._words, (wanted,))
        high = bisect_left(self._words, (wanted + _LAST,))
        for _, at in self._words[low:high]:
            note(self._keys[at][1], WORD)
        if len(wanted) >= _SHORTEST_INSIDE and len(best) < MOST_FOUND:
            for at in self._inside(wanted):
                note(self._keys[at][1], INSIDE)
        return best

    def _inside(self, wanted: str) -> Iterator[int]:
        at = self._all.find(wanted)
        for _ in range(MOST_FOUND * 4):
            if at < 0:
                return
            yield bisect_left(self._starts, at + 1) - 1
            at = self._all.find(wanted, at + len(wanted))

    def _with_region(self, wanted: str) -> dict[int, int]:
        """Return the places of a name that words begin with, in a region that they end with."""
        parts = wanted.split()
        for cut in range(len(parts) - 1, 0, -1):
            name, region = " ".join(parts[:cut]), " ".join(parts[cut:])
            found = {
                number: rank
                for number, rank in self._ranked(name).items()
                if rank <= SYNONYM and folded(self._rows[number].place.region).startswith(region)
            }
            if found:
                return found
        return {}

    def _with_typos(self, wanted: str) -> dict[int, int]:
        if len(wanted) < _SHORTEST_TYPO:
            return {}
        allowed = 2 if len(wanted) >= _LONG else 1
        pieces = _pieces(wanted)
        counts = Counter(at for piece in pieces for at in self._pieces.get(piece, ()))
        # Each error spoils three pieces at most, a swap of two letters four.
        least = max(1, len(pieces) - 4 * allowed)
        found: dict[int, int] = {}
        for at, count in counts.most_common(_MOST_ALIKE):
            key, number, _ = self._keys[at]
            if count >= least and abs(len(key) - len(wanted)) <= allowed:
                errors = distance(key, wanted, allowed)
                if errors <= allowed:
                    found[number] = min(found.get(number, TYPO + errors), TYPO + errors)
        return found


def _starts(keys: Sequence[tuple[str, int, bool]]) -> list[int]:
    starts, at = [], 0
    for key, _, _ in keys:
        starts.append(at)
        at += len(key) + 1
    return starts


def _pieces(key: str) -> set[str]:
    padded = f"^{key}$"
    return {padded[at : at + 3] for at in range(len(padded) - 2)}


def distance(one: str, other: str, most: int) -> int:
    """Return how many letters are missing, surplus, wrong or swapped; counts on to `most`."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        earlier, before, row = before, row, [i]
        for j, against in enumerate(other, 1):
            cost = min(before[j] + 1, row[-1] + 1, before[j - 1] + (letter != against))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == against:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]


# --- the file


@lru_cache(maxsize=64)
def _loaded(path: Path, _changed: int) -> Gazetteer:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise FormError(
            f"the gazetteer {path} cannot be read: {error}; save it as UTF-8"
        ) from error
    reader = csv.DictReader(lines, strict=True)
    missing = [name for name in COLUMNS[:3] if name not in (reader.fieldnames or ())]
    if missing:
        raise FormError(
            f"{path}, line 1: there is no column {', '.join(missing)}; its first line names the "
            "columns: id,name,region,synonyms and, if you like, weight"
        )
    rows: list[tuple[Place, list[str], float]] = []
    seen: dict[str, int] = {}
    pairs: dict[tuple[str, str], int] = {}
    try:
        for row in reader:
            where = f"{path}, line {reader.line_num}"
            place, synonyms, weight = _row(row, where)
            _check_new(place, where, seen, pairs, reader.line_num)
            rows.append((place, synonyms, weight))
    except csv.Error as error:
        raise FormError(
            f"{path}, line {reader.reader.line_num}: {error}; check its quotes"
        ) from error
    if not rows:
        raise FormError(f"{path} has no places; add a line for each below the first")
    return Gazetteer(rows)


def _row(row: dict[str, str | None], where: str) -> tuple[Place, list[str], float]:
    if None in row:
        raise FormError(f"{where}: more columns than in line 1; put quotes around commas")
    cells = {name: on_one_line(cleaned(value or "")) for name, value in row.items()}
    for name in COLUMNS[:3]:
        if not cells[name]:
            raise FormError(f"{where}: the {name} is empty; every place needs one")
    if not folded(cells["name"]):
        raise FormError(f"{where}: the name {cells['name']!r} has no letters to search for")
    if len(cells["id"].encode()) > _LONGEST_TOKEN:
        raise FormError(f"{where}: the id {cells['id']!r} is long; use {_LONGEST_TOKEN} bytes")
    try:
        weight = float(cells.get("weight") or 0)
    except ValueError as error:
        raise FormError(
            f"{where}: the weight {cells['weight']!r} is no number; leave it empty or give one"
        ) from error
    synonyms = [each.strip() for each in cells.get("synonyms", "").split("|")]
    place = Place(id=cells["id"], name=cells["name"], region=cells["region"])
    return place, [each for each in synonyms if each], weight


def _check_new(
    place: Place,
    where: str,
    seen: dict[str, int],
    pairs: dict[tuple[str, str], int],
    line: int,
) -> None:
    before = seen.setdefault(place.id, line)
    if before != line:
        raise FormError(f"{where}: the id {place.id!r} stands in line {before} too; give another")
    before = pairs.setdefault((folded(place.name), folded(place.region)), line)
    if before != line:
        raise FormError(
            f"{where}: {place.name} ({place.region}) stands in line {before} too, and nobody could "
            "tell the two apart; join them, or name the region more closely"
        )


def load_gazetteer(path: Path) -> Gazetteer:
    """Return the gazetteer of a CSV file; one that did not change is read once.

    Raises FormError, with the line, for what is wrong in it.
    """
    try:
        changed = path.stat().st_mtime_ns
    except OSError as error:
        raise FormError(
            f"the gazetteer {path} cannot be read: {error.strerror}; give the path of a CSV file "
            f"with the columns {', '.join(COLUMNS)}"
        ) from error
    return _loaded(path.resolve(), changed)
