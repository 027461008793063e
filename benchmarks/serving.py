"""What every server of `webhook` shares: its one core, how it says where it is, how it ends."""

import argparse
import asyncio
import os
import socket
import sys
from typing import Any

import msgspec

SECRET = "s3cret"
"""What Telegram would repeat, for those that let it be chosen."""


class Ready(msgspec.Struct):
    """Printed as the first line: where updates are to be posted."""

    port: int
    path: str
    secret: str = SECRET


class Ended(msgspec.Struct):
    """Printed as the last line by ours: what came of them."""

    turns: int
    quarantined: int


def parser() -> argparse.ArgumentParser:
    """Return what every server is started with."""
    made = argparse.ArgumentParser()
    made.add_argument("--core", type=int, required=True, help="runs there, with all its threads")
    made.add_argument("--telegram", default="", help="address of a Bot API server")
    made.add_argument("--durable", action="store_true", help="ours: keep everything in SQLite")
    return made


def pinned() -> argparse.Namespace:
    """Read the command line and stay on the core that it names."""
    asked = parser().parse_args()
    os.sched_setaffinity(0, {asked.core})
    return asked


async def until_closed(ready: Ready) -> None:
    """Say where the server is, and wait for the end of standard input."""
    say(ready)
    await asyncio.to_thread(sys.stdin.read)


def say(what: msgspec.Struct) -> None:
    """Print one line."""
    sys.stdout.write(msgspec.json.encode(what).decode() + "\n")
    sys.stdout.flush()


def bound() -> socket.socket:
    """Return a listening socket on a free port."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", 0))
    listener.listen(256)
    return listener


async def serve_asgi(app: Any) -> None:
    """Serve an ASGI application as the floor does, until standard input ends."""
    import uvicorn

    listener = bound()
    config = uvicorn.Config(
        app, http="httptools", ws="none", lifespan="off", access_log=False, log_level="warning"
    )
    server = uvicorn.Server(config)
    async with asyncio.TaskGroup() as group:
        group.create_task(server.serve(sockets=[listener]))
        while not server.started:  # noqa: ASYNC110  it tells nobody
            await asyncio.sleep(0.01)
        await until_closed(Ready(listener.getsockname()[1], "/webhook"))
        server.should_exit = True
