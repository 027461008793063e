"""Fan-out: from an item that is put to everybody who is to get it, once."""

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from posthouse.errors import OutcomeUnknownError, RejectedError, UnreachableError
from posthouse.ports.adapter import Certainty
from posthouse.publishing import chunks, lanes
from posthouse.storage.publishing import item, receipt, subscription
from posthouse.testing import FakeMessenger, Point, TestSite, play
from posthouse.testing.crashing import everywhere
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

PERSONS = tuple(f"p{n:03}" for n in range(30))


@pytest.mark.parametrize("storage", ["memory:", "sqlite:site.db"])
async def test_everybody_who_subscribes_gets_an_item_once(tmp_path: Path, storage: str) -> None:
    """Also when it is put again; whoever publishes it and whoever subscribes to others do not."""
    async with play(paper(topic()), storage=storage, folder=tmp_path) as site:
        await subscribe(site, "ann", "bob", "editor")
        await subscribe(site, "eve", topic="other")
        await subscribe(site, "gone", state="paused")
        await publish(site, "a", "hello")
        await publish(site, "a", "hello")
        assert [got(site, who) for who in ("ann", "bob", "eve", "gone")] == [
            ["hello"],
            ["hello"],
            [],
            [],
        ]
        assert got(site, "editor") == ["/publish a hello", "published"] * 2
        assert await states(site) == {"sent": 2}
        await site.later(10)
        assert await fan_outs(site) == ["done"]


async def test_who_has_several_subscriptions_gets_it_once() -> None:
    """As early as the first of them wants it."""
    of = topic()

    class Finds:
        def match(self, found: Any) -> list[int]:
            return [1, 3] if found["words"] == "hello" else []

    def finds(publishing: Any) -> None:
        publishing.matchers["news"] = Finds()

    async with play(paper(of, finds)) as site:
        await subscribe(site, "ann", search="s", digest="0 9 * * *")
        await subscribe(site, "ann")
        await subscribe(site, "bob", search="s")
        await publish(site, "a", "hello")
        await publish(site, "b", "other")
        assert got(site, "ann") == ["hello", "other"]
        assert got(site, "bob") == ["hello"]


async def test_it_goes_out_in_chunks_and_by_and_by(monkeypatch: pytest.MonkeyPatch) -> None:
    """So many at a time are in the outbox, however many there are."""
    monkeypatch.setattr(chunks, "CHUNK", 7)
    monkeypatch.setattr(lanes, "MOST_OUT", 5)
    monkeypatch.setattr(lanes, "LEAST_OUT", 2)
    async with play(paper(topic())) as site:
        await subscribe(site, *PERSONS)
        most = 0
        carry_out = site.messenger.carry_out

        def counted(*args: Any, **options: Any) -> Any:
            nonlocal most
            most = max(most, site.engine.outboxes[1].waiting)
            return carry_out(*args, **options)

        monkeypatch.setattr(site.messenger, "carry_out", counted)
        await publish(site, "a", "hello")
        await site.later(10)
        assert [got(site, who) for who in PERSONS] == [["hello"]] * 30
        assert 1 <= most <= 6  # with the answer


async def test_each_gets_it_once_wherever_the_process_dies(tmp_path: Path) -> None:
    """Planned on, queued on, and sent on after any end."""

    async def scenario(site: TestSite) -> None:
        for name in ("Ann", "Bob", "Eve"):
            await site.person(name).says("/subscribe")
        await site.person("Editor").says("/publish a hello")
        await site.settle()

    async def check(site: TestSite) -> None:
        await site.later(10)
        seen = [got(site, who) for who in ("ann", "bob", "eve")]
        assert seen == [["/subscribe", "subscribed", "hello"]] * 3
        assert await states(site) == {"sent": 3}
        assert await fan_outs(site) == ["done"]

    points = (Point.HANDLED, Point.BEFORE_COMMIT, Point.AFTER_COMMIT, Point.BEFORE_SEND,
              Point.AFTER_SEND)  # fmt: skip
    await everywhere(
        scenario,
        paper(topic()),
        check=check,
        points=points,
        occurrences=8,
        messenger=lambda: FakeMessenger(certainty=Certainty.IDEMPOTENT),
    )


