"""The names of `posthouse`: few, lazily loaded, the same for people and for type checkers."""

import ast
import json
import os
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import posthouse
from posthouse import publishing, types

HOMES: dict[str, str] = vars(posthouse)["_HOMES"]
SOURCE = Path(posthouse.__file__).parent
HEAVY = {
    "aiosqlite", "alembic", "cyclopts", "dishka", "markdown_it", "rich", "sqlalchemy", "starlette",
    "uvicorn", "websockets",
}  # fmt: skip
# Twice a tenth of aiogram's import time, since the machine may be slow, and a fifth of its memory.
BUDGET_S, BUDGET_MIB = 0.5, 31.4

MEASURE = """
import json, resource, sys, time
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
start = time.process_time()
import posthouse
after = set(sys.modules)
if sys.argv[1] == "all":
    for name in posthouse.__all__:
        getattr(posthouse, name)
print(json.dumps({
    "s": time.process_time() - start,
    "mib": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024,
    "modules": sorted(sys.modules),
    "ours": sorted(name for name in sys.modules if name.startswith("posthouse")),
}))
"""


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Any]:
    """Import in a process of its own and tell what that costs from the second time on."""
    # Coverage follows into subprocesses and would be measured with them.
    clean = {name: v for name, v in os.environ.items() if not name.startswith(("COV", "PYTHON"))}
    clean["PYTHONPATH"] = str(SOURCE.parent)
    clean["PYTHONPYCACHEPREFIX"] = str(tmp_path_factory.mktemp("bytecode"))

    def run(what: str) -> Any:
        done = subprocess.run(
            [sys.executable, "-c", MEASURE, what],
            env=clean,
            capture_output=True,
            text=True,
            check=True,
        )
        return json.loads(done.stdout)

    run("all")
    return run


def test_importing_the_package_loads_nothing_else(imported: Callable[[str], Any]) -> None:
    """Names come when they are used."""
    cost = imported("package")
    assert cost["ours"] == ["posthouse"]
    assert not {"asyncio", "msgspec"} & set(cost["modules"])


def test_all_public_names_cost_little(imported: Callable[[str], Any]) -> None:
    """No heavy library; the better of three, since other processes run beside the tests."""
    cost = min((imported("all") for _ in range(3)), key=lambda cost: float(cost["s"]))
    assert HEAVY.isdisjoint(name.partition(".")[0] for name in cost["modules"])
    assert cost["s"] < BUDGET_S
    assert cost["mib"] < BUDGET_MIB


@pytest.mark.parametrize("name", posthouse.__all__)
def test_every_name_is_where_the_table_says(name: str) -> None:
    """And has a docstring, unless it is a value."""
    found = getattr(posthouse, name)
    assert found is getattr(import_module(HOMES[name]), name)
    assert name in dir(posthouse)


def test_there_are_at_most_forty_names() -> None:
    """What the tutorials use."""
    assert len(posthouse.__all__) <= 40
    assert len(set(posthouse.__all__)) == len(posthouse.__all__)


def test_type_checkers_see_the_same_names_from_the_same_modules() -> None:
    """The stub and the table agree."""
    tree = ast.parse((SOURCE / "__init__.pyi").read_text(encoding="utf-8"))
    imported_names = {
        alias.asname: node.module
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    [listed] = [node.value for node in tree.body if isinstance(node, ast.Assign)]
    assert imported_names == HOMES
    assert sorted(ast.literal_eval(listed)) == sorted(posthouse.__all__)


def test_type_checkers_see_the_same_of_publishing() -> None:
    """Its stub agrees with its table, and every name is where both say."""
    tree = ast.parse((SOURCE / "publishing" / "__init__.pyi").read_text(encoding="utf-8"))
    named = {
        alias.asname: node.module
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert named == vars(publishing)["_HOMES"]
    assert all(hasattr(publishing, str(name)) for name in named)


def test_a_name_that_is_not_there_names_the_nearest() -> None:
    """As everywhere."""
    for name, hint in {"TextMesage": "; did you mean 'TextMessage'[?]", "xyzzy": ""}.items():
        with pytest.raises(AttributeError, match=rf"no attribute '{name}'{hint}$"):
            getattr(posthouse, name)


def test_types_that_are_only_received_have_a_module() -> None:
    """None of them is a public name as well."""
    assert sorted(types.__all__) == list(types.__all__)
    assert all(hasattr(types, name) for name in types.__all__)
    assert not set(types.__all__) & set(posthouse.__all__)
