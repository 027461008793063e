"""Formatting between spans over code points and Telegram's entities over UTF-16 units.

Texts are always sent with entities and never with a parse mode, so nothing in them can be taken for
markup and nothing needs to be escaped.
"""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate

from posthouse.adapters.telegram.api.types import MessageEntity, User
from posthouse.model.text import Span, SpanKind, Text

_TYPES: dict[SpanKind, str] = {
    "bold": "bold",
    "italic": "italic",
    "underline": "underline",
    "strike": "strikethrough",
    "spoiler": "spoiler",
    "code": "code",
    "pre": "pre",
    "quote": "blockquote",
    "link": "text_link",
}
_EXPANDABLE = "expandable_blockquote"
_KINDS: dict[str, SpanKind] = {
    **{there: here for here, there in _TYPES.items()},
    _EXPANDABLE: "quote",
}
_FORMATTING = frozenset({*_KINDS, "text_mention"})
MOST_ENTITIES = 100
"""Telegram takes no notice of further ones (core.telegram.org/bots/api#formatting-options)."""
_LAST_BMP = "\uffff"


def to_entities(text: Text) -> list[MessageEntity]:
    """Return the entities of a text, in UTF-16 units.

    A mention needs the number of a user; one of anything else, and an empty span, is left out.
    """
    if not text.spans:
        return []
    units = _units(text.plain)
    found: list[MessageEntity] = []
    for span in text.spans:
        start, end = span.start, min(span.end, len(text.plain))
        if start >= end:
            continue
        offset = units[start] if units else start
        length = (units[end] if units else end) - offset
        if span.kind == "mention":
            if span.person is not None and span.person.isdecimal():
                user = User(id=int(span.person), is_bot=False, first_name=text.plain[start:end])
                found.append(
                    MessageEntity(type="text_mention", offset=offset, length=length, user=user)
                )
            continue
        found.append(
            MessageEntity(
                type=_EXPANDABLE if span.expandable else _TYPES[span.kind],  # type: ignore[arg-type]
                offset=offset,
                length=length,
                url=span.url if span.kind == "link" else None,
                language=span.language if span.kind == "pre" else None,
            )
        )
    return found[:MOST_ENTITIES]


def from_entities(plain: str, entities: Sequence[MessageEntity] | None) -> Text | None:
    """Return a text with its formatting, or None when it has none that others know.

    Links, hashtags and the like that Telegram finds by itself are part of the text, not formatting.
    """
    # Commands, the most frequent of all, are none: their texts need not be looked through.
    if not entities or (len(entities) == 1 and entities[0].type not in _FORMATTING):
        return None
    formatting = [entity for entity in entities if entity.type in _FORMATTING]
    if not formatting:
        return None
    units = _units(plain)
    last = len(plain)
    spans: list[Span] = []
    for entity in formatting:
        start, end = entity.offset, entity.offset + entity.length
        if units:
            start, end = bisect_left(units, start), bisect_left(units, end)
        start, end = min(max(start, 0), last), min(end, last)
        if start >= end:
            continue
        if entity.type == "text_mention" and entity.user is not None:
            spans.append(Span(kind="mention", start=start, end=end, person=str(entity.user.id)))
        elif (kind := _KINDS.get(entity.type)) is not None:
            spans.append(
                Span(
                    kind=kind,
                    start=start,
                    end=end,
                    url=entity.url,
                    language=entity.language,
                    expandable=entity.type == _EXPANDABLE,
                )
            )
    return Text(plain, tuple(spans)) if spans else None


def _units(plain: str) -> list[int]:
    """Return the UTF-16 offset of every character and of the end; empty where they are equal."""
    if plain.isascii() or max(plain) <= _LAST_BMP:
        return []
    return list(accumulate((1 + (c > _LAST_BMP) for c in plain), initial=0))
