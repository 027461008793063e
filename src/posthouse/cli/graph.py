"""`graph`: what leads where in each bot, and what is wrong with it."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from cyclopts import Parameter

from posthouse.cli.opening import DEFAULT, BotOption, chosen, open_settings
from posthouse.cli.output import Output, current
from posthouse.dialogs.graph import graph_of
from posthouse.dialogs.nodes import RUN_TIME, Edge, Graph, Node
from posthouse.settings.building import parts_of
from posthouse.site import Bot
from posthouse.words.catalogue import Catalogue

_SHAPES = {
    "action": ("[", "]"),
    "form": ("[/", "/]"),
    "handler": (">", "]"),
    "list": ("[[", "]]"),
    "state": ("(", ")"),
    "end": ("([", "])"),
    "card": ("[", "]"),
    "reminder": ("{{", "}}"),
}


class _Words:
    """A bot's catalogues, as the graph asks them."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._shelves = catalogue.load()
        self.languages = catalogue.languages

    def says(self, key: str, language: str) -> bool:
        """Whether a language itself has a key."""
        return self._shelves.find(key, language) is not None


def graph(
    settings: Annotated[
        Path, Parameter(help="The settings file, or the folder that it lies in.")
    ] = DEFAULT,
    /,
    *,
    bot: BotOption = None,
    written: Annotated[
        Literal["mermaid", "json"], Parameter(name=["--format", "-f"], help="What to write.")
    ] = "mermaid",
    check: Annotated[
        bool, Parameter(negative="", help="End with exit code 1 when something is wrong.")
    ] = False,
) -> int:
    """Write what leads where in each bot, and tell what is wrong with it. Nothing runs.

    The graph goes to standard output, what was found to standard error.
    """
    graphs = [_graph_of(each) for each in _bots(settings, bot)]
    if written == "json":
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(graphs)).decode() + "\n")
    else:
        sys.stdout.write("".join(mermaid(each) for each in graphs))
    output = current.get()
    wrong = [_told(output, each) for each in graphs]
    return int(check and any(wrong))


def mermaid(graph: Graph) -> str:
    """Return a bot's graph as a Mermaid flow chart, with a box around what belongs together."""
    names = [node.name for node in graph.nodes]
    others = sorted({edge.target for edge in graph.edges} - set(names))
    ids = {name: f"n{number}" for number, name in enumerate([*names, *others])}
    parts: dict[str, list[Node]] = {}
    for node in graph.nodes:
        parts.setdefault(node.inside, []).append(node)
    lines = [f"%% bot {graph.bot}", "flowchart LR"]
    for number, (name, inside) in enumerate(parts.items()):
        lines.append(f"    subgraph box{number}[{_quoted(name)}]")
        lines += [f"        {ids[node.name]}{_shape(node)}" for node in inside]
        lines.append("    end")
    for name in others:
        words = _quoted(name)
        lines.append(f"    {ids[name]}" + (f"(({words}))" if name == RUN_TIME else f"[{words}]"))
    lines += [f"    {_arrow(edge, ids)}" for edge in graph.edges]
    return "\n".join(lines) + "\n"


def _bots(path: Path, name: str | None) -> Iterable[Bot]:
    settings, mistakes = open_settings(path / DEFAULT if path.is_dir() else path)
    mistakes.raise_any()
    if name is not None:
        settings = msgspec.structs.replace(settings, bots=(chosen(settings, name),))
    bots: Iterable[Bot] = parts_of(settings)["bots"]
    return bots


def _graph_of(bot: Bot) -> Graph:
    return graph_of(bot.name, bot.dispatcher, _Words(bot.words))


def _told(output: Output, graph: Graph) -> bool:
    """Tell what was found in a graph, and return whether something is wrong."""
    for finding in graph.findings:
        sort = finding.sort if finding.is_wrong else f"note, {finding.sort}"
        output.problem(f"{graph.bot}: {finding.where}: {sort}: {finding.what}")
    return any(finding.is_wrong for finding in graph.findings)


def _shape(node: Node) -> str:
    before, after = ("((", "))") if node.is_home else _SHAPES[node.kind]
    return f"{before}{_quoted(node.title or node.name)}{after}"


def _arrow(edge: Edge, ids: dict[str, str]) -> str:
    label = edge.label or edge.how
    arrow = "-.->" if edge.is_dashed else "-->"
    return f"{ids[edge.source]} {arrow}|{_quoted(label)}| {ids[edge.target]}"


def _quoted(words: str) -> str:
    """Return words as Mermaid takes them, whatever signs they hold."""
    safe = words.replace("&", "#amp;").replace('"', "#quot;").replace("<", "#lt;")
    return '"' + " ".join(safe.replace("`", "#96;").split()) + '"'
