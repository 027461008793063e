"""`decode` on python-telegram-bot: JSON to dicts, dicts to objects."""

import json

from telegram import Update

from benchmarks.decoding import main


def decode(line: bytes) -> object:
    """Decode one update, as its updater does."""
    return Update.de_json(json.loads(line), None)


if __name__ == "__main__":
    main(decode)
