"""ENGINE 20: what rides in the answer to a request is kept until nobody can ask for it again."""

from typing import Any

import pytest

from posthouse.delivery.riding import DOUBT_S, EXPIRED_S, HOLD_S, SURE_S
from posthouse.errors import RejectedError
from posthouse.ports.adapter import Certainty
from posthouse.ports.records import DeliveryState

RIDING = DeliveryState.RIDING


class Request:
    """An open request that brought an update."""

    def __init__(self, *, is_open: bool = True) -> None:
        self.is_open = is_open
        self.carried: list[bytes] = []

    def carry(self, body: bytes) -> None:
        """Note what it is answered with."""
        self.carried.append(body)


def forgets() -> None:
    """The messenger does."""


def begin(post: Any, words: str, request: Request, *, update: str = "u1", **where: Any) -> Any:
    """Place a message in a turn that may ride; return the turn, and whether it does."""
    turn = post.turn()
    turn.send(words, **where)
    return turn, post.outbox.may_ride(turn.placements[0], update, request)


def may_ride(post: Any, request: Request, **where: Any) -> bool:
    """Whether a message may ride; then the turn fails."""
    turn, rides = begin(post, "trial", request, **where)
    turn.give_up()
    return bool(rides)


async def ride(post: Any, words: str, request: Request, *, update: str = "u1", **where: Any) -> int:
    """Let a message ride, durably; return its key."""
    turn, rides = begin(post, words, request, update=update, **where)
    assert rides
    post.writer.submit(turn.change)
    await post.settle()
    post.outbox.won(turn.placements[0], request)
    await post.settle()
    return int(turn.placements[0].row.id)


async def test_the_next_update_of_the_chat_lets_the_rest_go(make_riding_post: Any) -> None:
    """Until then, or for a while, what follows waits."""
    async with make_riding_post() as post:
        request = Request()
        key = await ride(post, "in the answer", request)
        await post.send("behind")
        assert (request.carried, post.said) == ([b"in the answer"], [])
        assert post.in_state(RIDING) == [key]
        post.outbox.arrived("ann")
        post.outbox.arrived("bob")
        await post.settle()
        assert post.said == ["behind"]


async def test_time_lets_the_rest_go(make_riding_post: Any) -> None:
    """One watch serves all chats, and those that have gone on meanwhile."""
    async with make_riding_post() as post:
        await ride(post, "a", Request())
        turn, rides = begin(post, "b", Request(), update="u2", chat="bob")
        assert rides
        post.writer.submit(turn.change)
        await post.settle()
        post.outbox.won(turn.placements[0])  # its request is closed
        post.outbox.arrived("ann")
        await post.send("behind a")
        await post.send("behind b", chat="bob")
        assert post.said == ["behind a"]
        await post.later(HOLD_S + 1)
        assert post.said == ["behind a", "behind b"]
        await post.later(SURE_S)
        post.outbox.sweep(post.clock.monotonic())
        await post.settle()
        assert post.counted()["ridden"] == 2


async def test_nothing_rides_before_what_is_under_way(make_riding_post: Any) -> None:
    """It would overtake; the same goes for a second answer to one update."""
    async with make_riding_post() as post:
        post.hold()
        await post.send("first")
        assert not may_ride(post, Request())
        await post.release()
        await ride(post, "second", Request())
        assert not may_ride(post, Request(), chat="bob")
        assert not may_ride(post, Request(), update="u2")
        assert may_ride(post, Request(), update="u2", chat="bob")


@pytest.mark.parametrize("why", [False, RejectedError("too long")])
async def test_what_may_not_ride_is_sent(make_riding_post: Any, why: Any) -> None:
    """An error shows where it is sent, with all that follows from it."""
    async with make_riding_post() as post:
        post.line.rides = why
        turn, rides = begin(post, "hello", Request())
        assert not rides
        await turn.commit()
        assert post.said == ["hello"]


async def test_a_turn_that_fails_takes_its_ride_back(make_riding_post: Any) -> None:
    """The update comes again, and its answer may ride then."""
    async with make_riding_post() as post:
        turn, rides = begin(post, "never", Request())
        assert rides
        turn.give_up()
        await ride(post, "then", Request())
        assert post.said == []


async def test_a_repeated_update_gets_its_answer_again(make_riding_post: Any) -> None:
    """In the new request while that is open, otherwise as a message; once it was sent, no more."""
    async with make_riding_post() as post:
        await ride(post, "hello", Request())
        again = Request()
        post.outbox.repeated("u1", again, forgets)
        post.outbox.repeated("unknown", again, forgets)
        assert again.carried == [b"hello"]
        post.outbox.repeated("u1", Request(is_open=False), forgets)
        post.outbox.repeated("u1", again, forgets)
        await post.settle()
        assert (again.carried, post.said) == ([b"hello"], ["hello"])


