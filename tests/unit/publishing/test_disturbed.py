"""What happens in between: restarts with edits on their way, bots that come and go, late ends."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from posthouse import App
from posthouse.engine.engine import Engine
from posthouse.errors import RejectedError
from posthouse.ports.adapter import Certainty
from posthouse.ports.records import DeliveryState
from posthouse.publishing.gating.gates import kept_of, require_member
from posthouse.publishing.items import NewItem, put
from posthouse.publishing.knowing import Given, Knowing
from posthouse.publishing.receipts import Receipts
from posthouse.site import Bot
from posthouse.testing import FakeClock, FakeMessenger, TestSite, play
from posthouse.testing.adapter import FakeAdapter
from tests.unit.publishing.broadcasting import kit
from tests.unit.publishing.fanning import (
    fan_outs,
    got,
    paper,
    publish,
    publishing,
    states,
    subscribe,
    topic,
)
from tests.unit.publishing.gating.club import CHATS, cars, paper_for
from tests.unit.publishing.subscriptions import kiosk
from tests.unit.publishing.test_hardships import NOON

PERSONS = tuple(f"p{n}" for n in range(6))
MEMBER = kept_of([require_member("channel")])


async def put_news(site: TestSite, key: str, shown: str) -> None:
    """Put an item, and let a second pass."""
    new = NewItem(topic="news", key=key, body={"words": key}, shown=shown)
    await site.engine.database.execute(*put(new, site.clock.timestamp()))
    (await publishing(site)).wake()
    await site.later(1)


async def leave_and_come(
    site: TestSite, app: App, *, name: str = "bot", between: Callable[[], object] | None = None
) -> None:
    """Remove a bot, and add it again."""
    async with asyncio.TaskGroup() as group:
        group.create_task(site.life.site.remove_bot(name))
        await site.clock.advance(30)
    if between is not None:
        between()
        await site.settle()
    adapter = FakeAdapter(site.messenger)
    bot = Bot(name, messenger="fake", apps=[app], adapter=adapter, chats=CHATS)
    async with asyncio.TaskGroup() as group:
        group.create_task(site.life.site.add_bot(bot))
        await site.clock.advance(3)


# --- restarts


@pytest.mark.parametrize("is_killed", [False, True])
async def test_edits_on_their_way_survive_a_restart(*, is_killed: bool) -> None:
    """They are followed by the message that they change."""
    app, messenger = paper(topic(revisions="edit")), FakeMessenger(pool=1)
    async with play(app, storage="sqlite:site.db", messenger=messenger) as site:
        await subscribe(site, *PERSONS, revisions="edit")
        await put_news(site, "a", "one")
        await site.later(20)
        messenger.slow(2.0, times=100)
        if not is_killed:
            site.engine.outboxes[1].hurry()
        await put_news(site, "a", "two")
        if is_killed:
            site.kill()
        await site.restart()
        await site.later(300)
        assert [got(site, name) for name in PERSONS] == [["two"]] * len(PERSONS)
        assert await states(site) == {"sent": len(PERSONS)}


async def test_a_change_while_something_is_made_up_reaches_everybody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What was made up of the old words is not queued."""
    async with play(paper(topic(revisions="edit"))) as site:
        await subscribe(site, "ann", "bob", revisions="edit")
        service, inner, changes = await publishing(site), Knowing.given, [True]

        async def given(self: Knowing, *args: Any) -> Given:
            found = await inner(self, *args)
            if changes:
                changes.clear()
                new = NewItem(topic="news", key="a", body={"words": "b"}, shown="two")
                await service.write(*put(new, site.clock.timestamp() + 0.001))
                service.wake()
                while (await fan_outs(site))[-1] != "running":  # noqa: ASYNC110  of another task
                    await asyncio.sleep(0.001)
            return found

        monkeypatch.setattr(Knowing, "given", given)
        await put_news(site, "a", "one")
        await site.later(300)
        assert [got(site, name) for name in ("ann", "bob")] == [["two"]] * 2


# --- bots that come and go


