"""The syntax trees of functions, and what stands where in them."""

import ast
import inspect
import textwrap
from collections.abc import Iterator, Mapping
from types import FunctionType
from typing import Any


def tree_of(fn: Any) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    """Return the syntax tree of a function; None where there is no source."""
    if not isinstance(fn, FunctionType):
        return None
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(fn)))
    except (OSError, TypeError, SyntaxError):
        return None
    first = tree.body[0]
    return first if isinstance(first, ast.FunctionDef | ast.AsyncFunctionDef) else None


def statements_of(tree: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.AST]:
    """Yield what stands in a function's body; its decorators and defaults ran long ago."""
    for statement in tree.body:
        yield from ast.walk(statement)


def names_of(fn: FunctionType) -> Mapping[str, Any]:
    """Return the names that a function sees: its globals, and the variables around it."""
    cells: dict[str, Any] = {}
    for name, cell in zip(fn.__code__.co_freevars, fn.__closure__ or (), strict=False):
        try:
            cells[name] = cell.cell_contents
        except ValueError:  # not bound yet
            continue
    return {**fn.__globals__, **cells}


def assigned_in(tree: ast.FunctionDef | ast.AsyncFunctionDef) -> dict[str, list[ast.expr]]:
    """Return what is assigned to each name of the function's own; nothing for its parameters."""
    every = (*tree.args.posonlyargs, *tree.args.args, *tree.args.kwonlyargs)
    local: dict[str, list[ast.expr]] = {argument.arg: [] for argument in every}
    for node in statements_of(tree):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                for name, value in _pairs(target, node.value):
                    local.setdefault(name, []).append(value)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            local.setdefault(node.id, [])
    return local


def _pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """Yield the names that an assignment fills, each with its value, where they stand in pairs."""
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        for one, its in zip(target.elts, value.elts, strict=False):  # a star takes what it likes
            yield from _pairs(one, its)


def argument(node: ast.Call, place: int, name: str) -> ast.expr | None:
    """Return the argument of a call that stands at a place, or has a name."""
    if len(node.args) > place:
        found = node.args[place]
        return None if isinstance(found, ast.Starred) else found
    return next((keyword.value for keyword in node.keywords if keyword.arg == name), None)


def label_of(node: ast.expr | None) -> str:
    """Return what a button says, as it stands in the code."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return ast.unparse(node)[2:-1]
    return "" if node is None else ast.unparse(node)


def is_words(node: ast.expr | None) -> bool:
    """Whether what a screen says is surely words, and no reply with buttons of its own."""
    is_reply = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    return (
        node is not None
        and not isinstance(node, ast.Name)
        and not (
            is_reply and node.func.id == "Reply"  # type: ignore[attr-defined]  # looked at above
        )
    )
