"""Texts with their markup, read as Telegram reads them."""
