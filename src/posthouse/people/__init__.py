"""Persons: who they are, what they may do, who is not heard, what was said, and forgetting it.

The engine imports modules of this package, so what stands behind these names is imported when one
of them is first used.
"""

from importlib import import_module
from typing import Any

_HOMES = {
    "Personal": "posthouse.ports.personal",
    "ban": "posthouse.people.banning",
    "grant": "posthouse.people.granting",
    "personal": "posthouse.ports.personal",
    "revoke": "posthouse.people.granting",
    "unban": "posthouse.people.banning",
}

__all__ = [*_HOMES]  # noqa: PLE0604  the keys are strings


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'posthouse.people' has no attribute {name!r}")
    return getattr(import_module(home), name)
