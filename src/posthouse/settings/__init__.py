"""`posthouse.toml`: `load` reads it, `posthouse.settings.building` makes a site of it."""

from posthouse.settings.reading import load
from posthouse.settings.schema import Settings

__all__ = ["Settings", "load"]
