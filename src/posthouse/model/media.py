"""Photos and files by the key under which a bot can send them again."""

from msgspec import Struct


class File(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A file somebody sent, or one to be sent."""

    key: str
    """The messenger's own key of the stored file."""
    name: str
    size_bytes: int
    mime: str = "application/octet-stream"


class Photo(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A picture somebody sent, or one to be sent."""

    key: str
    """The messenger's own key of the stored picture."""
    width: int
    """Width in pixels."""
    height: int
    """Height in pixels."""
    size_bytes: int = 0
    mime: str = "image/jpeg"
