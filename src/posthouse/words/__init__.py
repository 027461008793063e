"""Fluent catalogues: what bots say, in the language of whoever reads it."""
