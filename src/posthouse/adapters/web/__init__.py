"""The web messenger: a chat page and the durable messenger behind it."""

from posthouse.adapters.web.adapter import WebAdapter

__all__ = ["WebAdapter"]
