"""Every way to the newest schema leads to the same tables.

After a new revision: raise HEAD and KNOWN in `posthouse.storage.migrations` and write `head.sql`
anew with `POSTHOUSE_WRITE_SNAPSHOT=1 pytest tests/unit/storage/test_migrations.py`.
"""

import asyncio
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata  # noqa: TID253  this file is about it
from alembic.config import Config  # noqa: TID253  this file is about it
from alembic.migration import MigrationContext  # noqa: TID253  this file is about it
from alembic.script import ScriptDirectory  # noqa: TID253  this file is about it

from posthouse.adapters.web import tables as web
from posthouse.errors import SchemaError, StoreUnavailableError
from posthouse.storage import migrations, schema
from posthouse.storage.connect import connect, through_sqlalchemy
from posthouse.storage.sqlite import SqliteStore

FOLDER = Path(migrations.__file__).parent


def _tables(db: sqlite3.Connection) -> list[str]:
    rows = db.execute(
        "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
    )
    return sorted(" ".join(sql.split()) for (sql,) in rows)


def _migrated(path: Path, to: str = "head") -> sqlite3.Connection:
    db = connect(path, create=True, patience_s=0.1)
    sql = through_sqlalchemy(db)
    db.execute("BEGIN")
    migrations.upgrade(sql, to)
    db.execute("COMMIT")
    return db


def _memory() -> sqlite3.Connection:
    return sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)


def _script() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(FOLDER / "scripts"))
    return ScriptDirectory.from_config(config)


def test_the_revisions_are_one_chain_that_ends_at_head() -> None:
    """HEAD and KNOWN name what is in the folder."""
    revisions = list(_script().walk_revisions())
    assert _script().get_heads() == [migrations.HEAD]
    assert {revision.revision for revision in revisions} == migrations.KNOWN


def test_migrations_lead_to_the_schema_of_this_version(tmp_path: Path) -> None:
    """Alembic finds nothing to change between the migrated database and the tables in code."""
    db = _migrated(tmp_path / "a.db")
    context = MigrationContext.configure(through_sqlalchemy(db), opts={"compare_type": True})
    assert compare_metadata(context, [schema.metadata, web.metadata]) == []  # type: ignore[arg-type]  # several are allowed
    db.close()


def test_an_empty_file_gets_what_the_migrations_produce(tmp_path: Path) -> None:
    """head.sql and the revisions are the same schema."""
    db = _migrated(tmp_path / "a.db")
    if os.environ.get("POSTHOUSE_WRITE_SNAPSHOT"):
        rows = db.execute(
            "SELECT sql FROM sqlite_master"
            " WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY rowid"
        )
        lines = [sql.replace("\t", "    ").replace(", \n", ",\n") for (sql,) in rows]
        lines.append(f"INSERT INTO alembic_version VALUES ('{migrations.HEAD}')")
        (FOLDER / "head.sql").write_text("".join(f"{line};\n" for line in lines))
    fresh = _memory()
    migrations.create(fresh)
    assert _tables(fresh) == _tables(db)
    assert migrations.revision(fresh, "x") == migrations.revision(db, "x") == migrations.HEAD
    fresh.close()
    db.close()


@pytest.mark.parametrize("revision", sorted(migrations.KNOWN))
async def test_a_store_opens_a_database_of_any_earlier_revision(
    revision: str, tmp_path: Path
) -> None:
    """It is migrated, and what it held is still there."""
    path = tmp_path / "a.db"
    db = await asyncio.to_thread(_migrated, path, revision)
    db.execute("INSERT INTO number VALUES ('s', 5)")
    db.close()
    store = SqliteStore(path)
    await store.open()
    assert await store.reserve("s", 1) == 5
    await store.aclose()
    migrated, fresh = sqlite3.connect(path), _memory()
    await asyncio.to_thread(migrations.create, fresh)
    assert _tables(migrated) == _tables(fresh)
    migrated.close()
    fresh.close()


async def test_beside_a_site_an_older_database_is_not_migrated(tmp_path: Path) -> None:
    """Only the owner migrates; the sentence says what to do."""
    path = tmp_path / "a.db"
    (await asyncio.to_thread(_migrated, path, "0001")).close()
    with pytest.raises(SchemaError, match="posthouse migrate"):
        await SqliteStore(path, own=False).open()
    with pytest.raises(StoreUnavailableError, match="cannot be opened"):
        await SqliteStore(tmp_path / "none.db", own=False).open()


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("UPDATE alembic_version SET version_num = '9999'", "newer than this version.*9999"),
        ("DELETE FROM alembic_version", "its schema is none"),
        ("DROP TABLE outbox", "not Posthouse's"),
    ],
)
async def test_a_schema_that_is_not_known_is_refused(
    script: str, said: str, tmp_path: Path
) -> None:
    """A newer or foreign database is left as it is; the file is free afterwards."""
    path = tmp_path / "a.db"
    db = await asyncio.to_thread(_migrated, path)
    db.execute(script)
    before = _tables(db)
    for _ in range(2):
        with pytest.raises(SchemaError, match=said):
            await SqliteStore(path).open()
    assert _tables(db) == before
    db.close()


def test_opening_does_not_import_alembic(tmp_path: Path) -> None:
    """A new file and one at the newest revision open without the slow import."""
    script = f"""
import asyncio, sys
from posthouse.storage.sqlite import SqliteStore
async def main():
    for _ in range(2):
        store = SqliteStore({str(tmp_path / "a.db")!r})
        await store.open()
        await store.aclose()
asyncio.run(main())
assert "alembic" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", script], check=True, timeout=15)