async def test_telegram_may_forget_an_update_once_its_answer_is_safe(
    make_riding_post: Any,
) -> None:
    """What is sent instead of riding is pending in the database by then."""
    async with make_riding_post() as post:
        await ride(post, "hello", Request())
        told: list[str] = []

        def note() -> None:
            told.append(",".join(row.state for row in post.rows.values()))

        post.outbox.repeated("u1", Request(), note)
        post.outbox.repeated("unknown", None, note)
        assert told == ["riding", "riding"]
        post.outbox.repeated("u1", None, note)
        assert told == ["riding", "riding"]
        await post.settle()
        assert told == ["riding", "riding", "pending"]
        assert post.said == ["hello"]


async def test_a_death_keeps_the_answer(make_riding_post: Any) -> None:
    """The next process has it ready, and does not wait with what follows."""
    async with make_riding_post() as post:
        await ride(post, "hello", Request())
        await post.send("behind")
        await post.die()
        assert post.said == ["behind"]
        again = Request()
        post.outbox.repeated("u1", again, forgets)
        assert again.carried == [b"hello"]


@pytest.mark.parametrize("waits_s", [0.0, EXPIRED_S])
async def test_in_time_nobody_asks_for_it_any_more(make_riding_post: Any, waits_s: float) -> None:
    """After a day nobody knows whether it was shown."""
    async with make_riding_post() as post:
        key = await ride(post, "hello", Request())
        await post.later(waits_s)
        await post.die()
        post.outbox.sweep(post.clock.monotonic())
        assert post.in_state(RIDING) == [key]
        await post.later(SURE_S + 1)
        post.outbox.sweep(post.clock.monotonic())
        await post.settle()
        assert post.counted() == {"unknown" if waits_s else "ridden": 1}


async def test_one_that_rode_again_holds_up_none_that_rode_later(make_riding_post: Any) -> None:
    """Each is sure in its own time."""
    async with make_riding_post() as post:
        first = await ride(post, "a", Request(), chat="ann")
        await ride(post, "b", Request(), update="u2", chat="bob")
        await post.later(SURE_S - 1)
        post.outbox.repeated("u1", Request(), forgets)
        await post.later(2)
        post.outbox.sweep(post.clock.monotonic())
        await post.settle()
        assert post.in_state(RIDING) == [first]
        await post.later(SURE_S)
        post.outbox.sweep(post.clock.monotonic())
        await post.settle()
        assert post.in_state(RIDING) == []


async def test_an_answer_that_cannot_be_written_again_is_sent(
    make_riding_post: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The next process may be a newer version, which refuses it."""
    async with make_riding_post() as post:
        await ride(post, "hello", Request())
        monkeypatch.setattr(type(post.line), "rides", RejectedError("no such thing"))
        await post.die()
        request = Request()
        post.outbox.repeated("u1", request, forgets)
        await post.settle()
        assert (request.carried, post.said) == ([], ["hello"])
    assert "cannot ride again: no such thing" in caplog.text


async def test_a_messenger_that_takes_nothing_along_any_more(
    make_post: Any, make_riding_post: Any
) -> None:
    """The settings changed between two processes: the answer is sent if it is asked for."""
    async with make_riding_post() as post:
        await ride(post, "hello", Request())
        async with make_post() as plain:
            plain.store._tables.outbox.update(post.rows)
            await plain.outbox.load()
            plain.outbox.repeated("u1", None, forgets)
            await plain.settle()
            assert plain.said == ["hello"]


async def test_a_chat_in_doubt_is_left_in_peace_for_a_while(
    make_riding_post: Any, answer_lost: type[Exception]
) -> None:
    """What nobody knows the end of may still arrive, behind what rides."""
    async with make_riding_post(certainty=Certainty.BLIND, on_unknown="assume_sent") as post:
        post.line.script = [answer_lost("?")]
        await post.send("who knows")
        assert not may_ride(post, Request())
        await post.later(DOUBT_S + 1)
        assert may_ride(post, Request())
        assert may_ride(post, Request()), "it is not in doubt any more"


async def test_a_delivery_that_no_worker_is_free_for_may_ride(make_riding_post: Any) -> None:
    """It needs none."""
    async with make_riding_post(certainty=Certainty.BLIND, pool=1) as post:
        post.hold()
        await post.send("long", chat="bob")
        request = Request()
        await ride(post, "at once", request)
        assert request.carried == [b"at once"]
        await post.release()
        assert post.said == ["long"]
