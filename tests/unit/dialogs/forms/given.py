"""What people give to a field, made by hand; and what a form around it knows."""

from datetime import UTC, date, datetime
from typing import Any

from posthouse.dialogs.forms.form import Form, draft_of, fields_of
from posthouse.dialogs.forms.offers import Answered, Kind, Reading, Surroundings, Wrong
from posthouse.model.chat import Chat, Person
from posthouse.model.media import File, Photo
from posthouse.model.text import Text
from posthouse.model.update import (
    AlbumMessage,
    ContactMessage,
    FileMessage,
    LocationMessage,
    OtherMessage,
    PhotoMessage,
    TextMessage,
)

COMMON: dict[str, Any] = {
    "id": "1",
    "bot": "shop",
    "at": datetime(2030, 1, 1, tzinfo=UTC),
    "chat": Chat(id="7", bot="shop", messenger="test"),
    "person": Person(id="7", name="Ann"),
    "message_id": "3",
}
TODAY = date(2030, 5, 17)


def text(words: str) -> TextMessage:
    """A message that somebody wrote."""
    return TextMessage(**COMMON, text=words)


def pixels(key: str) -> Photo:
    """A photo as a messenger gives it."""
    return Photo(key=key, width=4, height=3, size_bytes=12, bot="shop")


def photo(key: str = "p1") -> PhotoMessage:
    """A photo that somebody sent."""
    return PhotoMessage(**COMMON, photo=pixels(key), caption="look")


def document(name: str = "a.pdf", mime: str = "application/pdf", size: int = 9) -> File:
    """A file as a messenger gives it."""
    return File(key=f"f-{name}", name=name, size_bytes=size, mime=mime, bot="shop")


def file(item: File) -> FileMessage:
    """A file that somebody sent."""
    return FileMessage(**COMMON, file=item)


def album(*keys: str, files: tuple[File, ...] = (), amends: bool = False) -> AlbumMessage:
    """Photos that somebody sent together."""
    photos = tuple(pixels(key) for key in keys)
    return AlbumMessage(**COMMON, photos=photos, files=files, message_ids=("3",), amends=amends)


def contact(phone: str, *, own: bool = True) -> ContactMessage:
    """A contact that somebody shared."""
    return ContactMessage(**COMMON, phone=phone, name="Ann", is_own=own)


def location(latitude: float, longitude: float) -> LocationMessage:
    """A point that somebody shared."""
    return LocationMessage(**COMMON, latitude=latitude, longitude=longitude)


def sticker() -> OtherMessage:
    """A message of no kind of its own."""
    return OtherMessage(**COMMON, what="sticker")


def kind_in(form: type[Form], name: str) -> Kind:
    """The kind of a field."""
    return next(field.kind for field in fields_of(form) if field.name == name)


def empty(form: type[Form] = Form, **surroundings: Any) -> Form:
    """A draft without an answer, on a certain day."""
    return draft_of(form, {}, Surroundings(**{"today": TODAY, **surroundings}))


def value(reading: Reading) -> Any:
    """The answer that a reading is."""
    assert isinstance(reading, Answered), reading
    return reading.value


def fault(reading: Reading) -> tuple[str, dict[str, Any]]:
    """What was wrong: the key without its prefix, and the values."""
    assert isinstance(reading, Wrong), reading
    return reading.key.removeprefix("posthouse-"), dict(reading.values)


class Keys:
    """A voice that says keys and values, and has no words of its own."""

    def say(self, key: str, /, **values: Any) -> Text:
        """Return the key with its values."""
        return Text(" ".join([key, *(f"{name}={each}" for name, each in values.items())]))

    def has(self, key: str, /) -> bool:
        """Return that there are none."""
        return False
