"""Subscriptions: who wants which items, when and how many."""
