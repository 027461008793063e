"""Text as a plain string and spans over it; a `str` is always literal.

How this works: a `Text` holds the characters once, in `plain`, and formatting as `Span`s that point
into it by code points. Composing shifts the spans, so nothing is ever escaped or parsed on the way;
each adapter renders the spans in its messenger's own manner (entities, HTML, control codes) or
drops what it cannot show.
"""

import re
from collections.abc import Iterable
from typing import Any, Literal, Self, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

SpanKind: TypeAlias = Literal[
    "bold", "italic", "underline", "strike", "spoiler", "code", "pre", "quote", "link", "mention"
]


class Span(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One formatted stretch of a text."""

    kind: SpanKind
    start: int
    """First character, in code points."""
    end: int
    """One past the last character, in code points."""
    url: str | None = None
    """Where a link leads."""
    person: str | None = None
    """Whom a mention names: the messenger's own id of the person."""
    language: str | None = None
    """Programming language of a `pre` block."""
    expandable: bool = False
    """Of a long quotation only the beginning is shown until it is tapped, where that is known."""


class Text(Struct, frozen=True, omit_defaults=True, gc=False):
    """A text with formatting; compose it with `+`, `join` and `text(...)`."""

    plain: str = ""
    spans: tuple[Span, ...] = ()

    def __str__(self) -> str:
        return self.plain

    def __len__(self) -> int:
        return len(self.plain)

    def __bool__(self) -> bool:
        return bool(self.plain)

    def __add__(self, other: "Words") -> "Text":
        if isinstance(other, str):
            return Text(self.plain + other, self.spans)
        if not isinstance(other, Text):
            return NotImplemented
        return Text(self.plain + other.plain, self.spans + _shifted(other.spans, len(self.plain)))

    def __radd__(self, other: str) -> "Text":
        if not isinstance(other, str):
            return NotImplemented
        return Text(other + self.plain, _shifted(self.spans, len(other)))

    def join(self, parts: Iterable["Words"]) -> "Text":
        """Join texts with this one between them, as `str.join` does."""
        out: list[object] = []
        for part in parts:
            if out:
                out.append(self)
            out.append(part)
        return text(*out)

    def cut(self, length: int) -> Self:
        """Return the first `length` characters, spans clipped to them."""
        spans = tuple(replace(s, end=min(s.end, length)) for s in self.spans if s.start < length)
        return type(self)(self.plain[:length], spans)


Words: TypeAlias = str | Text


def _shifted(spans: tuple[Span, ...], by: int) -> tuple[Span, ...]:
    return tuple(replace(s, start=s.start + by, end=s.end + by) for s in spans) if by else spans


def text(*parts: object) -> Text:
    """Join parts into one text; whatever is not a text is shown by `str()` and stays literal."""
    plain: list[str] = []
    spans: list[Span] = []
    length = 0
    for part in parts:
        if isinstance(part, Text):
            spans.extend(_shifted(part.spans, length))
            piece = part.plain
        else:
            piece = str(part)
        plain.append(piece)
        length += len(piece)
    return Text("".join(plain), tuple(spans))


def _marked(kind: SpanKind, part: object, **more: Any) -> Text:
    inner = text(part)
    if not inner.plain:
        return inner
    return Text(inner.plain, (Span(kind=kind, start=0, end=len(inner.plain), **more), *inner.spans))


def bold(part: object) -> Text:
    """Bold text."""
    return _marked("bold", part)


def italic(part: object) -> Text:
    """Italic text."""
    return _marked("italic", part)


def underline(part: object) -> Text:
    """Underlined text."""
    return _marked("underline", part)


def strike(part: object) -> Text:
    """Struck-through text."""
    return _marked("strike", part)


def spoiler(part: object) -> Text:
    """Text that is hidden until it is tapped."""
    return _marked("spoiler", part)


def code(part: object) -> Text:
    """A short piece of code within a line."""
    return _marked("code", part)


def pre(part: object, *, language: str | None = None) -> Text:
    """A block of code."""
    return _marked("pre", part, language=language)


def quote(part: object, *, expandable: bool = False) -> Text:
    """A quotation; of a long one that is expandable the beginning is shown until it is tapped."""
    return _marked("quote", part, expandable=expandable)


def link(label: object, url: str) -> Text:
    """A label that leads to an address."""
    return _marked("link", label, url=url)


def hashtag(part: object) -> Text:
    """Return words as one tag that messengers let people search for: "#Nova_Kakhovka".

    Letters, digits and underscores stay, apostrophes go, everything else becomes one underscore; of
    words without any letter nothing is left, since no messenger takes those for a tag.
    """
    kept = re.sub(r"['`\u2018\u2019\u02bc]", "", str(part))
    tag = re.sub(r"\W+", "_", kept).strip("_")
    return Text(f"#{tag}") if any(sign.isalpha() for sign in tag) else Text()


def mention(name: object, person: str) -> Text:
    """A name that notifies the person with that id, where the messenger can."""
    return _marked("mention", name, person=person)
