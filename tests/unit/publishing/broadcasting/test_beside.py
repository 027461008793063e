"""A broadcast that is taken back beside others that begin."""

import asyncio
from datetime import timedelta

from posthouse.errors import NotSentError
from posthouse.site import Bot
from posthouse.testing import TestSite, play
from posthouse.testing.adapter import FakeAdapter
from tests.unit.publishing.broadcasting.kit import bot, found, got, meets, start, tell


async def two(site: TestSite) -> tuple[int, int]:
    """Send one broadcast, let another bot's wait for a minute, and take the first one back."""
    await meets(site)
    await meets(site, ["zoe"], account=2)
    first = await start(site, bot="one")
    await site.later(10)
    assert (await found(site, first)).standing == "done"
    second = await start(site, bot="two", words="later", at=site.clock.timestamp() + 60)
    site.messenger.fails(NotSentError("down"), times=10**6, chat="p0000")
    await tell(site, "retract", first)
    return first, second


async def test_taking_one_back_holds_up_no_other() -> None:
    """Though a chat does not let its message be deleted for long."""
    async with play(bots={"one": [bot()], "two": [bot()]}) as site:
        _, second = await two(site)
        await site.later(600)
        assert (await found(site, second)).standing == "done"
        assert got(site, "zoe") == ["later"]


async def test_a_bot_that_leaves_meanwhile_deletes_the_rest_when_it_is_back() -> None:
    """And holds up no other."""
    async with play(bots={"one": [bot()], "two": [bot()]}) as site:
        _, second = await two(site)
        await site.later(5)
        async with asyncio.TaskGroup() as group:
            group.create_task(site.life.site.remove_bot("one"))
            await site.clock.advance(60)
        site.messenger._faults.clear()
        back = Bot("one", messenger="fake", apps=[bot()], adapter=FakeAdapter(site.messenger))
        async with asyncio.TaskGroup() as group:
            group.create_task(site.life.site.add_bot(back))
            await site.clock.advance(3)
        await site.later(timedelta(hours=1))
        assert (await found(site, second)).standing == "done"
        assert got(site, "p0000") == []
