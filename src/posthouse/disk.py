"""Files that are there for good: on the disk before anybody is told, and never half."""

import os
import sys
from pathlib import Path


def synced(path: Path) -> None:
    """Bring a file, or what a folder is said to hold, to the disk, where that can be asked for."""
    if sys.platform == "win32":  # pragma: no cover
        return
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def put_in_place(part: Path, target: Path) -> None:
    """Give a whole file, whose bytes are on the disk, the name that it is found by, for good."""
    part.replace(target)
    synced(target.parent)
