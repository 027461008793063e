"""DESIGN section 4: a site starts and stops in a strict order, and survives what its parts do."""

import asyncio
import os
import signal
import stat
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from posthouse.app import App
from posthouse.errors import (
    AdapterError,
    OverloadedError,
    ProvideError,
    SettingsError,
    SetupError,
    StoreUnavailableError,
    TokenError,
)
from posthouse.model.capabilities import Capabilities
from posthouse.model.chat import Chat, Person
from posthouse.model.update import TextMessage, Update
from posthouse.ports.adapter import Certainty, Delivery, Endpoint, Host, Incoming, Profile, Settled
from posthouse.site import Bot, Site
from posthouse.testing import FakeClock
from posthouse.testing.wire import decode, encode
from posthouse.turn.module import Module, provide
from posthouse.turn.turn import Turn
from posthouse.turn.use import use


class Line:
    """An adapter that writes down what is done with it, and misbehaves where a test wants it to."""

    profile = Profile(messenger="fake", certainty=Certainty.IDEMPOTENT, repeats_s={"*": 86400.0})
    pacer = None

    def __init__(self, name: str, log: list[str], **behaviour: Any) -> None:
        self.name = name
        self.log = log
        self.behaviour = behaviour
        self.sent: list[str] = []
        self.starts = 0
        self.dies: asyncio.Event
        self._stopped: asyncio.Event
        self.host: Host

    async def start(self, host: Host) -> str:
        """Log in, or fail."""
        self.log.append(f"{self.name} starts")
        self.starts += 1
        self.dies, self._stopped = asyncio.Event(), asyncio.Event()
        self.host = host
        for early in self.behaviour.get("early", ()):
            host.receiver.receive(early, lambda how: self.log.append(f"settled {how.value}"))
        for bad in self.behaviour.get("malformed", ()):
            host.receiver.malformed("bad", bad, reason="no frame")
        fails = self.behaviour.get("fails", [])
        if fails:
            raise fails.pop(0)
        return str(self.behaviour.get("account", self.name))

    async def poll(self) -> None:
        """Receive until told to stop, or to die."""
        self.log.append(f"{self.name} polls")
        async with asyncio.TaskGroup() as group:
            dying = group.create_task(self.dies.wait())
            stopped = group.create_task(self._stopped.wait())
            await asyncio.wait((dying, stopped), return_when=asyncio.FIRST_COMPLETED)
            for task in (dying, stopped):
                task.cancel()
        if self.dies.is_set():
            raise ConnectionError("the line is dead")

    async def stop_polling(self) -> None:
        """Stop, or hang, or fail."""
        self.log.append(f"{self.name} stops polling")
        self._stopped.set()
        await self._misbehave("stop_polling")

    async def aclose(self) -> None:
        """Log out, or hang, or fail."""
        self.log.append(f"{self.name} closes")
        await self._misbehave("aclose")

    async def _misbehave(self, what: str) -> None:
        how = self.behaviour.get(what)
        if how == "hangs":
            await asyncio.Event().wait()
        if how == "raises":
            raise RuntimeError("a vendor's error")

    def decode(self, body: bytes) -> Update:
        """Decode."""
        return decode(body)

    def capabilities(self, chat: str) -> Capabilities:
        """Everything."""
        return Capabilities()

    async def deliver(self, delivery: Delivery) -> str | None:
        """Note it."""
        self.sent.append(delivery.outgoing.content.text.plain)
        self.log.append(f"{self.name} sends {self.sent[-1]}")
        return None

    async def confirm(self, delivery: Delivery) -> str | None:
        """Never asked."""
        raise NotImplementedError

    def fetch(self, key: str) -> AsyncIterator[bytes]:
        """Never asked."""
        raise NotImplementedError

    def endpoints(self) -> Sequence[Endpoint]:
        """None, unless a test says otherwise."""
        return self.behaviour.get("endpoints", ())  # type: ignore[no-any-return]


def echo() -> App:
    """An app that says what it hears."""
    app = App("echo")

    @app.on
    async def say(message: TextMessage) -> str:
        return message.text

    return app


def message(words: str, *, id: str = "u1", bot: str = "one") -> Incoming:
    """A message as an adapter hands it over."""
    update = TextMessage(
        id=id,
        bot=bot,
        at=FakeClock().now(),
        chat=Chat(id="ann", bot=bot, messenger="fake"),
        person=Person(id="ann", name="Ann"),
        message_id=id,
        text=words,
    )
    return Incoming(update_id=id, chat="ann", person="ann", kind="textmessage", body=encode(update))


