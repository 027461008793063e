"""Durable storage: the schema, SQLite, and an in-memory twin."""
