"""Broadcasts: who gets one, once, and what holds it up, ends it, changes it and takes it back."""

import json
from base64 import b64decode
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from posthouse.errors import ConflictError, OutcomeUnknownError, RejectedError, UnreachableError
from posthouse.ports.adapter import Certainty
from posthouse.publishing import chunks, lanes
from posthouse.publishing.broadcasting import rows
from posthouse.publishing.broadcasting.audience import Whom
from posthouse.publishing.broadcasting.broadcasts import DRAFTS_LAST_S
from posthouse.publishing.broadcasting.rows import broadcasts as broadcasts_of
from posthouse.routing.ready.access import Access
from posthouse.storage.publishing import subscription
from posthouse.storage.schema import audit
from posthouse.testing import FakeMessenger, Point, TestSite, play
from posthouse.testing.crashing import everywhere
from tests.unit.publishing.broadcasting.kit import (
    PERSONS,
    bot,
    found,
    got,
    meets,
    publishing,
    start,
    states,
    tell,
)

PNG = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJg"
    "gg=="
)


@pytest.mark.parametrize("storage", ["memory:", "sqlite:site.db"])
async def test_everybody_gets_it_once(tmp_path: Path, storage: str) -> None:
    """All who can be reached; it is written down who sent it."""
    async with play(bot(), storage=storage, folder=tmp_path) as site:
        await meets(site)
        await meets(site, ["group"], chat=None)
        await meets(site, ["gone"], blocked=1.0)
        id = await start(site)
        await site.later(10)
        assert [got(site, who) for who in PERSONS] == [["hello"]] * len(PERSONS)
        assert got(site, "gone") == got(site, "group") == []
        assert await states(site) == {"sent": len(PERSONS)}
        assert (await found(site, id)).standing == "done"
        noted = select(audit.c.deed, audit.c.name, audit.c.detail)
        rows = [tuple(row) for row in await site.engine.database.fetch(noted)]
        assert rows == [("broadcast", "command line", f"{id}: all: hello")]


async def test_each_gets_it_once_wherever_the_process_dies(tmp_path: Path) -> None:
    """Planned on, queued on, and sent on after any end."""

    async def scenario(site: TestSite) -> None:
        for name in ("Ann", "Bob", "Eve"):
            await site.person(name).says("hi")
        if site.crashed is None:
            said, name = {"plain": "hello", "spans": []}, site.life.site.bots[0].name
            await site.command("broadcast.start", bot=name, to="all", words=said, key="k")
        await site.settle()

    async def check(site: TestSite) -> None:
        await site.later(10)
        seen = [got(site, who)[2:] for who in ("ann", "bob", "eve")]
        assert all(each.count("hello") <= 1 for each in seen)
        assert len({tuple(each) for each in seen}) == 1

    await everywhere(
        scenario,
        bot(),
        check=check,
        points=(Point.BEFORE_COMMIT, Point.AFTER_COMMIT, Point.BEFORE_SEND, Point.AFTER_SEND),
        occurrences=12,
        messenger=lambda: FakeMessenger(certainty=Certainty.IDEMPOTENT),
    )


async def test_unknown_and_failed_ends_are_counted_and_who_blocks_is_left_out_next_time() -> None:
    """Nobody gets one twice whose end nobody knows."""
    messenger = FakeMessenger(certainty=Certainty.BLIND)
    async with play(bot(), messenger=messenger) as site:
        await meets(site, ["ann", "bob", "eve", "joe"])
        messenger.fails(OutcomeUnknownError("lost"), chat="ann")
        messenger.fails(RejectedError("no"), chat="bob")
        messenger.fails(UnreachableError("blocked"), chat="eve")
        id = await start(site)
        await site.later(10)
        assert await states(site) == {"unknown": 1, "rejected": 2, "sent": 1}
        assert (await found(site, id)).standing == "done"
        service = await publishing(site)
        count = await service.broadcasts.count(Whom(), 1)
        assert (count.recipients, count.left_out) == (3, {"blocked": 1})
        await start(site, words="again")
        await site.later(10)
        assert got(site, "eve") == []
        assert got(site, "joe") == ["hello", "again"]