@pytest.fixture
def log() -> list[str]:
    """What happened, in order."""
    return []


@pytest.fixture
def bot(log: list[str]) -> Callable[..., Bot]:
    """Make a bot on a line: `bot("one", fails=[OSError()])`."""

    def make(name: str, *, spokes: Sequence[str] = (), apps: Any = None, **behaviour: Any) -> Bot:
        line: Any = Line(name, log, **behaviour)
        given = [echo()] if apps is None else apps
        return Bot(name, messenger="fake", apps=given, adapter=line, spokes=spokes)

    return make


def line_of(bot: Bot) -> Line:
    """Return the line a bot was made with."""
    line: Any = bot.adapter
    assert isinstance(line, Line)
    return line


async def until(condition: Callable[[], object]) -> None:
    """Wait for something that real threads are needed for."""
    for _ in range(2000):
        if condition():
            return
        await asyncio.sleep(0.001)
    raise AssertionError("it did not happen")


def a_module(name: str, log: list[str], *, fails: bool = False) -> Module:
    """A module that writes down when it is set up and torn down."""
    made = type(name, (), {})

    class Made(Module):
        @provide
        async def make(self) -> AsyncIterator[made]:  # type: ignore[valid-type]  # made here
            log.append(f"{name} is set up")
            if fails:
                raise RuntimeError("no such server")
            yield made()
            log.append(f"{name} is closed")

    return Made()


class Watching:
    """A middleware that wants to know when the site starts and stops."""

    def __init__(self, name: str, log: list[str]) -> None:
        self.name = name
        self.log = log

    async def __call__(self, value: Any, call_next: Any) -> Any:
        """Pass on."""
        return await call_next(value)

    async def start(self) -> None:
        """Be ready."""
        self.log.append(f"{self.name} is ready")

    async def aclose(self) -> None:
        """Let go."""
        self.log.append(f"{self.name} lets go")


# --- the order


async def test_everything_starts_and_stops_in_its_order(
    bot: Callable[..., Bot], log: list[str]
) -> None:
    """Modules, adapters with hubs last, middlewares, then all poll; backwards at the stop."""
    hub = bot("hub", spokes=["two", "one"])
    site = Site(
        bots=[hub, bot("one"), bot("two"), bot("three")],
        modules=[a_module("shop", log), a_module("bank", log)],
        middlewares=[Watching("inbound", log)],
        outbound=[Watching("outbound", log)],
        storage="memory:",
    )
    async with site.start() as started:
        assert started is site
        await until(lambda: "three polls" in log)
        log.append("-- runs")
    assert log == [
        "shop is set up",
        "bank is set up",
        "two starts",
        "one starts",
        "hub starts",
        "three starts",
        "inbound is ready",
        "outbound is ready",
        "two polls",
        "one polls",
        "hub polls",
        "three polls",
        "-- runs",
        "hub stops polling",
        "three stops polling",
        "one stops polling",
        "two stops polling",
        "outbound lets go",
        "inbound lets go",
        "three closes",
        "hub closes",
        "one closes",
        "two closes",
        "bank is closed",
        "shop is closed",
    ]


async def test_hubs_of_hubs_stop_from_the_outside(bot: Callable[..., Bot], log: list[str]) -> None:
    """Whoever hands on stops before those he hands on to."""
    bots = [bot("outer", spokes=["inner"]), bot("inner", spokes=["leaf"]), bot("leaf")]
    async with Site(bots=bots, storage="memory:").start():
        assert log[:3] == ["leaf starts", "inner starts", "outer starts"]
    stops = [line for line in log if "stops" in line]
    assert stops == ["outer stops polling", "inner stops polling", "leaf stops polling"]


async def test_what_comes_before_the_poll_is_held(bot: Callable[..., Bot], log: list[str]) -> None:
    """It is routed once every adapter polls, in its order; also what cannot be decoded."""
    early = [message("a", id="u1"), message("b", id="u2")]
    one = bot("one", early=early, malformed=[b"\xff"])
    async with Site(bots=[one, bot("two")], storage="memory:").start() as site:
        assert "one sends a" not in log
        await until(lambda: len(line_of(one).sent) == 2)
        assert line_of(one).sent == ["a", "b"]
        assert log.index("two polls") < log.index("one sends a")
        await until(lambda: site.counters["quarantined"] == 1)


