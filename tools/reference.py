"""Writes the parts of docs/reference that the code knows best: names, fields, settings, points.

How this works: a page holds pairs of comments, `<!-- generated: KIND ARGUMENT -->` and
`<!-- end -->`; what stands between them is replaced by what KIND makes of the source. The source is
parsed and never imported. `python tools/reference.py` writes the pages, and with `--check` it only
tells which of them are out of date; a test does the same.
"""

import ast
import inspect
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from copy import copy
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src"
PAGES = ROOT / "docs" / "reference"

_REGION = re.compile(
    r"(<!-- generated: (?P<kind>\S+) (?P<argument>[^\n]*?) ?-->\n).*?(<!-- end -->)", re.DOTALL
)
_INTERNAL = re.compile(r"For (the engine|the framework|actions|presses|routes|middlewares)\b")
_NOT_SHOWN = {"Router.close", "Turn.close", "Turn.require_open", "Site.engine"}
"""Public to the framework's own layers, of no use to a bot."""
_RECEIVED = {"Turn", "Sent", "Action"}
"""Classes that programs get and never make."""
_SECTION = re.compile(r"^(Args|Returns|Raises):$", re.MULTILINE)

Function = ast.FunctionDef | ast.AsyncFunctionDef


class Found(NamedTuple):
    """A name and the source that defines it."""

    name: str
    module: str
    node: ast.stmt
    doc: str


@cache
def parsed(module: str) -> ast.Module:
    """The syntax tree of one of our modules."""
    return ast.parse(path_of(module).read_text(encoding="utf-8"))


def path_of(module: str) -> Path:
    """The file of one of our modules."""
    path = SOURCE.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


@cache
def imports_of(module: str) -> Mapping[str, str]:
    """Names that a module imports from ours, each with the module it comes from."""
    return {
        (alias.asname or alias.name): node.module
        for node in parsed(module).body
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("posthouse")
        for alias in node.names
    }


def find(name: str, module: str) -> Found:
    """The definition of a name, followed through imports."""
    body = parsed(module).body
    found = [(node, doc) for node, doc in documented(body) if name in _defined(node)]
    if found:
        docs = [doc for _, doc in found if doc]
        return Found(name, module, _shown(found), docs[-1] if docs else "")
    if name in imports_of(module):
        return find(name, imports_of(module)[name])
    raise LookupError(f"{module} has no {name}")


def class_of(name: str, module: str) -> ast.ClassDef:
    """The definition of a class."""
    node = find(name, module).node
    if not isinstance(node, ast.ClassDef):
        raise TypeError(f"{module}.{name} is no class")
    return node


def _shown(found: list[tuple[ast.stmt, str]]) -> ast.stmt:
    overloads = [node for node, _ in found if _is_overload(node)]
    return overloads[-1] if overloads else found[-1][0]


def _is_overload(node: ast.stmt) -> bool:
    return isinstance(node, Function) and "overload" in map(ast.unparse, node.decorator_list)


def documented(body: list[ast.stmt]) -> Iterator[tuple[ast.stmt, str]]:
    """Statements with their docstrings: their own, or the string that follows."""
    for node, after in zip(body, [*body[1:], None], strict=True):
        if isinstance(node, ast.ClassDef | Function):
            yield node, ast.get_docstring(node) or ""
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            yield node, _string(after)


def _string(node: ast.stmt | None) -> str:
    if (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    ):
        return inspect.cleandoc(node.value.value)
    return ""


def _defined(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.ClassDef | Function):
        return [node.name]
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return [node.target.id]
    if isinstance(node, ast.Assign):
        names = [t for target in node.targets for t in ast.walk(target) if isinstance(t, ast.Name)]
        return [name.id for name in names]
    return []


# --- what stands in a class


class Field(NamedTuple):
    """A field, an attribute or a member."""

    name: str
    type: str
    default: str
    doc: str


def fields_of(node: ast.ClassDef) -> list[Field]:
    """Public fields of a class in order, those set in `__init__` included."""
    found = [
        field
        for statement, doc in documented(node.body)
        if (field := _field(statement, doc)) is not None
    ]
    for statement in node.body:
        if isinstance(statement, ast.FunctionDef) and statement.name == "__init__":
            found += [
                Field(name, _annotation(inner), "", doc)
                for inner, doc in documented(statement.body)
                if doc and (name := _own_name(inner))
            ]
    return [f for f in found if not f.name.startswith("_") and not _INTERNAL.match(f.doc)]


