"""Telegram: its types and methods, and the adapter that speaks its Bot API."""
