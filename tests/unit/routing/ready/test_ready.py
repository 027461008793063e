"""The middlewares that come with Posthouse: throttle, access, log."""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from posthouse.errors import SettingsError
from posthouse.model.chat import Chat, Person
from posthouse.model.update import ChatUpdate, Status, StatusKind, TextMessage
from posthouse.routing.handled import Claim, Handled
from posthouse.routing.ready.access import Access, require_role
from posthouse.routing.ready.log import Log
from posthouse.routing.ready.throttle import Throttle
from posthouse.testing.clock import FakeClock

Say = Callable[..., TextMessage]
TOOK = Handled([Claim("shop", "shop.echo", "x")])


async def take(update: ChatUpdate) -> Any:
    """Stand behind the middleware."""
    return TOOK


async def persons(update: ChatUpdate) -> Any:
    """Stand behind the middleware and tell the person."""
    return update.person


# --- throttle


async def test_a_person_who_is_too_fast_is_told_once(say: Say) -> None:
    """Then nothing, until there are tokens again; then told anew."""
    clock = FakeClock()
    throttle = Throttle(rate=1, burst=2, clock=clock)
    ids = iter(range(100))

    async def send() -> Any:
        return await throttle(say("x", id=str(next(ids))), take)

    assert [await send() for _ in range(5)] == [TOOK, TOOK, "Slow down, please.", None, None]
    await clock.advance(timedelta(seconds=1))
    assert [await send() for _ in range(3)] == [TOOK, "Slow down, please.", None]
    await clock.advance(timedelta(hours=1))
    assert [await send() for _ in range(3)] == [TOOK, TOOK, "Slow down, please."]


async def test_persons_and_bots_have_their_own_buckets(say: Say) -> None:
    """One person's haste is not another's."""
    throttle = Throttle(burst=1, answer="", clock=FakeClock())
    bo = Person(id="bo", name="Bo")
    assert await throttle(say("x", id="1"), take) is TOOK
    assert await throttle(say("x", id="2"), take) is None
    assert await throttle(say("x", id="3", person=bo), take) is TOOK
    assert await throttle(say("x", id="4", bot="other"), take) is TOOK


async def test_a_turn_that_runs_again_costs_nothing_and_ends_the_same(say: Say) -> None:
    """Handlers may run again, by contract."""
    throttle = Throttle(burst=1, clock=FakeClock())
    for _ in range(2):
        assert await throttle(say("x", id="1"), take) is TOOK
    for _ in range(2):
        assert await throttle(say("x", id="2"), take) == "Slow down, please."
    for _ in range(2):
        assert await throttle(say("x", id="3"), take) is None


async def test_statuses_are_free(common: dict[str, Any]) -> None:
    """Nobody types on purpose."""
    throttle = Throttle(burst=1, clock=FakeClock())
    typing = Status(**common, what=StatusKind.TYPING)
    assert [await throttle(typing, take) for _ in range(3)] == [TOOK] * 3


async def test_full_buckets_are_forgotten(say: Say) -> None:
    """Memory follows those who are busy, not all who ever wrote."""
    clock = FakeClock()
    throttle = Throttle(rate=1, burst=2, clock=clock)
    for number in range(10_000):
        await throttle(say("x", person=Person(id=str(number), name="N")), take)
    await clock.advance(timedelta(seconds=1))
    await throttle(say("x", id="busy", person=Person(id="0", name="N")), take)
    await throttle(say("x", person=Person(id="new", name="N")), take)
    assert len(throttle._buckets) == 2


@pytest.mark.parametrize("settings", [{"rate": 0}, {"burst": 0}])
def test_a_throttle_that_lets_nobody_through_is_refused(settings: dict[str, Any]) -> None:
    """At start."""
    with pytest.raises(SettingsError, match="let nobody through"):
        Throttle(**settings)


# --- access


async def test_the_banned_are_not_heard(say: Say) -> None:
    """Neither are they told."""
    access = Access(banned=["web:ann"], answer="Members only.")
    assert await access(say("x"), take) is None
    assert await access(say("x", person=Person(id="bo", name="Bo")), take) is TOOK
    elsewhere = Chat(id="c", bot="post", messenger="irc")
    assert await access(say("x", chat=elsewhere), take) is TOOK


async def test_only_the_allowed_are_heard(say: Say) -> None:
    """The others are told, if there is a sentence for them."""
    assert await Access(allowed=["web:ann"])(say("x"), take) is TOOK
    assert await Access(allowed=[])(say("x"), take) is None
    assert await Access(allowed=[], answer="Members only.")(say("x"), take) == "Members only."


async def test_roles_come_with_the_person(say: Say) -> None:
    """Those from the settings join those that were granted, which the engine has put there."""
    access = Access(roles={"staff": ["web:ann", "web:bo"], "boss": ["web:ann"]})
    update = say("x", person=Person(id="ann", name="Ann", roles=frozenset({"helper"})))
    person = await access(update, persons)
    assert person.roles == {"staff", "boss", "helper"}
    plain = say("x", person=Person(id="cy", name="Cy"))
    assert await access(plain, persons) is plain.person


def test_a_filter_asks_for_a_role(say: Say) -> None:
    """Any of those named will do."""
    staff = say("x", person=Person(id="ann", name="Ann", roles=frozenset({"staff"})))
    assert require_role("boss", "staff")(staff)
    assert not require_role("boss")(staff)
    assert require_role("a", "b").__name__ == "require_role(a, b)"
    with pytest.raises(SettingsError, match="at least one role"):
        require_role()


@pytest.mark.parametrize("person", ["ann", "@ann:example.org", "web:", "web:a b"])
def test_persons_are_written_with_their_messenger(person: str) -> None:
    """An id means nothing outside its messenger."""
    with pytest.raises(SettingsError, match="should be written messenger:id"):
        Access(roles={"staff": [person]})


# --- log


@pytest.mark.parametrize(
    ("handled", "outcome"),
    [
        (TOOK, "handled, route shop.echo"),
        (Handled([]), "unclaimed, route -"),
        (Handled([], dropped="throttle"), "dropped by throttle, route -"),
    ],
)
async def test_updates_are_logged_without_what_was_said(
    handled: Handled, outcome: str, say: Say, caplog: pytest.LogCaptureFixture
) -> None:
    """Kind, ids, route, duration, outcome; also as fields."""
    clock = FakeClock()

    async def slow(update: ChatUpdate) -> Any:
        await clock.advance(timedelta(seconds=0.25))
        return handled

    caplog.set_level(logging.INFO, "posthouse.updates")
    assert await Log(clock=clock)(say("hush"), slow) is handled
    [record] = caplog.records
    assert record.getMessage() == (
        f"TextMessage u1 of post, chat c1, person ann: {outcome}, 0.250000 s"
    )
    assert record.__dict__["posthouse"]["duration_s"] == 0.25
    assert "hush" not in str(record.__dict__)


async def test_a_handler_that_raises_is_logged_and_raises(
    say: Say, caplog: pytest.LogCaptureFixture
) -> None:
    """The engine decides what becomes of it."""

    async def fail(update: ChatUpdate) -> Any:
        raise ZeroDivisionError

    caplog.set_level(logging.INFO, "posthouse.updates")
    with pytest.raises(ZeroDivisionError):
        await Log()(say("x"), fail)
    assert "raised, route -" in caplog.text
