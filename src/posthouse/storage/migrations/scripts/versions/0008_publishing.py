"""Items that are published, who subscribes, and what was sent to whom."""

import sqlalchemy as sa
from alembic import op  # noqa: TID253  only Alembic imports this module

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "fan_out",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("item", NUMBER, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("account", sa.Integer(), nullable=True),
        sa.Column("audience", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("created", sa.Float(), nullable=False),
        sa.Column("ended", sa.Float(), nullable=True),
        sa.CheckConstraint(
            "state IN ('planning', 'running', 'paused', 'cancelled', 'done')",
            name="ck_fan_out_state",
        ),
        sa.UniqueConstraint("item", "revision", name="uq_fan_out_item_revision"),
        sa.PrimaryKeyConstraint("id", name="pk_fan_out"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_fan_out_open",
        "fan_out",
        ["state"],
        sqlite_where=sa.text("state IN ('planning', 'running', 'paused')"),
        postgresql_where=sa.text("state IN ('planning', 'running', 'paused')"),
    )
    op.create_table(
        "handed_in",
        sa.Column("publisher", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("item", NUMBER, nullable=True),
        sa.Column("at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("publisher", "key", name="pk_handed_in"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_handed_in_at", "handed_in", ["at"])
    op.create_table(
        "item",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("shown", sa.LargeBinary(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("account", sa.Integer(), nullable=True),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("entry", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("published", sa.Float(), nullable=False),
        sa.Column("changed", sa.Float(), nullable=False),
        sa.Column("expires", sa.Float(), nullable=True),
        sa.CheckConstraint("revision >= 1", name="ck_item_revision"),
        sa.CheckConstraint("state IN ('live', 'withdrawn')", name="ck_item_state"),
        sa.UniqueConstraint("topic", "key", name="uq_item_topic_key"),
        sa.PrimaryKeyConstraint("id", name="pk_item"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_item_entry", "item", ["entry"])
    op.create_index("ix_item_topic_published", "item", ["topic", "published"])
    op.create_table(
        "plan_term",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("messenger", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("begins", sa.Float(), nullable=False),
        sa.Column("ends", sa.Float(), nullable=False),
        sa.Column("account", sa.Integer(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("revoked", sa.Boolean(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.CheckConstraint("ends > begins", name="ck_plan_term_ends"),
        sa.CheckConstraint("kind IN ('trial', 'granted', 'paid')", name="ck_plan_term_kind"),
        sa.PrimaryKeyConstraint("id", name="pk_plan_term"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_plan_term_ends", "plan_term", ["ends"])
    op.create_index(
        "ix_plan_term_messenger_person_plan_ends",
        "plan_term",
        ["messenger", "person", "plan", "ends"],
    )
    op.create_index(
        "uq_plan_term_trial",
        "plan_term",
        ["messenger", "person", "plan"],
        unique=True,
        sqlite_where=sa.text("kind = 'trial'"),
        postgresql_where=sa.text("kind = 'trial'"),
    )
    op.create_table(
        "receipt",
        sa.Column("item", NUMBER, autoincrement=False, nullable=False),
        sa.Column("account", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("chat", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("subscription", NUMBER, nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due", sa.Float(), nullable=False),
        sa.Column("delivery", NUMBER, nullable=True),
        sa.Column("at", sa.Float(), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'held', 'queued', 'sent', 'ridden', 'rejected', 'expired', "
            "'unknown', 'cancelled', 'skipped')",
            name="ck_receipt_state",
        ),
        sa.PrimaryKeyConstraint("item", "account", "chat", name="pk_receipt"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_receipt_account_chat_at", "receipt", ["account", "chat", "at"])
    op.create_index(
        "ix_receipt_waiting",
        "receipt",
        ["account", "due"],
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index(
        "ix_receipt_chat",
        "receipt",
        ["account", "chat", "due"],
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index(
        "ix_receipt_queued",
        "receipt",
        ["account", "delivery"],
        sqlite_where=sa.text("state = 'queued'"),
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.create_table(
        "source",
        sa.Column("publisher", sa.Text(), nullable=False),
        sa.Column("cursor", sa.Text(), nullable=True),
        sa.Column("memory", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("errors", sa.Integer(), nullable=False),
        sa.Column("due", sa.Float(), nullable=False),
        sa.Column("fetched", sa.Float(), nullable=True),
        sa.CheckConstraint(
            "state IN ('new', 'running', 'paused', 'stopped')",
            name="ck_source_state",
        ),
        sa.PrimaryKeyConstraint("publisher", name="pk_source"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "subscription",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("account", sa.Integer(), nullable=False),
        sa.Column("chat", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("search", sa.Text(), nullable=True),
        sa.Column("answers", sa.LargeBinary(), nullable=True),
        sa.Column("condition", sa.LargeBinary(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=True),
        sa.Column("quiet", sa.Text(), nullable=True),
        sa.Column("zone", sa.Text(), nullable=True),
        sa.Column("most", sa.Integer(), nullable=True),
        sa.Column("revisions", sa.Text(), nullable=False),
        sa.Column("gates", sa.LargeBinary(), nullable=True),
        sa.Column("since", sa.Float(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created", sa.Float(), nullable=False),
        sa.Column("changed", sa.Float(), nullable=False),
        sa.CheckConstraint("most IS NULL OR most >= 1", name="ck_subscription_most"),
        sa.CheckConstraint(
            "revisions IN ('edit', 'again', 'ignore')",
            name="ck_subscription_revisions",
        ),
        sa.CheckConstraint(
            "state IN ('active', 'paused', 'suspended', 'ended')",
            name="ck_subscription_state",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_subscription"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_subscription_account_chat", "subscription", ["account", "chat"])
    op.create_index("ix_subscription_account_person", "subscription", ["account", "person"])
    op.create_index("ix_subscription_topic_state_id", "subscription", ["topic", "state", "id"])
    op.create_index(
        "uq_subscription_topic",
        "subscription",
        ["topic", "account", "chat"],
        unique=True,
        sqlite_where=sa.text("search IS NULL AND state <> 'ended'"),
        postgresql_where=sa.text("search IS NULL AND state <> 'ended'"),
    )
