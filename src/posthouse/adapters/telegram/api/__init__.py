"""Telegram's Bot API: types and methods, all of them generated, and their JSON."""
