"""What the methods of the Bot API do, by group."""
