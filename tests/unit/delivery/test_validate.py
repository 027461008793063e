"""ENGINE 21: what a chat cannot show is found before anything is queued."""

import pytest

from posthouse.delivery.validate import check_content
from posthouse.errors import InvalidReplyError
from posthouse.model.capabilities import Capabilities, Level
from posthouse.model.media import File, Photo
from posthouse.model.outgoing import Content, Key
from posthouse.model.text import Text

PHOTO = Photo(key="p", width=1, height=1, size_bytes=1)
FILE = File(key="f", name="notes.txt", size_bytes=1)
ROW = (Key("Buy", payload="x"),)


def check(content: Content, **able: object) -> None:
    """Check a content against capabilities."""
    check_content(content, Capabilities(**able), chat="c1", messenger="fake")  # type: ignore[arg-type]  # any field


@pytest.mark.parametrize(
    ("content", "able", "complaint"),
    [
        (
            Content(text=Text("12345")),
            {"text_length": 4},
            "the text has 5 characters, the most is 4",
        ),
        (
            Content(text=Text("123"), photos=(PHOTO,)),
            {"caption_length": 2},
            "the caption has 3 characters",
        ),
        (Content(photos=(PHOTO,)), {"photos": Level.REJECTED}, "cannot show photos"),
        (Content(files=(FILE,)), {"files": Level.REJECTED}, "cannot show files"),
        (Content(text=Text("a"), rows=(ROW,)), {"buttons": Level.REJECTED}, "cannot show buttons"),
        (
            Content(text=Text("a"), choices=(("yes",),)),
            {"choices": Level.REJECTED},
            "cannot show choices",
        ),
        (
            Content(photos=(PHOTO,) * 3),
            {"max_photos": 2},
            "3 photos and files, the most in one message is 2",
        ),
        (
            Content(photos=(PHOTO,), files=(FILE,)),
            {"mixed_albums": False},
            "photos and files cannot stand in one message",
        ),
        (
            Content(photos=(PHOTO,) * 2, rows=(ROW,)),
            {"album_buttons": False},
            "cannot have buttons or choices under them",
        ),
        (
            Content(text=Text("a"), rows=(ROW,), choices=(("yes",),)),
            {"both_keyboards": False},
            "buttons and choices",
        ),
        (
            Content(text=Text("a"), rows=(ROW, ROW)),
            {"max_buttons": 1},
            "2 buttons, the most under one message is 1",
        ),
    ],
)
def test_what_a_chat_cannot_show_is_an_error(
    content: Content, able: dict[str, object], complaint: str
) -> None:
    """The error says what, where, and what to do."""
    with pytest.raises(InvalidReplyError, match=complaint) as caught:
        check(content, **able)
    assert "chat c1 on fake" in str(caught.value)


@pytest.mark.parametrize("level", [Level.DROPPED, Level.FALLBACK, Level.PARTIAL, Level.FULL])
def test_what_is_shown_in_another_way_is_no_error(level: Level) -> None:
    """Only REJECTED is."""
    content = Content(
        text=Text("a"), photos=(PHOTO,), files=(FILE,), rows=(ROW,), choices=(("yes",),)
    )
    check(content, photos=level, files=level, buttons=level, choices=level)


def test_a_plain_text_within_its_limit_passes() -> None:
    """The usual case."""
    check(Content(text=Text("1234")), text_length=4)
