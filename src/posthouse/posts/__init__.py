"""Entries and posts: what a finished form becomes, and what may become of it."""
