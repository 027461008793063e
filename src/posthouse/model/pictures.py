"""What the first bytes of a file say about the picture in it."""

from io import BytesIO

import imagesize  # type: ignore[import-untyped]  # it ships no types

HEAD_BYTES = 256 * 1024
"""So much of a file is looked into for a picture's size; EXIF data with a thumbnail fits in."""

_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", 0, "image/png"),
    (b"\xff\xd8\xff", 0, "image/jpeg"),
    (b"GIF87a", 0, "image/gif"),
    (b"GIF89a", 0, "image/gif"),
    (b"WEBPVP8", 8, "image/webp"),
    (b"ftypavif", 4, "image/avif"),
)
INLINE = frozenset(mime for _, _, mime in _SIGNATURES)
"""What may be shown in a page: every browser draws these, and none of them runs scripts."""


def picture(head: bytes) -> tuple[str, int, int] | None:
    """Return mime, width and height of a picture by its first bytes, or None for anything else."""
    for magic, at, mime in _SIGNATURES:
        if head[at : at + len(magic)] == magic:
            width, height = imagesize.get(BytesIO(head))
            return (mime, int(width), int(height)) if width > 0 and height > 0 else None
    return None
