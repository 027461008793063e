"""Fields that are a photo, several photos, or a file."""

from typing import Any, ClassVar, Final, TypeVar

import msgspec
from msgspec import UNSET, UnsetType

from posthouse.dialogs.forms.offers import (
    DROP_ALL,
    DROP_LAST,
    SUBMIT,
    Answered,
    Draft,
    Given,
    Kind,
    Offer,
    Option,
    Pick,
    Plain,
    Reading,
    Said,
    Scratch,
    Staying,
    Value,
    Voice,
    Wrong,
)
from posthouse.dialogs.forms.wanted import Wanted
from posthouse.model.media import File, OwnFile, OwnPhoto, Photo, guessed_mime
from posthouse.model.text import Words
from posthouse.model.update import AlbumMessage, FileMessage, PhotoMessage

MOST_PHOTOS: Final = 10
"""Most photos when a form sets no limit."""
PICTURES: Final = frozenset({"image/jpeg", "image/png", "image/webp"})
"""Files that are taken for a photo."""
MOST_PICTURE_BYTES: Final = 10 * 1024 * 1024
"""Largest file that is taken for a photo: messengers send no larger ones as pictures."""
_MIB: Final = 1024 * 1024
M = TypeVar("M", Photo, File)


def photos_in(given: Given) -> tuple[Photo, ...]:
    """Return the photos of a message, and its files that are pictures, in their order."""
    if isinstance(given, PhotoMessage):
        return (given.photo,)
    if isinstance(given, FileMessage):
        found = photo_of(given.file)
        return () if found is None else (found,)
    if isinstance(given, AlbumMessage):
        pictures = (photo_of(file) for file in given.files)
        return (*given.photos, *(each for each in pictures if each is not None))
    return ()


def photo_of(file: File) -> Photo | None:
    """Return a file as a photo when it is a picture of a size that can be shown, or None."""
    mime = _mime(file)
    if mime not in PICTURES or file.size_bytes > MOST_PICTURE_BYTES:
        return None
    return Photo(
        key=file.key,
        width=0,
        height=0,
        size_bytes=file.size_bytes,
        mime=mime,
        bot=file.bot,
        was_file=True,
    )


def _mime(file: File) -> str:
    """Return what a file is, by its name where the messenger does not say."""
    return file.mime if file.mime.startswith("image/") else guessed_mime(file.name)


