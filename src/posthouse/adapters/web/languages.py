"""The languages that a browser asks for."""

from typing import Final

_MOST: Final = 500


def languages_of(header: str) -> tuple[str, ...]:
    """Return the languages of an `Accept-Language` header, the dearest first."""
    found: list[tuple[float, str]] = []
    for part in header[:_MOST].split(","):
        tag, _, quality = part.strip().partition(";q=")
        if not tag.replace("-", "").isalnum():
            continue
        try:
            found.append((float(quality or 1), tag))
        except ValueError:
            continue
    return tuple(tag for _, tag in sorted(found, key=lambda pair: -pair[0]))