async def test_an_answer_leaves_at_once_while_hundreds_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is the next that is sent, however many wait in the outbox and in the database."""
    many = [f"m{n:05}" for n in range(600)]
    messenger = FakeMessenger()
    async with play(bot(), messenger=messenger) as site:
        await meets(site, many)
        await site.person("Ann").says("hello there")
        order: list[str] = []
        site.messenger.watch = order.append
        site.engine.outboxes[1].hurry()
        id = await start(site)
        await site.later(1)
        counts = await states(site)
        assert counts["queued"] == lanes.MOST_OUT, counts
        assert counts["waiting"] == len(many) + 1 - lanes.MOST_OUT
        await site.person("Ann").says("hi", wait=False)
        await site.later(1)
        site.engine.outboxes[1].open()
        await site.later(30)
        sent = [line for line in order if "hello" in line or "heard" in line]
        assert "heard" in sent[0], sent[:3]
        assert len(sent) == len(many) + 2
        assert (await found(site, id)).standing == "done"


async def test_a_pause_stops_within_one_chunk_and_a_restart_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After it is resumed everybody has had it once."""
    monkeypatch.setattr(chunks, "CHUNK", 7)
    monkeypatch.setattr(lanes, "MOST_OUT", 6)
    monkeypatch.setattr(lanes, "LEAST_OUT", 3)
    async with play(bot(), storage="sqlite:site.db", folder=tmp_path) as site:
        await meets(site)
        sent: list[str] = []
        service = await publishing(site)

        def watch(line: str) -> None:
            if "hello" in line:
                sent.append(line)

        site.messenger.watch = watch
        site.engine.outboxes[1].hurry()
        id = await start(site)
        await site.later(1)
        assert "is paused" in await tell(site, "pause", id)
        site.engine.outboxes[1].open()
        await site.later(60)
        assert sent == []  # what was in the outbox went back
        assert (await found(site, id)).standing == "paused"
        assert "cannot be paused" in await tell(site, "pause", id)
        await site.stop()
        await site.restart()
        await site.later(60)
        assert sent == []
        assert service is not await publishing(site)
        assert "goes on" in await tell(site, "resume", id)
        await site.later(60)
        assert len(sent) == len(PERSONS)
        assert Counter(got(site, who)[0] for who in PERSONS) == {"hello": len(PERSONS)}
        assert (await found(site, id)).standing == "done"


async def test_a_cancelled_one_sends_nothing_further() -> None:
    """Nor can it be resumed, also when it was paused before."""
    async with play(bot()) as site:
        await meets(site)
        site.engine.outboxes[1].hurry()
        id = await start(site)
        await site.later(1)
        await tell(site, "pause", id)
        await site.later(1)
        assert "is cancelled" in await tell(site, "cancel", id)
        site.engine.outboxes[1].open()
        await site.later(60)
        assert await states(site) == {"cancelled": len(PERSONS)}
        assert "cancelled and cannot be resumed" in await tell(site, "resume", id)
        assert got(site, "p0001") == []


async def test_it_begins_at_its_moment_also_after_a_restart(tmp_path: Path) -> None:
    """Whoever came meanwhile gets it; a pause gives the moment up."""
    async with play(bot(), storage="sqlite:site.db", folder=tmp_path) as site:
        await meets(site, ["ann"])
        now = site.clock.timestamp()
        id = await start(site, at=now + 3600)
        held = await start(site, words="held", at=now + 3600)
        assert (await found(site, id)).standing == "scheduled"
        await tell(site, "pause", held)
        await site.later(1800)
        await site.stop()
        await site.restart()
        await site.person("Bob").says("hi")
        assert got(site, "ann") == []
        await site.later(1900)
        assert got(site, "ann") == ["hello"]
        assert got(site, "bob")[-1] == "hello"
        assert (await found(site, held)).standing == "paused"
        ok, told = await site.engine.commands.execute(
            "broadcast.start",
            {"bot": site.life.site.bots[0].name, "to": "all", "words": {"plain": "x"}, "at": now},
        )
        assert (ok, "is over" in told) == (False, True)


async def test_what_was_sent_can_be_changed_and_taken_back() -> None:
    """Those who have it see the change; then it is gone, and nobody gets it any more."""
    async with play(bot()) as site:
        await meets(site, ["ann", "bob"])
        id = await start(site)
        await site.later(10)
        said = {"plain": "hello!", "spans": []}
        assert "is changed" in await tell(site, "edit", id, words=said)
        await site.later(10)
        assert got(site, "ann") == got(site, "bob") == ["hello!"]
        assert (await found(site, id)).standing == "done"
        assert "is taken back" in await tell(site, "retract", id)
        await site.later(10)
        assert got(site, "ann") == got(site, "bob") == []
        assert (await found(site, id)).standing == "retracted"
        assert await states(site) == {"cancelled": 2}
        assert "cannot be changed" in await tell(site, "edit", id, words=said)


async def test_the_same_words_again_leave_a_broadcast_going_on() -> None:
    """Only what is new makes a revision."""
    async with play(bot()) as site:
        await meets(site)
        site.engine.outboxes[1].hurry()
        id = await start(site)
        await site.later(1)
        await tell(site, "edit", id, words={"plain": "hello", "spans": []})
        assert (await found(site, id)).standing == "running"
        await tell(site, "edit", id, words={"plain": "better", "spans": []})
        site.engine.outboxes[1].open()
        await site.later(60)
        assert {got(site, who)[-1] for who in PERSONS} == {"better"}
        assert {len(got(site, who)) for who in PERSONS} == {1}


