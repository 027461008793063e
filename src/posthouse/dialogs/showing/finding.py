"""Finding by what somebody typed: letters without marks and case, the best first."""

import unicodedata
from collections.abc import Sequence

_NOT_FOUND = 9


def folded(words: str) -> str:
    """Return words without case, accents and superfluous space."""
    apart = unicodedata.normalize("NFKD", words.casefold())
    bare = "".join(c for c in apart if not unicodedata.combining(c))
    return " ".join(bare.split())


def found(typed: str, labels: Sequence[str]) -> list[int]:
    """Return the places of the labels that fit, the best first.

    The same words come first, then those that begin with it, then those with a word that begins
    with it, then those that have it anywhere, then those that have all of its words.
    """
    wanted = folded(typed)
    ranks = [_rank(wanted, folded(label)) for label in labels]
    fitting = [place for place, rank in enumerate(ranks) if rank < _NOT_FOUND]
    return sorted(fitting, key=ranks.__getitem__)


def _rank(wanted: str, label: str) -> int:
    words = label.split()
    tests = (
        label == wanted,
        label.startswith(wanted),
        any(word.startswith(wanted) for word in words),
        wanted in label,
        all(any(word.startswith(part) for word in words) for part in wanted.split()),
    )
    return next((rank for rank, fits in enumerate(tests) if fits), _NOT_FOUND)
