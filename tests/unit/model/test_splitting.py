"""posthouse.model.splitting: pieces fit, nothing is lost, and cuts are where a reader would cut."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import example, given, strategies as st

from posthouse.adapters.telegram.outbound import BROADCAST, PRIVATE
from posthouse.delivery.validate import check_content
from posthouse.errors import InvalidReplyError
from posthouse.model.capabilities import Capabilities
from posthouse.model.media import File, Photo
from posthouse.model.outgoing import Content, Key
from posthouse.model.splitting import BELOW, parts, split_text
from posthouse.model.text import Span, Text, bold, code, link, mention, pre, text
from tests.growth import growth

WHOLE = {"link", "mention", "code"}
EMOJI = [
    "\U0001f468\u200d\U0001f469\u200d\U0001f467",  # a family, joined
    "\U0001f1e9\U0001f1ea",  # a flag of two letters
    "\U0001f44d\U0001f3fd",  # a thumb with a tone
    "1\ufe0f\u20e3",  # a key
    "e\u0301\u0323",  # two accents
    "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",  # England
    "\u0915\u093f",  # a vowel sign
]
ATOMS = ["a", "b", "word", ". ", "! ", ", ", " ", "\n", "\n\n", "\t", "\U0001f600", *EMOJI]
KINDS = ("bold", "italic", "pre", "quote", "link", "mention", "code")


@st.composite
def long_texts(draw: st.DrawFn) -> tuple[Text, list[int]]:
    """A text of many spans, with the places between what people see as characters."""
    atoms = draw(st.lists(st.sampled_from(ATOMS), max_size=80))
    edges = [0]
    for atom in atoms:
        steps = [len(atom)] if atom in EMOJI else [1] * len(atom)
        for step in steps:
            edges.append(edges[-1] + step)
    plain = "".join(atoms)
    spans = []
    for _ in range(draw(st.integers(0, 6))):
        start, end = sorted((draw(st.sampled_from(edges)), draw(st.sampled_from(edges))))
        if start < end:
            spans.append(Span(kind=draw(st.sampled_from(KINDS)), start=start, end=end))
    return Text(plain, tuple(spans)), edges


def located(whole: Text, pieces: list[Text]) -> list[tuple[int, int]]:
    """Where each piece stands in the whole; fails when anything but white space is between."""
    found, at = [], 0
    for piece in pieces:
        while not whole.plain.startswith(piece.plain, at) or (
            # White space before a piece is skipped, unless the piece itself begins with it.
            at < len(whole.plain) and whole.plain[at].isspace() and not piece.plain[:1].isspace()
        ):
            assert at < len(whole.plain), f"{piece.plain!r} is not where it should be"
            assert whole.plain[at].isspace(), f"{whole.plain[at]!r} at {at} was lost"
            at += 1
        found.append((at, at + len(piece.plain)))
        at += len(piece.plain)
    assert not whole.plain[at:].strip()
    return found


def marks(found: Text) -> list[set[tuple[str, str | None, str | None]]]:
    """What each character is marked with."""
    per: list[set[tuple[str, str | None, str | None]]] = [set() for _ in found.plain]
    for span in found.spans:
        for at in range(span.start, span.end):
            per[at].add((span.kind, span.url, span.person))
    return per


@given(long_texts(), st.integers(1, 40), st.none() | st.integers(1, 40))
@example((Text("   x"), [0, 1, 2, 3, 4]), 2, None)
def test_pieces_fit_and_only_white_space_at_cuts_is_lost(
    made: tuple[Text, list[int]], length: int, first: int | None
) -> None:
    """Whatever the text; the first piece may have a limit of its own."""
    whole, _ = made
    pieces = split_text(whole, length, first=first)
    assert pieces
    assert len(pieces[0]) <= (first or length)
    assert all(len(piece) <= length for piece in pieces[1:])
    located(whole, pieces)
    if len(whole) <= (first or length):
        assert [piece.plain for piece in pieces] == [whole.plain]


@given(long_texts(), st.integers(1, 40))
def test_formatting_stays_on_the_same_characters(made: tuple[Text, list[int]], length: int) -> None:
    """Also where a span reaches over a cut: it goes on in the next piece."""
    whole, _ = made
    pieces = split_text(whole, length)
    before = marks(whole)
    for piece, (start, end) in zip(pieces, located(whole, pieces), strict=True):
        assert marks(piece) == before[start:end]
        assert all(0 <= span.start < span.end <= len(piece) for span in piece.spans)


@given(long_texts(), st.integers(8, 40))
def test_characters_made_of_several_are_not_torn(made: tuple[Text, list[int]], length: int) -> None:
    """Families, flags, tones, keys and accents stay whole when they fit."""
    whole, edges = made
    whole = Text(whole.plain)
    for start, end in located(whole, split_text(whole, length)):
        assert start in edges or whole.plain[start - 1].isspace()
        assert end in edges or whole.plain[end].isspace()


@given(long_texts(), st.integers(4, 40))
@example((Text("aa . aaa", (Span(kind="link", start=2, end=6),)), []), 4)
def test_links_mentions_and_code_are_not_cut(made: tuple[Text, list[int]], length: int) -> None:
    """Unless one alone is too long; they do not overlap here, as composed texts never do."""
    whole, _ = made
    kept: list[Span] = []
    for span in sorted(whole.spans, key=lambda each: each.start):
        if span.kind in WHOLE and (not kept or kept[-1].end <= span.start):
            kept.append(span)
    whole = Text(whole.plain, tuple(kept))
    pieces = located(whole, split_text(whole, length))
    cuts = [(before[1], after[0]) for before, after in pairwise(pieces)]
    for span in kept:
        if span.end - span.start > length or not whole.plain[span.start : span.end].strip():
            continue
        shown = whole.plain[span.start : span.end]
        lead, tail = len(shown) - len(shown.lstrip()), len(shown) - len(shown.rstrip())
        for end, start in cuts:
            assert not (span.start + lead < start and end < span.end - tail), (span, end, start)


@pytest.mark.parametrize(
    ("plain", "length", "expected"),
    [
        ("one two three", 8, ["one two", "three"]),
        ("first. second third", 15, ["first. second", "third"]),
        ("a long first. Then more", 20, ["a long first.", "Then more"]),
        ("one\ntwo three four", 14, ["one\ntwo three", "four"]),
        ("head of it\n\nbody of it\nmore", 20, ["head of it", "body of it\nmore"]),
        ("x" + "y" * 30, 10, ["x" + "y" * 9, "y" * 10, "y" * 10, "y"]),
        ("see\n" + "y" * 12, 14, ["see", "y" * 12]),
        ("go " + "y" * 9, 10, ["go", "y" * 9]),
        ("same  ", 6, ["same  "]),
        ("", 5, [""]),
        ("\U0001f468\u200d\U0001f469a", 3, ["\U0001f468\u200d\U0001f469", "a"]),
        ("a\U0001f468\u200d\U0001f469", 3, ["a", "\U0001f468\u200d\U0001f469"]),
    ],
)
def test_cuts_are_where_a_reader_would_cut(plain: str, length: int, expected: list[str]) -> None:
    """Between paragraphs, lines, sentences, words; a word is torn only if it fills a piece."""
    assert [piece.plain for piece in split_text(Text(plain), length)] == expected


def test_a_link_goes_into_the_next_piece_whole() -> None:
    """With the white space before it dropped."""
    whole = text("see ", link("this and that", "https://example.org"), " there")
    assert split_text(whole, 15) == [
        Text("see"), link("this and that", "https://example.org"), Text("there")
    ]  # fmt: skip


def test_a_link_too_long_for_a_caption_is_whole_in_the_next_message() -> None:
    """The limit of the first piece does not count for it."""
    whole = text("see: ", code("x y z " * 5))
    assert [p.plain for p in split_text(whole, 40, first=10)] == ["see:", ("x y z " * 5)]


def test_a_block_of_code_keeps_its_indentation() -> None:
    """Only the line break at the cut goes."""
    whole = pre("if a:\n    b = 1\n    c = 2", language="python")
    first, second = split_text(whole, 16)
    assert (first.plain, second.plain) == ("if a:\n    b = 1", "    c = 2")
    assert second.spans == (Span(kind="pre", start=0, end=9, language="python"),)


def test_a_piece_of_nothing_is_refused() -> None:
    """It would never end."""
    with pytest.raises(ValueError, match="give 1 or more"):
        split_text(Text("ab"), 0)


@pytest.mark.parametrize("marked", [bold, code, lambda t: link(t, "https://example.org")])
def test_four_times_the_text_takes_about_four_times_as_long(
    marked: Callable[[str], Text],
) -> None:
    """The spans are long and full of places where they may not be cut; a megabyte has 1000."""

    def spans(count: int) -> Text:
        return Text().join([text(marked("word " * 200), " and more. ") for _ in range(count)])

    few, many = spans(100), spans(400)
    assert len(many) > 400_000
    assert sum(len(piece) for piece in split_text(many, 4096, first=1024)) > 400_000
    grown = growth(lambda: split_text(few, 4096), lambda: split_text(many, 4096))
    assert grown < 7, "16 is what it takes if all is looked at again for each piece"


# --- messages


def photo(number: int) -> Photo:
    """A picture."""
    return Photo(key=f"p{number}", width=1, height=1)


def file(number: int, sort: str = "") -> File:
    """A file of a sort."""
    return File(key=f"{sort}/f{number}" if sort else f"f{number}", name="f", size_bytes=1)


ROWS = ((Key("Buy", "cGF5bG9hZA"), Key("Site", url="https://example.org")),)
CHOICES = (("yes", "no"),)
contents = st.builds(
    Content,
    text=st.one_of(
        st.just(Text()),
        st.integers(1, 9000).map(lambda n: text(bold("word " * (n // 5 + 1)), mention("Ann", "7"))),
    ),
    photos=st.integers(0, 23).map(lambda n: tuple(photo(i) for i in range(n))),
    files=st.lists(
        st.sampled_from(["", "video", "audio", "voice", "animation", "video_note"]), max_size=23
    ).map(lambda sorts: tuple(file(i, sort) for i, sort in enumerate(sorts))),
    rows=st.sampled_from([(), ROWS]),
    choices=st.sampled_from([None, (), CHOICES]),
)


@pytest.mark.parametrize("able", [PRIVATE, BROADCAST, Capabilities()])
@given(content=contents)
def test_every_part_can_be_shown(able: Capabilities, content: Content) -> None:
    """And together they show everything once: words, photos, files, buttons, choices."""
    made = parts(content, able)
    for part in made:
        check_content(part, able, chat="1", messenger="telegram")
        media = len(part.photos) + len(part.files)
        assert media <= able.max_photos
        assert able.mixed_albums or not (part.photos and part.files)
        has_keyboard = bool(part.rows) or part.choices is not None
        assert able.album_buttons or media < 2 or not has_keyboard
        assert able.both_keyboards or not (part.rows and part.choices is not None)
        if able.album_sorts is not None and media > 1 and part.files:
            (sort,) = {f.key.partition("/")[0] if "/" in f.key else "" for f in part.files}
            assert sort in {"", "video", "audio"}
        if able.uncaptioned_sorts and any(f.key.startswith("video_note/") for f in part.files):
            assert not part.text
        assert part.text or media or not (content.text or content.photos or content.files)
    assert tuple(p for part in made for p in part.photos) == content.photos
    assert sorted(f.key for part in made for f in part.files) == sorted(
        f.key for f in content.files
    )
    assert [part.rows for part in made if part.rows] == ([content.rows] if content.rows else [])
    shown = [part.choices for part in made if part.choices is not None]
    assert shown == ([] if content.choices is None else [content.choices])
    words = " ".join(part.text.plain for part in made if part.text.plain != BELOW)
    assert words.split() == content.text.plain.split()


def test_what_fits_comes_back_as_it_is() -> None:
    """White space at its end too."""
    content = Content(text=Text("x "), photos=(photo(1),), rows=ROWS)
    assert parts(content, PRIVATE) == (content,)
    assert parts(Content(), PRIVATE) == (Content(),)


def test_a_long_caption_goes_on_in_messages_and_the_keyboard_is_under_the_last() -> None:
    """The first 1024 characters stand under the photo."""
    made = parts(Content(text=Text("word " * 1200), photos=(photo(1),), rows=ROWS), PRIVATE)
    assert [len(part.text) > 0 for part in made] == [True, True, True]
    assert len(made[0].text) <= 1024
    assert [bool(part.rows) for part in made] == [False, False, True]


def test_words_go_below_an_album_with_its_keyboard() -> None:
    """An album itself cannot have one."""
    album = (photo(1), photo(2))
    made = parts(Content(text=Text("Which?"), photos=album, rows=ROWS), PRIVATE)
    assert made == (Content(photos=album), Content(text=Text("Which?"), rows=ROWS))
    assert parts(Content(photos=album, rows=ROWS), PRIVATE) == (
        Content(photos=album), Content(text=Text(BELOW), rows=ROWS)
    )  # fmt: skip


def test_files_of_different_sorts_stand_apart() -> None:
    """Videos among themselves, voices alone."""
    files = (file(1, "video"), file(2), file(3, "voice"), file(4, "video"), file(5, "voice"))
    made = parts(Content(files=files), PRIVATE)
    assert [[f.key for f in part.files] for part in made] == [
        ["video/f1", "video/f4"], ["f2"], ["voice/f3"], ["voice/f5"]
    ]  # fmt: skip


def test_words_with_a_round_video_are_a_message_of_their_own() -> None:
    """It has no caption."""
    note = file(1, "video_note")
    made = parts(Content(text=Text("Look"), files=(note,)), PRIVATE)
    assert made == (Content(files=(note,)), Content(text=Text("Look")))


def test_words_with_a_round_video_do_not_fit_into_one_message() -> None:
    """And whoever wants them there is told why."""
    content = Content(text=Text("Look"), files=(file(1, "video_note"),))
    with pytest.raises(InvalidReplyError, match="words cannot stand under such a file"):
        check_content(content, PRIVATE, chat="7", messenger="telegram")


def test_a_request_stands_in_the_last_message_with_the_choices() -> None:
    """Of a message that takes several."""
    request = (("Share my number", "contact"),)
    choices = (("Share my number",),)
    made = parts(Content(text=Text("x " * 3000), choices=choices, requests=request), PRIVATE)
    assert [part.requests for part in made] == [(), request]
