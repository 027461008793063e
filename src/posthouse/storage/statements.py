"""Statements of users: writes inside a turn's commit, and reads of committed data."""

import re
import sqlite3
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, TextClause
from sqlalchemy.exc import SQLAlchemyError

from posthouse.errors import ConflictError, MistakeError
from posthouse.ports.changes import Execute, Verdict
from posthouse.storage.faults import is_unavailable, refused

_NOT_YOURS = re.compile(
    r"\s*(begin|commit|end|rollback|savepoint|release|attach|detach|pragma|vacuum)\b", re.IGNORECASE
)

REFUSALS = (sqlite3.Error, SQLAlchemyError, ArithmeticError, TypeError, ValueError)
"""What the driver raises for a statement or a value it does not take.

Numbers too large and bad text among them.
"""


class LostError(Exception):
    """A change cannot be written; the reason is its verdict."""

    def __init__(self, verdict: Verdict, error: Exception | None = None) -> None:
        super().__init__(verdict)
        self.verdict = verdict
        self.error = error


def run(sql: Connection, write: Execute) -> None:
    """Run a write of a turn.

    Raises LostError, or the driver's error when the database itself failed.
    """
    _check(write.statement)
    try:
        result = sql.execute(write.statement)
        rows = len(result.all()) if result.returns_rows else result.rowcount
    except REFUSALS as error:
        raise lost(error) from error
    if write.expect_rows is not None and rows != write.expect_rows:
        said = f"A statement touched {rows} rows instead of {write.expect_rows}."
        raise LostError(Verdict.FAILED, ConflictError(said))


def fetch(sql: Connection, statement: Any) -> Sequence[Any]:
    """Run a read. Raises MistakeError for a statement that writes or cannot be run."""
    try:
        result = sql.execute(statement)
        return result.all() if result.returns_rows else ()
    except REFUSALS as error:
        cause = driver_error(error)
        if isinstance(cause, sqlite3.Error) and cause.sqlite_errorcode == sqlite3.SQLITE_READONLY:
            raise MistakeError(
                "fetch() was given a statement that writes. Give it to execute() instead."
            ) from error
        if is_unavailable(cause):
            raise cause from error
        raise MistakeError(f"fetch() cannot run a statement: {cause}. Correct it.") from error


def lost(error: Exception) -> LostError:
    """Return how a change ends whose statement raised.

    Raises the driver's error when the database failed.
    """
    cause = driver_error(error)
    if is_unavailable(cause):
        raise cause from error
    return LostError(Verdict.FAILED, refused(cause))


def driver_error(error: Exception) -> Exception:
    """Return what the driver raised, out of SQLAlchemy's wrapping."""
    cause = getattr(error, "orig", None)
    return cause if isinstance(cause, Exception) else error


def _check(statement: object) -> None:
    if isinstance(statement, TextClause) and (found := _NOT_YOURS.match(statement.text)):
        word = found[1].upper()
        raise LostError(
            Verdict.FAILED,
            MistakeError(f"execute() was given {word}: the transaction belongs to the framework."),
        )
