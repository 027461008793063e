"""tools/coverage_floor.py, the tool that holds the coverage we promise."""

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

COMPLETE = ("model", "routing", "delivery", "storage")


@pytest.fixture(scope="module")
def floor() -> ModuleType:
    """The tool, loaded from its file."""
    path = Path(__file__).parents[2] / "tools" / "coverage_floor.py"
    spec = importlib.util.spec_from_file_location("coverage_floor", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def report(*, lines: int = 10, covered: int = 10, branches: int = 2, taken: int = 2) -> Any:
    """What coverage writes for one file."""
    return {
        "summary": {
            "num_statements": lines,
            "covered_lines": covered,
            "num_branches": branches,
            "covered_branches": taken,
        },
        "missing_lines": list(range(covered, lines)),
        "missing_branches": [[1, -1]] * (branches - taken),
    }


def complete() -> dict[str, Any]:
    """A report in which every promise is kept."""
    return {f"src/posthouse/{name}/__init__.py": report() for name in COMPLETE}


def test_a_full_report_has_no_shortfalls(floor: ModuleType) -> None:
    """Full coverage is enough."""
    assert floor.shortfalls(complete()) == []


@pytest.mark.parametrize("area", COMPLETE)
def test_one_missing_branch_in_a_complete_folder_is_named(floor: ModuleType, area: str) -> None:
    """These four folders have no slack, and the message says where to look."""
    files = complete() | {f"src/posthouse/{area}/x.py": report(taken=1)}
    [sentence] = floor.shortfalls(files)
    assert f"posthouse/{area}/x.py" in sentence
    assert "1->-1" in sentence


def test_elsewhere_a_hole_is_allowed_down_to_the_overall_floor(floor: ModuleType) -> None:
    """95 % overall: a small hole outside the four folders passes, a large one does not."""
    small = complete() | {"src/posthouse/site.py": report(lines=100, covered=96)}
    large = complete() | {"src/posthouse/site.py": report(lines=100, covered=80)}
    assert floor.shortfalls(small) == []
    assert floor.shortfalls(large) == ["overall: 86.67 %, the floor is 95 %"]


def test_a_folder_that_was_not_measured_is_a_shortfall(floor: ModuleType) -> None:
    """A report that leaves a folder out cannot pass by saying nothing."""
    files = complete()
    del files["src/posthouse/storage/__init__.py"]
    assert floor.shortfalls(files) == ["posthouse/storage: nothing was measured"]
