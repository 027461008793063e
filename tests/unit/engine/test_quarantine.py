"""ENGINE 7: what cannot be handled is set aside where it can be seen, and its chat goes on."""

import asyncio
from datetime import timedelta

import msgspec
import pytest

from posthouse import App, Conversation, Screen, TextMessage, Turn, button
from posthouse.errors import DecodeError, EmptyReplyError
from posthouse.ports.adapter import Settled
from posthouse.testing import Point, Told, play
from posthouse.testing.site import TestSite as Played
from posthouse.types import Status

SORRY = "Sorry, something went wrong here."


class Moody:
    """An app that fails as often as it is told to."""

    def __init__(self, fails: int = 1000, error: Exception | None = None) -> None:
        self.app = App("moody")
        self.fails = fails
        self.error = error or ValueError("out of milk")
        self.runs: list[float] = []
        self.late: list[bool] = []
        self.site: Played | None = None
        self.app.on(self.take)

    async def take(self, message: TextMessage, turn: Turn) -> str:
        """Fail, or answer."""
        if self.site is not None:
            self.runs.append(self.site.clock.monotonic())
        self.late.append(turn.late)
        if message.text == "bad" and self.fails > 0:
            self.fails -= 1
            raise self.error
        return message.text


async def test_a_handler_that_raises_is_tried_three_times_within_five_seconds() -> None:
    """Then the update is set aside with its bytes and the traceback, and the person is told."""
    moody = Moody()
    async with play(moody.app, strict=False) as site:
        moody.site = site
        ann = site.person("Ann")
        told = await ann.says("bad")
        assert len(moody.runs) == 3
        assert moody.runs[-1] - moody.runs[0] < 5
        (row,) = site.quarantine
        assert row.reason == "raised"
        assert "Traceback" in row.detail
        assert "out of milk" in row.detail
        assert row.body == told.body
        assert ann.sees.startswith(SORRY)
        assert told.settled == [Settled.QUARANTINED]
        assert site.engine.counters()["quarantined"] == 1


@pytest.mark.parametrize("how", ["raises", "hangs", "hangs past the early answer"])
async def test_a_press_that_is_set_aside_is_answered_once(how: str) -> None:
    """Else its button would seem to be still at work, below the apology."""
    app = App("shop")
    limit_s = 20.0 if how == "hangs past the early answer" else 2.0

    @app.action
    async def buy(turn: Turn) -> str:
        if how == "raises":
            raise ValueError("sold out")
        await asyncio.Event().wait()
        return "never"

    @app.command
    async def menu(turn: Turn) -> Screen:
        return Screen("menu").row(button("Buy", buy))

    async with play(app, strict=False, limit_s=limit_s) as site:
        ann = site.person("Ann")
        await ann.says("/menu")
        await ann.presses("Buy", wait=False)
        await site.later(limit_s + 3)
        (row,) = site.quarantine
        assert ann.sees.startswith(SORRY)
        assert site.messenger.answered == [row.mark.update_id]


async def test_a_handler_that_recovers_is_not_noticed() -> None:
    """Two failures and a success are one turn; nobody reads an apology."""
    moody = Moody(fails=2)
    async with play(moody.app) as site:
        ann = site.person("Ann")
        await ann.says("bad")
        assert ann.answers == ["bad"]
        assert site.quarantine == []


async def test_the_lane_waits_for_the_retries_and_then_goes_on() -> None:
    """What came after the failing update is neither lost nor answered before it is settled."""
    moody = Moody()
    async with play(moody.app, strict=False) as site:
        ann, bob = site.person("Ann"), site.person("Bob")
        await ann.says("bad", wait=False)
        await ann.says("good", wait=False)
        await bob.says("fine")
        assert bob.answers == ["fine"]
        assert [m.text for m in ann.screen if not m.author] == []
        await site.later(2)
        texts = [m.text for m in ann.screen if not m.author]
        assert texts[0].startswith(SORRY)
        assert texts[1] == "good"


