"""Writes the methods of the client: a table for Python, and a stub for type checkers."""

import re

from posthouse.adapters.telegram.api.specification import MethodSpec, Specification
from tools.telegram_api.render import (
    HAND_WRITTEN,
    annotation,
    answer_of,
    class_name,
    docstring,
    formatted,
    head,
    method_references,
    method_summary,
    python_name,
)

WHAT = "A method of the client for each of the Bot API"
_UPPER = re.compile(r"(?<!^)(?=[A-Z])")


def render_calls(api: Specification) -> str:
    """Write calls.py."""
    parts = [
        head(WHAT, api),
        "from posthouse.adapters.telegram.api.calling import ApiMethod, Caller\n",
        'class Calls(Caller):\n    """Calls the methods of the Bot API by their names."""\n',
        *(
            f'    {method_name(method.name)} = ApiMethod("{class_name(method.name)}")'
            for method in api.methods
        ),
    ]
    return formatted("\n".join(parts) + "\n")


def render_calls_stub(api: Specification) -> str:
    """Write calls.pyi."""
    used = sorted({name for each in api.methods for name in method_references(each)} - HAND_WRITTEN)
    parts = [
        head(WHAT, api, "E501", "A002", "ASYNC109"),
        "from abc import ABCMeta\nfrom collections.abc import Sequence\n"
        "from typing import Literal\n",
        "from posthouse.adapters.telegram.api.base import InputFile\n"
        "from posthouse.adapters.telegram.api.calling import Caller\n"
        "from posthouse.adapters.telegram.api.types import " + ", ".join(used) + "\n",
        "class Calls(Caller, metaclass=ABCMeta):\n"
        '    """Calls the methods of the Bot API by their names."""\n',
        *(_signature(method) for method in api.methods),
    ]
    return formatted("\n".join(parts), name="calls.pyi")


def method_name(name: str) -> str:
    """Write sendMessage as send_message."""
    return _UPPER.sub("_", name).lower()


def _signature(method: MethodSpec) -> str:
    ordered = sorted(method.parameters, key=lambda field: not field.required)
    fields = [
        f"{python_name(field.name)}: {annotation(field)}{'' if field.required else ' = None'}"
        for field in ordered
    ]
    parameters = ", ".join(["self", *(["*", *fields] if fields else [])])
    lines = [
        f"    async def {method_name(method.name)}({parameters}) -> {answer_of(method)}:",
        *("    " + line if line else "" for line in docstring(method_summary(method), method)),
    ]
    return "\n".join(lines)