async def test_what_comes_early_stands_behind_what_the_database_held(
    bot: Callable[..., Bot], log: list[str], tmp_path: Path
) -> None:
    """The inbox is loaded first: those updates are older."""
    app = App("slow")
    go = asyncio.Event()
    order: list[str] = []

    @app.on
    async def say(message: TextMessage) -> str:
        await go.wait()
        order.append(message.text)
        return message.text

    clock = FakeClock()
    one = bot("one", apps=[app])
    site = Site(bots=[one], folder=tmp_path, clock=clock, stop_s=1.0, limit_s=1e9)
    async with clock.running(), site.start():
        for number, words in enumerate("ab"):
            line_of(one).host.receiver.receive(
                message(words, id=f"u{number}"), lambda how: log.append(f"settled {how.value}")
            )
        await until(lambda: log.count("settled inbox") == 2)
    go.set()
    again = bot("one", apps=[app], early=[message("c", id="u9")])
    async with Site(bots=[again], folder=tmp_path).start():
        await until(lambda: len(order) == 3)
    assert order == ["a", "b", "c"]


async def test_a_site_may_be_started_again(bot: Callable[..., Bot], log: list[str]) -> None:
    """Nothing of its first life is left in the second."""
    one = bot("one", early=[message("hi")])
    site = Site(bots=[one], storage="memory:")
    for life in (1, 2):
        async with site.start():
            await until(lambda life=life: len(line_of(one).sent) == life)  # type: ignore[misc]
            assert site.problems() == []
            assert site.counters["turns"] == 1


# --- an adapter that fails at the start


@pytest.mark.parametrize("error", [AdapterError("the token is wrong"), OSError("no route")])
async def test_an_adapter_that_fails_at_the_start_stops_it_with_a_clear_error(
    bot: Callable[..., Bot], log: list[str], tmp_path: Path, error: Exception
) -> None:
    """Where no other bot is: all is torn down in reverse, and the file is free again."""
    modules = [a_module("shop", log)]
    site = Site(bots=[bot("one", fails=[error])], modules=modules, folder=tmp_path)
    with pytest.raises(AdapterError, match=str(error)):
        async with site.start():
            raise AssertionError("it must not start")
    assert log == ["shop is set up", "one starts", "one closes", "shop is closed"]
    async with Site(bots=[bot("one")], folder=tmp_path).start():
        pass


async def test_when_no_adapter_starts_the_site_does_not(
    bot: Callable[..., Bot], log: list[str]
) -> None:
    """The first of their errors says why."""
    bots = [bot("one", fails=[AdapterError("no line")]), bot("two", fails=[OSError("no route")])]
    with pytest.raises(AdapterError, match="no line"):
        async with Site(bots=bots, storage="memory:").start():
            raise AssertionError("it must not start")
    assert log == ["one starts", "two starts", "two closes", "one closes"]


@pytest.mark.parametrize("error", [AdapterError("the line is down"), OSError("no route")])
async def test_an_adapter_that_fails_at_the_start_stops_no_other(
    bot: Callable[..., Bot], error: Exception
) -> None:
    """It is tried again soon, and meanwhile problems say so while the site counts as well."""
    clock = FakeClock()
    one, two = bot("one"), bot("two", fails=[error])
    site = Site(bots=[one, two], storage="memory:", clock=clock)
    async with site.start():
        await clock.settle()
        (problem,) = site.problems()
        assert "bot two failed: AdapterError: " in problem
        assert str(error) in problem
        assert site.failures() == []
        line_of(one).host.receiver.receive(message("hi"))
        await clock.settle()
        assert line_of(one).sent == ["hi"]
        await clock.advance(1)
        assert site.problems() == []
        line_of(two).host.receiver.receive(message("late", bot="two"))
        await clock.settle()
        assert line_of(two).sent == ["late"]


async def test_a_token_that_is_not_accepted_is_tried_only_now_and_then(
    bot: Callable[..., Bot],
) -> None:
    """Nothing but a person changes that."""
    clock = FakeClock()
    two = bot("two", fails=[TokenError("the token is wrong")] * 2)
    async with Site(bots=[bot("one"), two], storage="memory:", clock=clock).start() as site:
        await clock.advance(599)
        assert line_of(two).starts == 1
        await clock.advance(601)
        assert line_of(two).starts == 2
        assert "TokenError: the token is wrong" in site.problems()[0]
        await clock.advance(3600)
        assert line_of(two).starts == 3
        assert site.problems() == []