async def test_a_mistake_of_the_handler_is_set_aside_without_retries() -> None:
    """An empty reply stays empty however often it is tried."""
    moody = Moody(error=EmptyReplyError("nothing to say"))
    async with play(moody.app, strict=False) as site:
        moody.site = site
        await site.person("Ann").says("bad")
        assert len(moody.runs) == 1


async def test_nobody_is_apologised_to_for_a_status() -> None:
    """The polite sentence is for persons who wait for something."""
    app = App("status")

    @app.on
    async def fail(status: Status) -> str:
        raise ValueError("no")

    async with play(app, strict=False) as site:
        ann = site.person("Ann")
        await ann.joins()
        assert [row.reason for row in site.quarantine] == ["raised"]
        assert ann.answers == []


async def test_an_update_that_cannot_be_decoded_is_set_aside_alone() -> None:
    """Of a batch of three, two are handled and the third can be looked at."""
    moody = Moody()
    async with play(moody.app, strict=False) as site:
        ann = site.person("Ann")
        site.messenger.hold()
        told = [await ann.says(word, wait=False) for word in ("a", "b", "c")]
        told[1].body = b"\xff nonsense"
        site.messenger.release()
        await site.settle()
        texts = [m.text for m in ann.screen if not m.author]
        assert [texts[0], texts[2]] == ["a", "c"]
        (row,) = site.quarantine
        assert (row.reason, row.body) == ("decode", b"\xff nonsense")
        assert told[1].settled == [Settled.QUARANTINED]


async def test_an_envelope_that_cannot_be_decoded_is_set_aside_by_the_adapter() -> None:
    """`Receiver.malformed` keeps the bytes; a repetition of it is a duplicate."""
    async with play(App("none"), strict=False) as site:
        (intake,) = site.engine.intakes.values()
        how: list[Settled] = []
        for _ in range(2):
            intake.malformed("m1", b"\x00", reason="no JSON", on_settled=how.append)
            await site.settle()
        assert how == [Settled.QUARANTINED, Settled.DUPLICATE]
        assert [(row.reason, row.detail) for row in site.quarantine] == [("decode", "no JSON")]
        assert site.engine.counters()["quarantined"] == 1


async def test_a_handler_that_takes_too_long_is_cut_and_set_aside() -> None:
    """It is named, not retried, and the lane goes on."""
    app = App("slow")
    runs: list[str] = []

    @app.on
    async def slow(message: TextMessage) -> str:
        runs.append(message.text)
        if message.text == "hang":
            await asyncio.Event().wait()
        return message.text

    async with play(app, strict=False) as site:
        ann = site.person("Ann")
        await ann.says("hang", wait=False)
        await ann.says("next", wait=False)
        await site.later(59.9)
        assert site.quarantine == []
        await site.later(0.5)
        assert [row.reason for row in site.quarantine] == ["timeout"]
        assert "slow.slow ran longer than 60 s" in site.quarantine[0].detail
        assert runs == ["hang", "next"]
        assert ann.sees == "next"


async def test_a_route_may_have_a_limit_of_its_own() -> None:
    """Shorter than the site's."""
    app = App("slow")

    @app.on(limit=timedelta(seconds=1))
    async def slow(message: TextMessage) -> str:
        await asyncio.Event().wait()
        return "never"

    async with play(app, strict=False) as site:
        await site.person("Ann").says("x", wait=False)
        await site.later(1.2)
        assert [row.reason for row in site.quarantine] == ["timeout"]


async def test_a_replay_goes_to_the_tail_and_is_late() -> None:
    """It knows that its moment has passed, and counts as the same update."""
    moody = Moody(fails=3)
    async with play(moody.app, strict=False) as site:
        ann = site.person("Ann")
        await ann.says("bad")
        assert moody.late == [False] * 3
        assert await site.command("quarantine.replay") == "1 update replayed"
        assert ann.sees == "bad"
        assert moody.late[-1] is True
        assert await site.store.quarantine() == []
        assert await site.store.inbox(account=1) == []


