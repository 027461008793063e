"""`play`: a real site on an in-memory messenger and a clock that a test moves."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal

from posthouse.engine.points import Points
from posthouse.model.chat import Chat, ChatKind
from posthouse.model.update import ChatUpdate
from posthouse.routing.handled import Handled
from posthouse.routing.middleware import CallNext, Middleware
from posthouse.routing.plain import Process
from posthouse.routing.router import Router
from posthouse.site import Bot
from posthouse.storage.memory import MemoryStore
from posthouse.testing.adapter import FakeAdapter
from posthouse.testing.clock import FakeClock
from posthouse.testing.life import WatchedSite
from posthouse.testing.messenger import MESSENGER, FakeMessenger
from posthouse.testing.site import PATIENCE_S, TestSite
from posthouse.turn.module import Module

BOT = "bot"
SECRET = "only for tests"  # noqa: S105  it protects nothing
_App = Router | Process


@asynccontextmanager
async def play(  # noqa: PLR0913  all keyword-only, and nobody gives many of them
    *apps: _App,
    bots: Mapping[str, Sequence[_App]] | None = None,
    modules: Sequence[Module] = (),
    middlewares: Sequence[Middleware] = (),
    outbound: Sequence[Middleware] = (),
    chats: Mapping[str, str] | None = None,
    ask: Literal["first", "all"] = "first",
    storage: str = "memory:",
    folder: Path | None = None,
    messenger: FakeMessenger | None = None,
    clock: FakeClock | None = None,
    strict: bool = True,
    patience_s: float = PATIENCE_S,
    options: Mapping[str, Any] | None = None,
    **site: Any,
) -> AsyncIterator[TestSite]:
    """Start a real site on an in-memory messenger; it stops when the block ends.

    ```python
    async def test_echo():
        async with play(app) as site:
            ann = site.person("Ann")
            await ann.says("hi")
            assert ann.sees == "hi"
    ```

    An error that leaves the block carries the transcript as a note.

    Args:
        apps: Of the only bot, in the order in which they are asked.
        bots: Or several bots, by name.
        modules: Of the site.
        middlewares: Of the site, inbound.
        outbound: Of the site, outbound.
        chats: Named chats of the bot; they are broadcast chats.
        ask: As in `Bot`.
        storage: `memory:` or `sqlite:FILE`, which a crash test needs.
        folder: Where files are kept; a temporary one if left out.
        messenger: With certainty, capabilities and faults of your own.
        clock: Yours, to be moved; or use `site.later`.
        strict: Raise AssertionError at the end when an update was quarantined.
        patience_s: Real seconds to wait for a handler or a command that waits for something real.
        options: Further arguments of every `Bot`, such as `language`.
        site: Further arguments of `Site`.
    """
    messenger = messenger or FakeMessenger()
    lines = bots or {BOT: apps}
    for name, raw in (chats or {}).items():
        messenger.chats[raw] = Chat(
            id=raw,
            bot=next(iter(lines)),
            messenger=MESSENGER,
            kind=ChatKind.BROADCAST,
            title=name,
        )
    memory = MemoryStore() if storage.startswith("memory") else None
    clock = clock or FakeClock()
    async with _folder(folder) as place:

        def make(played: TestSite, points: Points) -> WatchedSite:
            return WatchedSite(
                memory=memory,
                bots=[
                    Bot(
                        name,
                        messenger=MESSENGER,
                        apps=some,
                        adapter=FakeAdapter(messenger),
                        chats=chats,
                        ask=ask,
                        **(options or {}),
                    )
                    for name, some in lines.items()
                ],
                modules=modules,
                middlewares=[_watcher(played), *middlewares],
                outbound=outbound,
                storage=storage,
                secrets=[SECRET],
                folder=place,
                clock=clock,
                points=points,
                **{"port": 0, **site},  # several tests may run at once
            )

        played = TestSite(make, messenger=messenger, clock=clock, patience_s=patience_s)
        failure: BaseException | None = None
        async with played:
            try:
                yield played
            except BaseException as error:  # noqa: BLE001  raised again, outside the task group
                failure = error
        if failure is not None:
            failure.add_note(f"transcript:\n{played.transcript}")
            raise failure
        if strict:
            _complain(played)


def _watcher(played: TestSite) -> Middleware:
    async def watch(update: ChatUpdate, call_next: CallNext) -> Any:
        handled = await call_next(update)
        if isinstance(handled, Handled) and not handled.claims and not handled.dropped:
            played.saw_unclaimed(update)
        return handled

    return watch


def _complain(played: TestSite) -> None:
    rows = played.quarantine
    if not rows:
        return
    said = "\n".join(f"update {row.mark.update_id} ({row.reason}): {row.detail}" for row in rows)
    raise AssertionError(
        f"{len(rows)} updates were set aside (pass strict=False if that is meant):\n{said}\n"
        f"transcript:\n{played.transcript}"
    )


@asynccontextmanager
async def _folder(given: Path | None) -> AsyncIterator[Path]:
    if given is not None:
        yield given
        return
    made = await asyncio.to_thread(tempfile.TemporaryDirectory, prefix="posthouse-")
    try:
        yield Path(made.name)
    finally:
        await asyncio.to_thread(made.cleanup)
