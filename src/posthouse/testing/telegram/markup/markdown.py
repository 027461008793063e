"""parse_mode MarkdownV2 and the old Markdown, after MessageEntity.cpp of TDLib."""

import re

from posthouse.testing.telegram.markup.pieces import END, Made, MarkupError, Source, link
from posthouse.testing.telegram.wire import Json

_RESERVED = "_*[]()~`>#+-=|{}.!"
_LAST_ESCAPABLE = 126
_MARKS = {
    "Bold": "*",
    "Italic": "_",
    "Underline": "__",
    "Strikethrough": "~",
    "Spoiler": "||",
    "Code": "`",
    "Pre": "```",
    "PreCode": "```",
    "TextUrl": "]",
    "CustomEmoji": "]",
}
_TYPES = {name: name.lower() for name in ("Bold", "Italic", "Underline", "Strikethrough")}
_TYPES |= {"Spoiler": "spoiler", "Code": "code", "Pre": "pre", "PreCode": "pre"}


class _Open:
    """An entity that has no end yet."""

    def __init__(self, kind: str, begin: int, made: Made, argument: str = "") -> None:
        self.kind = kind
        self.begin = begin
        self.offset = made.offset
        self.piece = len(made.pieces)
        self.argument = argument


class _Parser:
    """MarkdownV2."""

    def __init__(self, text: str) -> None:
        self.source = Source(text)
        self.made = Made()
        self.open: list[_Open] = []
        self.i = 0

    def run(self) -> None:
        while self.i < len(self.source.text):
            self._step(self.source.text[self.i])
        self._end_quote(at_end=True)
        if self.open:
            last = self.open[-1]
            where = self.source.byte(last.begin)
            raise MarkupError(f"Can't find end of {last.kind} entity at byte offset {where}")

    def _step(self, char: str) -> None:
        after = self.source.at(self.i + 1)
        if char == "\\" and END < after <= chr(_LAST_ESCAPABLE):
            self.made.add(after)
            self.i += 2
            return
        innermost = self.open[-1].kind if self.open else ""
        reserved = "`" if innermost in {"Code", "Pre", "PreCode"} else _RESERVED
        if char not in reserved:
            self.made.add(char)
            self.i += 1
            if char == "\n":
                self._line()
            return
        if self._ends(innermost):
            self._finish(self.open.pop())
        elif not self._starts_quote(char):
            self._begin(char)

    def _ends(self, kind: str) -> bool:
        if not kind or kind == "BlockQuote":
            return False
        text, mark = self.source.text, _MARKS[kind]
        if kind == "Italic" and text.startswith("__", self.i):
            return False
        return text.startswith(mark, self.i)

    # --- quotations

    def _quote(self) -> _Open | None:
        return next((one for one in self.open if one.kind == "BlockQuote"), None)

    def _line(self) -> None:
        """A line begins: a quotation goes on with another > or ends before it."""
        if self._quote() is None:
            return
        if self.source.at(self.i) == ">":
            self.i += 1
        else:
            self._end_quote(at_end=False)

    def _starts_quote(self, char: str) -> bool:
        begins = not self.made.pieces or self.made.pieces[-1] == "\n"
        if char != ">" or not begins:
            return False
        if self._quote() is None:
            self.open.append(_Open("BlockQuote", self.i, self.made))
        self.i += 1
        return True

    def _end_quote(self, *, at_end: bool) -> None:
        quote = self._quote()
        if quote is None:
            return
        kind = "blockquote"
        if self.open[-1].kind == "Spoiler" and self._spoiler_is_empty(at_end=at_end):
            self.open.pop()
            kind = "expandable_blockquote"
        if self.open[-1] is not quote:
            last = self.open[-1]
            where = self.source.byte(last.begin)
            raise MarkupError(f"Can't find end of {last.kind} entity at byte offset {where}")
        self.open.pop()
        ended = Made()
        ended.offset = self.made.offset - (0 if at_end else 1)
        ended.mark(kind, quote.offset)
        self.made.entities += ended.entities

    def _spoiler_is_empty(self, *, at_end: bool) -> bool:
        """Whether || stands at the end of a quotation, which makes it expandable."""
        return self.open[-1].offset == self.made.offset - (0 if at_end else 1)

    # --- the rest

    def _begin(self, char: str) -> None:
        text, begin = self.source.text, self.i
        if text.startswith("```", begin):
            self._begin_pre()
            return
        kind, width = "", 1
        for name, mark in (("Underline", "__"), ("Spoiler", "||"), ("CustomEmoji", "![")):
            if text.startswith(mark, begin):
                kind, width = name, 2
        single = {"_": "Italic", "*": "Bold", "~": "Strikethrough", "[": "TextUrl", "`": "Code"}
        kind = kind or single.get(char, "")
        if not kind:
            raise MarkupError(
                f"Character '{char}' is reserved and must be escaped with the preceding '\\'"
            )
        self.open.append(_Open(kind, begin, self.made))
        self.i += width

    def _begin_pre(self) -> None:
        begin = self.i
        language, self.i = _language(self.source, begin + 3)
        kind = "PreCode" if language else "Pre"
        self.open.append(_Open(kind, begin, self.made, language))

    def _finish(self, one: _Open) -> None:
        self.i += len(_MARKS[one.kind])
        match one.kind:
            case "TextUrl":
                url = self.made.since(one.piece)
                if self.source.at(self.i) == "(":
                    url = self._url("a URL")
                found = link(url)
                if found is not None:
                    self.made.mark(found.pop("type"), one.offset, **found)
            case "CustomEmoji":
                if self.source.at(self.i) != "(":
                    raise MarkupError("Custom emoji entity must contain a tg://emoji URL")
                url = self._url("a custom emoji URL")
                known = re.fullmatch(r"tg://emoji\?id=(\d+)", url)
                if known is None:
                    raise MarkupError("Custom emoji URL must have scheme tg")
                self.made.mark("custom_emoji", one.offset, custom_emoji_id=known[1])
            case "PreCode":
                self.made.mark("pre", one.offset, language=one.argument)
            case kind:
                self.made.mark(_TYPES[kind], one.offset)

    def _url(self, what: str) -> str:
        begin = self.i = self.i + 1
        pieces = []
        while self.source.at(self.i) not in ")" + END:
            if self.source.at(self.i) == "\\" and END < self.source.at(self.i + 1) <= "~":
                self.i += 1
            pieces.append(self.source.at(self.i))
            self.i += 1
        if self.source.at(self.i) != ")":
            raise MarkupError(f"Can't find end of {what} at byte offset {self.source.byte(begin)}")
        self.i += 1
        return "".join(pieces)


