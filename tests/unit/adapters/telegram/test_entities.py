"""Formatting judged by TDLib itself: Telegram's own parser says what our entities cover.

How this works: a text is given to TDLib twice, once as HTML that says the same and once with the
entities we make of it. What each UTF-16 unit is marked with must be equal as parsed, and the whole
as Telegram tidies entities up when a message is sent (`parseMarkdown` does that to a text without
any Markdown in it).
"""

import html
import importlib
import json
import os
from collections.abc import Callable, Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import example, given, strategies as st

from posthouse.adapters.telegram.api.types import MessageEntity
from posthouse.adapters.telegram.entities import MOST_ENTITIES, from_entities, to_entities
from posthouse.model.text import (
    Span,
    Text,
    bold,
    code,
    italic,
    link,
    mention,
    pre,
    quote,
    spoiler,
    strike,
    text,
    underline,
)

VECTORS = Path(__file__).parents[3] / "data" / "telegram" / "entities.jsonl"
Ask = Callable[[dict[str, Any]], dict[str, Any]]
Marks = list[set[tuple[str, str]]]

# The Bot API's words for TDLib's types, and where TDLib keeps what they carry.
TDLIB = {
    "bold": ("Bold", ""),
    "italic": ("Italic", ""),
    "underline": ("Underline", ""),
    "strikethrough": ("Strikethrough", ""),
    "spoiler": ("Spoiler", ""),
    "code": ("Code", ""),
    "pre": ("Pre", ""),
    "blockquote": ("BlockQuote", ""),
    "expandable_blockquote": ("ExpandableBlockQuote", ""),
    "text_link": ("TextUrl", "url"),
    "text_mention": ("MentionName", "user_id"),
}


