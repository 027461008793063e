"""Albums that are put together, chats that moved, and chats that cannot be reached."""

import sqlalchemy as sa
from alembic import op  # noqa: TID253  only Alembic imports this module

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "album_part",
        sa.Column("seq", NUMBER, nullable=False),
        sa.Column("account", sa.Integer(), nullable=False),
        sa.Column("chat", sa.Text(), nullable=False),
        sa.Column("album", sa.Text(), nullable=False),
        sa.Column("update_id", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("received", sa.Float(), nullable=False),
        sa.Column("handled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_album_part"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_album_part_account_chat_album", "album_part", ["account", "chat", "album"])
    op.create_table(
        "chat_alias",
        sa.Column("account", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("account", "before", name="pk_chat_alias"),
    )
    op.create_table(
        "chat_standing",
        sa.Column("account", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("chat", sa.Text(), nullable=False),
        sa.Column("since", sa.Float(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("account", "chat", name="pk_chat_standing"),
    )
