"""Fetches the documentation as data: a file in aiogram's sdist, of one version and one checksum."""

import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any, cast

VERSION = "3.31.0"
SHA256 = "f2c5064fe52d88898c86af62261c405440a014216e45dd99b2c6555a5602ce30"
SOURCE = f"aiogram {VERSION}, sdist, .butcher/schema/schema.json"

_MEMBER = f"aiogram-{VERSION}/.butcher/schema/schema.json"


def download() -> dict[str, Any]:
    """Let pip fetch and verify the sdist, and read the documentation out of it."""
    with tempfile.TemporaryDirectory() as folder:
        path = _fetch(Path(folder))
        with tarfile.open(path) as archive:
            member = archive.extractfile(_MEMBER)
            if member is None:
                raise LookupError(f"{path.name} holds no {_MEMBER}")
            return cast(dict[str, Any], json.load(member))


def _fetch(folder: Path) -> Path:
    """Let pip check the file against its checksum before it runs anything that is in it."""
    wanted = folder / "wanted.txt"
    wanted.write_text(f"aiogram=={VERSION} --hash=sha256:{SHA256}\n")
    subprocess.run(  # noqa: S603  pip of this interpreter, fixed arguments
        [
            *(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"),
            *("--no-build-isolation", "--no-binary", "aiogram", "--dest", str(folder)),
            *("--require-hashes", "--requirement", str(wanted)),
        ],
        check=True,
        capture_output=True,
        text=True,
    )
    return folder / f"aiogram-{VERSION}.tar.gz"
