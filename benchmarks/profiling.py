"""Where the time goes: cProfile around the measured part of a run, and nothing else."""

import cProfile
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def profiled(profile: cProfile.Profile) -> Iterator[None]:
    """Let a profile see what happens inside."""
    profile.enable()
    try:
        yield
    finally:
        profile.disable()
