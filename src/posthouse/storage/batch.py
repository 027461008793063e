"""The group commit: many changes in one transaction, each of them whole or not at all.

How this works: nearly always every change of a batch is good, so all are written together without
asking, and a number of rows that is not as expected is the sign that one was not. Then everything
is undone and the batch is written again, with care: the marks and versions are read first, losers
are left out, what cannot be grouped gets a savepoint of its own. When even the transaction is gone
(a table that says ON CONFLICT ROLLBACK, or a deferred constraint that COMMIT refused), changes with
statements of their own are committed one by one, so that they take nothing of the others along. A
turn and its observers stay in one transaction even then: whoever killed it is left out of the next.
"""

import sqlite3
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from posthouse.errors import ConflictError, SchemaChangedError, StoreUnavailableError
from posthouse.ports.changes import Change, Execute, Observed, Verdict
from posthouse.ports.records import Mark
from posthouse.ports.store import StateKey
from posthouse.storage import hot
from posthouse.storage.faults import refused, unavailable
from posthouse.storage.hot import MismatchError, Plain
from posthouse.storage.statements import REFUSALS, LostError, lost
from posthouse.storage.writes import Writes

_DANGLING = "A statement left a row that points to another one which is not there."


class DiedError(Exception):
    """The transaction is gone, with everything that was in it.

    The reason is what the driver raised.
    """

    def __init__(self, reason: Exception | None) -> None:
        super().__init__(str(reason))
        self.reason = reason