@pytest.fixture(scope="module")
def tdlib() -> Ask:
    """TDLib, asked within the process and without a network."""
    try:
        library = importlib.import_module("tdjson")
    except ImportError:
        reason = "tdjson is missing, install it with: pip install tdjson"
        if os.environ.get("CI") == "true":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)

    def ask(request: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(library.td_execute(json.dumps(request).encode()))
        return answer

    ask({"@type": "setLogVerbosityLevel", "new_verbosity_level": 0})
    return ask


# --- texts

PIECES = [
    "a", "Word", " ", "\n", "\t", "\u00e9", "e\u0301", "\u4f60", "<", ">&", '"', "\\", "\uffff",
    "\U00010000", "\U0001f600", "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "\U0001f1e9\U0001f1ea", "\U0001f44d\U0001f3fd", "1\ufe0f\u20e3", "\U0010fffd",
]  # fmt: skip
URLS = ["https://example.org/", "http://example.com/a?b=1&c=%20", "tg://resolve?domain=durov"]
plains = st.lists(st.sampled_from(PIECES), max_size=6).map("".join)
MARKED = [
    bold, italic, underline, strike, spoiler, code, quote, pre,
    lambda part: pre(part, language="python"),
    lambda part: quote(part, expandable=True),
    *[lambda part, url=url: link(part, url) for url in URLS],
    lambda part: mention(part, "777000"),
]  # fmt: skip


@st.composite
def composed(draw: st.DrawFn) -> Text:
    """A text as people compose them: spans within spans and beside each other."""
    found = text(draw(plains))
    for _ in range(draw(st.integers(0, 7))):
        match draw(st.integers(0, 2)):
            case 0:
                found = draw(st.sampled_from(MARKED))(found)
            case 1:
                found += draw(st.sampled_from(MARKED))(draw(plains))
            case _:
                found = draw(plains) + found
    return found


@st.composite
def overlapping(draw: st.DrawFn) -> Text:
    """A text whose spans lie anyhow, as a middleware or a bridge may make them."""
    plain = draw(plains)
    spans = []
    for _ in range(draw(st.integers(0, 5))):
        (shape,) = draw(st.sampled_from(MARKED))("x").spans
        start, end = sorted(draw(st.tuples(*[st.integers(0, len(plain))] * 2)))
        spans.append(msgspec.structs.replace(shape, start=start, end=end))
    return Text(plain, tuple(spans))


# --- what marks each UTF-16 unit

UNITS = "utf-16-le"


def intended(found: Text) -> Marks:
    """Marks of each unit, counted the slow way: character by character."""
    marks: Marks = []
    for at, character in enumerate(found.plain):
        here = {key_of(s) for s in found.spans if s.start <= at < s.end}
        marks.extend([here] * (len(character.encode(UNITS)) // 2))
    return marks


def key_of(span: Span) -> tuple[str, str]:
    """A span as TDLib calls it."""
    match span.kind:
        case "link":
            return "TextUrl", str(span.url)
        case "mention":
            return "MentionName", str(span.person)
        case "pre" if span.language:
            return "PreCode", span.language
        case "quote" if span.expandable:
            return "ExpandableBlockQuote", ""
    name = {"strike": "strikethrough", "quote": "blockquote"}.get(span.kind, span.kind)
    return TDLIB[name][0], ""


def covered(plain: str, ranges: Iterable[tuple[int, int, tuple[str, str]]]) -> Marks:
    """Marks of each unit by offset and length."""
    marks: Marks = [set() for _ in range(len(plain.encode(UNITS)) // 2)]
    for offset, length, key in ranges:
        assert length > 0
        for at in range(offset, offset + length):
            marks[at].add(key)
    return marks


def by_tdlib(answer: dict[str, Any]) -> Marks:
    """Marks in a text that TDLib returned."""
    assert answer["@type"] == "formattedText", answer

    def ranges() -> Iterable[tuple[int, int, tuple[str, str]]]:
        for entity in answer["entities"]:
            kind = entity["type"]
            more = kind.get("url") or kind.get("language") or kind.get("user_id") or ""
            name = kind["@type"].removeprefix("textEntityType")
            yield entity["offset"], entity["length"], (name, str(more))

    return covered(answer["text"], ranges())


def as_tdlib(entity: MessageEntity) -> dict[str, Any]:
    """One of our entities in TDLib's shape."""
    name, _ = TDLIB[entity.type]
    kind: dict[str, Any] = {"@type": f"textEntityType{name}"}
    if entity.url is not None:
        kind["url"] = entity.url
    if entity.user is not None:
        kind["user_id"] = entity.user.id
    if entity.language is not None:
        kind = {"@type": "textEntityTypePreCode", "language": entity.language}
    return {
        "@type": "textEntity", "offset": entity.offset, "length": entity.length, "type": kind,
    }  # fmt: skip


def formatted(found: Text) -> dict[str, Any]:
    """A text with our entities, in TDLib's shape."""
    entities = [as_tdlib(entity) for entity in to_entities(found)]
    return {"@type": "formattedText", "text": found.plain, "entities": entities}


TAGS = {
    "bold": "b", "italic": "i", "underline": "u", "strike": "s", "spoiler": "tg-spoiler",
    "code": "code", "pre": "pre", "quote": "blockquote",
}  # fmt: skip


def as_html(found: Text) -> str:
    """A text as Telegram's HTML; its spans lie within each other or apart."""
    opened: list[tuple[Span, str]] = []
    done = ""
    spans = sorted(found.spans, key=lambda s: (s.start, -s.end))

    def write(piece: str) -> None:
        nonlocal done
        if opened:
            opened[-1] = (opened[-1][0], opened[-1][1] + piece)
        else:
            done += piece

    for at, character in enumerate([*found.plain, ""]):  # the end of the text too
        while opened and opened[-1][0].end <= at:
            span, inner = opened.pop()
            write(tagged(span, inner))
        while spans and spans[0].start == at and character:
            opened.append((spans.pop(0), ""))
        write(html.escape(character))
    return done


def in_stretches(found: Text) -> Text:
    """The same formatting with spans that end wherever another begins or ends."""
    edges = sorted({0, len(found.plain), *(e for s in found.spans for e in (s.start, s.end))})
    out: list[Span] = []
    for start, end in pairwise(edges):
        here = {key_of(s): s for s in found.spans if s.start <= start and end <= s.end}
        out.extend(msgspec.structs.replace(s, start=start, end=end) for s in here.values())
    return Text(found.plain, tuple(out))


def tagged(span: Span, inner: str) -> str:
    """HTML of one span."""
    if span.kind == "link":
        return f'<a href="{html.escape(str(span.url))}">{inner}</a>'
    if span.kind == "mention":
        return f'<a href="tg://user?id={span.person}">{inner}</a>'
    if span.expandable:
        return f"<blockquote expandable>{inner}</blockquote>"
    if span.language:
        return f'<pre><code class="language-{span.language}">{inner}</code></pre>'
    return f"<{TAGS[span.kind]}>{inner}</{TAGS[span.kind]}>"


def is_ambiguous(found: Text) -> bool:
    """Whether code lies within code, or a link within a link, which HTML says in another way."""
    return any(
        one.start < other.end and other.start < one.end and key_of(one) != key_of(other)
        for kinds in ({"pre", "code"}, {"link", "mention"})
        for one in found.spans
        for other in found.spans
        if {one.kind, other.kind} <= kinds
    )


# --- sent


@given(st.one_of(composed(), overlapping()))
@example(bold("\U0001f600") + italic(" \U0001f468\u200d\U0001f469 ") + bold(" "))
def test_entities_name_exactly_the_characters_of_the_spans(found: Text) -> None:
    """In UTF-16 units, whatever lies before and within them."""
    plain, entities = found.plain, to_entities(found)
    units = plain.encode(UNITS)
    whole = [span for span in found.spans if span.start < min(span.end, len(plain))]
    assert len(entities) == len(whole)
    for entity, span in zip(entities, whole, strict=True):
        named = units[entity.offset * 2 : (entity.offset + entity.length) * 2]
        assert named.decode(UNITS) == plain[span.start : span.end]


@given(found=composed())
def test_tdlib_reads_our_entities_as_it_reads_the_same_in_html(tdlib: Ask, found: Text) -> None:
    """As parsed, and as Telegram tidies them up in a message."""
    if is_ambiguous(found):
        return
    parsed = tdlib(parse(found))
    assert parsed["text"] == found.plain
    assert by_tdlib(parsed) == intended(found) == by_tdlib(formatted(found))
    shown = tdlib({"@type": "parseMarkdown", "text": formatted(found)})
    assert shown == tdlib({"@type": "parseMarkdown", "text": parsed})


@given(found=overlapping())
def test_tdlib_reads_overlapping_spans_as_it_reads_their_stretches(tdlib: Ask, found: Text) -> None:
    """HTML cannot overlap, so there each stretch stands for itself."""
    if is_ambiguous(found):
        return
    parsed = tdlib(parse(in_stretches(found)))
    assert parsed["text"] == found.plain
    assert by_tdlib(parsed) == intended(found) == by_tdlib(formatted(found))


def parse(found: Text) -> dict[str, Any]:
    """The request that lets TDLib read a text in HTML."""
    mode = {"@type": "textParseModeHTML"}
    return {"@type": "parseTextEntities", "text": as_html(found), "parse_mode": mode}


@given(found=composed())
@example(quote(quote("a"), expandable=True))
def test_tdlib_takes_every_text(tdlib: Ask, found: Text) -> None:
    """What it drops is only what Telegram cannot show within code, a link or a quotation."""
    shown = tdlib({"@type": "parseMarkdown", "text": formatted(found)})
    if not found.plain.strip():
        return
    for ours, theirs in zip(intended(found), by_tdlib(shown), strict=True):
        assert theirs <= ours
        kinds = {kind for kind, _ in ours}
        if theirs != ours and not {"BlockQuote", "ExpandableBlockQuote"} <= kinds:
            assert kinds & {"Code", "Pre", "PreCode", "TextUrl", "MentionName"}


def test_mentions_need_the_number_of_a_user() -> None:
    """A name that is none, and an empty span, leave only the words."""
    assert to_entities(mention("Ann", "@ann")) == []
    assert to_entities(mention("Ann", "")) == []
    assert to_entities(Text("Ann", (Span(kind="bold", start=2, end=2),))) == []
    assert to_entities(Text("Ann", (Span(kind="bold", start=3, end=9),))) == []
    assert to_entities(Text("Ann")) == []
    (one,) = to_entities(mention("Ann", "7"))
    assert one.user is not None
    assert (one.type, one.user.id, one.user.first_name) == ("text_mention", 7, "Ann")


def test_no_more_entities_are_sent_than_telegram_takes() -> None:
    """The first ones stay."""
    whole = Text().join([text(bold("x"), " ") for _ in range(MOST_ENTITIES + 20)])
    entities = to_entities(whole)
    assert len(entities) == MOST_ENTITIES
    assert entities[-1].offset == 2 * (MOST_ENTITIES - 1)


# --- received


@given(st.one_of(composed(), overlapping()))
def test_formatting_comes_back_as_it_was_sent(found: Text) -> None:
    """All kinds, in the same order, on the same characters."""
    spans = tuple(span for span in found.spans if span.start < span.end)
    assert from_entities(found.plain, to_entities(found)) == (
        Text(found.plain, spans) if spans else None
    )


KINDS = {
    "bold": "bold", "italic": "italic", "underline": "underline", "strikethrough": "strike",
    "spoiler": "spoiler", "code": "code", "pre": "pre", "blockquote": "quote",
    "expandable_blockquote": "quote", "text_link": "link", "text_mention": "mention",
}  # fmt: skip
FOUND_BY_TELEGRAM = {
    "mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number",
    "custom_emoji", "date_time", "bank_card_number", "media_timestamp",
}  # fmt: skip


def vectors() -> list[dict[str, Any]]:
    """Texts with entities, as TDLib answered them."""
    lines = VECTORS.read_text(encoding="utf-8").strip().split("\n")
    return [vector for vector in map(json.loads, lines) if "text" in vector]


def as_sent(entity: dict[str, Any]) -> dict[str, Any]:
    """An entity with the whole user, as the Bot API sends it, where TDLib gave the number."""
    sent = {name: entity[name] for name in MessageEntity.__struct_fields__ if name in entity}
    if "user_id" in entity:
        sent["user"] = {"id": entity["user_id"], "is_bot": False, "first_name": "Ann"}
    return sent


def test_all_that_tdlib_ever_answered_is_read() -> None:
    """Each entity of a kind we know is a span over the same characters with the same details."""
    seen = set()
    for vector in vectors():
        plain, entities = vector["text"], [as_sent(entity) for entity in vector["entities"]]
        read = from_entities(plain, msgspec.convert(entities, list[MessageEntity]))
        spans = [] if read is None else list(read.spans)
        units = plain.encode(UNITS)
        for entity in entities:
            seen.add(entity["type"])
            if entity["type"] in FOUND_BY_TELEGRAM:
                continue
            span = spans.pop(0)
            start = entity["offset"] * 2
            named = units[start : start + entity["length"] * 2].decode(UNITS)
            assert plain[span.start : span.end] == named
            assert span.kind == KINDS[entity["type"]]
            assert span.expandable == (entity["type"] == "expandable_blockquote")
            assert (span.url, span.language) == (entity.get("url"), entity.get("language"))
            assert span.person == (str(entity["user"]["id"]) if "user" in entity else None)
        assert not spans
        assert read is None or read.plain == plain
    assert seen >= {"bold", "pre", "text_link", "blockquote", "expandable_blockquote", "hashtag"}


@pytest.mark.parametrize(
    ("offset", "length", "expected"),
    [(1, 1, None), (0, 1, (0, 1)), (1, 2, (1, 2)), (-1, 2, (0, 1)), (2, 90, (1, 3)), (9, 1, None)],
)
def test_offsets_that_cannot_be_are_read_as_far_as_they_can(
    offset: int, length: int, expected: tuple[int, int] | None
) -> None:
    """In the middle of a pair, before the text and behind it."""
    entity = MessageEntity(type="bold", offset=offset, length=length)
    read = from_entities("\U0001f600ab", [entity])
    assert (None if read is None else (read.spans[0].start, read.spans[0].end)) == expected