def _field(node: ast.stmt, doc: str) -> Field | None:
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        default = ast.unparse(node.value) if node.value else ""
        return Field(node.target.id, ast.unparse(node.annotation), default, doc)
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        return Field(node.targets[0].id, "", ast.unparse(node.value), doc)
    return None


def _own_name(node: ast.stmt) -> str:
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    for target in targets:
        if isinstance(target, ast.Attribute) and ast.unparse(target.value) == "self":
            return target.attr
    return ""


def _annotation(node: ast.stmt) -> str:
    return ast.unparse(node.annotation) if isinstance(node, ast.AnnAssign) else ""


def methods_of(found: Found) -> list[Function]:
    """Public methods of a class and of our classes below it, each once, implementation last."""
    owner = class_of(found.name, found.module)
    methods: dict[str, Function] = {}
    for node in owner.body:
        if isinstance(node, Function) and _is_shown(node, found.name):
            kept = methods.get(node.name)
            if kept is not None and not ast.get_docstring(node):
                methods[node.name] = node  # a later overload says more
            elif kept is not None:
                methods[node.name] = _with_doc(kept, ast.get_docstring(node) or "")
            else:
                methods[node.name] = node
    for base in owner.bases:
        name = ast.unparse(base).partition("[")[0]
        if name in imports_of(found.module):
            below = find(name, imports_of(found.module)[name])
            if isinstance(below.node, ast.ClassDef):
                for method in methods_of(below):
                    methods.setdefault(method.name, method)
    return list(methods.values())


def _is_shown(node: Function, owner: str) -> bool:
    is_setter = any(ast.unparse(d).endswith(".setter") for d in node.decorator_list)
    is_internal = (
        _INTERNAL.match(ast.get_docstring(node) or "") or f"{owner}.{node.name}" in _NOT_SHOWN
    )
    return not node.name.startswith("_") and not is_setter and not is_internal


def _with_doc(node: Function, doc: str) -> Function:
    other = copy(node)
    other.body = [ast.Expr(ast.Constant(doc))]
    return other


# --- how it is shown


def signature(node: Function, *, drop_self: bool) -> str:
    """`name(arguments) -> result` as it is written."""
    arguments = ", ".join(_arguments(node.args, skip=1 if drop_self else 0))
    result = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    if any(ast.unparse(d) == "asynccontextmanager" for d in node.decorator_list):
        return f"async with {node.name}({arguments})"
    prefix = "await " if isinstance(node, ast.AsyncFunctionDef) else ""
    return f"{prefix}{node.name}({arguments}){result}"


def _arguments(args: ast.arguments, *, skip: int) -> Iterator[str]:
    plain = [*args.posonlyargs, *args.args]
    defaults = [None] * (len(plain) - len(args.defaults)) + [*args.defaults]
    for index, (argument, default) in enumerate(zip(plain, defaults, strict=True), start=1):
        if index > skip:
            yield _argument(argument, default)
        if index == len(args.posonlyargs) and index > skip:
            yield "/"
    if args.vararg:
        yield f"*{_argument(args.vararg, None)}"
    elif args.kwonlyargs:
        yield "*"
    for argument, default in zip(args.kwonlyargs, args.kw_defaults, strict=True):
        yield _argument(argument, default)
    if args.kwarg:
        yield f"**{_argument(args.kwarg, None)}"


def _argument(argument: ast.arg, default: ast.expr | None) -> str:
    kind = f": {ast.unparse(argument.annotation)}" if argument.annotation else ""
    given = f" = {ast.unparse(default)}" if default is not None else ""
    return f"{argument.arg}{kind}{given if kind else given.replace(' ', '')}"


def prose(doc: str) -> str:
    """A docstring as Markdown: sections of arguments become lists."""
    doc = re.split(r"^Examples?:$", doc, flags=re.MULTILINE)[0].strip()
    parts = _SECTION.split(doc)
    out = [parts[0].strip()]
    for title, body in zip(parts[1::2], parts[2::2], strict=True):
        rows = _rows(inspect.cleandoc("\n" + body))
        shown = "\n".join(
            f"- `{n}`: {_flat(text)}" if n else f"- {_flat(text)}" for n, text in rows
        )
        out.append(shown if title == "Args" else f"{title}:\n\n{shown}")
    return "\n\n".join(part for part in out if part).replace("```python", "```py")


