"""The demo as a site: the town board of the examples, and a bot beside it that shows the rest."""

import os
import sys
from importlib.util import find_spec
from pathlib import Path

from posthouse import Bot, Site
from posthouse.demo import shop, talk
from posthouse.errors import SetupError
from posthouse.settings.building import parts_of
from posthouse.settings.reading import read

INSTALLED = Path(__file__).parent / "townboard"
CHECKOUT = Path(__file__).parents[3] / "examples" / "townboard"


def board_folder() -> Path:
    """Return where the town board is: in the package, or in the examples of a checkout."""
    for folder in (INSTALLED, CHECKOUT):
        if (folder / "townboard.py").exists():
            return folder
    raise SetupError(f"the town board is not there, neither in {INSTALLED} nor in {CHECKOUT}")


def demo_site(folder: Path, *, host: str = "127.0.0.1", port: int = 8080) -> Site:
    """Return the demo: the bots of the town board's settings on the web, and a tea shop."""
    example = board_folder()
    if str(example) not in sys.path:
        sys.path.insert(0, str(example))
    settings, mistakes = read(example / "posthouse.toml", environ=os.environ)
    bot = Bot(
        "demo",
        messenger="web",
        title="Tea shop",
        path="/demo",
        apps=[shop.app, talk.app],
        chats={"board": "board"},
    )
    parts = parts_of(settings, mistakes)
    if find_spec("feedparser") is None or find_spec("aiohttp") is None:  # installed without feeds
        parts["bots"] = [each for each in parts["bots"] if each.name != "news"]
    where = {"storage": "sqlite:demo.db", "folder": folder, "host": host, "port": port}
    return Site(**{**parts, **where, "bots": [*parts["bots"], bot]})
