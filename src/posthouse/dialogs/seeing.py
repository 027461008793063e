"""What an action's code leads to, read from its source without running it.

How this works: the function's syntax tree is walked with the names it can see (its globals and the
variables around it). Calls of `button`, of the methods that give a screen its elements, of timers
and links, and of actions are ways on; their target is found by looking names up, never by calling
anything but `app.start(Form)` and its like, which only look something up themselves. Plain
functions of the project that it calls are read too, since they may build the screen. What is only
known at run time is a way without a target.
"""

import ast
import inspect
from collections.abc import Callable, Mapping
from types import FunctionType, ModuleType
from typing import Any

from msgspec import Struct

from posthouse.dialogs.syntax import (
    argument,
    assigned_in,
    is_words,
    label_of,
    names_of,
    statements_of,
    tree_of,
)
from posthouse.errors import PosthouseError
from posthouse.model.reply import Screen
from posthouse.routing.router import Router
from posthouse.turn.action import Action, button, link_button

ELEMENTS = {"options": 1, "toggles": 1, "dates": 0, "times": 0}
"""Methods of a screen that take an action, and at which place."""
DEFERRED = {"later": ("timer", 1), "at": ("timer", 1), "link": ("link", 0), "then": ("then", 0)}
"""Methods of turns and handles that take an action, which edge that is, and at which place."""
OWN_WAYS = frozenset({"back", "home"})
DEEPEST = 6
"""Functions that call functions."""
READ = ("posthouse.demo", "posthouse.ready")
"""Modules of the framework that are read like those of a project: whole apps stand there."""
_UNKNOWN = object()


class Way(Struct, frozen=True):
    """One way on from a function."""

    how: str
    """button, options, toggles, dates, times, timer, link, then, calls, back or home."""
    label: str
    to: Action[Any] | None
    """None when it is only known at run time, and for back and home."""
    line: int
    args: tuple[Any, ...] | None = None
    """Of a button whose arguments are all known."""


class Said(Struct, frozen=True):
    """Words of a catalogue that a function says."""

    key: str
    line: int


class Seen(Struct):
    """What a function leads to."""

    ways: list[Way] = []
    says: list[Said] = []
    makes_screens: bool = False
    dead_ends: list[int] = []
    """Lines that return a screen without any way on."""
    is_read: bool = True
    """False when there is no source."""


def see(fn: Callable[..., Any]) -> Seen:
    """Return what a function leads to."""
    seen = Seen()
    _Reader(seen, known=set()).read(_plain(fn))
    if seen.makes_screens and not seen.ways and not seen.dead_ends:
        seen.dead_ends.append(first_line(fn))
    return seen


def first_line(fn: Callable[..., Any]) -> int:
    """Return the line in its file where a function begins."""
    code = getattr(_plain(fn), "__code__", None)
    return code.co_firstlineno if code is not None else 0


def _plain(fn: Callable[..., Any]) -> Any:
    """Return the function inside wrappers and methods."""
    inner = inspect.unwrap(fn)
    return getattr(inner, "__func__", inner)


def is_ready_made(module: str) -> bool:
    """Whether a module is the framework's: of an app that a project only uses."""
    return module.startswith("posthouse.") and not module.startswith("posthouse.demo")


