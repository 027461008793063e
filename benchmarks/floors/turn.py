"""Floor of `turn`: a hand-written loop with what the engine must do and no framework.

Per update: decode, lane by chat, state read cold from SQLite in batches, handler, state encoded,
then one transaction for all that is ready: marks (duplicates dropped), versions checked, states,
outbox rows; the lane's next turn starts after the commit. SQLite WAL, synchronous=FULL. It is
kind to itself: it sends nothing and never deletes its outbox rows.
"""

import asyncio
import sqlite3
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeAlias

import msgspec

from benchmarks.clients import Figures, main, run_clients
from benchmarks.shapes import Update, decode
from benchmarks.updates import COMMANDS, PRESSES

State: TypeAlias = dict[str, int]
Handler: TypeAlias = Callable[[Update, State], Awaitable["Reply"]]
_pack = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder(State).decode
_encode = msgspec.json.Encoder().encode

SCHEMA = """
PRAGMA journal_mode=WAL;
PRAGMA synchronous=FULL;
CREATE TABLE mark(id INTEGER PRIMARY KEY);
CREATE TABLE state(chat INTEGER PRIMARY KEY, version INT, body BLOB);
CREATE TABLE outbox(id INTEGER PRIMARY KEY, chat INT, body BLOB);
"""
WRITE_STATE = (
    "INSERT INTO state VALUES (?,?,?)"
    " ON CONFLICT(chat) DO UPDATE SET version=excluded.version, body=excluded.body"
)


class Reply(msgspec.Struct):
    method: str
    chat_id: int
    text: str


async def _on_message(update: Update, state: State) -> Reply:
    state["n"] = state.get("n", 0) + 1
    return Reply("sendMessage", update.message.chat.id, "ok")  # type: ignore[union-attr]


async def _on_press(update: Update, state: State) -> Reply:
    state["n"] = state.get("n", 0) + 1
    return Reply("sendMessage", update.callback_query.sender.id, "ok")  # type: ignore[union-attr]


_commands: dict[str, Handler] = {f"cmd{i}": _on_message for i in range(COMMANDS)}
_presses: dict[str, Handler] = {f"act:{i}": _on_press for i in range(PRESSES)}


def _find(update: Update) -> tuple[Handler, int]:
    message = update.message
    if message is None:
        query = update.callback_query
        return _presses[query.data], query.sender.id  # type: ignore[union-attr]
    word = message.text
    if word and word[0] == "/":
        name = word.split(None, 1)[0][1:].split("@")[0]
        return _commands.get(name, _on_message), message.chat.id
    return _on_message, message.chat.id


Ready: TypeAlias = tuple[int, int, int, bytes, bytes, "asyncio.Future[Any]"]
"""Chat, update id, version that was read, new state, reply, and who waits; bare, for speed."""


class Floor:
    """Lanes in memory, everything durable in batches."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._loop = asyncio.get_running_loop()
        self._spawn = self._loop.create_task
        self._lanes: dict[int, deque[tuple[Update, Handler, asyncio.Future[Any]]]] = {}
        self._ready: list[Ready] = []
        self._wanted: list[tuple[int, asyncio.Future[Any]]] = []
        self._wake = asyncio.Event()
        self._thread = ThreadPoolExecutor(1)

    def feed(self, line: bytes) -> "asyncio.Future[Any]":
        update = decode(line)
        handler, chat = _find(update)
        done = self._loop.create_future()
        lane = self._lanes.get(chat)
        if lane is None:
            self._lanes[chat] = lane = deque([(update, handler, done)])
            self._spawn(self._run(chat, lane))
        else:
            lane.append((update, handler, done))
        return done

    async def _run(self, chat: int, lane: deque[tuple[Update, Handler, Any]]) -> None:
        while lane:
            update, handler, done = lane.popleft()
            loaded = self._loop.create_future()
            self._wanted.append((chat, loaded))
            self._wake.set()
            version, body = await loaded
            state = _unpack(body) if body else {}
            reply = await handler(update, state)
            body = _pack(state)
            self._ready.append((chat, update.update_id, version, body, _encode(reply), done))
            self._wake.set()
            await asyncio.shield(done)
        del self._lanes[chat]

    async def serve(self) -> None:
        transact, thread = self._transact, self._thread
        while True:
            await self._wake.wait()
            self._wake.clear()
            wanted, self._wanted = self._wanted, []
            ready, self._ready = self._ready, []
            chats = [chat for chat, _ in wanted]
            found, won = await self._loop.run_in_executor(thread, transact, chats, ready)
            for chat, loaded in wanted:
                loaded.set_result(found.get(chat, (0, None)))
            for row in ready:
                row[5].set_result(row[4] if row[1] in won else None)

    def _transact(
        self, chats: Sequence[int], ready: Sequence[Ready]
    ) -> tuple[dict[int, tuple[int, bytes]], set[int]]:
        won = self._commit(ready) if ready else set()
        if not chats:
            return {}, won
        question = f"SELECT chat, version, body FROM state WHERE chat IN ({_marks(chats)})"
        return {c: (v, b) for c, v, b in self._db.execute(question, chats)}, won

    def _commit(self, ready: Sequence[Ready]) -> set[int]:
        run, many = self._db.execute, self._db.executemany
        run("BEGIN IMMEDIATE")
        ids = [row[1] for row in ready]
        seen = {x for (x,) in run(f"SELECT id FROM mark WHERE id IN ({_marks(ids)})", ids)}
        keys = [row[0] for row in ready]
        question = f"SELECT chat, version FROM state WHERE chat IN ({_marks(keys)})"
        versions = dict(run(question, keys).fetchall())
        rows = [r for r in ready if r[1] not in seen and versions.get(r[0], 0) == r[2]]
        many("INSERT INTO mark VALUES (?)", [(r[1],) for r in rows])
        many(WRITE_STATE, [(r[0], r[2] + 1, r[3]) for r in rows])
        many("INSERT INTO outbox(chat, body) VALUES (?,?)", [(r[0], r[4]) for r in rows])
        run("COMMIT")
        return {r[1] for r in rows}


def _marks(values: Sequence[object]) -> str:
    return ",".join("?" * len(values))


async def measure(lines: Sequence[bytes], in_flight: int, folder: Path) -> Figures:
    """Run all updates through the floor."""
    db = sqlite3.connect(folder / "floor.db", isolation_level=None, check_same_thread=False)
    db.executescript(SCHEMA)
    floor = Floor(db)
    serving = asyncio.get_running_loop().create_task(floor.serve())
    figures = await run_clients(floor.feed, lines, in_flight=in_flight)
    serving.cancel()
    return figures


if __name__ == "__main__":
    main(measure)