async def test_a_replay_waits_behind_what_is_in_the_lane() -> None:
    """The tail, not the head."""
    app = App("lane")
    go = asyncio.Event()
    runs: list[str] = []
    broken = [True]

    @app.on
    async def take(message: TextMessage) -> None:
        if message.text == "bad" and broken:
            raise EmptyReplyError("no")
        runs.append(message.text)
        if message.text == "wait":
            await go.wait()

    async with play(app, strict=False) as site:
        ann = site.person("Ann")
        await ann.says("bad")
        broken.clear()
        await ann.says("wait", wait=False)
        await ann.says("then", wait=False)
        await site.command("quarantine.replay")
        go.set()
        await site.settle()
        assert runs == ["wait", "then", "bad"]


async def test_what_is_replayed_survives_a_restart() -> None:
    """The replay is durable before the command says so."""
    moody = Moody(fails=3)
    async with play(moody.app, strict=False, storage="sqlite:bot.db") as site:
        ann = site.person("Ann")
        await ann.says("bad")
        site.crash_at(Point.HANDLED)
        await site.command("quarantine.replay")
        await site.restart()
        await site.settle()
        assert ann.sees == "bad"
        assert len([m for m in ann.screen if m.text == "bad" and not m.author]) == 1


async def test_what_is_dropped_is_done_for_ever() -> None:
    """A dropped update is a duplicate if it comes again."""
    moody = Moody()
    async with play(moody.app, strict=False) as site:
        ann = site.person("Ann")
        told: Told = await ann.says("bad")
        (row,) = await site.store.quarantine()
        assert await site.command("quarantine.drop", id=row.id) == f"update {row.id} dropped"
        site.messenger.forgets_acknowledgements = True
        await site.restart()
        await site.later(5)
        assert told.settled[-1] is Settled.DUPLICATE
        assert await site.store.quarantine() == []


# --- state


def app_with(kind: type[Conversation]) -> App:
    """Return an app that keeps a state of that class and shows it."""
    app = App("state")

    async def show(message: TextMessage, state: Conversation) -> str:
        if message.text.isdigit():
            state.count = int(message.text)  # type: ignore[attr-defined]  # each class has it
            if hasattr(state, "colour"):
                state.colour = f"colour {message.text}"
        words = [f"{getattr(state, name)}" for name in ("count", "colour") if hasattr(state, name)]
        return " ".join(words)

    show.__annotations__["state"] = kind
    app.on(show)
    return app


def state(**fields: type) -> type[Conversation]:
    """Return a class of states named Kept, with these fields."""
    defaults = {int: 0, str: "", list: []}
    made = [(name, kind, defaults[kind]) for name, kind in fields.items()]
    kept = msgspec.defstruct("Kept", made, bases=(Conversation,), kw_only=True)
    assert issubclass(kept, Conversation)
    return kept


async def test_state_that_no_longer_decodes_is_set_aside_and_begins_anew() -> None:
    """Its bytes are kept; the person is served with a fresh state."""
    apps = [app_with(state(count=int))]
    async with play(bots={"bot": apps}) as site:
        ann = site.person("Ann")
        await ann.says("7")
        assert ann.sees == "7"
        apps[:] = [app_with(state(count=list))]
        await site.restart()
        await ann.says("?")
        assert ann.sees == "[]"
        kept = site.store.set_aside_states
        assert [(row.name, row.body) for row in kept] == [("state.Kept", b"\x81\xa5count\x07")]
        assert site.quarantine == []


async def test_fields_that_this_version_does_not_know_are_kept() -> None:
    """An older version of the code that runs for a while loses nothing of the newer one's state."""
    apps = [app_with(state(count=int, colour=str))]
    async with play(bots={"bot": apps}) as site:
        ann = site.person("Ann")
        await ann.says("7")
        apps[:] = [app_with(state(count=int))]
        await site.restart()
        await ann.says("8")
        apps[:] = [app_with(state(count=int, colour=str))]
        await site.restart()
        await ann.says("?")
        assert ann.sees == "8 colour 7"


async def test_a_decode_error_of_a_handler_is_no_decode_error_of_the_update(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Only the adapter decides that an update cannot be decoded."""
    moody = Moody(error=DecodeError("the page of the shop is broken"))
    async with play(moody.app, strict=False) as site:
        moody.site = site
        await site.person("Ann").says("bad")
        assert [row.reason for row in site.quarantine] == ["raised"]
