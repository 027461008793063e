"""The garbage collector, set for a process that runs a site."""

import gc

YOUNG = 50_000
"""New objects that may gather before the youngest generation is looked at.

Turns leave no circles behind.
"""


def settle_memory() -> None:
    """Exempt all that was loaded so far from collection, and collect less often.

    Measured with `benchmarks/turn.py`: with the interpreter's defaults nearly half of a turn's time
    goes into looking again and again at modules that are never freed.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 20, 50)
