"""Forms as their authors declare them, and how each kind of field reads an answer."""
