"""A result as a table that people read."""

from benchmarks.rounds import Result


def show(result: Result) -> str:
    """Return the table."""
    rows = [("ours", result.ours, 1.0)]
    if result.floor is not None:
        rows.append(("floor", result.floor, result.ratio_to_floor or 0.0))
    rows += [(name, figure, result.ours / figure) for name, figure in result.peers.items()]
    out = [f"{result.name}, {result.unit}" + _p99(result)]
    for name, figure, ratio in rows:
        shown = f"{figure:,.3f}" if figure < 100 else f"{figure:,.0f}"
        against = "" if name == "ours" else f"  ours is {ratio:.3g} of it"
        out.append(f"  {name:20} {shown:>12}{against}{_details(result, name)}")
    return "\n".join(out) + "\n"


def _p99(result: Result) -> str:
    return "" if result.p99_ms is None else f", p99 {result.p99_ms:.1f} ms"


def _details(result: Result, name: str) -> str:
    further = {
        k: v for k, v in result.details.get(name, {}).items() if k not in ("rate", "seconds")
    }
    return "".join(f"  {key} {value:.3g}" for key, value in further.items())
