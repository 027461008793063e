"""Reads that must stay fast however much there is."""

import sqlite3

from posthouse.ports.records import DeliveryState
from posthouse.storage import migrations
from posthouse.storage.connect import through_sqlalchemy
from posthouse.storage.reading import outbox_query


def test_what_waits_for_a_chat_is_found_by_its_index() -> None:
    """A hundred thousand deliveries to others are not looked at."""
    db = sqlite3.connect(":memory:", isolation_level=None)
    migrations.create(db)
    sql = through_sqlalchemy(db)
    query = outbox_query(1, "c", [DeliveryState.PENDING, DeliveryState.PARKED])
    compiled = query.compile(sql, compile_kwargs={"render_postcompile": True})
    values = tuple(compiled.params[name] for name in compiled.positiontup or ())
    plan = sql.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", values).all()
    assert "ix_outbox_waiting (account=? AND chat=?" in plan[0].detail
    db.close()