async def test_what_was_leaving_when_the_process_died_is_counted() -> None:
    """Nobody knows its end, which is found before anybody follows it."""

    async def scenario(site: TestSite) -> None:
        await site.person("Ann").says("/subscribe")
        await site.person("Editor").says("/publish a hello")
        await site.settle()

    async def check(site: TestSite) -> None:
        await site.later(10)
        assert await states(site) in ({"sent": 1}, {"unknown": 1})
        assert await fan_outs(site) == ["done"]

    survey = await everywhere(
        scenario,
        paper(topic()),
        check=check,
        points=(Point.BEFORE_SEND, Point.AFTER_SEND),
        occurrences=3,
        messenger=lambda: FakeMessenger(certainty=Certainty.BLIND),
    )
    assert min(survey.deaths.values()) == 3


async def test_of_what_nobody_knows_the_end_is_counted() -> None:
    """And not sent again."""
    messenger = FakeMessenger(certainty=Certainty.BLIND)
    async with play(paper(topic()), messenger=messenger) as site:
        await subscribe(site, "ann", "bob", "eve")
        messenger.fails(OutcomeUnknownError("lost"), chat="ann")
        messenger.fails(RejectedError("no"), chat="bob")
        await publish(site, "a", "hello")
        await site.later(10)
        assert await states(site) == {"unknown": 1, "rejected": 1, "sent": 1}
        assert await fan_outs(site) == ["done"]
        progress = await (await publishing(site)).fan_outs.progress(1)
        assert (progress.total, progress.left) == (3, 0)


@pytest.mark.parametrize("words", ["/start", "hi there"])
async def test_who_blocks_the_bot_is_suspended_until_heard_again(words: str) -> None:
    """Nothing is tried meanwhile; what was published then is not sent."""
    async with play(paper(topic())) as site:
        await subscribe(site, "ann", "bob")
        site.messenger.fails(UnreachableError("blocked"), chat="ann")
        await publish(site, "a", "one")
        found = select(subscription.c.state, subscription.c.reason).order_by(subscription.c.id)
        rows = await site.engine.database.fetch(found)
        assert [tuple(row) for row in rows] == [("suspended", "blocked"), ("active", "")]
        await publish(site, "b", "two")
        await site.person("Ann").says(words)
        rows = await site.engine.database.fetch(found)
        assert [state for state, _ in rows] == ["active", "active"]
        await publish(site, "c", "three")
        assert got(site, "ann")[-1] == "three"
        assert "two" not in got(site, "ann")
        assert got(site, "bob") == ["one", "two", "three"]


async def test_who_is_banned_gets_nothing(tmp_path: Path) -> None:
    """Found out when it is planned."""
    async with play(paper(topic()), storage="sqlite:site.db", folder=tmp_path) as site:
        await subscribe(site, "ann", "bob")
        await site.person("Ann").says("hi")
        ok, told = await site.engine.commands.execute(
            "people.ban", {"person": "fake:ann", "reason": "spam"}
        )
        assert ok, told
        await publish(site, "a", "one")
        assert got(site, "ann") == ["hi", "heard"]
        assert got(site, "bob") == ["one"]
        assert await states(site) == {"sent": 1}


async def test_a_pause_acts_at_once_and_ends() -> None:
    """What was in the outbox goes back, and goes out when it is resumed; nothing is lost."""
    async with play(paper(topic(delay=timedelta(minutes=1)))) as site:
        await subscribe(site, "ann", "bob")
        await publish(site, "a", "hello")
        service = await publishing(site)
        assert await states(site) == {"waiting": 2}
        await service.fan_outs.pause(1)
        await site.later(120)
        assert (await states(site), got(site, "ann")) == ({"held": 2}, [])
        await service.fan_outs.resume(1)
        await site.later(10)
        assert got(site, "ann") == got(site, "bob") == ["hello"]
        assert await fan_outs(site) == ["done"]


