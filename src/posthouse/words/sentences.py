"""One sentence of one language: filled with values, of which texts keep their formatting.

How this works: Fluent knows plain strings only. A `Text` with formatting goes in as a placeholder
between two characters that no text holds, and what comes out is cut at the placeholders and joined
with the texts in their places. Marks that isolate the direction of writing are set around a value
only where it runs the other way than its sentence. A sentence that is nothing but words and places,
as most are, is joined here, which takes a tenth of the time.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, localcontext
from typing import Any
from unicodedata import bidirectional

from babel import Locale
from fluent.runtime import FluentBundle
from fluent.runtime.types import FluentDateTime, fluent_number
from fluent.syntax.ast import Pattern, StringLiteral, TextElement, VariableReference

from posthouse.model.text import Text, text
from posthouse.words.values import ROOMY, UNGROUPED, shown

# Noncharacters of Unicode: no text that is exchanged holds them, and one that does is a placeholder
# itself.
_BEGIN, _END = "\ufdd0", "\ufdd1"
_PLACEHOLDER = re.compile(f"{_BEGIN}([0-9]+){_END}")
_FIRST_STRONG, _POP = "\u2068", "\u2069"
_LONG = 1000
"""Fluent cuts a value that is longer than 2,500 characters; this one is well below."""
_RIGHT_TO_LEFT = frozenset({"R", "AL"})


class Sentence:
    """A message of a catalogue, or one of its attributes, ready to be filled."""

    __slots__ = ("_bundle", "_is_rtl", "_locale", "_parts", "_pattern", "constant")

    def __init__(
        self, bundle: FluentBundle, pattern: Any, locale: Locale, *, syntax: Pattern
    ) -> None:
        self._bundle = bundle
        self._pattern = pattern
        self._locale = locale
        self._is_rtl = locale.text_direction == "rtl"
        self._parts = _parts(syntax)
        self.constant: Text | None = None
        """What it says where it takes no values."""
        if self._parts is not None and len(self._parts) == 1:
            self.constant = Text(self._parts[0])

    def fill(self, values: Mapping[str, Any]) -> tuple[Text, list[str]]:
        """Return the words, and what was wrong with them, such as a value that is missing."""
        joined = self._joined(values)
        if joined is not None:
            return joined, []
        pieces: list[Text] = []
        given = {name: self._given(value, pieces) for name, value in values.items()}
        with localcontext(ROOMY):
            plain, errors = self._bundle.format_pattern(self._pattern, given)
        return _spliced(str(plain), pieces), [str(error) for error in errors]

    def _joined(self, values: Mapping[str, Any]) -> Text | None:
        """Return the words of a plain sentence with plain values, None for any other."""
        if self._parts is None:
            return None
        out: list[Text | str] = list(self._parts)
        for index in range(1, len(out), 2):
            value = values.get(self._parts[index])
            if isinstance(value, str) or (type(value) is int and -UNGROUPED < value < UNGROUPED):
                value = str(value)
            elif type(value) is not Text:
                return None
            against = _runs_against(str(value), is_rtl=self._is_rtl)
            out[index] = _FIRST_STRONG + value + _POP if against else value
        return text(*out)

    def _given(self, value: Any, pieces: list[Text]) -> Any:
        if isinstance(value, bool):
            return str(value).lower()
        if type(value) is int and -UNGROUPED < value < UNGROUPED:
            return fluent_number(value, useGrouping=False)
        if isinstance(value, int | float | Decimal):
            return value
        if isinstance(value, datetime):
            return FluentDateTime.from_date_time(value, dateStyle="medium", timeStyle="short")
        if isinstance(value, date):
            return value
        if isinstance(value, Text) and not value.spans:
            value = value.plain
        plain = value.plain if isinstance(value, Text) else shown(value, self._locale)
        runs_against = _runs_against(plain, is_rtl=self._is_rtl)
        if isinstance(value, Text) or len(plain) > _LONG or _BEGIN in plain:
            pieces.append(value if isinstance(value, Text) else Text(plain))
            plain = f"{_BEGIN}{len(pieces) - 1}{_END}"
        return f"{_FIRST_STRONG}{plain}{_POP}" if runs_against else plain


def _parts(syntax: Pattern) -> list[str] | None:
    """Return words and names of values in turns, beginning and ending with words.

    None for a sentence that has more than these in it.
    """
    parts = [""]
    for element in syntax.elements:
        if isinstance(element, TextElement):
            parts[-1] += element.value
        elif isinstance(element.expression, StringLiteral):
            parts[-1] += element.expression.parse()["value"]
        elif isinstance(element.expression, VariableReference):
            parts += [element.expression.id.name, ""]
        else:
            return None
    return parts


def _spliced(plain: str, pieces: list[Text]) -> Text:
    if not pieces:
        return Text(plain)
    parts: list[str | Text] = list(_PLACEHOLDER.split(plain))
    parts[1::2] = [pieces[int(str(number))] for number in parts[1::2]]
    return text(*parts)


def _runs_against(plain: str, *, is_rtl: bool) -> bool:
    """Whether a value has letters that run the other way than the sentence around it."""
    if not is_rtl and plain.isascii():
        return False
    against = frozenset({"L"}) if is_rtl else _RIGHT_TO_LEFT
    return any(bidirectional(character) in against for character in plain)
