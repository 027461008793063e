"""The demo as a site."""

from pathlib import Path

from posthouse import Bot, Site
from posthouse.demo import shop, talk


def demo_site(folder: Path, *, host: str = "127.0.0.1", port: int = 8080) -> Site:
    """Return the demo: one bot on the web, with a broadcast chat."""
    bot = Bot(
        "demo",
        messenger="web",
        title="Posthouse demo",
        apps=[shop.app, talk.app],
        chats={"board": "board"},
    )
    return Site(bots=[bot], storage="sqlite:demo.db", folder=folder, host=host, port=port)
