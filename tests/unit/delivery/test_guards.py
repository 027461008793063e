"""ENGINE 21: guards, plain data that is checked when a delivery is about to be sent."""

from typing import Any

import pytest

from posthouse.delivery.guards import Guard, Guards
from posthouse.errors import SetupError, StoreUnavailableError
from posthouse.ports.records import DeliveryState


async def test_a_guard_that_no_longer_holds_cancels_its_delivery(make_post: Any) -> None:
    """It is checked at the claim, not when the delivery was queued."""
    async with make_post() as post:
        subscribed = {"ann"}

        async def is_subscribed(person: str) -> bool:
            return person in subscribed

        post.guards.register("subscription", is_subscribed)
        guard = post.guards.encode(Guard("subscription", "ann"))
        post.hold()
        await post.send("in the way")
        await post.send("news", guard=guard)
        await post.send("other")
        subscribed.clear()
        await post.release()
        assert post.said == ["in the way", "other"]
        assert post.counted() == {"sent": 2, "cancelled": 1}
        assert post.rows == {}


async def test_a_guard_that_holds_lets_its_delivery_pass(make_post: Any) -> None:
    """Every one of several must hold."""
    async with make_post() as post:
        asked: list[Any] = []

        async def check(data: Any) -> bool:
            asked.append(data)
            return True

        post.guards.register("one", check)
        post.guards.register("two", check)
        await post.send(
            "news", guard=post.guards.encode(Guard("one", 1), Guard("two", {"plan": "gold"}))
        )
        assert post.said == ["news"]
        assert asked == [1, {"plan": "gold"}]


async def test_a_guard_that_cannot_be_checked_now_delays_its_delivery(make_post: Any) -> None:
    """Nothing is sent unchecked, and nothing dies of it."""
    async with make_post() as post:
        failures = [StoreUnavailableError("full")]

        async def check(data: Any) -> bool:
            if failures:
                raise failures.pop()
            return True

        post.guards.register("plan", check)
        await post.send("news", guard=post.guards.encode(Guard("plan", "gold")))
        assert post.said == []
        await post.later(2)
        assert post.said == ["news"]


async def test_a_guard_whose_check_is_gone_does_not_hold() -> None:
    """A row from a version that knew more is not sent unchecked."""
    guards = Guards()

    async def check(data: Any) -> bool:
        return True

    guards.register("old", check)
    encoded = guards.encode(Guard("old", 1))
    assert await guards.hold(encoded)
    assert not await Guards().hold(encoded)


def test_two_checks_with_one_name_are_refused() -> None:
    """Which one would be meant?"""
    guards = Guards()

    async def check(data: Any) -> bool:
        return True

    guards.register("plan", check)
    with pytest.raises(SetupError, match="two checks are called 'plan'"):
        guards.register("plan", check)


def test_a_guard_without_a_check_is_refused_when_it_is_built() -> None:
    """The error names the checks there are."""
    guards = Guards()
    with pytest.raises(SetupError, match="no check is called 'plan'; there are: none"):
        guards.encode(Guard("plan", 1))


def test_only_those_who_follow_hear_how_a_delivery_stands() -> None:
    """Others of its guards have nothing to write; a name that was dropped is free again."""
    guards, heard = Guards(), []

    async def check(data: Any) -> bool:
        return bool(data)

    def follow(data: Any, state: DeliveryState) -> list[Any]:
        heard.append((data, state))
        return []

    guards.register("receipt", check, ended=follow)
    guards.register("subscription", check)
    both = guards.encode(Guard("subscription", "ann"), Guard("receipt", 7))
    assert guards.follow(both, DeliveryState.SENT) == []
    assert heard == [(7, DeliveryState.SENT)]
    guards.drop("receipt")
    assert guards.follow(both, DeliveryState.SENT) == []
    assert heard == [(7, DeliveryState.SENT)]
    guards.register("receipt", check)
