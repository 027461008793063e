"""The engine: lanes, turns, the group commit, and what survives a crash."""
