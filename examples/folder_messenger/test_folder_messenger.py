"""The folder messenger on a real site."""

import asyncio
import json
from pathlib import Path

from folder_messenger import FolderAdapter

from posthouse import App, Bot, Site, TextMessage

app = App("echo")


@app.on
def echo(message: TextMessage) -> str:
    return message.text.upper()


def a_letter(folder: Path, *, text: str) -> Path:
    path = folder / "inbox" / "letter-1.json"
    path.parent.mkdir(exist_ok=True)
    letter = {"id": "1", "from": "ann", "at": "2031-05-17T12:00:00+00:00", "text": text}
    path.write_text(json.dumps(letter), encoding="utf-8")
    return path


async def test_a_letter_is_answered_and_then_taken_away(tmp_path: Path) -> None:
    letter = a_letter(tmp_path, text="hello")
    settings = {"inbox": str(tmp_path / "inbox"), "outbox": str(tmp_path / "outbox")}
    bot = Bot("echo", messenger="folder", apps=[app], adapter=FolderAdapter(settings))
    site = Site(bots=[bot], folder=tmp_path, port=0)
    async with site.start():
        for _ in range(100):
            await asyncio.sleep(0.05)
            if not letter.exists():
                break
    # Stopping has flushed what was to be sent.
    [answer] = (tmp_path / "outbox").glob("ann-*.txt")
    assert answer.read_text(encoding="utf-8") == "HELLO"
