"""The journal file: what survives a process, and what does not."""

from pathlib import Path

import pytest

from posthouse.engine.journal import Journal, boot_id, turn_name
from posthouse.ports.records import Mark


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the journal is."""
    return tmp_path / "bot.journal"


def test_what_runs_when_a_process_dies_is_found_by_the_next(path: Path) -> None:
    """A slot that was taken and not freed names its update."""
    journal = Journal(path, slots=4)
    journal.enter(Mark(1, "a"))
    journal.leave(journal.enter(Mark(1, "b")))
    journal.sending(1, 77)
    after = Journal(path, slots=4)
    assert after.trusted
    assert after.attempts(Mark(1, "a")) == 1
    assert after.attempts(Mark(1, "b")) == 0
    assert after.was_sending(1, 77)
    assert not after.was_sending(1, 78)


def test_attempts_add_up_until_they_are_durable_elsewhere(path: Path) -> None:
    """A suspect that was not seen again keeps its count; one that was cleared does not."""
    Journal(path).enter(Mark(1, "a"))
    second = Journal(path)
    assert second.attempts(Mark(1, "a")) == 1
    third = Journal(path)
    assert third.attempts(Mark(1, "a")) == 1
    third.cleared(Mark(1, "a"))
    assert third.attempts(Mark(1, "a")) == 0
    assert Journal(path).attempts(Mark(1, "a")) == 0


def test_a_suspect_that_dies_again_counts_twice(path: Path) -> None:
    """What has no inbox row, such as a timer, is counted in the journal alone."""
    Journal(path).enter(Mark(1, "timer"))
    second = Journal(path)
    second.enter(Mark(1, "timer"))
    third = Journal(path)
    assert third.attempts(Mark(1, "timer")) == 2
    third.enter(Mark(1, "timer"))
    assert Journal(path).attempts(Mark(1, "timer")) == 3


def test_a_clean_end_leaves_no_suspects(path: Path) -> None:
    """What was cut at the stop did not kill anybody; what was being sent may have left."""
    journal = Journal(path)
    journal.enter(Mark(1, "a"))
    journal.sending(1, 5)
    journal.close(clean=True)
    after = Journal(path)
    assert after.trusted
    assert after.attempts(Mark(1, "a")) == 0
    assert after.was_sending(1, 5)


def test_a_journal_of_another_boot_is_not_trusted(path: Path) -> None:
    """The mapping was never synced, so after a reboot it may hold anything."""
    Journal(path, boot="first").enter(Mark(1, "a"))
    after = Journal(path, boot="second")
    assert not after.trusted
    assert after.attempts(Mark(1, "a")) == 0


@pytest.mark.parametrize("content", [b"", b"something else", b"PHJ1"])
def test_a_file_that_is_no_journal_is_not_trusted(path: Path, content: bytes) -> None:
    """It is replaced by an empty one."""
    path.write_bytes(content)
    assert not Journal(path).trusted
    assert Journal(path).trusted


def test_a_frozen_journal_keeps_what_it_held(path: Path) -> None:
    """For crash tests: what happens after the death does not reach the file."""
    journal = Journal(path)
    slot = journal.enter(Mark(1, "a"))
    journal.freeze()
    journal.leave(slot)
    journal.close(clean=True)
    assert Journal(path).attempts(Mark(1, "a")) == 1


def test_a_full_journal_says_so() -> None:
    """Nothing may start then."""
    journal = Journal(None, slots=1)
    slot = journal.enter(Mark(1, "a"))
    assert not journal.room
    journal.leave(slot)
    assert journal.room


def test_a_name_that_is_too_long_for_a_slot_is_shortened(path: Path) -> None:
    """Two long ids stay two."""
    long = [Mark(1, "x" * 500 + end) for end in "ab"]
    assert len({turn_name(mark) for mark in long}) == 2
    Journal(path).enter(long[0])
    after = Journal(path)
    assert after.attempts(long[0]) == 1
    assert after.attempts(long[1]) == 0


def test_ids_with_letters_beyond_ascii_fit(path: Path) -> None:
    """The length of a slot counts bytes."""
    mark = Mark(1, "ü" * 100)
    Journal(path).enter(mark)
    assert Journal(path).attempts(mark) == 1


def test_the_boot_id_is_stable() -> None:
    """Two looks within one boot agree."""
    assert boot_id() == boot_id()
