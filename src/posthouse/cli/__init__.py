"""The command line: `posthouse --help`."""

from posthouse.cli.commands import main

__all__ = ["main"]