class _Reader:
    """Reads one function, and those that it calls."""

    def __init__(self, seen: Seen, *, known: set[object], depth: int = 0) -> None:
        self._seen = seen
        self._known = known
        self._depth = depth
        self._names: Mapping[str, Any] = {}
        self._local: dict[str, list[ast.expr]] = {}
        self._shift = 0

    def read(self, fn: Any) -> None:
        """Note what a function leads to."""
        tree = tree_of(fn)
        if tree is None:
            self._seen.is_read = False
            return
        self._known.add(fn)
        self._names = names_of(fn)
        self._shift = fn.__code__.co_firstlineno - 1
        self._local = assigned_in(tree)
        for node in statements_of(tree):
            if isinstance(node, ast.Call):
                self._call(node)
            elif isinstance(node, ast.Return) and node.value is not None:
                self._returned(node)

    def _call(self, node: ast.Call) -> None:
        callee = self._value(node.func)
        if callee is Screen:
            self._seen.makes_screens = True
        elif callee is button:
            self._button(node)
        elif isinstance(callee, Action):
            self._way("calls", "", callee, node)
        elif isinstance(callee, FunctionType) and self._is_users(callee):
            _Reader(self._seen, known=self._known, depth=self._depth + 1).read(callee)
        elif isinstance(node.func, ast.Attribute):
            self._method(node, node.func.attr)

    def _method(self, node: ast.Call, name: str) -> None:
        if name in ELEMENTS:
            target = argument(node, ELEMENTS[name], "to")
            if target is not None:
                self._ways(name, "", target, node)
        elif name in DEFERRED:
            how, place = DEFERRED[name]
            target = argument(node, place, "action")
            found = [] if target is None else self._actions(target)
            for action in found:  # others have methods of these names too
                if action is not None:
                    self._way(how, "", action, node)
        elif name in OWN_WAYS and not isinstance(self._value(node.func), FunctionType):
            self._seen.ways.append(Way(name, "", None, node.lineno + self._shift))
        elif name == "say" and node.args and isinstance(node.args[0], ast.Constant):
            key = node.args[0].value
            if isinstance(key, str):
                self._seen.says.append(Said(key, node.lineno + self._shift))

    def _button(self, node: ast.Call) -> None:
        label, target = self._worded(argument(node, 0, "label")), argument(node, 1, "to")
        if target is None:
            return
        values = [self._value(argument) for argument in node.args[2:]]
        complete = not node.keywords and all(value is not _UNKNOWN for value in values)
        self._ways("button", label_of(label), target, node, tuple(values) if complete else None)

    def _worded(self, node: ast.expr | None) -> ast.expr | None:
        """Return the key that a label says, where that can be seen; else what stands there."""
        if isinstance(node, ast.Name) and len(self._local.get(node.id, ())) == 1:
            node = self._local[node.id][0]
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            return node.args[0] if node.func.attr == "say" else node
        return node

    def _ways(
        self,
        how: str,
        label: str,
        target: ast.expr,
        node: ast.Call,
        args: tuple[Any, ...] | None = None,
    ) -> None:
        for action in self._actions(target):
            self._way(how, label, action, node, args)

    def _way(
        self,
        how: str,
        label: str,
        action: Action[Any] | None,
        node: ast.Call,
        args: tuple[Any, ...] | None = None,
    ) -> None:
        self._seen.ways.append(Way(how, label, action, node.lineno + self._shift, args))

    def _returned(self, node: ast.Return) -> None:
        """Note a screen that is returned with nothing on it that leads anywhere."""
        methods: list[ast.Call] = []
        value = node.value
        while isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
            methods.append(value)
            value = value.func.value
        if not isinstance(value, ast.Call) or self._value(value.func) is not Screen:
            return
        holds_more = len(value.args) > 1 or any(k.arg == "rows" for k in value.keywords)
        words = value.args[0] if value.args else None
        holds_more = holds_more or not is_words(words)
        if not holds_more and not any(self._leads_on(method) for method in methods):
            self._seen.dead_ends.append(node.lineno + self._shift)

    def _leads_on(self, method: ast.Call) -> bool:
        if not isinstance(method.func, ast.Attribute) or method.func.attr != "row":
            return True
        links = [
            isinstance(each, ast.Call) and self._value(each.func) is link_button
            for each in method.args
        ]
        return bool(method.args) and not all(links)

    # --- what names stand for

    def _actions(self, node: ast.expr) -> list[Action[Any] | None]:
        """Return the actions that an expression may be, None for one only known at run time."""
        if isinstance(node, ast.IfExp):
            return [*self._actions(node.body), *self._actions(node.orelse)]
        if isinstance(node, ast.Name) and node.id in self._local:
            values = self._local[node.id]
            return [action for value in values for action in self._actions(value)] or [None]
        value = self._value(node)
        return [value] if isinstance(value, Action) else [None]

    def _value(self, node: ast.expr) -> Any:
        """Return what an expression stands for, without running code of the project."""
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.Name):
            return _UNKNOWN if node.id in self._local else self._names.get(node.id, _UNKNOWN)
        if isinstance(node, ast.Attribute):
            return self._attribute(self._value(node.value), node.attr)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            return self._looked_up(node, node.func)
        return _UNKNOWN

    def _attribute(self, owner: Any, name: str) -> Any:
        """Return an attribute of what may be looked into safely."""
        if isinstance(owner, ModuleType | type | Router):
            return getattr(owner, name, _UNKNOWN)
        return _UNKNOWN

    def _looked_up(self, node: ast.Call, func: ast.Attribute) -> Any:
        """Return the action that `app.start(Form)` and its like stand for."""
        owner = self._value(func.value)
        values = [self._value(argument) for argument in node.args]
        if not isinstance(owner, Router) or func.attr not in ("start", "posts"):
            return _UNKNOWN
        if node.keywords or any(not isinstance(value, type) for value in values):
            return _UNKNOWN
        try:
            return getattr(owner, func.attr)(*values)
        except PosthouseError:  # a form that the app does not have
            return _UNKNOWN

    def _is_users(self, fn: FunctionType) -> bool:
        module = fn.__module__ or ""
        is_read = not module.startswith("posthouse.") or module.startswith(READ)
        return fn not in self._known and self._depth < DEEPEST and is_read
