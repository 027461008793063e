"""Who is in a channel, as Telegram says, and what a bot without rights there says."""

import asyncio
from pathlib import Path

from posthouse import App, Bot, Screen, Site, Turn
from posthouse.publishing.gating.gates import require_member
from posthouse.testing.telegram import Simulator

TOKEN = "123:gates"


def guarded() -> App:
    """Return an app whose only page is for those who are in the channel."""
    app = App("guarded")

    @app.action(home=True, gates=(require_member("channel", title="Cars"),))
    async def home(turn: Turn) -> Screen:
        return Screen("inside")

    return app


async def test_telegram_says_who_is_in_a_channel(tmp_path: Path) -> None:
    """A stranger is not, one who joined is; a bot that is no administrator may not know."""
    async with Simulator(bots=[TOKEN]) as sim:
        ann, owner = sim.person("Ann"), sim.person("Owner")
        channel = sim.channel("Cars", owner, sim.bot(TOKEN))
        number = int(TOKEN.partition(":")[0])

        def site() -> Site:
            bot = Bot(
                "shop",
                messenger="telegram",
                apps=[guarded()],
                token=TOKEN,
                base_url=sim.base_url,
                chats={"channel": str(channel.id)},
            )
            return Site(bots=[bot], folder=tmp_path, storage="sqlite:t.db")

        was = channel.members[number]
        channel.members[number] = sim.admin(channel)
        async with (await asyncio.to_thread(site)).start():
            await ann.says("/start")
            await ann.waits_for("To go on, join “Cars” first.")
            channel.members[ann.id] = channel.member(owner.id)
            await ann.says("/start")
            await ann.waits_for("inside")
            del channel.members[ann.id]
        channel.members[number] = was
        del channel.members[number]
        async with (await asyncio.to_thread(site)).start():
            await ann.says("/start")
            await ann.waits_for("may not see who they are")
