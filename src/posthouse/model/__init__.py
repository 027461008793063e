"""Plain data: no I/O, no link back to a bot, every object frozen."""
