"""Tables of publishing, as SQLAlchemy Core: items, who subscribes, what was sent to whom.

They belong to the schema of `storage/schema.py`, and the same rules hold. Topics and publishers are
declared in code and have no rows; a row names them. An item's audience gets a receipt each, so that
nobody gets it twice and it is known how every one of them ended.
"""

from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    Select,
    Table,
    Text,
    UniqueConstraint,
    select,
    text,
)

from posthouse.storage.schema import Number, metadata

# What a publisher knows of where its items come from: `cursor` is how far it has come, `memory`
# what the kind of publisher keeps, such as the validators of a feed.
source = Table(
    "source",
    metadata,
    Column("publisher", Text, primary_key=True),
    Column("cursor", Text),
    Column("memory", LargeBinary),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("errors", Integer, nullable=False),
    Column("due", Float, nullable=False),
    Column("fetched", Float),
    CheckConstraint("state IN ('new', 'running', 'paused', 'stopped')", name="state"),
    sqlite_with_rowid=False,
)

# Answers to what was handed in, so that the same key gets the same answer.
handed_in = Table(
    "handed_in",
    metadata,
    Column("publisher", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("digest", LargeBinary, nullable=False),
    Column("item", Number),
    Column("at", Float, nullable=False, index=True),
    sqlite_with_rowid=False,
)

# `body` is the item as plain data, which searches look at; `shown` is the content that is sent.
item = Table(
    "item",
    metadata,
    Column("id", Number, primary_key=True),
    Column("topic", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("shown", LargeBinary, nullable=False),
    Column("title", Text, nullable=False),
    Column("link", Text),
    Column("account", Integer),
    Column("person", Text),
    Column("entry", Text),
    Column("state", Text, nullable=False),
    Column("published", Float, nullable=False),
    Column("changed", Float, nullable=False),
    Column("expires", Float),
    CheckConstraint("state IN ('live', 'withdrawn')", name="state"),
    CheckConstraint("revision >= 1", name="revision"),
    UniqueConstraint("topic", "key"),
    Index(None, "topic", "published"),
    Index(None, "entry"),
    sqlite_autoincrement=True,
)

# Who wants the items of a topic, all of them or those that a search finds.
subscription = Table(
    "subscription",
    metadata,
    Column("id", Number, primary_key=True),
    Column("topic", Text, nullable=False),
    Column("account", Integer, nullable=False),
    Column("chat", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("search", Text),
    Column("answers", LargeBinary),
    Column("condition", LargeBinary),
    Column("title", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("digest", Text),
    Column("quiet", Text),
    Column("zone", Text),
    Column("most", Integer),
    Column("revisions", Text, nullable=False),
    Column("gates", LargeBinary),
    Column("since", Float, nullable=False),
    Column("version", Integer, nullable=False),
    Column("created", Float, nullable=False),
    Column("changed", Float, nullable=False),
    CheckConstraint("state IN ('active', 'paused', 'suspended', 'ended')", name="state"),
    CheckConstraint("revisions IN ('edit', 'again', 'ignore')", name="revisions"),
    CheckConstraint("most IS NULL OR most >= 1", name="most"),
    Index(None, "topic", "state", "id"),
    Index(None, "account", "person"),
    Index(None, "account", "chat"),
    sqlite_autoincrement=True,
)
Index(
    "uq_subscription_topic",
    subscription.c.topic,
    subscription.c.account,
    subscription.c.chat,
    unique=True,
    sqlite_where=text("search IS NULL AND state <> 'ended'"),
    postgresql_where=text("search IS NULL AND state <> 'ended'"),
)

# One revision of an item on its way to its audience; `after` is how far the receipts are written:
# the last subscription or person that was looked at.
fan_out = Table(
    "fan_out",
    metadata,
    Column("id", Number, primary_key=True),
    Column("item", Number, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("account", Integer),
    Column("audience", LargeBinary),
    Column("state", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("total", Integer),
    Column("person", Text),
    Column("created", Float, nullable=False),
    Column("ended", Float),
    CheckConstraint(
        "state IN ('planning', 'running', 'paused', 'cancelled', 'done')", name="state"
    ),
    UniqueConstraint("item", "revision"),
    sqlite_autoincrement=True,
)
Index(
    "ix_fan_out_open",
    fan_out.c.state,
    sqlite_where=text("state IN ('planning', 'running', 'paused')"),
    postgresql_where=text("state IN ('planning', 'running', 'paused')"),
)

# One item for one chat, once, however many subscriptions ask for it.
receipt = Table(
    "receipt",
    metadata,
    Column("item", Number, primary_key=True, autoincrement=False),
    Column("account", Integer, primary_key=True, autoincrement=False),
    Column("chat", Text, primary_key=True),
    Column("person", Text),
    Column("subscription", Number),
    Column("revision", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("due", Float, nullable=False),
    Column("delivery", Number),
    Column("at", Float, nullable=False),
    CheckConstraint(
        "state IN ('waiting', 'held', 'queued', 'sent', 'ridden', 'rejected', 'expired', "
        "'unknown', 'cancelled', 'skipped')",
        name="state",
    ),
    Index(None, "account", "chat", "at"),
    sqlite_with_rowid=False,
)
Index(
    "ix_receipt_waiting",
    receipt.c.account,
    receipt.c.due,
    sqlite_where=text("state = 'waiting'"),
    postgresql_where=text("state = 'waiting'"),
)
Index(
    "ix_receipt_chat",
    receipt.c.account,
    receipt.c.chat,
    receipt.c.due,
    sqlite_where=text("state = 'waiting'"),
    postgresql_where=text("state = 'waiting'"),
)
Index(
    "ix_receipt_queued",
    receipt.c.account,
    receipt.c.delivery,
    sqlite_where=text("state = 'queued'"),
    postgresql_where=text("state = 'queued'"),
)

# Until when somebody has a plan; `told` is the last notice about its end.
plan_term = Table(
    "plan_term",
    metadata,
    Column("id", Number, primary_key=True),
    Column("messenger", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("plan", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("begins", Float, nullable=False),
    Column("ends", Float, nullable=False),
    Column("account", Integer, nullable=False),
    Column("by", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("told", Text, nullable=False),
    Column("revoked", Boolean, nullable=False),
    Column("at", Float, nullable=False),
    CheckConstraint("kind IN ('trial', 'granted', 'paid')", name="kind"),
    CheckConstraint("ends > begins", name="ends"),
    Index(None, "messenger", "person", "plan", "ends"),
    Index(None, "ends"),
    sqlite_autoincrement=True,
)
Index(
    "uq_plan_term_trial",
    plan_term.c.messenger,
    plan_term.c.person,
    plan_term.c.plan,
    unique=True,
    sqlite_where=text("kind = 'trial'"),
    postgresql_where=text("kind = 'trial'"),
)


def any_open() -> Select[Any]:
    """Find whether something that was published is on its way."""
    # In the words of the index of what is open.
    return select(fan_out.c.id).where(text("state IN ('planning', 'running', 'paused')")).limit(1)