async def test_a_bot_comes_and_goes_while_the_site_runs(
    bot: Callable[..., Bot], log: list[str]
) -> None:
    """Its turn ends and its answer leaves first; the others go on, and it may come back."""
    clock = FakeClock()
    one, two = bot("one"), bot("two")
    async with Site(bots=[one], storage="memory:", clock=clock).start() as site:
        await site.add_bot(two)
        line_of(two).host.receiver.receive(message("hi", bot="two"))
        async with asyncio.TaskGroup() as group:
            leaving = group.create_task(site.remove_bot("two"))
            await clock.advance(2)
            assert leaving.done()
        assert line_of(two).sent == ["hi"]
        assert log[-3:] == ["two stops polling", "two sends hi", "two closes"]
        line_of(one).host.receiver.receive(message("still here"))
        await clock.settle()
        assert line_of(one).sent == ["still here"]
        await site.add_bot(two)
        line_of(two).host.receiver.receive(message("back", id="u2", bot="two"))
        await clock.settle()
        assert line_of(two).sent == ["hi", "back"]
        with pytest.raises(SetupError, match="the site has a bot called two already"):
            await site.add_bot(two)
        with pytest.raises(SetupError, match="the site runs no bot called three"):
            await site.remove_bot("three")


async def test_what_a_bot_that_leaves_cannot_end_waits_for_it(bot: Callable[..., Bot]) -> None:
    """Its handler is cut, the update is settled as in the inbox, and runs when the bot is back."""
    clock = FakeClock()
    app, hung, runs = App("slow"), asyncio.Event(), [0]

    @app.on
    async def wait(message: TextMessage) -> str:
        runs[0] += 1
        await hung.wait()
        return f"{message.text} at last"

    one, two = bot("one"), bot("two", apps=[app])
    settled: list[Settled] = []
    async with Site(bots=[one, two], storage="memory:", clock=clock).start() as site:
        await clock.settle()
        line_of(two).host.receiver.receive(message("hi", bot="two"), settled.append)
        line_of(two).host.receiver.receive(message("ho", id="u2", bot="two"), settled.append)
        await clock.settle()
        async with asyncio.TaskGroup() as group:
            group.create_task(site.remove_bot("two"))
            await clock.advance(12)
        assert settled == [Settled.INBOX] * 2
        assert line_of(two).sent == []
        hung.set()
        await site.add_bot(two)
        await clock.settle()
        assert line_of(two).sent == ["hi at last", "ho at last"]
        assert runs == [3]
        assert site.problems() == []


async def test_the_error_of_an_adapter_names_its_bot(bot: Callable[..., Bot]) -> None:
    """What the network said alone would help nobody."""
    site = Site(bots=[bot("one", fails=[OSError("no route")])], storage="memory:")
    with pytest.raises(AdapterError, match="bot one on fake cannot start: no route"):
        async with site.start():
            pass


async def test_a_module_that_fails_at_the_start_is_named(
    bot: Callable[..., Bot], log: list[str]
) -> None:
    """No adapter has started then."""
    site = Site(bots=[bot("one")], modules=[a_module("shop", log, fails=True)], storage="memory:")
    with pytest.raises(ProvideError, match="no such server"):
        async with site.start():
            pass
    assert log == ["shop is set up"]


async def test_what_no_module_provides_is_an_error_before_anything_starts(
    bot: Callable[..., Bot], log: list[str]
) -> None:
    """It names the handler and the type."""
    app = App("shop")

    class Bank:
        pass

    @app.on
    async def pay(message: TextMessage, *, bank: Bank = use()) -> str:
        return "paid"

    site = Site(bots=[bot("one", apps=[app])], modules=[a_module("shop", log)], storage="memory:")
    with pytest.raises(ProvideError, match="Bank"):
        async with site.start():
            pass
    assert log == []


async def test_the_same_account_twice_is_refused(bot: Callable[..., Bot], log: list[str]) -> None:
    """Both would get the same updates."""
    bots = [bot("one", account="4711"), bot("two", account="4711")]
    with pytest.raises(SetupError, match=r"bots one and two are the same fake account \(4711\)"):
        async with Site(bots=bots, storage="memory:").start():
            pass
    assert log[-2:] == ["two closes", "one closes"]


