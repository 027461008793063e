"""Markdown, only where a bot's author says so: `markdown("**bold**")` gives a text with spans.

CommonMark with ~~strike~~. Raw HTML stays literal; a link is made for http, https, mailto and tg
addresses, any other address leaves its label as plain text.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from posthouse.model.text import Span, SpanKind, Text

_SCHEMES = frozenset({"http", "https", "mailto", "tg"})
_INLINE: dict[str, SpanKind] = {"strong": "bold", "em": "italic", "s": "strike"}


def markdown(source: str) -> Text:
    """Return a text from Markdown."""
    return _Writer().write_all(_parser().parse(source)).text()


@cache
def _parser() -> Any:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False}).enable("strikethrough")


class _Writer:
    """Writes a parser's tokens as characters and spans."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._gap = 0
        """Line breaks that are due before the next character."""
        self._spans: list[Span] = []
        self._open: list[tuple[SpanKind | None, int, str | None]] = []
        self._lists: list[int | None] = []
        """Next number of each list around; None for bullets."""

    def text(self) -> Text:
        spans = sorted(self._spans, key=lambda span: (span.start, -span.end))
        return Text("".join(self._parts), tuple(spans))

    def write_all(self, tokens: Sequence[Any]) -> "_Writer":
        for token in tokens:
            name, _, edge = token.type.rpartition("_")
            if edge == "open":
                self._enter(name, token)
            elif edge == "close":
                self._leave(name, token)
            else:
                self._put(token)
        return self

    def _put(self, token: Any) -> None:
        match token.type:
            case "inline":
                self.write_all(token.children)
            case "code_inline":
                self._mark("code", token.content)
            case "fence" | "code_block":
                language = (token.info.split() or [None])[0]
                self._mark("pre", token.content.rstrip("\n"), language=language)
                self._break(2)
            case "softbreak" | "hardbreak":
                self._write("\n")
            case "hr":
                self._write("———")
                self._break(2)
            case "image":
                self._start("link", token.attrs["src"])
                self._write(token.content or token.attrs["src"])
                self._finish()
            case _:
                self._write(token.content)

    def _enter(self, name: str, token: Any) -> None:
        if name in _INLINE:
            self._start(_INLINE[name])
        elif name == "link":
            self._start("link", token.attrs["href"])
        elif name == "heading":
            self._start("bold")
        elif name == "blockquote":
            self._start("quote")
        elif name in ("bullet_list", "ordered_list"):
            self._lists.append(int(token.attrs.get("start", 1)) if name[0] == "o" else None)
        elif name == "list_item":
            self._write("  " * (len(self._lists) - 1) + self._bullet())

    def _leave(self, name: str, token: Any) -> None:
        if name in _INLINE or name == "link":
            self._finish()
        elif name in ("heading", "blockquote"):
            self._finish()
            self._break(2)
        elif name in ("bullet_list", "ordered_list"):
            self._lists.pop()
            self._break(1 if self._lists else 2)
        elif name == "list_item":
            self._break(1)
        else:
            self._break(1 if token.hidden else 2)

    def _bullet(self) -> str:
        number = self._lists[-1]
        if number is None:
            return "• "
        self._lists[-1] = number + 1
        return f"{number}. "

    def _break(self, lines: int) -> None:
        self._gap = max(self._gap, lines)

    def _write(self, characters: str) -> None:
        before = "\n" * self._gap if self._length else ""
        self._gap = 0
        self._parts += (before, characters)
        self._length += len(before) + len(characters)

    def _mark(self, kind: SpanKind, characters: str, *, language: str | None = None) -> None:
        self._write("")
        start = self._length
        self._write(characters)
        if characters:
            self._spans.append(Span(kind=kind, start=start, end=self._length, language=language))

    def _start(self, kind: SpanKind, url: str | None = None) -> None:
        self._write("")
        is_allowed = url is None or urlsplit(url).scheme.lower() in _SCHEMES
        self._open.append((kind if is_allowed else None, self._length, url))

    def _finish(self) -> None:
        kind, start, url = self._open.pop()
        if kind is not None and start < self._length:
            self._spans.append(Span(kind=kind, start=start, end=self._length, url=url))
