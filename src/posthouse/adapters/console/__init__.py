"""The console messenger: a bot in the terminal, its buttons as numbers."""

from posthouse.adapters.console.adapter import ConsoleAdapter

__all__ = ["ConsoleAdapter"]
