"""The town's news: a feed of the town hall, for whoever subscribes to it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from townboard import HERE

from posthouse import App, Module, Screen, Turn, button, provide
from posthouse.publishing import FeedEntry, FeedPublisher, Topic

news = App("news", words=HERE / "finding")
NEWS = Topic("news", FeedEntry, title="Town news", revisions="edit", feed=True)
HALL = FeedPublisher(
    "http://127.0.0.1/news.xml",
    name="town-hall",
    topic=NEWS,
    every=timedelta(minutes=1),
    allow_private=True,
)
news.publisher(HALL)
subscribe = news.subscribe(NEWS)


@news.action(home=True)
async def news_home(turn: Turn) -> Screen:
    """Show what one can do."""
    screen = Screen(turn.say("news-welcome")).row(button(turn.say("news-subscribe"), subscribe))
    return screen.row(button(turn.say("news-mine"), news.subscriptions()))


class Quiet(SimpleHTTPRequestHandler):
    """Serves files without telling each time."""

    def log_message(self, *values: object) -> None:
        """Say nothing."""


class TownHall(Module):
    """The web server of the town hall; edit `hall/news.xml` while the bots run."""

    @provide
    async def serve(self) -> AsyncIterator[ThreadingHTTPServer]:
        """Serve the feed for as long as the site runs."""
        handler = partial(Quiet, directory=str(HERE / "hall"))
        server = await asyncio.to_thread(ThreadingHTTPServer, ("127.0.0.1", 0), handler)
        HALL.url = f"http://127.0.0.1:{server.server_port}/news.xml"
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server
        await asyncio.to_thread(server.shutdown)
        thread.join()
        server.server_close()
