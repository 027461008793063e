import json
from datetime import UTC, datetime

import pytest

from posthouse.adapters.web import wire
from posthouse.errors import DecodeError
from posthouse.model.chat import Chat, Person
from posthouse.model.media import File, Photo
from posthouse.model.update import (
    Deletion,
    Edit,
    FileMessage,
    PhotoMessage,
    Press,
    Reaction,
    Status,
    StatusKind,
    TextMessage,
    Update,
)

ANN = Person(id="ann", name="Ann")


def restored(frame: str, **more: File | Photo) -> Update:
    """Return the update that is left of a frame after it was kept."""
    parsed = wire.parse(frame)
    assert not isinstance(parsed, wire.Hello | wire.More)
    stored = wire.Stored(
        id="ann:1",
        at=datetime(2026, 1, 2, tzinfo=UTC),
        chat=Chat(id="ann", bot="demo", messenger="web"),
        person=ANN,
        frame=parsed,
        **more,  # type: ignore[arg-type]  # a photo or a file by its name
    )
    return wire.restore(wire.store(stored))


@pytest.mark.parametrize(
    ("frame", "kind"),
    [
        ('{"t":"edit","id":"1","message_id":"p0","text":"x"}', Edit),
        ('{"t":"delete","id":"1","message_id":"p0"}', Deletion),
        ('{"t":"react","id":"1","chat":"ann","message_id":"p0","emoji":["👍"]}', Reaction),
        ('{"t":"press","id":"1","chat":"ann","message_id":"b7","payload":"abc"}', Press),
    ],
)
def test_each_frame_is_an_update_also_after_a_restart(frame: str, kind: type[Update]) -> None:
    """What is kept of a frame gives back the same update."""
    update = restored(frame)
    assert type(update) is kind
    assert update.id == "ann:1"


def test_what_is_said_is_a_message_with_the_id_its_author_gave() -> None:
    """The id of a message follows from the client's id, so a repeated one is the same message."""
    update = restored('{"t":"say","id":"c1","text":"hi","reply_to":"b4"}')
    assert isinstance(update, TextMessage)
    assert (update.message_id, update.text, update.reply_to) == ("pc1", "hi", "b4")


def test_a_picture_and_a_file_have_captions() -> None:
    """The text beside a file is its caption, or None."""
    photo = restored('{"t":"say","id":"1","text":"sea"}', photo=Photo(key="k", width=2, height=3))
    assert isinstance(photo, PhotoMessage)
    assert (photo.caption, photo.photo.height) == ("sea", 3)
    file = restored('{"t":"say","id":"1"}', file=File(key="k", name="a.txt", size_bytes=3))
    assert isinstance(file, FileMessage)
    assert file.caption is None


def test_typing_and_reading_are_statuses() -> None:
    """They have kinds of their own."""
    typing = restored('{"t":"typing"}')
    read = restored('{"t":"read","chat":"ann","message_id":"b3","place":3}')
    assert isinstance(typing, Status)
    assert isinstance(read, Status)
    assert (typing.what, read.what, read.message_id) == (StatusKind.TYPING, StatusKind.READ, "b3")


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "no json",
        "[]",
        "{}",
        '{"t":"shout"}',
        '{"t":"say"}',
        '{"t":"say","id":"a b","text":""}',
        '{"t":"say","id":"' + "x" * 65 + '","text":""}',
        '{"t":"say","id":"1\\n","text":"x"}',
        '{"t":"say","id":"1","text":"\\ud800"}',
        '{"t":"say","id":"1","text":"\ud800"}',
        '{"t":"react","id":"1","chat":"a","message_id":"b","emoji":["a","b","c","d"]}',
        "[" * 100_000,
    ],
)
def test_what_is_no_frame_raises_one_error(raw: str) -> None:
    """Whatever a page sends, parsing raises nothing else."""
    with pytest.raises(wire.NotAFrameError):
        wire.parse(raw)


def test_the_id_of_a_wrong_frame_is_legible() -> None:
    """So the answer can name it."""
    with pytest.raises(wire.NotAFrameError) as caught:
        wire.parse('{"t":"say","id":"c1","text":5}')
    assert caught.value.head == wire.Head(t="say", id="c1")


def test_a_body_that_is_not_ours_raises_a_decode_error() -> None:
    """The engine sets it aside."""
    with pytest.raises(DecodeError):
        wire.restore(b'{"id":1}')


def test_frames_to_the_page_name_their_kind() -> None:
    """And leave out what is as usual."""
    assert json.loads(wire.build(wire.Ack(id="c1"))) == {"t": "ack", "id": "c1"}
