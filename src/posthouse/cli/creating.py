"""`new`: a project that runs at once."""

import keyword
import re
import shutil
import sys
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from posthouse.cli.output import current
from posthouse.demo.site import board_folder
from posthouse.errors import SetupError

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_FILES = {
    "posthouse.toml.template": "posthouse.toml",
    "app.py.template": "{module}.py",
    "test_app.py.template": "test_{module}.py",
    "README.md.template": "README.md",
    "gitignore.template": ".gitignore",
}


def new(
    name: Annotated[str, Parameter(help="Name of the project: letters, digits, - and _.")],
    /,
    *,
    folder: Annotated[
        Path | None, Parameter(help="Where to put it; a folder of that name.")
    ] = None,
    example: Annotated[
        Literal["townboard"] | None,
        Parameter(help="Begin with a copy of an example: the town board of `posthouse demo`."),
    ] = None,
) -> None:
    """Start a project that runs at once: settings, an app, a test."""
    target = folder or Path(name)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise SetupError(
            f"{target} is there already and not empty; choose another name or --folder"
        )
    try:
        if example is None:
            _write(target, name=name, module=module_name(name))
        else:
            left_out = shutil.ignore_patterns("__pycache__", "*.db*", "*.key")
            shutil.copytree(board_folder(), target, dirs_exist_ok=True, ignore=left_out)
    except OSError as error:
        raise SetupError(f"{target} cannot be written: {error.strerror}") from None
    output = current.get()
    output.good(f"{target} is ready. Now:")
    output.say(f"    cd {target}")
    output.say("    posthouse run        # then open the address it prints")
    output.say("    posthouse console    # or talk to the bot right here")
    if example is None:
        output.say("    python -m pytest     # run its test (pip install pytest)")


def module_name(name: str) -> str:
    """Return the Python module a project's app goes into; raises SetupError for a name in use."""
    if not _NAME.fullmatch(name):
        raise SetupError(
            f"{name!r} cannot name a project; use letters, digits, - and _, beginning with a letter"
        )
    module = name.lower().replace("-", "_")
    taken = module in sys.stdlib_module_names or keyword.iskeyword(module)
    if taken or find_spec(module) is not None:
        raise SetupError(
            f"Python has a module {module!r} already, which yours would hide; try {module}_bot"
        )
    return module


def _write(target: Path, *, name: str, module: str) -> None:
    target.mkdir(parents=True, exist_ok=True)
    template = files("posthouse.cli").joinpath("template")
    app = re.sub(r"[^a-z0-9_-]", "-", name.lower())[:32]
    for source, place in _FILES.items():
        words = template.joinpath(source).read_text(encoding="utf-8")
        for key, value in (("NAME", name), ("MODULE", module), ("APP", app)):
            words = words.replace(f"@{key}@", value)
        target.joinpath(place.format(module=module)).write_text(words, encoding="utf-8")