async def test_a_bot_that_comes_sends_what_is_due_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Though somebody publishes while its outbox is being read."""
    app, messenger = paper(topic()), FakeMessenger(certainty=Certainty.BLIND)
    async with play(bots={"one": [App("x")], "two": [app]}, messenger=messenger) as site:
        await subscribe(site, "ann", "bob", account=2)
        service, inner = await publishing(site), Engine.load_bot

        async def load_bot(self: Engine, account: int) -> None:
            service.wake()
            await site.clock.sleep(0.2)
            await inner(self, account)

        async with asyncio.TaskGroup() as group:
            group.create_task(site.life.site.remove_bot("two"))
            await site.clock.advance(30)
        await put_news(site, "a", "one")
        assert await states(site) == {"waiting": 2}
        monkeypatch.setattr(Engine, "load_bot", load_bot)
        bot = Bot("two", messenger="fake", apps=[app], adapter=FakeAdapter(messenger))
        async with asyncio.TaskGroup() as group:
            group.create_task(site.life.site.add_bot(bot))
            await site.clock.advance(3)
        await site.later(120)
        assert (got(site, "ann"), got(site, "bob")) == (["one"], ["one"])


@pytest.mark.parametrize("is_early", [True, False])
async def test_a_bot_that_leaves_while_gates_are_asked_loses_nothing(
    monkeypatch: pytest.MonkeyPatch, *, is_early: bool
) -> None:
    """Whether the answer comes before or after it is back."""
    app, answers = paper_for(cars()), asyncio.Event()

    async def is_member(*_: object) -> bool:
        await answers.wait()
        return True

    async with play(app, chats=CHATS) as site:
        await subscribe(site, "ann", "bob", "eve", gates=MEMBER)
        monkeypatch.setattr(FakeAdapter, "is_member", is_member)
        await put_news(site, "a", "one")
        await leave_and_come(site, app, between=answers.set if is_early else None)
        answers.set()
        await site.later(600)
        assert [got(site, name) for name in ("ann", "bob", "eve")] == [["one"]] * 3


async def test_a_messenger_that_does_not_answer_holds_up_no_other_bot(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each outbox is filled by itself."""
    app = paper(topic())
    app.plan(cars())
    clock = FakeClock()

    async def is_member(*_: object) -> bool:
        await clock.sleep(60)
        raise TimeoutError("no answer")

    bots = {"one": [app], "two": [App("other")]}
    async with play(bots=bots, chats=CHATS, clock=clock) as site:
        await subscribe(site, "ann", "bob", "eve", gates=MEMBER)
        await subscribe(site, "zoe", account=2)
        monkeypatch.setattr(FakeAdapter, "is_member", is_member)
        await put_news(site, "a", "one")
        await site.later(30)
        assert got(site, "zoe") == ["one"]


# --- ends


async def test_what_staff_send_again_is_sent() -> None:
    """Its receipt said that it was refused."""
    messenger = FakeMessenger(certainty=Certainty.BLIND)
    async with play(paper(topic()), messenger=messenger) as site:
        await subscribe(site, "ann")
        messenger.fails(RejectedError("no"), chat="ann")
        await publish(site, "a", "hello")
        await site.later(10)
        assert await states(site) == {"rejected": 1}
        rejected = (DeliveryState.REJECTED,)
        (row,) = await site.store.outbox(account=1, states=rejected, after=0, limit=9)
        await site.command("outbox.requeue", id=row.id)
        await site.later(10)
        assert (got(site, "ann"), await states(site)) == (["hello"], {"sent": 1})


async def test_a_resume_right_after_a_pause_leaves_nobody_out() -> None:
    """Though it commits before it is noted that a delivery was held up."""
    async with play(kit.bot()) as site:
        await kit.meets(site)
        site.engine.outboxes[1].hurry()
        id = await kit.start(site)
        await site.later(2)
        await kit.tell(site, "pause", id)
        receipts, is_paused = (await publishing(site)).receipts, [True]

        async def holds(data: Any) -> bool:
            found = await Receipts.holds(receipts, data)
            if is_paused:
                is_paused.clear()
                assert not found
                await kit.tell(site, "resume", id)
            return found

        site.engine.guards.drop("receipt")
        site.engine.guards.register("receipt", holds, ended=receipts.ended)
        site.engine.outboxes[1].open()
        await site.later(120)
        assert await states(site) == {"sent": len(kit.PERSONS)}


async def test_a_fan_out_ends_when_the_last_who_waits_unsubscribes() -> None:
    """Nothing of it is sent any more, of which somebody would be told."""
    async with play(kiosk.kiosk(kiosk.news()), clock=FakeClock(NOON)) as site:
        ann = site.person("Ann")
        await ann.says("/news")
        await ann.presses(ann.buttons[2])
        await kiosk.publish(site, "a", "one")
        await site.later(60)
        assert await fan_outs(site) == ["running"]
        await ann.presses("Unsubscribe")
        await ann.presses("Yes")
        await site.later(timedelta(minutes=10))
        assert await fan_outs(site) == ["done"]


@pytest.mark.parametrize("outage_s", [3, 20])
async def test_a_fan_out_ends_though_the_database_could_not_write(outage_s: float) -> None:
    """It is over when that is written, and not when it is told."""
    async with play(paper(topic())) as site:
        await subscribe(site, "ann", "bob")
        site.engine.outboxes[1].hurry()
        await put_news(site, "a", "one")
        await site.later(30)
        site.store.hold()
        site.engine.outboxes[1].open()
        await site.later(outage_s)
        site.store.release()
        await site.later(60)
        assert (await states(site), await fan_outs(site)) == ({"sent": 2}, ["done"])


async def test_who_chooses_at_once_after_all_gets_what_waits_at_once() -> None:
    """By a button that is still there."""
    async with play(kiosk.kiosk(kiosk.news()), clock=FakeClock(NOON)) as site:
        ann = site.person("Ann")
        await ann.says("/news")
        await ann.says("/news")
        await ann.presses(ann.buttons[2])
        await kiosk.publish(site, "a", "one")
        await site.later(60)
        assert "one" not in got(site, "ann")
        await ann.presses("At once")
        await site.later(60)
        assert "one" in got(site, "ann")
