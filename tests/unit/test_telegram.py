"""`posthouse.telegram`: every name of the Bot API, made on first use, known to type checkers."""

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import posthouse.telegram as home
from posthouse.adapters.telegram.api import methods, types

GENERATED = {*types.__all__, *methods.__all__}
CHEAP = """
import sys, posthouse.telegram
assert not [name for name in sys.modules if name.endswith(("api.types", "api.methods"))]
posthouse.telegram.InputFile
assert not [name for name in sys.modules if name.endswith(("api.types", "api.methods"))]
posthouse.telegram.Message
assert not [name for name in sys.modules if name.endswith("api.methods")]
posthouse.telegram.SendMessage
assert [name for name in sys.modules if name.endswith("api.methods")]
"""


def test_every_name_is_there() -> None:
    """Types, unions, methods, and what reads and writes them."""
    names = importlib.import_module("posthouse.telegram").__all__

    assert set(names) > GENERATED
    assert {"decode_update", "encode_call", "InputFile", "Unknown"} <= set(names)
    for name in names:
        assert getattr(home, name) is not None
    assert set(names) <= set(dir(home))


def test_importing_it_makes_no_class() -> None:
    """They come with the first name that needs them."""
    done = subprocess.run(
        [sys.executable, "-c", CHEAP], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr


def test_type_checkers_see_the_same_names() -> None:
    """The stub names what is not generated and takes the rest as it is."""
    stub = Path(home.__file__).with_suffix(".pyi").read_text(encoding="utf-8")
    named = {
        alias.asname or alias.name
        for statement in ast.parse(stub).body
        if isinstance(statement, ast.ImportFrom)
        for alias in statement.names
    }

    assert named - {"*"} == set(vars(home)["_OWN"]) - GENERATED | {"InputFile"}


def test_a_wrong_name_is_told_with_the_nearest() -> None:
    """As at the package itself."""
    with pytest.raises(AttributeError, match=r"no attribute 'Mesage'; did you mean 'Message'"):
        home.Mesage  # type: ignore[attr-defined]  # noqa: B018
    with pytest.raises(AttributeError, match=r"no attribute '_private'$"):
        home._private  # type: ignore[attr-defined]  # noqa: B018
