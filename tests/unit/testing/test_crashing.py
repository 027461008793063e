"""Simulated deaths of the process, and `everywhere`."""

import pytest

from posthouse import App, Conversation, TextMessage
from posthouse.testing import Point, TestSite, everywhere, play


def counting() -> App:
    """Return an app that counts a person's messages."""
    app = App("count")

    class Seen(Conversation):
        count: int = 0

    @app.on
    async def count(message: TextMessage, seen: Seen) -> str:
        seen.count += 1
        return f"{seen.count}: {message.text}"

    return app


async def test_nothing_happens_after_the_point() -> None:
    """A death before the commit leaves no trace; the update is handed over again at the restart."""
    async with play(counting(), storage="sqlite:bot.db") as site:
        ann = site.person("Ann")
        site.crash_at(Point.BEFORE_COMMIT)
        told = await ann.says("a")
        assert site.crashed is Point.BEFORE_COMMIT
        assert not told.is_acknowledged
        assert ann.answers == []
        await site.restart()
        assert ann.answers == ["1: a"]
        assert told.handed_over == 2


async def test_what_was_committed_stays() -> None:
    """A death right after the commit: the messenger repeats the update, and it counts once."""
    async with play(counting(), storage="sqlite:bot.db") as site:
        ann = site.person("Ann")
        site.crash_at(Point.AFTER_COMMIT)
        told = await ann.says("a")
        assert not told.is_acknowledged
        await site.restart()
        await ann.says("b")
        assert [m.text for m in ann.screen if not m.author] == ["1: a", "2: b"]
        assert told.is_acknowledged


async def test_a_killed_site_can_be_restarted() -> None:
    """`kill` needs no point."""
    async with play(counting(), storage="sqlite:bot.db") as site:
        ann = site.person("Ann")
        await ann.says("a")
        site.kill()
        await site.restart()
        await ann.says("b")
        assert ann.answers == ["2: b"]


async def test_a_death_while_the_site_starts_is_survived_too() -> None:
    """The next life may die before it polls."""
    async with play(counting(), storage="sqlite:bot.db") as site:
        ann = site.person("Ann")
        await site.stop()
        await ann.says("a", wait=False)
        site.crash_at_start(Point.RECEIVED)
        await site.start()
        assert site.crashed is Point.RECEIVED
        await site.restart()
        assert ann.answers == ["1: a"]


@pytest.mark.slow
async def test_a_counting_bot_survives_death_anywhere() -> None:
    """Every message is counted exactly once and answered exactly once."""
    simple = [
        Point.RECEIVED,
        Point.HANDLED,
        Point.BEFORE_COMMIT,
        Point.AFTER_COMMIT,
        Point.ACKNOWLEDGED,
        Point.BEFORE_SEND,
        Point.AFTER_SEND,
    ]

    async def scenario(site: TestSite) -> None:
        ann, bob = site.person("Ann"), site.person("Bob")
        await ann.says("a", wait=False)
        await bob.says("b")
        await ann.says("c")

    def check(site: TestSite) -> None:
        texts = {m.text for m in site.messenger.messages if not m.author}
        assert texts == {"1: a", "1: b", "2: c"}
        assert len([m for m in site.messenger.messages if not m.author]) == 3

    survey = await everywhere(scenario, counting(), check=check, points=simple)
    assert set(survey.deaths) == set(simple)


async def test_a_point_that_is_never_reached_fails() -> None:
    """A hole in the scenario is an error, by name."""

    async def scenario(site: TestSite) -> None:
        await site.person("Ann").says("a")

    with pytest.raises(AssertionError, match="never reached: timer fired"):
        await everywhere(
            scenario, counting(), check=lambda site: None, points=[Point.TIMER_FIRED], occurrences=1
        )


async def test_a_failed_check_names_the_run() -> None:
    """The note tells how the run was disturbed."""

    async def scenario(site: TestSite) -> None:
        await site.person("Ann").says("a")

    def check(site: TestSite) -> None:
        assert len(site.messenger.deliveries) == 1

    with pytest.raises(AssertionError) as caught:
        await everywhere(
            scenario, counting(), check=check, points=[Point.AFTER_SEND], occurrences=1
        )
    assert caught.value.__notes__[-1] == "run: death at 'after send', time 1"
