"""The index finds what evaluating each condition finds, whatever is added, changed and removed."""

import asyncio
from random import Random
from threading import Thread
from typing import Any

import pytest

from posthouse.publishing.searches.conditions import (
    EVERYTHING,
    Condition,
    decode_condition,
    encode_condition,
    evaluate,
)
from posthouse.publishing.searches.matcher import MOST_ASIDE, Matcher
from posthouse.publishing.searches.where import where
from tests.unit.publishing.searches import random_searches as some


def fitting(searches: dict[int, Condition], item: dict[str, Any]) -> list[int]:
    """Return what fits, by looking at each."""
    return sorted(id for id, condition in searches.items() if evaluate(condition, item))


@pytest.mark.parametrize("seed", range(4))
def test_index_agrees_with_evaluating_each(seed: int) -> None:
    """Whatever conditions are made of."""
    chance = Random(seed)
    searches = {chance.randrange(10**9): some.condition(chance) for _ in range(500)}
    matcher = Matcher(searches.items())
    matcher.compact()
    found = 0
    for _ in range(60):
        item = some.item(chance)
        expected = fitting(searches, item)
        assert matcher.match(item) == expected
        found += len(expected)
    assert found > 1000
    assert matcher.room > 0


@pytest.mark.parametrize("seed", range(3))
def test_changes_between_compactions_count_at_once(seed: int) -> None:
    """A changed search counts with its present condition alone."""
    chance = Random(seed)
    searches: dict[int, Condition] = {}
    matcher = Matcher()
    for step in range(1500):
        id = chance.randrange(400)
        if chance.random() < 0.7:
            searches[id] = some.condition(chance, depth=2)
            matcher.add(id, searches[id])
        else:
            searches.pop(id, None)
            matcher.remove(id)
        if chance.random() < 0.02:
            matcher.compact()
        if step % 25 == 0:
            item = some.item(chance)
            assert matcher.match(item) == fitting(searches, item)
    assert len(matcher) == len(searches)
    assert all((id in matcher) is (id in searches) for id in range(400))


def test_matching_goes_on_while_another_thread_compacts() -> None:
    """Also for what is changed meanwhile."""
    chance = Random(5)
    searches = {id: some.condition(chance) for id in range(1500)}
    matcher = Matcher(searches.items())
    for turn in range(3):
        thread = Thread(target=matcher.compact)
        thread.start()
        for id in range(turn * 100, turn * 100 + 100):
            if id % 3:
                searches[id] = some.condition(chance)
                matcher.add(id, searches[id])
            else:
                del searches[id]
                matcher.remove(id)
            item = some.item(chance)
            if id % 20 == 0:
                assert matcher.match(item) == fitting(searches, item)
        thread.join()
        item = some.item(chance)
        assert matcher.match(item) == fitting(searches, item)


def test_compacting_pays_once_enough_stands_aside() -> None:
    """It is due then, and not after it."""
    matcher = Matcher()
    for id in range(MOST_ASIDE):
        matcher.add(id, EVERYTHING)
    due = [matcher.is_due]
    matcher.add(MOST_ASIDE, EVERYTHING)
    due.append(matcher.is_due)
    matcher.compact()
    assert [*due, matcher.is_due] == [False, True, False]
    assert matcher.match({}) == list(range(MOST_ASIDE + 1))


def test_what_was_changed_often_is_left_out_of_the_segments() -> None:
    """They take no more room than before."""
    matcher = Matcher((id, where("n") >= id) for id in range(1000))
    matcher.compact()
    room = matcher.room
    for _ in range(3):
        for id in range(1000):
            matcher.add(id, where("n") >= id)
        matcher.compact()
    assert matcher.room == room
    assert matcher.match({"n": 3}) == [0, 1, 2, 3]


async def test_compacting_can_run_in_a_thread_of_the_loop() -> None:
    """Nothing in it waits for the loop."""
    matcher = Matcher((id, where("n") == id) for id in range(500))
    await asyncio.to_thread(matcher.compact)
    assert matcher.match({"n": 7}) == [7]


@pytest.mark.parametrize("seed", range(3))
def test_conditions_survive_being_kept(seed: int) -> None:
    """As bytes they are the same ones."""
    chance = Random(seed)
    for _ in range(300):
        condition = some.condition(chance)
        assert decode_condition(encode_condition(condition)) == condition