@pytest.mark.parametrize(
    ("to", "who"),
    [
        ("all", "ann bob eve"),
        ("language:uk", "ann bob"),
        ("language:en", "eve"),
        ("active:30", "ann"),
        ("topic:news", "eve"),
        ("role:staff", "bob"),
    ],
)
async def test_an_audience_gets_it(to: str, who: str) -> None:
    """And nobody else; the banned are never among them."""
    async with play(bot()) as site:
        await meets(site, ["ann"], language="uk-UA")
        await meets(site, ["bob"], language="en", chosen="uk", last_day=1)
        await meets(site, ["eve"], last_day=1)
        await meets(site, ["mob"], language="uk")
        now = site.clock.timestamp()
        common = {"language": "en", "title": "", "reason": "", "revisions": "edit", "since": now,
                  "version": 1, "created": now, "changed": now, "account": 1}  # fmt: skip
        for name, state in (("eve", "active"), ("ann", "paused"), ("mob", "active")):
            row = {"topic": "news", "chat": name, "person": name, "state": state, **common}
            await site.engine.database.execute(insert(subscription).values(**row))
        for kind, args in (
            ("people.ban", {"person": "fake:mob", "reason": ""}),
            (
                "people.grant",
                {"bot": site.life.site.bots[0].name, "person": "fake:bob", "role": "staff"},
            ),
        ):
            ok, told = await site.engine.commands.execute(kind, args)
            assert ok, told
        await start(site, to)
        await site.later(10)
        assert " ".join(each for each in ("ann", "bob", "eve", "mob") if got(site, each)) == who


@pytest.mark.parametrize(
    ("to", "told"),
    [
        ("everybody", "is no audience; write all, role:staff"),
        ("role:", "is no audience"),
        ("all:x", "is no audience"),
        ("active:soon", "write a number of days"),
        ("active:0", "between 1 and"),
        ("language:englisch!", "write the language as a tag"),
    ],
)
async def test_an_audience_that_cannot_be_read_is_told(to: str, told: str) -> None:
    """With what to write."""
    async with play(bot()) as site:
        await publishing(site)
        args = {"bot": site.life.site.bots[0].name, "to": to, "words": {"plain": "x"}}
        ok, said = await site.engine.commands.execute("broadcast.start", args)
        assert (ok, told in said) == (False, True), said


async def test_what_cannot_be_sent_is_told(tmp_path: Path) -> None:
    """Nothing is ordered then."""
    async with play(bot()) as site:
        await meets(site, ["ann"])
        name = site.life.site.bots[0].name
        for args, told in (
            ({"bot": "other", "to": "all", "words": {"plain": "x"}}, "has no bot 'other'"),
            ({"bot": name, "to": "all"}, "says nothing"),
            ({"bot": name, "to": "all", "photo": str(tmp_path / "x.png")}, "there is no photo"),
        ):
            ok, said = await site.engine.commands.execute("broadcast.start", args)
            assert (ok, told in said) == (False, True), said
        assert "no broadcast has number 7" in await tell(site, "cancel", 7)
        assert json.loads(await tell(site, "pace", await start(site))) is None


async def test_a_site_that_publishes_nothing_can_broadcast_a_photo(tmp_path: Path) -> None:
    """With what settings say about roles; the photo is kept until it is sent."""
    photo = tmp_path / "shop.png"
    photo.write_bytes(PNG)
    access = Access(roles={"staff": ["fake:ann", "other:bob"], "cook": ["fake:bob"]})
    storage = {"storage": "sqlite:site.db", "folder": tmp_path}
    async with play(bot(), middlewares=[access], **storage) as site:
        await meets(site, ["ann", "bob"])
        told = await site.command(
            "broadcast.start",
            bot=site.life.site.bots[0].name,
            to="role:staff",
            words={"plain": "look"},
            photo=str(photo),
        )
        assert json.loads(told) == {"id": 1, "recipients": 1, "per_second": None}
        await site.later(10)
        assert "bot: look <photo 1x1>" in site.transcript
        assert got(site, "ann") == ["look"]
        assert site.chat("bob") == []


async def test_what_nobody_would_get_is_not_ordered() -> None:
    """Unless it begins later, when there may be somebody."""
    async with play(bot()) as site:
        await meets(site, ["ann"])
        name = site.life.site.bots[0].name
        said, args = {"plain": "hello", "spans": []}, {"bot": name, "to": "role:satff"}
        with pytest.raises(ConflictError, match="nobody would get this, so it was not sent"):
            await site.command("broadcast.start", **args, words=said)
        assert list(await site.engine.store.fetch(rows.newest(5))) == []
        await start(site, "role:satff", at=site.clock.timestamp() + 60)


async def test_a_draft_that_nobody_wants_is_forgotten() -> None:
    """After a month, and not before."""
    async with play(bot()) as site:
        desk = await publishing(site)
        now = site.clock.timestamp() - DRAFTS_LAST_S + 100
        _, statements = rows.order(
            "hello", Whom(is_draft=True), bot="bot", account=1, person="ann", title="", now=now
        )
        await site.engine.database.execute(*statements)
        desk.wake()
        await site.later(60)
        assert broadcasts_of(await site.engine.store.fetch(rows.newest(5)))[0].standing == "draft"
        await site.later(120)
        assert list(await site.engine.store.fetch(rows.newest(5))) == []
