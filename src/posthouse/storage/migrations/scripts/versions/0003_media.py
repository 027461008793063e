"""Content of photos and files that the site keeps, and where it is needed and known."""

import sqlalchemy as sa
from alembic import op  # noqa: TID253  only Alembic imports this module

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# SQLite makes only a column declared INTEGER the row's own number.
Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "media",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_media"),
    )
    op.create_table(
        "media_use",
        sa.Column("message", Number, nullable=False, autoincrement=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("message", "key", name="pk_media_use"),
    )
    op.create_index("ix_media_use_key", "media_use", ["key"])
    op.create_table(
        "media_native",
        sa.Column("account", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("native", sa.Text(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("account", "key", "form", name="pk_media_native"),
    )
    op.create_index("ix_media_native_account_native", "media_native", ["account", "native"])
