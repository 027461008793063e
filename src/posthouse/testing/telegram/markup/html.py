"""parse_mode HTML, after MessageEntity.cpp of TDLib."""

import re

from posthouse.testing.telegram.markup.pieces import END, Made, MarkupError, Source, link
from posthouse.testing.telegram.wire import Json

_KINDS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "code": "code",
    "pre": "pre",
}
_TAGS = {*_KINDS, "a", "tg-emoji", "blockquote", "tg-time"}
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_ENTITY = re.compile(r"&(?:#x([0-9a-fA-F]+)|#([0-9]+)|([a-z]+));?")
_LAST_CODE = 0x10FFFF


class _Open:
    """A tag that is not closed yet."""

    def __init__(self, tag: str, argument: str, offset: int, piece: int) -> None:
        self.tag = tag
        self.argument = argument
        self.offset = offset
        self.piece = piece


class _Parser:
    def __init__(self, text: str) -> None:
        self.source = Source(text)
        self.made = Made()
        self.open: list[_Open] = []
        self.i = 0

    def run(self) -> None:
        text = self.source.text
        while self.i < len(text):
            if text[self.i] == "&" and self._entity(self.made.pieces) is not None:
                self.made.offset += 1 + (self.made.pieces[-1] > "\uffff")
            elif text[self.i] != "<":
                self.made.add(text[self.i])
                self.i += 1
            elif self.source.at(self.i + 1) == "/":
                self._close()
            else:
                self._start()
        if self.open:
            tag = self.open[-1].tag
            raise MarkupError(f'Can\'t find end tag corresponding to start tag "{tag}"')

    def _entity(self, into: list[str]) -> str | None:
        """Read &lt; and the like; None where it is only an ampersand."""
        found = _ENTITY.match(self.source.text, self.i)
        if found is None:
            return None
        if found[3]:
            decoded = _NAMED.get(found[3])
        else:
            code = int(found[1], 16) if found[1] else int(found[2])
            decoded = chr(code) if 0 < code <= _LAST_CODE else None
        if decoded is None:
            return None
        self.i = found.end()
        into.append(decoded)
        return decoded

    def _word(self, stops: str) -> str:
        begin = self.i
        while self.source.at(self.i) not in stops + END and not self.source.at(self.i).isspace():
            self.i += 1
        return self.source.text[begin : self.i]

    def _spaces(self) -> None:
        while self.source.at(self.i).isspace():
            self.i += 1

    def _start(self) -> None:
        begin = self.source.byte(self.i)
        self.i += 1
        tag = self._word(">").lower()
        if self.source.at(self.i) == END:
            raise MarkupError(f"Unclosed start tag at byte offset {begin}")
        if tag not in _TAGS:
            raise MarkupError(f'Unsupported start tag "{tag}" at byte offset {begin}')
        argument = ""
        while self.source.at(self.i) != ">":
            self._spaces()
            if self.source.at(self.i) == ">":
                break
            name, value = self._attribute(tag, begin)
            argument = _argument(tag, name, value) or argument
        if tag == "span" and argument != "spoiler":
            raise MarkupError(f'Tag "span" must have class "tg-spoiler" at byte offset {begin}')
        self.i += 1
        self.open.append(_Open(tag, argument, self.made.offset, len(self.made.pieces)))

    def _attribute(self, tag: str, begin: int) -> tuple[str, str]:
        where = f'the tag "{tag}" at byte offset {begin}'
        name = self._word("=>").lower()
        if not name:
            raise MarkupError(f"Empty attribute name in {where}")
        self._spaces()
        if self.source.at(self.i) != "=":
            if (tag, name) == ("blockquote", "expandable"):
                return name, "1"
            if self.source.at(self.i) == END:
                raise MarkupError(f'Unclosed start tag "{tag}" at byte offset {begin}')
            raise MarkupError(f"Expected equal sign in declaration of an attribute of {where}")
        self.i += 1
        self._spaces()
        if self.source.at(self.i) == END:
            raise MarkupError(f'Unclosed start tag "{tag}" at byte offset {begin}')
        value = self._value()
        if self.source.at(self.i) == END:
            raise MarkupError(f"Unclosed start tag at byte offset {begin}")
        return name, value

    def _value(self) -> str:
        quote = self.source.at(self.i)
        if quote not in "'\"":
            begin = self.i
            while self.source.at(self.i).isalnum() or self.source.at(self.i) in ".-":
                self.i += 1
            if not self.source.at(self.i).isspace() and self.source.at(self.i) not in ">" + END:
                where = self.source.byte(begin)
                raise MarkupError(f"Unexpected end of name token at byte offset {where}")
            return self.source.text[begin : self.i].lower()
        self.i += 1
        pieces: list[str] = []
        while self.source.at(self.i) not in quote + END:
            if self.source.at(self.i) == "&" and self._entity(pieces) is not None:
                continue
            pieces.append(self.source.at(self.i))
            self.i += 1
        self.i += 1
        return "".join(pieces)

    def _close(self) -> None:
        begin = self.source.byte(self.i)
        if not self.open:
            raise MarkupError(f"Unexpected end tag at byte offset {begin}")
        self.i += 2
        tag = self._word(">").lower()
        self._spaces()
        if self.source.at(self.i) != ">":
            raise MarkupError(f"Unclosed end tag at byte offset {begin}")
        self.i += 1
        opened = self.open.pop()
        if tag and tag != opened.tag:
            raise MarkupError(
                f'Unmatched end tag at byte offset {begin}, expected "</{opened.tag}>", '
                f'found "</{tag}>"'
            )
        self._finish(opened)

    def _finish(self, opened: _Open) -> None:
        made, argument = self.made, opened.argument
        match opened.tag:
            case "a":
                found = link(argument or made.since(opened.piece))
                if found is not None:
                    made.mark(found.pop("type"), opened.offset, **found)
            case "tg-emoji":
                made.mark("custom_emoji", opened.offset, custom_emoji_id=argument)
            case "blockquote":
                kind = "expandable_blockquote" if argument else "blockquote"
                made.mark(kind, opened.offset)
            case "code":
                made.mark("code", opened.offset, **({"language": argument} if argument else {}))
            case tag:
                made.mark(_KINDS.get(tag, "date_time"), opened.offset)


def _argument(tag: str, name: str, value: str) -> str:
    match tag, name:
        case ("a", "href") | ("tg-emoji", "emoji-id"):
            return value
        case "code", "class":
            return value.removeprefix("language-") if value.startswith("language-") else ""
        case "span", "class":
            return value.removeprefix("tg-") if value.startswith("tg-") else ""
        case "blockquote", "expandable":
            return "1"
    return ""


def parse_html(text: str) -> tuple[str, list[Json]]:
    """Read a text with HTML tags."""
    parser = _Parser(text)
    parser.run()
    return "".join(parser.made.pieces), _join_pre(parser.made.entities)


def _join_pre(entities: list[Json]) -> list[Json]:
    """A code with a language inside a pre of the same length is one: a pre with that language."""
    found: list[Json] = []
    for one in entities:
        if one["type"] == "code" and "language" in one:
            outer = next((e for e in entities if e["type"] == "pre" and _same(e, one)), None)
            language = one.pop("language")
            if outer is not None:
                outer["language"] = language
                continue
        elif one["type"] == "pre" and "language" not in one:
            inner = next((e for e in found if e["type"] == "code" and _same(e, one)), None)
            if inner is not None:
                found.remove(inner)
        found.append(one)
    return found


def _same(one: Json, other: Json) -> bool:
    return bool(one["offset"] == other["offset"] and one["length"] == other["length"])
