"""Bots of a site: their rows in the database, and how each is started, watched and stopped."""