def parse_markdown_v2(text: str) -> tuple[str, list[Json]]:
    """Read a text in MarkdownV2."""
    parser = _Parser(text)
    parser.run()
    return "".join(parser.made.pieces), parser.made.entities


def parse_markdown(text: str) -> tuple[str, list[Json]]:
    """Read a text in the old Markdown, without nesting."""
    source, made, i = Source(text), Made(), 0
    while i < len(text):
        if text[i] == "\\" and source.at(i + 1) in "_*`[":
            made.add(text[i + 1])
            i += 2
        elif text[i] not in "_*`[":
            made.add(text[i])
            i += 1
        else:
            i = _entity(source, made, i)
    return "".join(made.pieces), made.entities


def _entity(source: Source, made: Made, begin: int) -> int:
    """Read one entity of the old Markdown; return where it ends."""
    char, i, language = source.at(begin), begin + 1, ""
    end = "]" if char == "[" else char
    if source.text.startswith("```", begin):
        end = "```"
        language, i = _language(source, begin + 3)
    close = source.text.find(end, i)
    if close < 0:
        where = source.byte(begin)
        raise MarkupError(f"Can't find end of the entity starting at byte offset {where}")
    offset, words = made.offset, source.text[i:close]
    made.add(words)
    i = close + len(end)
    if char == "[":
        url = words
        if words and source.at(i) == "(":
            last = source.text.find(")", i)
            last = len(source.text) if last < 0 else last
            url, i = source.text[i + 1 : last], last + 1
        found = link(url)
        if found is not None:
            made.mark(found.pop("type"), offset, **found)
    elif end == "```":
        made.mark("pre", offset, **({"language": language} if language else {}))
    else:
        made.mark({"_": "italic", "*": "bold", "`": "code"}[char], offset)
    return i


def _language(source: Source, begin: int) -> tuple[str, int]:
    """The language after ```, and where the code begins: a line break is not part of it."""
    end = begin
    while source.at(end) not in "`" + END and not source.at(end).isspace():
        end += 1
    language, i = "", begin
    if end != begin and source.at(end) not in "`" + END:
        language, i = source.text[begin:end], end
    if source.at(i) in "\r\n":
        pair = source.at(i + 1) in "\r\n" and source.at(i + 1) != source.at(i)
        i += 2 if pair else 1
    return language, i
