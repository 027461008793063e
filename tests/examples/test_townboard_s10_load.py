"""S10: many ads at once, and a webhook that anybody can reach."""

import socket
from collections import deque
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from townboard import bazaar

from posthouse.adapters.telegram.rates import Rates, RateSettings
from posthouse.ports.adapter import Delivery
from posthouse.testing import FakeClock, FakeMessenger, FakePerson, play, playing
from posthouse.testing.adapter import FakeAdapter
from tests.examples.town import AD, ANSWERS, TOWN, Town

CHANNEL, ADMIN, TALK = "-1", "-2", "-3"
"""As Telegram numbers groups and channels, since its rates go by that."""
PER_MINUTE = 20


class Counted(Rates):
    """Telegram's rates, and what left when."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(RateSettings(), clock)
        self.left: list[tuple[float, str, int]] = []

    def wait_s(self, delivery: Delivery) -> float:
        """Note what may go."""
        wait_s = super().wait_s(delivery)
        if not wait_s:
            photos = len(delivery.outgoing.content.photos)
            self.left.append((self.clock.monotonic(), delivery.chat, max(photos, 1)))
        return wait_s


def most_in_a_minute(left: list[tuple[float, str, int]], chat: str) -> int:
    """Return the most messages that one chat got within any minute."""
    window: deque[tuple[float, int]] = deque()
    most = 0
    for at, where, count in left:
        if where != chat:
            continue
        window.append((at, count))
        while window[0][0] <= at - 60:
            window.popleft()
        most = max(most, sum(each for _, each in window))
    return most


async def test_ten_ads_of_nine_photos_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The groups get twenty messages a minute, an album counted as its size; others do not wait."""
    clock, messenger = FakeClock(), FakeMessenger()
    rates = Counted(clock)
    monkeypatch.setattr(playing, "FakeAdapter", partial(FakeAdapter, pacer=rates))
    chats = {"channel": CHANNEL, "admin": ADMIN, "discussion": TALK}
    options = {"country": "UA"}
    async with play(bazaar, chats=chats, options=options, messenger=messenger, clock=clock) as site:
        authors = [site.person(f"Ann{number}", id=str(100 + number)) for number in range(10)]
        for ann in authors:
            await filled(ann, clock)
        began = clock.monotonic()
        for ann in authors:
            await ann.presses("Publish", wait=False)
        await clock.advance(0.5)
        bob = site.person("Bob", id="200")
        await bob.says("hi", wait=False)
        await clock.advance(0.9)
        assert "Here cars find" in bob.sees
        assert len(site.chat(CHANNEL)) < 10
        await clock.advance(timedelta(minutes=6))
        posts = site.chat(CHANNEL)
        assert [len(one.content.photos) for one in posts] == [9] * 10
        assert {one.text.partition(" ")[0] for one in posts} == {f"#{n}" for n in range(1, 11)}
        for chat in (CHANNEL, ADMIN):
            assert 0 < most_in_a_minute(rates.left, chat) <= PER_MINUTE
        ends = max(at for at, chat, _ in rates.left if chat == CHANNEL)
        assert ends - began >= 60 * (90 // PER_MINUTE - 1)


async def filled(ann: FakePerson, clock: FakeClock) -> None:
    """Fill in an ad with nine photos, up to its preview, no faster than answers come."""
    await ann.says("hi")
    await clock.advance(3)
    for each in ("Sell a car", *AD):
        await (ann.presses(each) if each in ann.buttons else ann.says(each))
        await clock.advance(3)
    await ann.sends_album([(640, 480)] * 9, wait=False)
    await clock.advance(10)
    for each in ("Done", *TOWN):
        await (ann.presses(each) if each in ann.buttons else ann.says(each))
        await clock.advance(3)
    await clock.advance(15)


# --- S10.9


def free_port() -> int:
    """Return a port that nobody listens at now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def test_a_webhook_that_others_write_to(tmp_path: Path) -> None:
    """A wrong secret changes nothing; updates in another order, and twice, count once each."""
    port = free_port()
    async with Town(tmp_path) as town:
        town.site_options = {"port": port}
        town.bot_options |= {"webhook": f"http://127.0.0.1:{port}"}
        async with town.running(), aiohttp.ClientSession() as session:
            ivan = town.seller()
            await ivan.begins("Sell a car")
            hook = town.sim.world.webhooks[town.bazaar.id]
            path = f"http://127.0.0.1:{port}/telegram/{town.bazaar.id}"

            async def post(number: int, words: str, secret: str = hook.secret) -> int:
                body = told(number, ivan.person.id, words)
                headers = {"X-Telegram-Bot-Api-Secret-Token": secret}
                async with session.post(path, json=body, headers=headers) as got:
                    return got.status

            first, second = (9_000_002, "Ivan the Second"), (9_000_001, "067 123-45-67")
            assert await post(*first, secret="guessed") == 401
            assert await post(*first, secret="") == 401
            async with session.post(path, json=told(*first[:1], ivan.person.id, "x")) as got:
                assert got.status == 401
            for update in (first, second, first, second):
                assert await post(*update) == 200
            await ivan.person.waits_for("Which car")
            await ivan.fills(*ANSWERS[2:], "Runs well", "Skip", *TOWN)
            assert "Ivan the Second, +380671234567" in ivan.preview


def told(number: int, person: int, words: str) -> dict[str, Any]:
    """Return an update as Telegram writes it."""
    who = {"id": person, "is_bot": False, "first_name": "Ivan"}
    return {
        "update_id": number,
        "message": {
            "message_id": number,
            "date": 1_750_000_000,
            "chat": {"id": person, "type": "private", "first_name": "Ivan"},
            "from": who,
            "text": words,
        },
    }
