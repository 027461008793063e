"""Writes the types and methods of Telegram's Bot API, from the documentation as data."""
