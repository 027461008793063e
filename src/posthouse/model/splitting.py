"""Dividing what is too much for one message into several, at places where a reader would.

How this works: a text is taken piece by piece. For each the places where it may not be cut are
marked first (inside a link, or between the parts of a combined character), then the best mark of
punctuation is looked for from the end backwards. Photos and files are put into groups that one
message can hold, and words, buttons and choices are given to the groups that can show them.
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple, TypeVar

from msgspec.structs import replace

from posthouse.model.capabilities import Capabilities
from posthouse.model.characters import is_torn
from posthouse.model.media import File, Photo
from posthouse.model.outgoing import Content
from posthouse.model.text import Span, Text

T = TypeVar("T")
BELOW: Final = "⤵"
"""What a message says that is there only for its keyboard."""
LEAST_SHARE: Final = 0.5
"""A good place is looked for in the last half of what fits, else the pieces would be many and
short."""
MOST_PARTS: Final = 10
"""Messages that one reply may become."""
_PLACES = ("\n\n", "\n", ". ", "! ", "? ", "; ", ", ", " ")
"""From the best place to the worst; a cut within a word is the last resort."""
_WHOLE = frozenset({"link", "mention", "code"})
"""Spans that lose their sense when they are cut."""
_NOTHING = Content()


# --- texts


def split_text(text: Text, length: int, *, first: int | None = None) -> list[Text]:
    """Divide a text into pieces that fit.

    Cuts are made between paragraphs, else lines, sentences, words; never inside a link, a mention
    or a piece of code unless that alone is too long. Formatting that reaches over a cut goes on in
    the next piece. White space at a cut is dropped, except for the indentation of a block of code.

    Args:
        text: What to divide.
        length: Most characters of one piece, in code points, at least 1.
        first: Most characters of the first piece, if that is another number.
    """
    plain, start = text.plain, 0
    limit = length if first is None else first
    if min(limit, length) < 1:
        raise ValueError(
            f"a piece of {min(limit, length)} characters holds nothing; give 1 or more"
        )
    pieces: list[Text] = []
    nearby = _Nearby(text)
    while len(plain) - start > limit:
        near = nearby.move(start, start + limit)
        end = _place(near, start, limit, _Most(limit, length))
        piece = _part(near, start, _trimmed(plain, start, end))
        if piece.plain:
            pieces.append(piece)
            limit = length
        start = _next(near, end)
    if start < len(plain) or not pieces:
        pieces.append(_part(text, start, len(plain)))
    return pieces


class _Nearby:
    """The spans of a text that reach into a part of it, which only moves forwards.

    A long text has many pieces and many spans; without this each piece would look at every span.
    """

    def __init__(self, text: Text) -> None:
        self._plain = text.plain
        self._ahead = sorted(enumerate(text.spans), key=lambda each: -each[1].start)
        self._here: list[tuple[int, Span]] = []

    def move(self, start: int, end: int) -> Text:
        """Return the text with the spans between two places, in the order they had."""
        self._here = [each for each in self._here if each[1].end > start]
        while self._ahead and self._ahead[-1][1].start <= end:
            self._here.append(self._ahead.pop())
        self._here.sort(key=lambda each: each[0])
        return Text(self._plain, tuple(span for _, span in self._here))


class _Most(NamedTuple):
    """The most characters of a piece."""

    here: int
    later: int


def _place(text: Text, start: int, limit: int, most: _Most) -> int:
    """Return where to end the piece that begins at `start`."""
    plain, latest = text.plain, start + limit
    closed = _closed(text, start, limit, most)
    earliest = start + max(1, int(limit * LEAST_SHARE))
    for mark in _PLACES:
        cut = _last(plain, mark, earliest, latest, closed)
        if cut > start:
            return cut
    # Words are only torn when they fill the piece.
    cut = max(_last(plain, mark, start + 1, latest, closed) for mark in ("\n", " "))
    if cut > start and not plain[start:cut].isspace():
        return cut
    open_cuts = (
        at for at in range(latest, start, -1) if not closed[at - start] and not is_torn(plain, at)
    )
    return next(open_cuts, latest)


def _closed(text: Text, start: int, limit: int, most: _Most) -> bytearray:
    """Return 1 for each distance from `start` at which a cut would break a span that may not be."""
    closed = bytearray(limit + 1)
    for span in text.spans:
        if span.kind not in _WHOLE or span.start > start + limit or span.end <= start:
            continue
        if span.start < start and not text.plain[span.start : start].isspace():
            continue  # broken already: it was too long
        begin = max(span.start, start)
        # One that begins the piece goes into this one, others may also go into the next.
        room = most.here if begin == start else max(most)
        low, high = begin - start + 1, min(span.end - start, limit + 1)
        if low < high and span.end - begin <= room:
            closed[low:high] = b"\1" * (high - low)
    return closed


def _last(plain: str, mark: str, earliest: int, latest: int, closed: bytearray) -> int:
    """Return the last place behind a mark where a cut may be, or -1."""
    start = latest - len(closed) + 1
    keep = len(mark.rstrip())  # white space may lie right behind the piece: it is dropped anyway
    end = latest
    while end >= earliest:
        at = plain.rfind(mark, max(earliest - keep, start), end - keep + len(mark))
        if at < 0:
            return -1
        if not closed[at + keep - start]:
            return at + keep
        end = at + keep - 1
    return -1


def _trimmed(plain: str, start: int, end: int) -> int:
    while end > start and plain[end - 1].isspace():
        end -= 1
    return end


def _next(text: Text, end: int) -> int:
    """Return where the piece after a cut begins."""
    plain, start = text.plain, end
    while start < len(plain) and plain[start].isspace():
        start += 1
    if start < len(plain) and any(s.kind == "pre" and s.start < end < s.end for s in text.spans):
        start = min(start, max(plain.rfind("\n", end, start) + 1, end))
    return start


def _part(text: Text, start: int, end: int) -> Text:
    spans = tuple(
        replace(span, start=max(span.start, start) - start, end=min(span.end, end) - start)
        for span in text.spans
        if span.start < end and span.end > start
    )
    return Text(text.plain[start:end], spans)


# --- messages


class _Group(NamedTuple):
    """Photos and files that stand in one message."""

    photos: tuple[Photo, ...] = ()
    files: tuple[File, ...] = ()

    @property
    def is_album(self) -> bool:
        """Whether there are several."""
        return len(self.photos) + len(self.files) > 1


def obstacle(content: Content, able: Capabilities) -> str | None:
    """Return why one message of a chat cannot show all of a content, None when it can."""
    length, media = len(content.text.plain), len(content.photos) + len(content.files)
    if not media:
        if length > able.text_length:
            return f"the text has {length} characters, the most is {able.text_length}"
    elif length > able.caption_length:
        return f"the caption has {length} characters, the most is {able.caption_length}"
    elif (why := _misfit(content, able)) is not None:
        return why
    if content.rows and content.choices is not None and not able.both_keyboards:
        return "it has buttons and choices, and one message can have only one of the two"
    return None


def _misfit(content: Content, able: Capabilities) -> str | None:
    """Return why the photos and files of a content cannot stand in one message with the rest."""
    groups = _groups(content, able)
    if len(groups) > 1:
        count = len(content.photos) + len(content.files)
        if count > able.max_photos:
            return f"{count} photos and files, the most in one message is {able.max_photos}"
        return "its photos and files cannot stand in one message"
    if content.text and not _can_caption(groups[0], able):
        return "words cannot stand under such a file"
    has_keyboard = bool(content.rows) or content.choices is not None
    if has_keyboard and groups[0].is_album and not able.album_buttons:
        return "several photos or files cannot have buttons or choices under them"
    return None


def keyboard_place(divided: Sequence[Content]) -> int:
    """Return which part a handle belongs to: the last that has a keyboard, else the first."""
    places = (i for i, part in enumerate(divided) if part.rows or part.choices is not None)
    return max(places, default=0)


def parts(content: Content, able: Capabilities) -> tuple[Content, ...]:
    """Divide a message into those that a chat can show; one that fits comes back alone.

    Photos and files go apart where they cannot be mixed, albums where they are too long. The words
    stand with the first of them, buttons and choices under the last message; where an album cannot
    have a keyboard, the words go below it with the keyboard.
    """
    groups = _groups(content, able)
    has_keyboard = bool(content.rows) or content.choices is not None
    needs_below = bool(has_keyboard and groups and groups[-1].is_album and not able.album_buttons)
    made = [replace(_NOTHING, photos=photos, files=files) for photos, files in groups]
    texts = _texts(content.text, able, groups, below=needs_below)
    if made and texts and not needs_below and _can_caption(groups[0], able):
        made[0] = replace(made[0], text=texts.pop(0))
    made.extend(replace(_NOTHING, text=piece) for piece in texts)
    if needs_below and not texts:
        made.append(replace(_NOTHING, text=Text(BELOW)))
    if content.rows and content.choices is not None and not able.both_keyboards:
        made[-1] = replace(made[-1], rows=content.rows)
        made.append(replace(_NOTHING, text=Text(BELOW), choices=content.choices))
    elif has_keyboard:
        made[-1] = replace(made[-1], rows=content.rows, choices=content.choices)
    if content.requests:
        made[-1] = replace(made[-1], requests=content.requests)
    return tuple(made)


def _texts(text: Text, able: Capabilities, groups: Sequence[_Group], *, below: bool) -> list[Text]:
    """Divide the words: the first piece is a caption where there is something to stand under."""
    if not groups:
        return split_text(text, able.text_length)
    if not text:
        return []
    has_caption = not below and _can_caption(groups[0], able)
    return split_text(text, able.text_length, first=able.caption_length if has_caption else None)


def _groups(content: Content, able: Capabilities) -> list[_Group]:
    photos, files = content.photos, content.files
    if not photos and not files:
        return []
    sorts = _sorts(files, able)
    fits = len(photos) + len(files) <= able.max_photos
    if fits and len(sorts) < 2 and not (photos and files and not able.mixed_albums):  # noqa: PLR2004
        return [_Group(photos, files)]
    groups = [_Group(photos=tuple(chunk)) for chunk in _chunks(photos, able.max_photos)]
    for files_alike, most in sorts:
        groups.extend(_Group(files=tuple(chunk)) for chunk in _chunks(files_alike, most))
    return groups


def _sorts(files: Sequence[File], able: Capabilities) -> list[tuple[list[File], int]]:
    """Return the files that may stand together, and how many of them in one message."""
    if able.album_sorts is None:
        return [([*files], able.max_photos)] if files else []
    alike: dict[str, list[File]] = {}
    for file in files:
        alike.setdefault(sort_of(file), []).append(file)
    found: list[tuple[list[File], int]] = []
    for sort, members in alike.items():
        if sort in able.album_sorts:
            found.append((members, able.max_photos))
        else:
            found.extend(([member], 1) for member in members)
    return found


def _can_caption(group: _Group, able: Capabilities) -> bool:
    return able.caption_length > 0 and not any(
        sort_of(file) in able.uncaptioned_sorts for file in group.files
    )


def sort_of(file: File) -> str:
    """Return the messenger's word for a sort of files, "video" say; "" for plain ones."""
    sort, slash, _ = file.key.partition("/")
    return sort if slash else ""


def _chunks(items: Sequence[T], most: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), most):
        yield items[start : start + most]
