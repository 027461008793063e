"""Currencies: which there are, how finely each is counted, and what people write for it."""

import re
from functools import cache
from typing import Any, Final

from posthouse.dialogs.forms.folding import folded

_LANGUAGES: Final = ("en", "uk", "ru", "pl", "de", "fr", "cs", "tr", "ja", "zh")
"""Whose signs of a currency are understood when it is the only one a field takes."""
_WORDS: Final = {"UAH": ("грн", "гривень", "hrn"), "RUB": ("руб", "р"), "PLN": ("zl",)}  # noqa: RUF001  Cyrillic is meant
"""What people write and Unicode's tables do not have."""
_SIGNS: Final = {"€": "EUR", "₴": "UAH", "₽": "RUB", "₸": "KZT", "₺": "TRY", "₾": "GEL", "₹": "INR"}
"""Signs that only one currency has."""
_EDGES: Final = re.compile(r"(?s)([^\d.,+\-\u2212]*)(.*?)([^\d.,\ufe0f\u20e3]*)")


def is_currency(code: Any) -> bool:
    """Whether there is a currency with these three capital letters."""
    return isinstance(code, str) and code in _codes()


def exponent_of(code: str) -> int:
    """Return how many digits after the decimal mark a currency has: 2, or 0 for the yen."""
    from babel.numbers import get_currency_precision  # noqa: PLC0415  heavy

    return get_currency_precision(code)


def split_currency(text: str, expected: str | None) -> tuple[str, str | None]:
    """Return the number in a text, and the currency: the expected one where none is written.

    The currency is None where what stands beside the number is none, or nothing stands there and
    none is expected.
    """
    text = text.strip()
    if text.endswith(".") and text[-2:-1].isalpha():  # an abbreviation: "грн."
        text = text[:-1]
    match = _EDGES.fullmatch(text)
    before, amount, after = (part.strip() for part in match.groups()) if match else ("", text, "")
    sign = before or after
    if before and after:
        return text, None
    if not sign:
        return amount, expected
    return amount, _currency_of(sign, expected)


def load_currency(code: str | None) -> None:
    """Read what all currencies are, and what people write for one; any thread may call it."""
    _codes()
    if code is not None:
        _names(code)


def _currency_of(sign: str, expected: str | None) -> str | None:
    if expected is not None and folded(sign) in _names(expected):
        return expected
    code = sign.upper()
    return code if is_currency(code) else _SIGNS.get(sign)


@cache
def _names(code: str) -> frozenset[str]:
    """Return what people write for a currency."""
    from babel.numbers import get_currency_name, get_currency_symbol  # noqa: PLC0415  heavy

    names = {code, *_WORDS.get(code, ())}
    for language in _LANGUAGES:
        names.add(get_currency_symbol(code, locale=language).rstrip("."))
        names.update(get_currency_name(code, count, locale=language) for count in (1, 2, 5, 1.5))
    if any(name.endswith("$") for name in names):
        names.add("$")
    return frozenset(map(folded, names))


@cache
def _codes() -> frozenset[str]:
    from babel.numbers import list_currencies  # noqa: PLC0415  heavy

    return frozenset(list_currencies(locale="en"))
