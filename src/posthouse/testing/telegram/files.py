"""Files of a pretended Telegram: kept, described, found again by the id a bot knows them by."""

import base64
import hashlib
import io
from typing import Any

import imagesize  # type: ignore[import-untyped]  # it has no hints

from posthouse.testing.telegram import refusals
from posthouse.testing.telegram.multipart import Upload
from posthouse.testing.telegram.refusals import refuse
from posthouse.testing.telegram.state import StoredFile
from posthouse.testing.telegram.wire import Json

MIB = 1024 * 1024
MOST_DOWNLOAD_BYTES = 20 * MIB
MOST_UPLOAD_BYTES = 50 * MIB
MOST_PHOTO_BYTES = 10 * MIB
MOST_PHOTO_SIDES = 10_000
MOST_PHOTO_RATIO = 20
_MARK = "F"
_SIZES = ((90, "s"), (320, "m"), (800, "x"), (1280, "y"))
_FOLDERS = {
    "photo": "photos",
    "video": "videos",
    "audio": "music",
    "voice": "voice",
    "video_note": "video_notes",
    "animation": "animations",
    "sticker": "stickers",
}
_ENDINGS = {
    "photo": "jpg",
    "video": "mp4",
    "animation": "mp4",
    "video_note": "mp4",
    "audio": "mp3",
    "voice": "oga",
    "sticker": "webp",
}
_NAMELESS = {"voice", "video_note", "sticker"}
_MIME = {
    "video": "video/mp4",
    "animation": "video/mp4",
    "audio": "audio/mpeg",
    "voice": "audio/ogg",
}


class Files:
    """All files, by number.

    How this works: inside, a file is called `F7`. Each bot knows it by an id of its own, as on
    Telegram, where one bot's `file_id` is worth nothing to another; `as_seen_by` turns the one
    into the other wherever an object carries an id.
    """

    def __init__(self) -> None:
        self._by_number: dict[int, StoredFile] = {}
        self.web: dict[str, Upload] = {}
        """What is to be had on the web, by address."""

    def keep(self, kind: str, upload: Upload, details: Json) -> StoredFile:
        """Keep an upload as a file of a kind; refuses what Telegram would not take."""
        size_bytes = len(upload.content)
        if not upload.content:
            raise refuse(refusals.FILE_EMPTY)
        if size_bytes > (MOST_PHOTO_BYTES if kind == "photo" else MOST_UPLOAD_BYTES):
            raise refuse(refusals.ENTITY_TOO_LARGE)
        found = dict(details)
        if kind == "photo":
            found |= _measure(upload.content)
        elif upload.name and kind not in _NAMELESS:
            found.setdefault("file_name", upload.name)
        if kind not in {"photo", "video_note", "sticker"}:
            guess = upload.mime or _MIME.get(kind, "application/octet-stream")
            found.setdefault("mime_type", _MIME.get(kind, guess))
        number = len(self._by_number) + 1
        stored = StoredFile(number, kind, upload.content, found)
        self._by_number[number] = stored
        return stored

    def __getitem__(self, number: int) -> StoredFile:
        return self._by_number[number]

    def find(self, bot: int, file_id: str) -> tuple[StoredFile, str] | None:
        """The file and the size letter behind an id that a bot uses, or None."""
        try:
            owner, mark, rest = base64.urlsafe_b64decode(file_id + "==").decode().split(":")
        except (ValueError, UnicodeDecodeError):
            return None
        number, _, size = rest.partition(".")
        stored = self._by_number.get(int(number)) if number.isdecimal() else None
        if stored is None or mark != _MARK or owner != str(bot):
            return None
        return stored, size

    def as_seen_by(self, bot: int, value: Any) -> Any:
        """A copy of a JSON value in which files have the ids this bot knows them by."""
        if isinstance(value, dict):
            return {
                key: _file_id(bot, part) if _is_file_id(key, part) else self.as_seen_by(bot, part)
                for key, part in value.items()
            }
        if isinstance(value, list):
            return [self.as_seen_by(bot, part) for part in value]
        return value

    # --- how messages describe a file

    def describe(self, stored: StoredFile) -> Any:
        """The value of a message's field for this file: Document, list of PhotoSize and so on."""
        if stored.kind == "photo":
            return [self._size(stored, most, letter) for most, letter in _sizes(stored)]
        base: Json = _ids(stored) | {"file_size": len(stored.content)}
        shape: Json = {}
        match stored.kind:
            case "video" | "animation":
                shape = {"width": 640, "height": 360, "duration": 1}
            case "audio" | "voice":
                shape = {"duration": 1}
            case "video_note":
                shape = {"length": 240, "duration": 1}
            case "sticker":
                shape = {"type": "regular", "width": 512, "height": 512}
                shape |= {"is_animated": False, "is_video": False}
        return base | shape | stored.details

    def _size(self, stored: StoredFile, most: int, letter: str) -> Json:
        width, height = stored.details["width"], stored.details["height"]
        scale = min(1.0, most / max(width, height))
        return _ids(stored, letter) | {
            "width": max(1, round(width * scale)),
            "height": max(1, round(height * scale)),
            "file_size": max(1, round(len(stored.content) * scale * scale)),
        }

    def path(self, stored: StoredFile) -> str:
        """Where a file is downloaded from, below /file/bot<token>/."""
        folder = _FOLDERS.get(stored.kind, "documents")
        ending = _ENDINGS.get(stored.kind, "")
        name = str(stored.details.get("file_name", ""))
        if "." in name:
            ending = name.rsplit(".", 1)[1]
        return f"{folder}/file_{stored.number}" + (f".{ending}" if ending else "")

    def at(self, path: str) -> StoredFile | None:
        """The file at a path, or None."""
        return next((one for one in self._by_number.values() if self.path(one) == path), None)


def _measure(content: bytes) -> Json:
    try:
        width, height = imagesize.get(io.BytesIO(content))
    except ValueError:
        width, height = -1, -1
    if width <= 0 or height <= 0:
        raise refuse(refusals.IMAGE_FAILED)
    width, height = int(width), int(height)
    ratio = max(width, height) / min(width, height)
    if width + height > MOST_PHOTO_SIDES or ratio > MOST_PHOTO_RATIO:
        raise refuse(refusals.PHOTO_DIMENSIONS)
    return {"width": width, "height": height}


def _sizes(stored: StoredFile) -> list[tuple[int, str]]:
    longest = max(stored.details["width"], stored.details["height"])
    smaller = [size for size in _SIZES if size[0] < longest][:3]
    return [*smaller, next((size for size in _SIZES if size[0] >= longest), _SIZES[-1])]


def _ids(stored: StoredFile, letter: str = "") -> Json:
    size = f".{letter}" if letter else ""
    unique = hashlib.sha256(stored.content + stored.kind.encode() + size.encode()).digest()[:9]
    return {
        "file_id": f"{_MARK}:{stored.number}{size}",
        "file_unique_id": base64.urlsafe_b64encode(unique).decode(),
    }


def _is_file_id(key: str, value: Any) -> bool:
    return key.endswith("file_id") and isinstance(value, str) and value.startswith(f"{_MARK}:")


def _file_id(bot: int, inside: str) -> str:
    return base64.urlsafe_b64encode(f"{bot}:{inside}".encode()).decode().rstrip("=")
