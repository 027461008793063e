"""The web messenger: persons, messages, files, reactions and what was read."""

import sqlalchemy as sa
from alembic import op  # noqa: TID253  only Alembic imports this module

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    _people()
    _messages()
    _files()


def _people() -> None:
    op.create_table(
        "web_person",
        sa.Column("bot", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("bot", "id"),
    )
    op.create_table(
        "web_read",
        sa.Column("bot", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("chat", sa.String(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("bot", "person", "chat"),
    )


def _messages() -> None:
    op.create_table(
        "web_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bot", sa.String(), nullable=False),
        sa.Column("chat", sa.String(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("reply_to", sa.String(), nullable=True),
        sa.Column("edited", sa.Boolean(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("choices", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("bot", "chat", "message", name="uq_web_message_message"),
        sa.UniqueConstraint("bot", "chat", "place", name="uq_web_message_place"),
    )
    op.create_index("ix_web_message_seq", "web_message", ["bot", "chat", "seq"], unique=False)
    op.create_table(
        "web_reaction",
        sa.Column("bot", sa.String(), nullable=False),
        sa.Column("chat", sa.String(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("emoji", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("bot", "chat", "message", "person", "emoji"),
    )


def _files() -> None:
    op.create_table(
        "web_file",
        sa.Column("bot", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("mime", sa.String(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("bot", "key"),
    )
    op.create_table(
        "web_shown",
        sa.Column("bot", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("chat", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("bot", "key", "chat"),
    )
