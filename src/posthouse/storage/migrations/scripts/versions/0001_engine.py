"""Everything the engine commits: updates, conversations, deliveries, timers and promises."""

import sqlalchemy as sa
from alembic import op  # noqa: TID253  only Alembic imports this module

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    _site()
    _updates()
    _conversations()
    _deliveries()
    _messages()
    _promises()


def _site() -> None:
    op.create_table(
        "meta",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_meta"),
    )
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("messenger", sa.Text(), nullable=False),
        sa.Column("native_id", sa.Text(), nullable=False),
        sa.Column("bot", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_account"),
        sa.UniqueConstraint("messenger", "native_id", name="uq_account_messenger_native_id"),
    )
    op.create_table(
        "number",
        sa.Column("sequence", sa.Text(), nullable=False),
        sa.Column("next", _number(), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name="pk_number"),
    )
    op.create_table(
        "command",
        sa.Column("id", _number(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("args", sa.Text(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("ok", sa.Boolean(), nullable=True),
        sa.Column("result", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_command"),
        sqlite_autoincrement=True,
    )


def _updates() -> None:
    op.create_table(
        "mark_a",
        sa.Column("account", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("update_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("account", "update_id", name="pk_mark_a"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "mark_b",
        sa.Column("account", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("update_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("account", "update_id", name="pk_mark_b"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "inbox",
        sa.Column("seq", _number(), nullable=False),
        sa.Column("account", sa.Integer(), nullable=False),
        sa.Column("update_id", sa.Text(), nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("received", sa.Float(), nullable=False),
        sa.Column("chat", sa.Text(), nullable=True),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_inbox"),
        sa.UniqueConstraint("account", "update_id", name="uq_inbox_account_update_id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "quarantine",
        sa.Column("id", _number(), nullable=False),
        sa.Column("account", sa.Integer(), nullable=False),
        sa.Column("update_id", sa.Text(), nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("chat", sa.Text(), nullable=True),
        sa.Column("person", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_quarantine"),
        sa.UniqueConstraint("account", "update_id", name="uq_quarantine_account_update_id"),
        sqlite_autoincrement=True,
    )


def _conversations() -> None:
    op.create_table(
        "conversation",
        sa.Column("account", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("account", "key", name="pk_conversation"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "set_aside",
        sa.Column("id", _number(), nullable=False),
        sa.Column("account", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_set_aside"),
    )
    op.create_table(
        "timer",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("account", sa.Integer(), nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("due", sa.Float(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_timer"),
    )
    op.create_index("ix_timer_due", "timer", ["due"], unique=False)


def _deliveries() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", _number(), autoincrement=False, nullable=False),
        sa.Column("account", sa.Integer(), nullable=False),
        sa.Column("chat", sa.Text(), nullable=False),
        sa.Column("klass", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("created", sa.Float(), nullable=False),
        sa.Column("not_before", sa.Float(), nullable=False),
        sa.Column("expires", sa.Float(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("target", _number(), nullable=True),
        sa.Column("remember", sa.Boolean(), nullable=False),
        sa.Column("guard", sa.LargeBinary(), nullable=True),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
    )
    op.create_index(
        "ix_outbox_waiting",
        "outbox",
        ["account", "chat", "id"],
        unique=False,
        sqlite_where=sa.text("state <> 'claimed'"),
        postgresql_where=sa.text("state <> 'claimed'"),
    )


def _messages() -> None:
    op.create_table(
        "message",
        sa.Column("delivery", _number(), autoincrement=False, nullable=False),
        sa.Column("account", sa.Integer(), nullable=False),
        sa.Column("chat", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("delivery", name="pk_message"),
    )
    op.create_index(
        "ix_message_account_chat_message_id",
        "message",
        ["account", "chat", "message_id"],
        unique=False,
    )
    op.create_index("ix_message_at", "message", ["at"], unique=False)
    op.create_table(
        "payload",
        sa.Column("account", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("delivery", _number(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("account", "key", name="pk_payload"),
    )
    op.create_index("ix_payload_at", "payload", ["at"], unique=False)


def _promises() -> None:
    op.create_table(
        "number_used",
        sa.Column("account", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("update_id", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Text(), nullable=False),
        sa.Column("value", _number(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("account", "update_id", "sequence", name="pk_number_used"),
    )
    op.create_table(
        "intent",
        sa.Column("account", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("update_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("result", sa.LargeBinary(), nullable=True),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("account", "update_id", "key", name="pk_intent"),
    )
    op.create_table(
        "observed",
        sa.Column("account", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("update_id", sa.Text(), nullable=False),
        sa.Column("observer", sa.Text(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("account", "update_id", "observer", name="pk_observed"),
    )


def _number() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")
