"""Broadcasts: one message to the persons of a bot, all of them or those of an audience."""

COMMANDS = ("start", "pause", "resume", "cancel", "edit", "retract", "pace")
"""What a running site can be told to do with them, each a command `broadcast.NAME`."""
