"""Photos, files, albums: taken in, described, downloaded."""

from typing import Any

from posthouse.testing.telegram import refusals
from posthouse.testing.telegram.call import Call, Handler
from posthouse.testing.telegram.checking import misfit
from posthouse.testing.telegram.files import MOST_DOWNLOAD_BYTES
from posthouse.testing.telegram.markup.reading import caption_text
from posthouse.testing.telegram.methods.sending import answer, send
from posthouse.testing.telegram.refusals import refuse
from posthouse.testing.telegram.specification import Kind
from posthouse.testing.telegram.state import StoredFile
from posthouse.testing.telegram.wire import Json

MOST_ALBUM = 10
_DETAILS = {
    "video": ("width", "height", "duration"),
    "animation": ("width", "height", "duration"),
    "audio": ("duration", "performer", "title"),
    "voice": ("duration",),
    "video_note": ("length", "duration"),
    "sticker": ("emoji",),
}
_GROUPS = {"photo": "visual", "video": "visual", "live_photo": "visual"}
_METHODS = {
    "sendPhoto": "photo",
    "sendDocument": "document",
    "sendVideo": "video",
    "sendAnimation": "animation",
    "sendAudio": "audio",
    "sendVoice": "voice",
    "sendVideoNote": "video_note",
    "sendSticker": "sticker",
}


def send_media(call: Call) -> Any:
    """Send one photo, file, video, ..."""
    kind = _METHODS[call.method]
    chat = call.chat_to_write()
    caption = call.read_caption() if kind not in {"sticker", "video_note"} else {}
    details = {
        name: call.text(name) if name in _TEXTS else call.number(name)
        for name in _DETAILS.get(kind, ())
        if call.has(name)
    }
    stored = take(call, kind, kind, call.text(kind), details)
    content = describe(call, stored, call.flag("has_spoiler")) | caption
    return answer(call, content, chat=chat)


_TEXTS = {"performer", "title", "emoji"}


def describe(call: Call, stored: StoredFile, has_spoiler: bool = False) -> Json:
    """The fields of a message that carry a file."""
    found = {stored.kind: call.world.files.describe(stored)}
    if stored.kind == "animation":
        # Old clients know animations only as documents.
        names = ("file_id", "file_unique_id", "file_name", "mime_type", "file_size")
        shown = found["animation"]
        found["document"] = {name: shown[name] for name in names if name in shown}
    if has_spoiler:
        found["has_media_spoiler"] = True
    return found


def take(call: Call, name: str, kind: str, given: str, details: Json) -> StoredFile:
    """The file a parameter means: uploaded, known by its id, or on the web."""
    files = call.world.files
    upload = call.upload(name)
    if upload is None and given.startswith("attach://"):
        upload = call.upload(given.removeprefix("attach://"))
    if upload is not None:
        return files.keep(kind, upload, details)
    if not given:
        raise refuse(refusals.NO_MEDIA.format(kind=kind.replace("_", " ")))
    if given.startswith("attach://"):
        raise refuse(refusals.WRONG_FILE_OR_URL)
    if given.startswith(("http://", "https://")):
        page = files.web.get(given)
        if page is None:
            raise refuse(refusals.URL_FAILED)
        return files.keep(kind, page, details)
    found = files.find(call.bot.id, given)
    if found is None:
        raise refuse(refusals.WRONG_FILE_OR_URL)
    if found[0].kind != kind:
        raise refuse(
            refusals.WRONG_FILE_KIND.format(there=_titled(found[0].kind), wanted=_titled(kind))
        )
    return found[0]


def _titled(kind: str) -> str:
    return "".join(word.title() for word in kind.split("_"))


# --- albums


def send_media_group(call: Call) -> Any:
    """Send up to ten photos and videos, files or songs as one."""
    chat = call.chat_to_write()
    items = call.json("media")
    if not isinstance(items, list):
        raise refuse(refusals.CANT_PARSE_MEDIA)
    if not items:
        raise refuse(refusals.ALBUM_EMPTY)
    if len(items) > MOST_ALBUM:
        raise refuse(refusals.ALBUM_TOO_LONG)
    groups = {_GROUPS.get(str(item.get("type")), str(item.get("type"))) for item in items}
    for item in items:
        if item.get("type") not in {"photo", "video", "document", "audio", "live_photo"}:
            raise refuse(refusals.ALBUM_TYPE.format(kind=item.get("type")))
    if len(groups) > 1:
        raise refuse(refusals.ALBUM_MIXED)
    contents = [read_media(call, item) for item in items]
    album = str(call.world.number())
    return [
        call.seen(send(call, content, chat=chat, media_group_id=album).body) for content in contents
    ]


def read_media(call: Call, item: Json) -> Json:
    """The content of a message that one InputMedia describes."""
    kind = str(item.get("type", ""))
    why = misfit(Kind("ref", "InputMedia"), item)
    if why is not None:
        raise refuse(f"{refusals.CANT_PARSE_MEDIA}: {why}")
    names = _DETAILS.get(kind, ())
    details = {name: item[name] for name in names if item.get(name) is not None}
    stored = take(call, "", kind, str(item["media"]), details)
    caption = caption_text(
        str(item.get("caption") or ""),
        str(item.get("parse_mode") or ""),
        item.get("caption_entities"),
        call.user,
    )
    if caption and item.get("show_caption_above_media"):
        caption["show_caption_above_media"] = True
    return describe(call, stored, bool(item.get("has_spoiler"))) | caption


# --- files


def get_file(call: Call) -> Json:
    """Tell where a file is downloaded from."""
    file_id = call.text("file_id")
    found = call.world.files.find(call.bot.id, file_id)
    if found is None:
        bad = len(file_id) < len("F:1") or not file_id.isascii()
        raise refuse(refusals.INVALID_FILE_ID if bad else refusals.WRONG_FILE_ID)
    stored, size = found
    if len(stored.content) > MOST_DOWNLOAD_BYTES:
        raise refuse(refusals.FILE_TOO_BIG)
    shown = call.world.files.describe(stored)
    if isinstance(shown, list):
        shown = next((one for one in shown if one["file_id"].endswith(f".{size}")), shown[-1])
    return {
        "file_id": file_id,
        "file_unique_id": shown["file_unique_id"],
        "file_size": len(stored.content),
        "file_path": call.world.files.path(stored),
    }


def get_user_profile_photos(call: Call) -> Any:
    """List somebody's profile photos."""
    account = call.account()
    limit = call.arguments.number("limit", MOST_PHOTOS, least=1, most=MOST_PHOTOS)
    offset = max(0, call.number("offset"))
    files = call.world.files
    shown = [files.describe(files[one]) for one in account.avatars[offset : offset + limit]]
    return call.seen({"total_count": len(account.avatars), "photos": shown})


MOST_PHOTOS = 100

METHODS: dict[str, Handler] = {
    **dict.fromkeys(_METHODS, send_media),
    "sendMediaGroup": send_media_group,
    "getFile": get_file,
    "getUserProfilePhotos": get_user_profile_photos,
}