# --- an adapter that dies later


async def test_an_adapter_that_dies_is_started_again_and_stops_no_other(
    bot: Callable[..., Bot], log: list[str]
) -> None:
    """With backoff; health says so meanwhile, and what was received is handled."""
    clock = FakeClock()
    one, two = bot("one"), bot("two")
    site = Site(bots=[one, two], storage="memory:", clock=clock)
    async with site.start():
        await clock.settle()
        line_of(one).dies.set()
        await clock.settle()
        (problem,) = site.problems()
        assert "bot one failed: ConnectionError: the line is dead; next try in" in problem
        line_of(two).host.receiver.receive(message("hi", bot="two"))
        await clock.settle()
        assert line_of(two).sent == ["hi"]
        assert line_of(one).starts == 1
        await clock.advance(1)
        assert line_of(one).starts == 2
        assert site.problems() == []
        assert "one closes" in log
        line_of(one).host.receiver.receive(message("back"))
        await clock.settle()
        assert line_of(one).sent == ["back"]
        assert line_of(two).starts == 1


async def test_an_adapter_that_cannot_be_started_again_is_tried_on(
    bot: Callable[..., Bot],
) -> None:
    """Each time a little later; its account is not taken for somebody else's."""
    clock = FakeClock()
    one = bot("one")
    site = Site(bots=[one], storage="memory:", clock=clock)
    async with site.start():
        await clock.settle()
        line_of(one).behaviour["fails"] = [AdapterError("down"), OSError("down"), KeyError("down")]
        line_of(one).dies.set()
        await clock.settle()
        await clock.advance(0.6)
        assert "AdapterError: " in site.problems()[0]
        await clock.advance(30)
        assert line_of(one).starts == 5
        assert site.problems() == []


# --- an adapter that hangs or fails at the stop


@pytest.mark.parametrize("what", ["stop_polling", "aclose"])
@pytest.mark.parametrize("how", ["hangs", "raises"])
async def test_an_adapter_that_misbehaves_at_the_stop_holds_nobody_up(
    bot: Callable[..., Bot], log: list[str], caplog: pytest.LogCaptureFixture, what: str, how: str
) -> None:
    """It is given a while, then the stop goes on without it and says so."""
    bots = [bot("one"), bot("two", **{what: how}), bot("three")]
    async with Site(bots=bots, storage="memory:", stop_s=0.05).start():
        await until(lambda: "three polls" in log)
    for name in ("one", "two", "three"):
        assert f"{name} stops polling" in log
        assert f"{name} closes" in log
    assert "bot two did not" in caplog.text


async def test_deliveries_still_leave_after_the_adapters_stopped_polling(
    bot: Callable[..., Bot], log: list[str]
) -> None:
    """What was committed is sent; what comes now is refused."""
    app = App("slow")
    go = asyncio.Event()
    refused: list[str] = []

    @app.on
    async def say(message: TextMessage) -> str:
        await go.wait()
        return message.text

    class Late(Line):
        async def stop_polling(self) -> None:
            """Try to hand something over, and let the handler end."""
            await super().stop_polling()
            try:
                self.host.receiver.receive(message("late", id="u2"))
            except OverloadedError as error:
                refused.append(str(error))
            go.set()

    line: Any = Late("one", log)
    one = Bot("one", messenger="fake", apps=[app], adapter=line)
    settled: list[Settled] = []
    async with Site(bots=[one], storage="memory:").start():
        line.host.receiver.receive(message("hi"), settled.append)
        await until(lambda: "one polls" in log)
    assert settled == [Settled.DONE]
    assert line.sent == ["hi"]
    assert log.index("one stops polling") < log.index("one sends hi") < log.index("one closes")
    assert refused == ["the site is stopping; try again in a moment"]


# --- signals


async def test_a_signal_stops_the_site_in_order(bot: Callable[..., Bot], log: list[str]) -> None:
    """As leaving the block does."""
    ready: list[Site] = []
    site = Site(bots=[bot("one")], storage="memory:")
    async with asyncio.timeout(10):
        async with asyncio.TaskGroup() as group:
            group.create_task(site._run(ready.append))
            await until(lambda: ready and "one polls" in log)
            os.kill(os.getpid(), signal.SIGTERM)
    assert log[-2:] == ["one stops polling", "one closes"]


