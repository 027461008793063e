"""How the work of a function grows with its input, which no load of the machine changes."""

import gc
import time
from collections.abc import Callable


def growth(small: Callable[[], object], large: Callable[[], object]) -> float:
    """How many times the processor time of the one the other takes, each at its best of five."""
    times = {small: float("inf"), large: float("inf")}
    was_on = gc.isenabled()
    gc.disable()
    try:
        for _ in range(5):
            for work, best in times.items():
                begun = time.thread_time()
                work()
                times[work] = min(best, time.thread_time() - begun)
    finally:
        if was_on:
            gc.enable()
    return times[large] / max(times[small], 1e-6)
