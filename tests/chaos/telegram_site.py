"""The Telegram bot that the driver kills: it counts each person's messages and says them back.

Run as `python telegram_site.py PORT FOLDER URL TOKEN polling|webhook`.
"""

import logging
import sys

from counter_site import app

from posthouse import Bot, Site

if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    port, folder, url, token, mode = sys.argv[1:]
    more = {"webhook": f"http://127.0.0.1:{port}"} if mode == "webhook" else {}
    bot = Bot(
        "chaos",
        messenger="telegram",
        apps=[app],
        token=token,
        base_url=url,
        rates={"enabled": False},
        **more,
    )
    Site(bots=[bot], storage="sqlite:chaos.db", port=int(port), folder=folder).run()
