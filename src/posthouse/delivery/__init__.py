"""Deliveries: the outbox, how each one ends, and when it is tried again."""
