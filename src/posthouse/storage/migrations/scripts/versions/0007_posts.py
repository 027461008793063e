"""Completed forms, their posts, the threads under these, and what staff did."""

import sqlalchemy as sa
from alembic import op  # noqa: TID253  only Alembic imports this module

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the tables."""
    _create_entry()
    _create_post()
    op.create_table(
        "thread",
        sa.Column("account", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("chat", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("thread", sa.Text(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("account", "chat", "message", name="pk_thread"),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("account", sa.Integer(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("deed", sa.Text(), nullable=False),
        sa.Column("entry", sa.Text(), nullable=True),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_account_at", "audit", ["account", "at"])


def _create_entry() -> None:
    op.create_table(
        "entry",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("account", sa.Integer(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("chat", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("answers", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("number", NUMBER, nullable=True),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("screen", NUMBER, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created", sa.Float(), nullable=False),
        sa.Column("changed", sa.Float(), nullable=False),
        sa.CheckConstraint(
            "standing IN ('published', 'withdrawn', 'removed')", name="ck_entry_standing"
        ),
        sa.CheckConstraint("edition >= 1", name="ck_entry_edition"),
        sa.PrimaryKeyConstraint("id", name="pk_entry"),
    )
    op.create_index(
        "ix_entry_account_person_form_created", "entry", ["account", "person", "form", "created"]
    )
    op.create_index("ix_entry_subject", "entry", ["subject"])


def _create_post() -> None:
    op.create_table(
        "post",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("entry", sa.Text(), nullable=False),
        sa.Column("account", sa.Integer(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("chat", sa.Text(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Text(), nullable=True),
        sa.Column("number", NUMBER, nullable=True),
        sa.Column("delivery", NUMBER, nullable=False),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("shown", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("extra", sa.Text(), nullable=False),
        sa.Column("album", NUMBER, nullable=True),
        sa.Column("card", NUMBER, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created", sa.Float(), nullable=False),
        sa.Column("sent", sa.Float(), nullable=True),
        sa.CheckConstraint(
            "status IN ('sending', 'live', 'failed', 'unknown', 'gone', 'moved', 'withdrawn', "
            "'removed')",
            name="ck_post_status",
        ),
        sa.CheckConstraint(
            "NOT live OR status IN ('sending', 'live', 'failed', 'unknown')", name="ck_post_live"
        ),
        sa.CheckConstraint(
            "extra IN ('none', 'waiting', 'sending', 'sent', 'failed')", name="ck_post_extra"
        ),
        sa.ForeignKeyConstraint(
            ["entry"], ["entry.id"], name="fk_post_entry_entry", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_post"),
        sa.UniqueConstraint("sequence", "number", "chat", name="uq_post_sequence_number_chat"),
    )
    op.create_index("ix_post_entry_edition", "post", ["entry", "edition"])
    op.create_index("ix_post_account_chat_message", "post", ["account", "chat", "message"])
    op.create_index("ix_post_account_created", "post", ["account", "created"])
    op.create_index(
        "uq_post_live",
        "post",
        ["entry", "chat"],
        unique=True,
        sqlite_where=sa.text("live"),
        postgresql_where=sa.text("live"),
    )
