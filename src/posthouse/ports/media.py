"""What the site keeps of photos and files that no messenger had before, as adapters see it."""

from pathlib import Path
from typing import Protocol

from posthouse.errors import RejectedError


class Media(Protocol):
    """Content the site keeps: keys that `posthouse.model.media.is_kept` knows.

    Each is kept for as long as a delivery or a remembered message refers to it, and a while longer.
    """

    async def path(self, key: str) -> Path:
        """Return the file with the content, which nobody may change.

        Raises RejectedError when it is not kept any more.
        """

    async def read(self, key: str) -> bytes:
        """Return the content itself, for what is small; raises RejectedError as well."""

    async def native(self, key: str, *, form: str) -> str | None:
        """Return under which key this bot's messenger has the content, if `keep_native` told.

        Args:
            form: "photo" or "file": messengers keep the two apart.
        """

    def keep_native(self, key: str, native: str, *, form: str) -> None:
        """Remember the messenger's own key of content that this bot uploaded; never waits.

        The newest counts. It is written with the next commit, so a crash right afterwards may cost
        one more upload.
        """


class NoMedia:
    """Keeps nothing: for an adapter that is used without a site."""

    async def path(self, key: str) -> Path:
        """Raise RejectedError."""
        raise RejectedError(f"there is no content with the key {key!r}: no site keeps any here")

    async def read(self, key: str) -> bytes:
        """Raise RejectedError."""
        raise RejectedError(f"there is no content with the key {key!r}: no site keeps any here")

    async def native(self, key: str, *, form: str) -> str | None:
        """Return None."""
        return None

    def keep_native(self, key: str, native: str, *, form: str) -> None:
        """Forget it."""
