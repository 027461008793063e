"""Saved searches: conditions on items, and which of many searches an item fits."""