async def test_what_is_queued_when_it_is_paused_waits_again() -> None:
    """It is looked at once more when it is about to leave."""
    async with play(paper(topic())) as site:
        await subscribe(site, "ann", "bob")
        site.messenger.slow(30, chat="ann")
        await site.person("Ann").says("hi", wait=False)
        site.engine.outboxes[1].hurry()
        await publish_quietly(site)
        assert await states(site) == {"queued": 2}
        service = await publishing(site)
        await service.fan_outs.pause(1)
        site.engine.outboxes[1].open()
        await site.later(60)
        assert await states(site) == {"held": 2}
        assert got(site, "bob") == []
        await service.fan_outs.resume(1)
        await site.later(60)
        assert got(site, "bob") == ["hello"]
        assert await states(site) == {"sent": 2}


async def publish_quietly(site: TestSite) -> None:
    """Publish while nothing is sent."""
    from posthouse.publishing.items import NewItem, put

    new = NewItem(topic="news", key="a", body={"words": "hello"}, shown="hello")
    await site.engine.database.execute(*put(new, site.clock.timestamp()))
    (await publishing(site)).wake()
    await site.later(1)


async def test_a_cancelled_one_ends() -> None:
    """Who has not got it does not get it."""
    async with play(paper(topic(delay=timedelta(minutes=1)))) as site:
        await subscribe(site, "ann", "bob")
        await publish(site, "a", "hello")
        await (await publishing(site)).fan_outs.cancel(1)
        await site.later(120)
        assert (await states(site), got(site, "ann")) == ({"cancelled": 2}, [])
        ok, told = await site.engine.commands.execute("fan_out.resume", {"id": 1})
        assert (ok, "is cancelled" in told) == (False, True)


async def test_what_is_taken_back_in_time_is_not_sent() -> None:
    """And what has expired is not, either."""
    async with play(paper(topic(delay=timedelta(minutes=1)))) as site:
        await subscribe(site, "ann")
        await publish(site, "a", "hello")
        await site.person("Editor").says("/withdraw a")
        await publish(site, "b", "news")
        await site.engine.database.execute(
            update(item).where(item.c.key == "b").values(expires=site.clock.timestamp() + 30)
        )
        await site.later(120)
        assert got(site, "ann") == []
        assert await states(site) == {"cancelled": 1, "expired": 1}


@pytest.mark.parametrize(
    ("wanted", "seen"), [("edit", ["two"]), ("again", ["one", "two"]), ("ignore", ["one"])]
)
async def test_what_becomes_of_sent_items_that_change(wanted: str, seen: list[str]) -> None:
    """Each subscriber has it as they want."""
    async with play(paper(topic())) as site:
        await subscribe(site, "ann", revisions=wanted)
        await publish(site, "a", "one")
        await publish(site, "a", "two")
        await site.later(10)
        assert got(site, "ann") == seen
        assert await states(site) == {"sent": 1}
        assert await fan_outs(site) == ["done", "done"]
        ((revision,),) = await site.engine.database.fetch(select(receipt.c.revision))
        assert revision == 2


async def test_an_edit_never_becomes_a_second_message_of_what_may_have_arrived() -> None:
    """Of unknown end stays unknown."""
    messenger = FakeMessenger(certainty=Certainty.BLIND)
    async with play(paper(topic()), messenger=messenger) as site:
        await subscribe(site, "ann", revisions="edit")
        messenger.loses_answers(chat="ann")
        await publish(site, "a", "one")
        await publish(site, "a", "two")
        await site.later(10)
        assert got(site, "ann") == ["one"]
        assert await states(site) == {"unknown": 1}


async def test_answers_go_before_what_is_published() -> None:
    """However much waits in the outbox."""
    async with play(paper(topic())) as site:
        await subscribe(site, *PERSONS)
        order: list[str] = []
        site.messenger.watch = order.append
        site.engine.outboxes[1].hurry()
        await publish_quietly(site)
        await site.person("P001").says("hi", wait=False)
        await site.later(1)
        site.engine.outboxes[1].open()
        await site.later(10)
        sent = [line for line in order if "hello" in line or "heard" in line]
        assert "heard" in sent[0], sent[:3]
        assert Counter("hello" in line for line in sent) == {True: 30, False: 1}