class Batches:
    """Commits batches of changes on the writer's connection."""

    def __init__(self, db: sqlite3.Connection, writes: Writes, *, path: Path, epoch: str) -> None:
        self._db = db
        self._writes = writes
        self._path = path
        self._epoch = epoch
        self._said: list[tuple[Change, Verdict, Exception | None]] = []
        self._written: set[Mark | None] = set()
        self._writing: Change | None = None
        """Whose savepoint is open, while changes are written one by one."""

    def commit(self, changes: Sequence[Change]) -> None:
        """Apply changes and set their verdicts.

        Raises StoreUnavailableError when nothing can be written.
        """
        # Of a batch that failed while it was committed one by one, some changes are done already.
        left = [c for c in changes if not (c.attempt and c.verdict is not None)]
        try:
            if not self._together(left) and not self._with_care(left):
                self._apart(left)
        except sqlite3.Error as error:
            self.undo()
            raise unavailable(error, self._path) from error
        except StoreUnavailableError:
            self.undo()
            raise

    def begin(self) -> None:
        """Begin a transaction.

        Raises SchemaChangedError when the tables are not those this process knows.
        """
        self._said = []
        self._written = set()
        self._writing = None
        self._db.execute("BEGIN IMMEDIATE")
        found = self._db.execute("SELECT version_num FROM alembic_version").fetchone()
        if found is None or found[0] != self._epoch:
            raise SchemaChangedError(
                f"The database {self._path} was migrated while this site ran. "
                "Stop the site and start it again with the version that migrated it."
            )

    def end(self, won: Sequence[Change] = ()) -> None:
        """Commit and set the verdicts; raises DiedError when a deferred constraint is broken."""
        try:
            self._db.execute("COMMIT")
        except sqlite3.IntegrityError as error:
            raise DiedError(error) from error
        for change in won:
            change.verdict = Verdict.WON
        for change, verdict, why in self._said:
            change.verdict = verdict
            change.error = why

    def undo(self) -> None:
        """Roll back, if there still is something to roll back."""
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")

    # --- three ways, from the fastest to the most careful; False when the next one must be taken

    def _together(self, changes: Sequence[Change]) -> bool:
        self.begin()
        at = 0
        try:
            while at < len(changes):
                plain, at = hot.lay_out(changes, at)
                self._write_plain(plain)
                if at < len(changes):
                    self._write_single(changes[at])
                    at += 1
            self.end(changes)
        except (MismatchError, LostError, DiedError):
            self.undo()
            return False
        except REFUSALS as error:
            lost(error)  # raises when it is the database that failed
            self.undo()
            return False
        return True

    def _with_care(self, changes: Sequence[Change]) -> bool:
        self.begin()
        try:
            for single, run in groupby(changes, hot.is_single):
                if single:
                    for change in run:
                        self._write_single(change)
                else:
                    self._write_winners(list(run))
            self.end()
        except DiedError:
            self.undo()
            return False
        return True

    def _apart(self, changes: Sequence[Change]) -> None:
        for own, group in groupby(changes, _has_statements):
            run = list(group)
            if own or not self._with_care(run):
                for change in run:
                    self._write_alone(change)

    # --- a run of changes

    def _write_plain(self, plain: Plain) -> None:
        hot.write_plain(self._db, plain, self._writes.current)
        for write in plain.others:
            self._writes.apply(write, None)

    def _write_winners(self, run: list[Change]) -> None:
        verdicts = self._foresee(run)
        winners = [c for c, v in zip(run, verdicts, strict=True) if v is Verdict.WON]
        self._db.execute("SAVEPOINT run")
        try:
            self._write_plain(hot.lay_out(winners)[0])
        except (MismatchError, LostError):
            self._back_to("run")
        except REFUSALS as error:
            lost(error)
            self._back_to("run", error)
        else:
            self._db.execute("RELEASE run")
            for change, verdict in zip(run, verdicts, strict=True):
                self._say(change, verdict)
                if verdict is Verdict.DUPLICATE:
                    self._tidy(change)
            return
        for change in run:
            self._write_single(change)

    def _foresee(self, run: list[Change]) -> list[Verdict]:
        """Compare a run with what is there: one question for all marks, one for all versions."""
        done = hot.known_marks(self._db, [c.mark for c in run if c.mark is not None])
        keys = [StateKey(s.account, s.key) for c in run for s in c.states]
        reads = zip(keys, hot.load(self._db, keys), strict=True)
        versions = {key: read.version for key, read in reads}
        verdicts = []
        for change in run:
            if change.mark in done:
                verdicts.append(Verdict.DUPLICATE)
            elif any(versions[StateKey(s.account, s.key)] != s.version for s in change.states):
                verdicts.append(Verdict.STALE)
            else:
                verdicts.append(Verdict.WON)
                versions.update((StateKey(s.account, s.key), s.version + 1) for s in change.states)
                if change.mark is not None:
                    done.add(change.mark)
        return verdicts

    # --- one change

    def _write_alone(self, change: Change) -> None:
        """Write one change and those of its observers that the database takes, all or nothing.

        An observer that kills the transaction is left out of the next try, so that its failure and
        what the others want become durable together with the mark of the update.
        """
        failed: list[tuple[Change, Exception]] = []
        checks = False
        while True:
            left_out = [observer for observer, _ in failed]
            observers = [each for each in change.observers if each not in left_out]
            try:
                self.begin()
                self._write_single(change, observers, checks=checks)
                self.end()
            except DiedError as died:
                self.undo()
                why = refused(died.reason)
                if self._writing is change or not observers:
                    change.verdict, change.error = Verdict.FAILED, why
                    return
                if self._writing is not None:
                    failed.append((self._writing, why))
                elif not checks:
                    checks = True  # COMMIT refused, and does not say whose rows were wrong
                else:
                    failed += [(observer, why) for observer in observers]
            else:
                for observer, error in failed:
                    observer.verdict, observer.error = Verdict.FAILED, error
                return

    def _write_single(
        self, change: Change, observers: Sequence[Change] | None = None, *, checks: bool = False
    ) -> None:
        """Write one change in a savepoint of its own, then its observers, each in one.

        Args:
            observers: Those to be written, instead of all.
            checks: Refuse what an observer writes at once when it points to rows that are not
                there, though the constraint is deferred to the COMMIT.
        """
        observers = change.observers if observers is None else observers
        if change.attempt and self._is_committed(change.mark):
            self._say(change, Verdict.WON)  # by the attempt whose end was unknown
            for observer in observers:
                self._say(observer, Verdict.WON if self._is_observed(observer) else Verdict.FAILED)
            return
        self._writing = change
        if self._in_savepoint(change):
            self._written.add(change.mark)
            dangling = self._dangling() if checks else 0
            for observer in observers:
                self._writing = observer
                self._in_savepoint(observer, dangling=dangling if checks else None)
        self._writing = None

    def _require_no_more(self, dangling: int) -> None:
        if self._dangling() > dangling:
            raise LostError(Verdict.FAILED, ConflictError(_DANGLING, constraint=True))

    def _dangling(self) -> int:
        """Count the rows that point to others which are not there."""
        return len(self._db.execute("PRAGMA foreign_key_check").fetchall())

    def _is_observed(self, observer: Change) -> bool:
        """Whether an observer's change was written by an attempt whose end was unknown."""
        marks = [write for write in observer.writes if isinstance(write, Observed)]
        return bool(marks) and self._writes.is_observed(marks[0])

    def _is_committed(self, mark: Mark | None) -> bool:
        if mark is None or mark in self._written:
            return False
        return bool(hot.known_marks(self._db, [mark]))

    def _in_savepoint(self, change: Change, *, dangling: int | None = None) -> bool:
        """Write a change or nothing of it; with `dangling` it may leave that many such rows."""
        self._db.execute("SAVEPOINT one")
        try:
            self._write(change)
            if dangling is not None:
                self._require_no_more(dangling)
        except LostError as error:
            why = error
        except REFUSALS as error:
            why = lost(error)
        else:
            self._db.execute("RELEASE one")
            self._say(change, Verdict.WON)
            return True
        self._back_to("one", why.error)
        if why.verdict is Verdict.DUPLICATE:
            self._tidy(change)
        self._say(change, why.verdict, why.error)
        return False

    def _write(self, change: Change) -> None:
        mark = change.mark
        if mark is not None:
            if not hot.write_mark(self._db, mark, self._writes.current):
                raise LostError(Verdict.DUPLICATE)
            if change.inbox:
                hot.delete_inbox(self._db, mark)
        for state in change.states:
            if not hot.write_state(self._db, state):
                raise LostError(Verdict.STALE)
        for row in change.deliveries:
            hot.write_delivery(self._db, row)
        for write in change.writes:
            self._writes.apply(write, mark)

    def _tidy(self, change: Change) -> None:
        """Take an update that is done out of the inbox, should it still be there."""
        mark = change.mark
        if mark is not None and change.inbox and hot.known_marks(self._db, [mark]):
            hot.delete_inbox(self._db, mark)

    def _say(self, change: Change, verdict: Verdict, error: Exception | None = None) -> None:
        self._said.append((change, verdict, error))

    def _back_to(self, savepoint: str, reason: Exception | None = None) -> None:
        if not self._db.in_transaction:
            raise DiedError(reason)
        self._db.execute(f"ROLLBACK TO {savepoint}")
        self._db.execute(f"RELEASE {savepoint}")


def _has_statements(change: Change) -> bool:
    return any(
        type(write) is Execute for each in (change, *change.observers) for write in each.writes
    )
