"""Markup is read as Telegram's own library reads it."""

import json
from pathlib import Path
from typing import Any

import pytest

from posthouse.testing.telegram.markup.html import parse_html
from posthouse.testing.telegram.markup.markdown import parse_markdown, parse_markdown_v2
from posthouse.testing.telegram.markup.pieces import MarkupError
from posthouse.testing.telegram.markup.reading import detect, read_text
from posthouse.testing.telegram.refusals import RefusalError

ORACLE = Path(__file__).parents[3] / "data" / "telegram" / "entities.jsonl"
PARSERS = {"HTML": parse_html, "MarkdownV2": parse_markdown_v2, "Markdown": parse_markdown}
UNLIKE = "formatting_type"
"""The library's own form of moments, which the Bot API does not have."""


def cases(mode: str) -> list[dict[str, Any]]:
    """What the real library answered for a mode."""
    lines = ORACLE.read_text().splitlines()
    return [case for case in map(json.loads, lines) if case["mode"] == mode]


def said(case: dict[str, Any]) -> object:
    """The answer in a form that can be compared."""
    if "error" in case:
        return case["error"]
    entities = [
        {"user" if key == "user_id" else key: value for key, value in one.items()}
        for one in case["entities"]
    ]
    return case["text"], in_order(entities)


def in_order(entities: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Entities that begin together have no order of their own."""
    return sorted(entities, key=lambda one: (one["offset"], -one["length"], one["type"]))


@pytest.mark.parametrize("mode", PARSERS)
def test_every_text_is_read_as_the_real_library_reads_it(mode: str) -> None:
    """Text, entities and complaints are equal, over a thousand times."""
    unequal = []
    for case in cases(mode):
        if UNLIKE in str(case):
            continue
        try:
            text, entities = PARSERS[mode](case["in"])
            found: object = (text, in_order(entities))
        except MarkupError as error:
            found = f"Bad Request: can't parse entities: {error}"
        if found != said(case):
            unequal.append((case["in"], said(case), found))
    assert not unequal


def test_most_of_what_telegram_finds_by_itself_is_found() -> None:
    """Commands, mentions and hashtags; of strange addresses some are not."""
    found = [
        case for case in cases("auto") if in_order(detect(case["in"])) == in_order(case["entities"])
    ]
    assert len(found) > 0.75 * len(cases("auto"))


@pytest.mark.parametrize(
    ("words", "kinds"),
    [
        ("/start", ["bot_command"]),
        ("/start@sim_bot now", ["bot_command"]),
        ("see https://example.org/a?b=c, #tea and @ann_b", ["url", "hashtag", "mention"]),
        ("a@b.co $USD", ["email", "cashtag"]),
        ("1/2 a/b", []),
    ],
)
def test_what_people_write_is_found(words: str, kinds: list[str]) -> None:
    """In the order it stands there."""
    assert [one["type"] for one in detect(words)] == kinds


def test_offsets_count_code_units_and_blanks_are_cut() -> None:
    """An emoji counts twice; what stands at both ends is not part of the message."""
    text, entities = read_text(
        "  😀 **x** \n", "", [{"type": "bold", "offset": 5, "length": 5}], str
    )
    assert text == "😀 **x**"
    assert entities == [{"type": "bold", "offset": 3, "length": 5}]


def test_an_unknown_parse_mode_is_refused() -> None:
    """In Telegram's words."""
    with pytest.raises(RefusalError, match="unsupported parse_mode"):
        read_text("x", "bbcode", None, str)


def test_an_entity_that_is_none_is_refused() -> None:
    """The place is named."""
    with pytest.raises(RefusalError, match=r"can't parse MessageEntity: .*offset"):
        read_text("x", "", [{"type": "bold", "offset": "first", "length": 1}], str)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("<b", "Unclosed start tag at byte offset 0"),
        ("<a href", 'Unclosed start tag "a" at byte offset 0'),
        ("<a href=", 'Unclosed start tag "a" at byte offset 0'),
        ("<a href='x'", "Unclosed start tag at byte offset 0"),
        ("<a href >x</a>", "Expected equal sign in declaration of an attribute of the tag"),
        ("<a =x>y</a>", "Empty attribute name in the tag"),
        ("<a href=x!>y</a>", "Unexpected end of name token at byte offset 8"),
        ("<span class='x'>y</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
    ],
)
def test_broken_html_is_named(text: str, why: str) -> None:
    """With the place in bytes."""
    with pytest.raises(MarkupError) as caught:
        parse_html(text)
    assert why in str(caught.value)


def test_html_has_more_than_bold() -> None:
    """Quotations, spoilers, languages, emoji, numbers for characters."""
    text, entities = parse_html(
        "<blockquote expandable>a</blockquote><tg-spoiler>b</tg-spoiler>"
        "<span class='tg-spoiler'>c</span><pre><code class=\"language-py\">d</code></pre>"
        "<tg-emoji emoji-id='5'>😀</tg-emoji>&#33;&#x21;&nosuch;&lt;<code>e</code>"
    )
    assert text == "abcd😀!!&nosuch;<e"
    kinds = ["expandable_blockquote", "spoiler", "spoiler", "pre", "custom_emoji", "code"]
    assert [one["type"] for one in in_order(entities)] == kinds
    assert in_order(entities)[3]["language"] == "py"


def test_mentions_are_of_people_who_are_there() -> None:
    """Others lose their link."""
    link = '<a href="tg://user?id=5">Ann</a> <a href="tg://user?id=6">Bo</a>'
    users = {5: {"id": 5, "is_bot": False, "first_name": "Ann"}}
    _, entities = read_text(link, "HTML", None, users.get)
    assert entities == [{"type": "text_mention", "offset": 0, "length": 3, "user": users[5]}]
