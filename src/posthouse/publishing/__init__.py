"""Publishing: topics, publishers, subscriptions, saved searches, and what it takes to have them.

`from posthouse.publishing import FeedPublisher, Topic`. Names are imported when they are first
used, since SQLAlchemy comes with some.
"""

from importlib import import_module
from typing import Any

_HOMES = {
    "Topic": "posthouse.publishing.topic",
    "Publisher": "posthouse.publishing.publishers.publisher",
    "PagePublisher": "posthouse.publishing.publishers.polled",
    "FeedPublisher": "posthouse.publishing.publishers.feeds",
    "FeedEntry": "posthouse.publishing.publishers.entries",
    "JsonPublisher": "posthouse.publishing.publishers.polled",
    "InboundPublisher": "posthouse.publishing.publishers.inbound",
    "sign": "posthouse.publishing.publishers.signing",
    "EntriesPublisher": "posthouse.publishing.publishers.posted",
    "SavedSearch": "posthouse.publishing.searches.saved",
    "Condition": "posthouse.publishing.searches.conditions",
    "at_least": "posthouse.publishing.searches.asking",
    "at_most": "posthouse.publishing.searches.asking",
    "any_of": "posthouse.publishing.searches.asking",
    "words": "posthouse.publishing.searches.asking",
    "without_words": "posthouse.publishing.searches.asking",
    "where": "posthouse.publishing.searches.where",
    "require_member": "posthouse.publishing.gating.gates",
    "require_plan": "posthouse.publishing.gating.gates",
    "Plan": "posthouse.publishing.gating.plan",
    "months": "posthouse.publishing.gating.plan",
    "begin_term": "posthouse.publishing.gating.beginning",
}

__all__ = [*_HOMES]  # noqa: PLE0604  the keys are strings


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(_unknown(name))
    found = getattr(import_module(home), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})


def _unknown(name: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, _HOMES, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return f"module 'posthouse.publishing' has no attribute {name!r}{hint}"
