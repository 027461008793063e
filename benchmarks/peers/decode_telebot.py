"""`decode` on pyTelegramBotAPI: JSON to dicts, dicts to objects."""

from telebot.types import Update

from benchmarks.decoding import main


def decode(line: bytes) -> object:
    """Decode one update, as its webhook does."""
    return Update.de_json(line.decode())


if __name__ == "__main__":
    main(decode)
