"""Rates in scopes: never more in any stretch, the whole of the rate used, answers before bulk."""

import heapq
import random

import pytest

from posthouse.pacing import Pacing, Rate

BOT, CHAT = Rate(30, 1.0), Rate(20, 60.0)


def moments(pacing: Pacing, count: int, *, hurry: bool, chats: int = 1) -> list[float]:
    """Let that many events ask again and again until they may happen, and return when they did."""
    waiting = [(0.0, number) for number in range(count)]
    heapq.heapify(waiting)
    happened: list[float] = []
    while waiting:
        now, number = heapq.heappop(waiting)
        wait = pacing.wait_s(now, [("bot", BOT)], hurry=hurry)
        if wait > 0:
            heapq.heappush(waiting, (now + wait, number))
        else:
            happened.append(now)
    return happened


def test_a_burst_goes_at_once_and_the_rest_follows_at_the_rate() -> None:
    """What the rate allows is used whole."""
    happened = moments(Pacing(), 300, hurry=True)
    assert happened[:30] == [0.0] * 30
    assert happened[-1] == pytest.approx(9.0)


@pytest.mark.parametrize("hurry", [True, False])
def test_no_stretch_holds_more_than_the_rate(hurry: bool) -> None:
    """Looked at from every single event."""
    happened = moments(Pacing(), 600, hurry=hurry)
    assert len(happened) == 600
    for index in range(len(happened) - 30):
        assert happened[index + 30] - happened[index] >= 1.0 - 1e-9
    assert happened[-1] <= 600 / 30 * 1.01


def test_bulk_that_waits_is_given_different_moments() -> None:
    """So a hundred thousand do not all ask again each second."""
    pacing = Pacing()
    waits = [pacing.wait_s(0.0, [("bot", BOT)], hurry=False) for _ in range(330)]
    assert waits[:30] == [0.0] * 30
    assert len({round(wait, 6) for wait in waits[30:]}) == 300
    assert max(waits) < 11.1


def test_the_next_free_place_is_the_answers() -> None:
    """Bulk keeps out of a scope that an answer waits for."""
    pacing = Pacing()
    for _ in range(30):
        assert pacing.wait_s(0.0, [("bot", BOT)], hurry=False) == 0
    wait = pacing.wait_s(0.5, [("bot", BOT)], hurry=True)
    assert wait == pytest.approx(0.5)
    assert pacing.wait_s(1.0, [("bot", BOT)], hurry=False) > 0
    assert pacing.wait_s(1.0, [("bot", BOT)], hurry=True) == 0
    assert pacing.wait_s(1.03, [("bot", BOT)], hurry=False) == 0


def test_takes_from_all_scopes_or_none() -> None:
    """A full chat costs the bot nothing."""
    pacing = Pacing()
    both = [("bot", BOT), ("chat", CHAT)]
    for number in range(20):
        assert pacing.wait_s(float(number), both) == 0
    assert pacing.wait_s(20.0, both) == pytest.approx(40.0)
    assert [pacing.wait_s(20.0, [("bot", BOT)]) for _ in range(31)][:30] == [0.0] * 30


def test_an_album_counts_as_its_messages() -> None:
    """Three albums of ten are all a bot may send in a second."""
    pacing = Pacing()
    assert [pacing.wait_s(0.0, [("bot", BOT)], cost=10) for _ in range(3)] == [0, 0, 0]
    assert pacing.wait_s(0.0, [("bot", BOT)], cost=1) == pytest.approx(1.0)
    assert pacing.wait_s(5.0, [("small", Rate(1, 1.0))], cost=10) == 0


def test_a_freeze_holds_its_scope_only() -> None:
    """The others go on."""
    pacing = Pacing()
    pacing.freeze(0.0, "a", CHAT, 7.0)
    assert pacing.wait_s(1.0, [("bot", BOT), ("a", CHAT)]) == pytest.approx(6.0)
    assert pacing.wait_s(1.0, [("bot", BOT), ("b", CHAT)]) == 0
    assert pacing.frozen_s(1.0, "a") == pytest.approx(6.0)
    assert pacing.wait_s(7.0, [("bot", BOT), ("a", CHAT)]) == 0


def test_scopes_in_which_nothing_happens_are_forgotten() -> None:
    """A million chats in a day do not stay."""
    pacing = Pacing()
    for number in range(5000):
        pacing.wait_s(float(number), [(number, CHAT)])
    assert len(pacing) < 1200


def test_whoever_asks_in_whatever_order_the_rate_holds() -> None:
    """Answers and bulk of several chats together."""
    pacing, rng = Pacing(), random.Random(5)
    waiting = [(rng.random(), n, n % 3 == 0, n % 7) for n in range(400)]
    heapq.heapify(waiting)
    bot: list[float] = []
    chats: dict[int, list[float]] = {}
    while waiting:
        now, number, hurry, chat = heapq.heappop(waiting)
        wait = pacing.wait_s(now, [("bot", BOT), (chat, CHAT)], hurry=hurry)
        if wait > 0:
            heapq.heappush(waiting, (now + wait, number, hurry, chat))
        else:
            bot.append(now)
            chats.setdefault(chat, []).append(now)
    assert len(bot) == 400
    assert all(b - a >= 1.0 - 1e-9 for a, b in zip(bot, bot[30:], strict=False))
    for each in chats.values():
        assert all(b - a >= 60.0 - 1e-9 for a, b in zip(each, each[20:], strict=False))
