"""`python -m tools.telegram_api`: write specification.json and the modules made of it.

Without arguments they are written from the committed specification; `--download` first writes that
one anew from the documentation. `--check` writes nothing and tells what is out of date.
"""

import argparse
import sys
from pathlib import Path

import msgspec

from posthouse.adapters.telegram.api.specification import Specification
from tools.telegram_api.calls import render_calls, render_calls_stub
from tools.telegram_api.download import SOURCE, download
from tools.telegram_api.normalise import normalise
from tools.telegram_api.render import render_methods, render_types

FOLDER = Path(__file__).parents[2] / "src" / "posthouse" / "adapters" / "telegram" / "api"


def main() -> int:
    """Do what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tools.telegram_api", description=__doc__)
    parser.add_argument("--download", action="store_true", help="start from the documentation")
    parser.add_argument("--check", action="store_true", help="write nothing, compare only")
    asked = parser.parse_args()
    stale = []
    for path, text in generated(from_documentation=asked.download).items():
        if not path.exists() or path.read_text() != text:
            stale.append(path.name)
            if not asked.check:
                path.write_text(text)
    print(f"{'out of date' if asked.check else 'written'}: {', '.join(stale) or 'nothing'}")
    return int(asked.check and bool(stale))


def generated(*, from_documentation: bool) -> dict[Path, str]:
    """Everything that is generated, by where it belongs."""
    committed = FOLDER / "specification.json"
    if from_documentation:
        api = normalise(download(), source=SOURCE)
    else:
        api = msgspec.json.decode(committed.read_bytes(), type=Specification)
    return {
        committed: written(api),
        FOLDER / "types.py": render_types(api),
        FOLDER / "methods.py": render_methods(api),
        FOLDER / "calls.py": render_calls(api),
        FOLDER / "calls.pyi": render_calls_stub(api),
    }


def written(api: Specification) -> str:
    """Write the specification as JSON, a line for each type and method: changes read well."""
    lines = ["{"]
    lines += [
        f'"{name}": {msgspec.json.encode(getattr(api, name)).decode()},'
        for name in ("version", "released", "source")
    ]
    for name in ("types", "unions", "methods"):
        entries = [msgspec.json.encode(entry).decode() for entry in getattr(api, name)]
        lines += [f'"{name}": [', ",\n".join(entries), "]" + "," * (name != "methods")]
    return "\n".join([*lines, "}", ""])


if __name__ == "__main__":
    sys.exit(main())
