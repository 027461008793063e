"""Fails when the tests cover less than docs/explanation/design.md promises.

    python tools/coverage_floor.py .build/coverage/report.json

Lines and branches count alike. The folders whose mistakes lose messages have no slack at all.
"""

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

COMPLETE = ("model", "routing", "delivery", "storage")
OVERALL_PERCENT = 95.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How much there was to cover, and how much was."""

    covered: int = 0
    total: int = 0

    @classmethod
    def of(cls, summary: dict[str, Any]) -> Self:
        """Reads the summary that coverage writes for a file."""
        return cls(
            covered=summary["covered_lines"] + summary.get("covered_branches", 0),
            total=summary["num_statements"] + summary.get("num_branches", 0),
        )

    def __add__(self, other: Self) -> Self:
        return type(self)(covered=self.covered + other.covered, total=self.total + other.total)

    @property
    def percent(self) -> float:
        """How much was covered; nothing of nothing is 0."""
        return 100.0 * self.covered / self.total if self.total else 0.0


def shortfalls(files: dict[str, dict[str, Any]]) -> list[str]:
    """One sentence for each promise that this report breaks."""
    found: list[str] = []
    overall = Tally()
    seen: set[str] = set()
    for path, report in sorted(files.items()):
        tally = Tally.of(report["summary"])
        overall += tally
        area = next(
            (name for name in COMPLETE if f"posthouse/{name}/" in Path(path).as_posix()), ""
        )
        seen.add(area)
        if area and tally.covered < tally.total:
            found.append(f"{path}: {tally.percent:.1f} %, has to be complete; {_holes(report)}")
    found += [f"posthouse/{name}: nothing was measured" for name in COMPLETE if name not in seen]
    if overall.percent < OVERALL_PERCENT:
        found.append(f"overall: {overall.percent:.2f} %, the floor is {OVERALL_PERCENT:.0f} %")
    return found


def _holes(report: dict[str, Any]) -> str:
    lines = ", ".join(map(str, report["missing_lines"])) or "none"
    branches = ", ".join(f"{a}->{b}" for a, b in report.get("missing_branches", [])) or "none"
    return f"missing lines: {lines}; missing branches: {branches}"


def main(path: str) -> int:
    """Prints what falls short and returns the exit code."""
    found = shortfalls(json.loads(Path(path).read_text(encoding="utf-8"))["files"])
    for sentence in found:
        print(sentence, file=sys.stderr)
    if not found:
        areas = ", ".join(COMPLETE)
        print(f"coverage: {areas} complete, overall {OVERALL_PERCENT:.0f} % or more")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