async def test_a_second_signal_stops_at_once_and_loses_nothing(
    bot: Callable[..., Bot], log: list[str], tmp_path: Path
) -> None:
    """What runs is cut, and runs again at the next start; nothing pending is forgotten."""
    app = App("slow")
    runs: list[str] = []
    go = asyncio.Event()

    @app.on
    async def say(message: TextMessage) -> str:
        runs.append(message.text)
        await go.wait()
        return message.text

    settled: list[Settled] = []
    one = bot("one", apps=[app])
    site = Site(bots=[one], folder=tmp_path, stop_s=1000.0)
    async with asyncio.timeout(10):
        async with asyncio.TaskGroup() as group:
            running = group.create_task(site._run(None))
            await until(lambda: "one polls" in log)
            line_of(one).host.receiver.receive(message("hi"), settled.append)
            await until(lambda: runs)
            os.kill(os.getpid(), signal.SIGINT)
            await until(lambda: "one stops polling" in log)
            await asyncio.sleep(0.05)
            assert not running.done()
            os.kill(os.getpid(), signal.SIGINT)
    assert settled == []
    assert line_of(one).sent == []
    go.set()
    again = bot("one", apps=[app])
    async with Site(bots=[again], folder=tmp_path).start():
        line_of(again).host.receiver.receive(message("hi"), settled.append)
        await until(lambda: line_of(again).sent)
    assert settled == [Settled.DONE]
    assert line_of(again).sent == ["hi"]
    assert runs == ["hi", "hi"]


# --- keys, storage, names


async def test_the_key_is_made_once_and_only_its_owner_may_read_it(
    bot: Callable[..., Bot], tmp_path: Path
) -> None:
    """Buttons that are out there still work after a restart."""
    path = tmp_path / "posthouse.key"
    async with Site(bots=[bot("one")], folder=tmp_path).start() as site:
        sealed = site.engine.keys.seal("ann", purpose="test")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    before = path.read_bytes()
    async with Site(bots=[bot("one")], folder=tmp_path).start() as site:
        assert site.engine.keys.unseal(sealed, purpose="test") == "ann"
    assert path.read_bytes() == before


async def test_a_key_file_that_holds_no_key_is_refused(
    bot: Callable[..., Bot], tmp_path: Path
) -> None:
    """Making another one would silently break every button; the file is free afterwards."""
    path = tmp_path / "posthouse.key"
    path.write_text("not a key", encoding="ascii")
    with pytest.raises(SettingsError, match="does not hold a key"):
        async with Site(bots=[bot("one")], folder=tmp_path).start():
            pass
    path.unlink()
    async with Site(bots=[bot("one")], folder=tmp_path).start():
        pass


async def test_keys_of_the_settings_are_a_ring(bot: Callable[..., Bot], tmp_path: Path) -> None:
    """The first signs, all verify; no file is made."""
    async with Site(bots=[bot("one")], folder=tmp_path, secrets=["old"]).start() as site:
        sealed = site.engine.keys.seal("ann", purpose="test")
    async with Site(bots=[bot("one")], folder=tmp_path, secrets=["new", "old"]).start() as site:
        assert site.engine.keys.unseal(sealed, purpose="test") == "ann"
    assert not (tmp_path / "posthouse.key").exists()


@pytest.mark.parametrize("storage", ["postgres:x", "sqlite:", "sqlite", ""])
async def test_a_storage_that_is_not_known_is_refused(
    bot: Callable[..., Bot], storage: str
) -> None:
    """The error says what to write."""
    with pytest.raises(SettingsError, match='write "sqlite:FILE" or "memory:"'):
        async with Site(bots=[bot("one")], storage=storage).start():
            pass


async def test_a_database_that_cannot_be_read_stops_the_start(
    bot: Callable[..., Bot], log: list[str], tmp_path: Path
) -> None:
    """Nothing has started then."""
    (tmp_path / "posthouse.db").write_bytes(b"this is no database" * 100)
    with pytest.raises((StoreUnavailableError, SetupError)):
        async with Site(bots=[bot("one")], folder=tmp_path).start():
            pass
    assert log == []


