"""What a graph of a bot is made of."""

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol, TypeAlias, runtime_checkable

from msgspec import Struct

from posthouse.dialogs.forms.form import Form

Kind: TypeAlias = Literal["action", "form", "handler", "list", "state", "end", "card", "reminder"]
RUN_TIME = "decided at run time"
"""Stands for what is only known then."""


class Node(Struct, frozen=True):
    """Something that leads on."""

    name: str
    kind: Kind
    where: str
    is_home: bool = False
    inside: str = ""
    """What it is a part of: an app, or a form and its posts."""
    title: str = ""
    """What it is called inside of that."""


class Edge(Struct, frozen=True):
    """A way from one node to another."""

    source: str
    target: str
    how: str
    label: str = ""
    is_dashed: bool = False
    """Where it leads is decided at run time."""


class Finding(Struct, frozen=True):
    """What is wrong, or worth knowing."""

    sort: Literal["unreachable", "dead end", "payload", "words", "foreign", "unread"]
    where: str
    what: str
    is_wrong: bool = True
    """False for a note."""


class Graph(Struct):
    """The graph of one bot."""

    bot: str
    nodes: list[Node] = []
    edges: list[Edge] = []
    findings: list[Finding] = []


class Drawn(Struct, frozen=True):
    """What a hook adds to the graph: it is code of the framework, so nothing is read from it."""

    nodes: Sequence[Node] = ()
    edges: Sequence[Edge] = ()
    inside: Mapping[str, str] = {}
    """What forms are a part of then, by their names."""


@runtime_checkable
class Draws(Protocol):
    """A hook of a form that tells what becomes of the form once it is submitted."""

    def drawn(self, app: str, form: type[Form], where: str) -> Drawn:
        """Return that; `where` is the place in the code that the nodes get."""
