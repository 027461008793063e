"""Persons a bot has met, their roles, those who are banned, and what was said."""

import sqlalchemy as sa
from alembic import op  # noqa: TID253  only Alembic imports this module

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "person",
        sa.Column("account", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("chat", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("chosen", sa.Text(), nullable=True),
        sa.Column("first_day", sa.Integer(), nullable=False),
        sa.Column("last_day", sa.Integer(), nullable=False),
        sa.Column("blocked", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("account", "person", name="pk_person"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_person_account_chat", "person", ["account", "chat"])
    op.create_index(
        "ix_person_chosen",
        "person",
        ["account"],
        sqlite_where=sa.text("chosen IS NOT NULL"),
        postgresql_where=sa.text("chosen IS NOT NULL"),
    )
    op.create_table(
        "role",
        sa.Column("bot", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("bot", "person", "role", name="pk_role"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "ban",
        sa.Column("messenger", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("messenger", "person", name="pk_ban"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "journal",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("account", sa.Integer(), nullable=False),
        sa.Column("chat", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("media", sa.Text(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("delivery", NUMBER, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_journal"),
        sa.CheckConstraint("way IN ('in', 'out')", name="ck_journal_way"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_journal_account_chat_at", "journal", ["account", "chat", "at"])
    op.create_index("ix_journal_account_at", "journal", ["account", "at"])