def _rows(body: str) -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    for line in body.splitlines():
        found = re.match(r"(\w+): (.*)", line)
        if found:
            rows.append((found[1], found[2]))
        elif rows:
            rows[-1] = (rows[-1][0], f"{rows[-1][1]} {line.strip()}")
        elif line.strip():
            rows.append(("", line.strip()))
    return rows


def _flat(text: str) -> str:
    return " ".join(text.split())


def entry(found: Found) -> str:
    """One name of the reference."""
    node = found.node
    if isinstance(node, ast.ClassDef):
        return _class_entry(found, node)
    if isinstance(node, Function):
        return f"### {found.name}\n\n`{signature(node, drop_self=False)}`\n\n{prose(found.doc)}\n"
    value = (
        ast.unparse(node.value)
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value
        else ""
    )
    owner, _, member = value.partition(".")
    if not found.doc and member.isidentifier():
        owned = class_of(owner, found.module)
        doc = next(field.doc for field in fields_of(owned) if field.name == member)
        return f"### {found.name}\n\n{prose(doc)}\n"
    return f"### {found.name}\n\n`{_flat(value)}`\n\n{prose(found.doc)}\n"


def _class_entry(found: Found, node: ast.ClassDef) -> str:
    bases = ", ".join(ast.unparse(base) for base in node.bases)
    made = _constructor(found)
    head = f"`class {found.name}({bases})`" if bases else f"`class {found.name}`"
    lines = [f"### {found.name}", head, prose(found.doc)]
    if made is not None and found.name not in _RECEIVED:
        built = (
            signature(made, drop_self=True).replace("__init__", found.name).removesuffix(" -> None")
        )
        lines += [f"`{built}`", prose(ast.get_docstring(made) or "")]
    fields = [_field_line(field) for field in fields_of(node)]
    methods = [_method_line(method) for method in methods_of(found)]
    return "\n\n".join(filter(None, [*lines, "\n".join(fields), "\n\n".join(methods)])) + "\n"


def _constructor(found: Found) -> ast.FunctionDef | None:
    """`__init__` of a class, or of one of ours below it."""
    owner = class_of(found.name, found.module)
    for node in owner.body:
        if isinstance(node, ast.FunctionDef) and node.name == "__init__":
            return node
    known = imports_of(found.module)
    names = [ast.unparse(base).partition("[")[0] for base in owner.bases]
    below = (find(name, known[name]) for name in names if name in known)
    made = (_constructor(base) for base in below if isinstance(base.node, ast.ClassDef))
    return next((one for one in made if one is not None), None)


def _field_line(field: Field) -> str:
    shown = field.name + (f": {field.type}" if field.type else "")
    default = f" = {field.default}" if field.default else ""
    says = f": {_flat(field.doc)}" if field.doc else ""
    return f"- `{shown}{default}`{says}"


def _method_line(method: Function) -> str:
    is_property = any(ast.unparse(d) == "property" for d in method.decorator_list)
    head = (
        f"{method.name}: {ast.unparse(method.returns)}"
        if is_property and method.returns
        else signature(method, drop_self=not _is_static(method))
    )
    body = prose(ast.get_docstring(method) or "")
    return f"- `{head}`\n\n{_indented(body)}" if body else f"- `{head}`"


def _is_static(method: Function) -> bool:
    return any(ast.unparse(d) == "staticmethod" for d in method.decorator_list)


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" if line else "" for line in text.splitlines())


# --- the kinds of regions


def _names(argument: str) -> str:
    """`names GROUP`, `names MODULE:GROUP`: the names of one group of the package, of a module."""
    module, _, group = argument.rpartition(":")
    for node in parsed(module or "posthouse").body:
        if isinstance(node, ast.Assign) and _defined(node) == [group]:
            homes = ast.literal_eval(node.value)
            return "\n".join(entry(find(name, home)) for name, home in homes.items())
    raise LookupError(argument)


def _module(argument: str) -> str:
    """`module MODULE`: everything in a module's `__all__`."""
    for node in parsed(argument).body:
        if isinstance(node, ast.Assign) and _defined(node) == ["__all__"]:
            return "\n".join(entry(find(name, argument)) for name in ast.literal_eval(node.value))
    raise LookupError(f"{argument} has no __all__")


