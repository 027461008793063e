"""One turn: what a handler gets and what it may ask for."""
