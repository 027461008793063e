"""What a messenger can show in a chat, in five levels, as data."""

from enum import IntEnum

from msgspec import Struct


class Level(IntEnum):
    """How well a messenger does a thing (levels and numbers as in mautrix's `RoomFeatures`)."""

    REJECTED = -2
    """Sending it is refused: a reply that needs it is an error."""
    DROPPED = -1
    """It is left out silently by the messenger; the rest of the message is shown."""
    FALLBACK = 0
    """Not supported, but shown in another way, such as numbered choices for buttons."""
    PARTIAL = 1
    """Supported with limits."""
    FULL = 2
    """Fully supported."""


class Capabilities(Struct, frozen=True, kw_only=True):
    """What can be sent to one chat."""

    formatting: Level = Level.FULL
    photos: Level = Level.FULL
    files: Level = Level.FULL
    buttons: Level = Level.FULL
    choices: Level = Level.FULL
    """Reply keyboards: ready answers offered instead of typing."""
    requests: frozenset[str] = frozenset()
    """What a choice can share instead of its label: "contact", "location"."""
    edits: Level = Level.FULL
    deletes: Level = Level.FULL
    replies: Level = Level.FULL
    reactions: Level = Level.FULL
    typing: Level = Level.FULL
    threads: Level = Level.REJECTED
    """Posts of a broadcast chat get threads in the group where it is discussed."""
    calls: Level = Level.REJECTED
    """Calls of the messenger's own."""
    text_length: int = 4096
    """Longest text of one message, in code points."""
    caption_length: int = 1024
    """Longest caption of one message with media, in code points."""
    payload_bytes: int = 64
    """Longest button payload; longer ones are kept in the database and the button holds a
    reference."""
    max_photos: int = 10
    """Most photos and files in one message."""
    mixed_albums: bool = True
    """Photos and files may stand in one message."""
    album_sorts: frozenset[str] | None = None
    """Sorts of files that may stand together with others of their sort, by the word before the "/"
    in their keys ("" for none); files of other sorts stand alone. None: any may stand together."""
    uncaptioned_sorts: frozenset[str] = frozenset()
    """Sorts of files that words cannot stand under."""
    album_buttons: bool = True
    """A message with several photos or files may have buttons under it."""
    album_edits: bool = True
    """A message may become one with several photos or files; elsewhere a screen with them is sent
    anew."""
    both_keyboards: bool = True
    """One message may have buttons and choices."""
    max_buttons: int = 100
    """Most buttons under one message."""
