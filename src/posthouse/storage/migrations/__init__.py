"""From any earlier schema to this version's; the revisions are Alembic's, under `scripts/versions`.

How this works: Alembic takes longer to import than a site may take to start, so it is imported only
when there is something to migrate. A file at the newest revision is left alone, and an empty file
gets `head.sql`, which is what the revisions produce on SQLite, written down; a test keeps the two
equal.
"""

import sqlite3
import threading
from functools import cache
from importlib.resources import files
from pathlib import Path

from sqlalchemy import Connection

from posthouse.errors import SchemaError

HEAD = "0008"
"""The newest revision; a commit that finds another one in the database stops the site."""
_LOCK = threading.Lock()
KNOWN = frozenset({"0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008"})


def revision(db: sqlite3.Connection, path: Path | str) -> str | None:
    """Return the revision of a database, None for an empty one.

    Raises SchemaError when it is newer than this version, or not Posthouse's.
    """
    tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not tables:
        return None
    if not tables >= {"alembic_version", "conversation", "outbox", "meta"}:
        raise SchemaError(
            f"The database {path} is not Posthouse's: it holds other tables. "
            "Name another file in the settings."
        )
    row = db.execute("SELECT version_num FROM alembic_version").fetchone()
    found = row[0] if row else "none"
    if found not in KNOWN:
        raise SchemaError(
            f"The database {path} is newer than this version of Posthouse: its schema is {found}, "
            f"this version knows up to {HEAD}. Install the newer version again, or restore the "
            "backup made before it ran."
        )
    return str(found)


def migrate(db: sqlite3.Connection, sql: Connection, path: Path | str) -> None:
    """Bring a database to the newest revision, in one transaction. Raises SchemaError."""
    db.execute("BEGIN IMMEDIATE")
    try:
        found = revision(db, path)
        if found is None:
            create(db)
        elif found != HEAD:
            upgrade(sql)
        db.execute("COMMIT")
    finally:
        if db.in_transaction:
            db.execute("ROLLBACK")


def blank() -> sqlite3.Connection:
    """Return an empty database in memory that has every table."""
    db = _in_memory()
    with _LOCK:
        _pattern().backup(db)
    return db


@cache
def _pattern() -> sqlite3.Connection:
    """Return the database that others are copied from: that takes a twentieth of the time."""
    db = _in_memory()
    create(db)
    return db


def _in_memory() -> sqlite3.Connection:
    return sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)


def create(db: sqlite3.Connection) -> None:
    """Create every table in an empty database, inside the transaction that is open."""
    script = files(__name__).joinpath("head.sql").read_text(encoding="utf-8")
    for statement in script.split(";\n"):
        if statement.strip():
            db.execute(statement)


def upgrade(sql: Connection, to: str = "head") -> None:
    """Run the revisions up to one, inside the transaction that is open."""
    from alembic import command  # slow to import and rarely needed
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "scripts"))
    config.attributes["connection"] = sql
    command.upgrade(config, to)