def _members(argument: str) -> str:
    """`members MODULE:CLASS`: the members of an enumeration."""
    module, _, name = argument.partition(":")
    node = class_of(name, module)
    rows = [f"| {ast.literal_eval(f.default)} | {_flat(f.doc)} |" for f in fields_of(node)]
    return "\n".join(["| Name | Meaning |", "|---|---|", *rows]) + "\n"


def _settings(argument: str) -> str:
    """`settings MODULE:CLASS`: the fields of a settings struct."""
    module, _, name = argument.partition(":")
    node = class_of(name, module)
    rows = [
        f"| `{f.name}` | {_default(f)} | {_flat(f.doc)} |"
        for f in fields_of(node)
        if f.name not in ("name", "options")
    ]
    return "\n".join(["| Setting | Default | Meaning |", "|---|---|---|", *rows]) + "\n"


def _default(field: Field) -> str:
    value = re.sub(r"^Secret\((.*)\)$", r"\1", field.default)
    if not value:
        return "required"
    if value in ("()", "{}", "''", "None"):
        return "none"
    if re.fullmatch(r"\d\d\.0", value):
        return f'`"{value[:-2]}s"`'
    if days := re.fullmatch(r"(\d+) \* DAY_S", value):
        return f'`"{days[1]}d"`'
    if re.fullmatch(r"[\d *]+", value):
        return f"`{eval(value)}`"  # noqa: S307  digits and stars
    return f"`{value}`".replace("'", '"')


def _options(argument: str) -> str:
    """`options MODULE:CLASS`: the keyword arguments of a class, as settings."""
    module, _, name = argument.partition(":")
    node = class_of(name, module)
    made = next(n for n in node.body if isinstance(n, ast.FunctionDef) and n.name == "__init__")
    doc = ast.get_docstring(made) or ""
    says = (
        dict(_rows(inspect.cleandoc("\n" + doc.partition("Args:\n")[2])))
        if "Args:\n" in doc
        else {}
    )
    options = [
        Field(argument.arg, "", ast.unparse(default) if default else "", says.get(argument.arg, ""))
        for argument, default in zip(made.args.kwonlyargs, made.args.kw_defaults, strict=True)
        if argument.arg != "clock"
    ]
    rows = [f"| `{o.name}` | {_default(o)} | {_sentence(o.doc)} |" for o in options]
    shown = "\n".join(["| Setting | Default | Meaning |", "|---|---|---|", *rows])
    return shown + "\n" if rows else "It has no settings.\n"


def _frames(argument: str) -> str:
    """`frames MODULE`: the tagged structs of a wire format."""
    rows = [
        f"| `{tag}` | {_frame_fields(node)} | {_flat(doc.partition(chr(10) * 2)[0])} |"
        for node, doc in documented(parsed(argument).body)
        if isinstance(node, ast.ClassDef)
        for keyword in node.keywords
        if keyword.arg == "tag" and (tag := ast.literal_eval(keyword.value))
    ]
    return "\n".join(["| `t` | Fields | Meaning |", "|---|---|---|", *rows]) + "\n"


def _frame_fields(node: ast.ClassDef) -> str:
    return ", ".join(f"`{f.name}`" + ("" if not f.default else "?") for f in fields_of(node))


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _tree(argument: str) -> str:
    """`tree MODULE`: the drawing at the top of a module."""
    drawing = (ast.get_docstring(parsed(argument)) or "").partition("\n\n")[2]
    return f"```text\n{drawing}\n```\n"


KINDS: Mapping[str, Callable[[str], str]] = {
    "names": _names,
    "module": _module,
    "members": _members,
    "settings": _settings,
    "options": _options,
    "tree": _tree,
    "frames": _frames,
}


def written(page: str) -> str:
    """A page with all of its regions made anew."""
    return _REGION.sub(lambda r: f"{r[1]}\n{KINDS[r['kind']](r['argument'])}\n{r[4]}", page)


def outdated() -> dict[Path, str]:
    """Pages whose regions are not what the source says, with what they should be."""
    pages = {path: path.read_text(encoding="utf-8") for path in sorted(PAGES.glob("*.md"))}
    return {path: new for path, old in pages.items() if (new := written(old)) != old}


def main() -> None:
    """Write the pages, or tell which are out of date."""
    pages = outdated()
    for path, new in pages.items():
        print(path.relative_to(ROOT))
        if "--check" not in sys.argv:
            path.write_text(new, encoding="utf-8")
    sys.exit(1 if pages and "--check" in sys.argv else 0)


if __name__ == "__main__":
    main()