def _heavy(given: Given) -> Wrong | None:
    files = (given.file,) if isinstance(given, FileMessage) else ()
    if any(_mime(file) in PICTURES and file.size_bytes > MOST_PICTURE_BYTES for file in files):
        return Wrong("posthouse-photo-heavy", {"most": MOST_PICTURE_BYTES // _MIB})
    return None


class OnePhoto(Kind, frozen=True, kw_only=True):
    """One photo, also one sent as a file."""

    sorts: ClassVar[tuple[type[Any], ...]] = (Photo,)

    def read(self, given: Given, state: Scratch, draft: Draft | None, /) -> Reading:
        """Return the photo; of an album the first, and a word about the rest."""
        photos = photos_in(given)
        if not photos:
            return _heavy(given) or self.expected(draft)
        note = Said("posthouse-photo-first") if len(photos) > 1 else None
        return Answered(photos[0], note)

    def expected(self, draft: Draft | None, /) -> Wrong:
        """Return that a photo is expected."""
        return Wrong("posthouse-expected-photo", {})

    def show(self, value: Value, voice: Voice, /) -> Words:
        """Return that there is one."""
        return voice.say("posthouse-photos", count=1)

    def to_plain(self, value: Value, /) -> Plain:
        """Return the photo's key and measures."""
        return _plain(value)

    def from_plain(self, raw: Plain, /) -> Photo:
        """Return the photo; raises ValueError for what is none."""
        return _media(raw, Photo)


class ManyPhotos(Kind, frozen=True, kw_only=True):
    """Several photos, sent one by one or as albums; the state is those that came so far."""

    sorts: ClassVar[tuple[type[Any], ...]] = (tuple,)
    min_items: int = 1
    max_items: int = MOST_PHOTOS

    def begin(self, value: Value | UnsetType = UNSET, /) -> Scratch:
        """Return the photos that the field has."""
        return self.to_plain(value) if isinstance(value, tuple) else []

    def offer(self, state: Scratch, draft: Draft | None, /) -> Offer:
        """Return Done once there are enough, and taking away once there are any."""
        count = len(_photos_so_far(state))
        tools = (
            Option(DROP_LAST, "Remove the last", ("posthouse-button-drop-last",)),
            Option(DROP_ALL, "Remove all", ("posthouse-button-drop-all",)),
        )
        return Offer(
            tools=tools if count > 1 else tools[:count],
            submit=count >= self.min_items,
            status=Said("posthouse-photos-so-far", {"count": count, "most": self.max_items}),
        )

    def read(self, given: Given, state: Scratch, draft: Draft | None, /) -> Reading:
        """Return the photos with those that came, or all once Done is pressed."""
        before = _photos_so_far(state)
        if isinstance(given, Pick):
            return self._picked(given, before)
        came = photos_in(given)
        if not came:
            return _heavy(given) or self.expected(draft)
        # A late part of an album comes with all the others again.
        known = {photo.key for photo in before}
        new = [each for each in dict.fromkeys(came) if each.key not in known]
        room = max(0, self.max_items - len(before))
        note = None
        if len(new) > room:
            if not room:
                return Wrong("posthouse-photos-most", {"most": self.max_items})
            values = {"most": self.max_items, "left": len(new) - room}
            note = Said("posthouse-photos-left-out", values)
        return Staying(self.to_plain((*before, *new[:room])), changed=bool(new), note=note)

    def _picked(self, given: Pick, before: tuple[Photo, ...]) -> Reading:
        if given.token == DROP_LAST:
            return Staying(self.to_plain(before[:-1]), changed=bool(before))
        if given.token == DROP_ALL:
            return Staying([], changed=bool(before))
        if given.token != SUBMIT:
            return self.expected(None)
        if len(before) < self.min_items:
            return Wrong("posthouse-photos-least", {"least": self.min_items, "count": len(before)})
        return Answered(before)

    def expected(self, draft: Draft | None, /) -> Wrong:
        """Return that photos are expected, and how many."""
        return Wrong("posthouse-expected-photos", {"most": self.max_items})

    def show(self, value: Value, voice: Voice, /) -> Words:
        """Return how many there are."""
        return voice.say("posthouse-photos", count=len(value))

    def to_plain(self, value: Value, /) -> Plain:
        """Return their keys and measures."""
        return [_plain(each) for each in value]

    def from_plain(self, raw: Plain, /) -> tuple[Photo, ...]:
        """Return the photos; raises ValueError when one is none, or they are too many now."""
        if not isinstance(raw, list | tuple) or len(raw) > self.max_items:
            raise ValueError(f"this is no list of at most {self.max_items} photos")
        return tuple(_media(each, Photo) for each in raw)


class OneFile(Kind, frozen=True, kw_only=True):
    """One file of any sort."""

    sorts: ClassVar[tuple[type[Any], ...]] = (File,)
    max_bytes: int | None = None

    def read(self, given: Given, state: Scratch, draft: Draft | None, /) -> Reading:
        """Return the file; of several the first, and a word about the rest."""
        files: tuple[File, ...] = ()
        if isinstance(given, FileMessage):
            files = (given.file,)
        elif isinstance(given, AlbumMessage):
            files = given.files
        if not files:
            if isinstance(given, PhotoMessage | AlbumMessage):
                return Wrong("posthouse-file-not-photo", {})
            return self.expected(draft)
        if self.max_bytes is not None and files[0].size_bytes > self.max_bytes:
            return Wrong("posthouse-file-heavy", {"most": _mebibytes(self.max_bytes)})
        return Answered(files[0], Said("posthouse-file-first") if len(files) > 1 else None)

    def expected(self, draft: Draft | None, /) -> Wrong:
        """Return that a file is expected."""
        return Wrong("posthouse-expected-file", {})

    def show(self, value: Value, voice: Voice, /) -> Words:
        """Return its name."""
        return str(value.name)

    def to_plain(self, value: Value, /) -> Plain:
        """Return the file's key, name and size."""
        return _plain(value)

    def from_plain(self, raw: Plain, /) -> File:
        """Return the file; raises ValueError for what is none."""
        return _media(raw, File)


def _mebibytes(size: int) -> float:
    return round(size / _MIB, 1)


def _photos_so_far(state: Scratch) -> tuple[Photo, ...]:
    try:
        return tuple(_media(each, Photo) for each in state or ())
    except (ValueError, TypeError):  # of an older version of the form
        return ()


def _plain(value: Photo | File) -> Any:
    if isinstance(value, OwnPhoto | OwnFile):
        raise ValueError("it is made of bytes that no messenger has; an answer comes from a person")  # noqa: TRY004
    return msgspec.to_builtins(value)


def _media(raw: Plain, kind: type[M]) -> M:
    try:
        return msgspec.convert(raw, kind)
    except msgspec.ValidationError as error:
        raise ValueError(f"this is no {kind.__name__.lower()}: {error}") from error


def photo_kind(wanted: Wanted) -> Kind:
    """Return the kind of a field that is one photo."""
    wanted.bounds()
    return OnePhoto()


def photos_kind(wanted: Wanted) -> Kind:
    """Return the kind of a field that is several photos."""
    bounds = wanted.bounds("min_items", "max_items")
    wanted.counts("min_items", "max_items")
    wanted.ordered("min_items", "max_items")
    if bounds.get("max_items") == 0:
        raise wanted.error("max_items=0 leaves no photos; give 1 or more")
    kind = ManyPhotos(**bounds)
    if kind.min_items > kind.max_items:
        raise wanted.error(f"min_items is above the usual max_items {MOST_PHOTOS}; set both")
    return kind


def file_kind(wanted: Wanted) -> Kind:
    """Return the kind of a field that is a file."""
    bounds = wanted.bounds("max_bytes")
    wanted.counts("max_bytes")
    return OneFile(**bounds)
