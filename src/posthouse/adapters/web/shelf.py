"""The page's own files, held in memory: they are few, and their kinds are known."""

from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response

STATIC = Path(__file__).parent / "static"
# Not by the machine's own list of types: a wrong line in it would stop the scripts.
_KINDS = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}


class _Item(NamedTuple):
    body: bytes
    kind: str
    tag: str


class Shelf:
    """Serves the files of a folder."""

    def __init__(self, folder: Path = STATIC) -> None:
        self._folder = folder
        self._items: dict[str, _Item] = {}

    async def serve(self, request: Request, name: str) -> Response:
        """Answer with a file; a browser that has it already is told so."""
        if not self._items:
            self._items = await to_thread.run_sync(self._load)
        item = self._items.get(name)
        if item is None:
            return Response(status_code=404)
        headers = {"ETag": item.tag}
        if request.headers.get("if-none-match") == item.tag:
            return Response(status_code=304, headers=headers)
        return Response(item.body, media_type=item.kind, headers=headers)

    def _load(self) -> dict[str, _Item]:
        return {
            file.name: _item(file.read_bytes(), _KINDS[file.suffix])
            for file in self._folder.iterdir()
            if file.suffix in _KINDS
        }


def _item(body: bytes, kind: str) -> _Item:
    return _Item(body, kind, f'"{sha256(body).hexdigest()[:20]}"')