@pytest.mark.parametrize(
    ("spokes", "complaint"),
    [
        ({"one": ["nobody"]}, "names the spoke 'nobody', which is no bot; there are: one, two"),
        ({"one": ["two"], "two": ["one"]}, "name each other as spokes"),
        ({"one": ["one"]}, "name each other as spokes"),
    ],
)
def test_spokes_that_cannot_be_are_refused(
    bot: Callable[..., Bot], spokes: dict[str, list[str]], complaint: str
) -> None:
    """When the site is made, not when it starts."""
    bots = [bot(name, spokes=spokes.get(name, ())) for name in ("one", "two")]
    with pytest.raises(SetupError, match=complaint):
        Site(bots=bots, storage="memory:")


def test_two_bots_of_one_name_are_refused(bot: Callable[..., Bot]) -> None:
    """Commands and logs name bots."""
    with pytest.raises(SetupError, match="two bots are called 'one'; rename one"):
        Site(bots=[bot("one"), bot("one")], storage="memory:")


async def test_bots_and_sites_introduce_themselves(bot: Callable[..., Bot]) -> None:
    """In logs and at a prompt."""
    one = bot("one")
    assert repr(one) == "<Bot one on fake>"
    site = Site(bots=[one], storage="memory:")
    assert repr(site) == "<Site: 1 bots>"


# --- health


async def test_before_the_start_there_is_no_health(bot: Callable[..., Bot]) -> None:
    """Asking is a mistake that says what to do."""
    site = Site(bots=[bot("one")], storage="memory:")
    with pytest.raises(SetupError, match="has not been started"):
        site.problems()


async def test_counters_tell_what_happened(bot: Callable[..., Bot]) -> None:
    """Turns, commits, how deliveries ended, what waits."""
    one = bot("one")
    async with Site(bots=[one], storage="memory:").start() as site:
        line_of(one).host.receiver.receive(message("hi"))
        await until(lambda: site.counters.get("sent"))
        counters = site.counters
        assert counters["turns"] == 1
        assert counters["sent"] == 1
        assert counters["quarantined"] == counters["unsettled"] == counters["waiting"] == 0
        assert counters["commits"] >= 1
        assert site.problems() == []


async def test_deliveries_that_wait_for_a_decision_are_a_problem(log: list[str]) -> None:
    """Where the policy is to ask, somebody is asked."""

    class Blind(Line):
        profile = Profile(
            messenger="fake",
            certainty=Certainty.BLIND,
            repeats_s={"*": 86400.0},
            on_unknown="ask",
        )

        async def deliver(self, delivery: Delivery) -> str | None:
            """Lose the answer."""
            raise TimeoutError

    line: Any = Blind("one", log)
    one = Bot("one", messenger="fake", apps=[echo()], adapter=line)
    async with Site(bots=[one], storage="memory:").start() as site:
        line.host.receiver.receive(message("hi"))
        await until(site.problems)
        assert "nobody knows whether 1 deliveries arrived" in site.problems()[0]
        await site.engine.committer.drained()
        (row,) = await site.engine.store.outbox(account=1, states=["unknown"])  # type: ignore[list-item]
        await site.engine.store.add_command("outbox.cancel", f'{{"id": {row.id}}}', at=0.0)
        await until(lambda: not site.problems())


async def test_a_turn_gets_what_modules_provide_per_turn(
    bot: Callable[..., Bot], log: list[str]
) -> None:
    """Made when asked for, torn down when the turn's handler has ended, whatever it did."""

    class Basket:
        pass

    class Baskets(Module):
        @provide(scope="turn")
        async def make(self, turn: Turn) -> AsyncIterator[Basket]:
            log.append(f"basket for {turn.update.id}")
            yield Basket()
            log.append("basket away")

    app = App("shop")

    @app.on
    async def buy(message: TextMessage, *, basket: Basket = use()) -> str:
        log.append(f"buy {message.text}")
        if message.text == "bad" and log.count("buy bad") == 1:
            raise RuntimeError("oops")
        return message.text

    clock = FakeClock()
    one = bot("one", apps=[app])
    site = Site(bots=[one], modules=[Baskets()], storage="memory:", clock=clock)
    async with site.start():
        line_of(one).host.receiver.receive(message("bad"))
        await clock.advance(1)
        assert [line for line in log if "b" in line and "one" not in line] == [
            "basket for u1",
            "buy bad",
            "basket away",
            "basket for u1",
            "buy bad",
            "basket away",
        ]
