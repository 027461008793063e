"""`webhook` on bare uvicorn: what `route`'s floor does, over HTTP."""

from typing import Any

import uvloop

from benchmarks.floors.table import route
from benchmarks.serving import pinned, serve_asgi


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Answer one request."""
    event = await receive()
    body = event["body"]
    while event.get("more_body"):
        event = await receive()
        body += event["body"]
    answer = await route(body)
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(answer)).encode()),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": answer})


if __name__ == "__main__":
    pinned()
    uvloop.run(serve_asgi(app))
