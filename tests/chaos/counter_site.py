"""The site that the chaos driver kills: it counts each person's messages and says them back.

Run as `python counter_site.py PORT FOLDER`. A message that ran twice, or in the wrong order, shows
in every answer that follows.
"""

import logging
import sys

from posthouse import App, Bot, Conversation, Site, TextMessage

app = App("counter")


class Tally(Conversation):
    """How many messages of a person were handled."""

    handled: int = 0


@app.on
async def count(message: TextMessage, tally: Tally) -> str:
    """Answer with the number of the message and its words."""
    tally.handled += 1
    return f"{tally.handled} {message.text}"


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    bot = Bot("chaos", messenger="web", apps=[app])
    Site(bots=[bot], storage="sqlite:chaos.db", port=int(sys.argv[1]), folder=sys.argv[2]).run()
