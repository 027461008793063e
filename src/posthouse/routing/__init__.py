"""Which handler takes an update, and what it is called with."""
