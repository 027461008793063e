"""Every code block of README and of the documentation runs."""

from pathlib import Path

import pytest
from pages import ROOT, all_pages, blocks_of
from running import matches, run_page

PAGES = [page for page in all_pages() if any(True for _ in blocks_of(page))]


@pytest.mark.timeout(120)
@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_block_of_the_page_runs(page: Path, tmp_path: Path) -> None:
    """Files are written, code is run, commands print what the page says."""
    run_page(list(blocks_of(page)), tmp_path)


@pytest.mark.parametrize(
    ("expected", "printed", "fits"),
    [
        (["a"], ["a"], True),
        (["a"], ["a", "b"], False),
        (["a", "..."], ["a", "b", "c"], True),
        (["... passed in ...s"], ["3 passed in 0.1s"], True),
        (["...", "z"], ["x", "y"], False),
    ],
)
def test_dots_in_expected_output_stand_for_anything(
    expected: list[str], printed: list[str], fits: bool
) -> None:
    """Only they do."""
    assert matches(expected, printed) is fits


def test_hardly_any_block_is_left_out() -> None:
    """What is not run says why, and there are few."""
    left_out = [b for page in all_pages() for b in blocks_of(page) if b.not_run]
    assert len(left_out) <= 3, [block.where for block in left_out]
