"""Every table of Posthouse's own, as SQLAlchemy Core, portable to PostgreSQL.

Moments are seconds since the epoch, accounts are numbers of the table `account`, bodies are bytes
that only the layer that wrote them can read. A change here needs a migration under
`migrations/scripts/versions`; a test compares the two.

Two tables keep the marks of updates that are done. New marks go into the one named by `meta`;
turning over empties the older one and makes it the current one, so that no mark is ever deleted row
by row.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

metadata = MetaData(naming_convention=NAMING)

# SQLite makes only a column declared INTEGER the row's own number.
Number = BigInteger().with_variant(Integer(), "sqlite")

meta = Table(
    "meta",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

account = Table(
    "account",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("messenger", Text, nullable=False),
    Column("native_id", Text, nullable=False),
    Column("bot", Text, nullable=False),
    UniqueConstraint("messenger", "native_id"),
)


def _marks(name: str) -> Table:
    return Table(
        name,
        metadata,
        Column("account", Integer, primary_key=True, autoincrement=False),
        Column("update_id", Text, primary_key=True),
        sqlite_with_rowid=False,
    )


mark_a = _marks("mark_a")
mark_b = _marks("mark_b")

inbox = Table(
    "inbox",
    metadata,
    Column("seq", Number, primary_key=True),
    Column("account", Integer, nullable=False),
    Column("update_id", Text, nullable=False),
    Column("lane", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("received", Float, nullable=False),
    Column("chat", Text),
    Column("person", Text),
    Column("attempts", Integer, nullable=False),
    Column("late", Boolean, nullable=False),
    UniqueConstraint("account", "update_id"),
    sqlite_autoincrement=True,
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("id", Number, primary_key=True),
    Column("account", Integer, nullable=False),
    Column("update_id", Text, nullable=False),
    Column("lane", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("reason", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("at", Float, nullable=False),
    Column("chat", Text),
    Column("person", Text),
    UniqueConstraint("account", "update_id"),
    sqlite_autoincrement=True,
)

conversation = Table(
    "conversation",
    metadata,
    Column("account", Integer, primary_key=True, autoincrement=False),
    Column("key", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

set_aside = Table(
    "set_aside",
    metadata,
    Column("id", Number, primary_key=True),
    Column("account", Integer, nullable=False),
    Column("key", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("error", Text, nullable=False),
    Column("at", Float, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=False),
    Column("account", Integer, nullable=False),
    Column("chat", Text, nullable=False),
    Column("klass", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("created", Float, nullable=False),
    Column("not_before", Float, nullable=False),
    Column("expires", Float),
    Column("attempts", Integer, nullable=False),
    Column("target", Number),
    Column("remember", Boolean, nullable=False),
    Column("guard", LargeBinary),
    Column("late", Boolean, nullable=False),
    Column("error", Text),
)

# A delivery is usually claimed when it is written and deleted when it is sent, so claimed rows,
# never more than the pools hold, stay out of the index: the hot path does not touch it.
Index(
    "ix_outbox_waiting",
    outbox.c.account,
    outbox.c.chat,
    outbox.c.id,
    sqlite_where=text("state <> 'claimed'"),
    postgresql_where=text("state <> 'claimed'"),
)

message = Table(
    "message",
    metadata,
    Column("delivery", Number, primary_key=True, autoincrement=False),
    Column("account", Integer, nullable=False),
    Column("chat", Text, nullable=False),
    Column("message_id", Text, nullable=False),
    Column("at", Float, nullable=False, index=True),
    Index(None, "account", "chat", "message_id"),
)

payload = Table(
    "payload",
    metadata,
    Column("account", Integer, primary_key=True, autoincrement=False),
    Column("key", LargeBinary, primary_key=True),
    Column("delivery", Number, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("at", Float, nullable=False, index=True),
)

timer = Table(
    "timer",
    metadata,
    Column("id", Text, primary_key=True),
    Column("account", Integer, nullable=False),
    Column("lane", Text, nullable=False),
    Column("due", Float, nullable=False, index=True),
    Column("body", LargeBinary, nullable=False),
)

number = Table(
    "number",
    metadata,
    Column("sequence", Text, primary_key=True),
    Column("next", Number, nullable=False),
)

# Rows about one update live as long as its mark: `round` counts how often the tables of marks were
# turned over.
number_used = Table(
    "number_used",
    metadata,
    Column("account", Integer, primary_key=True, autoincrement=False),
    Column("update_id", Text, primary_key=True),
    Column("sequence", Text, primary_key=True),
    Column("value", Number, nullable=False),
    Column("round", Integer, nullable=False),
)

intent = Table(
    "intent",
    metadata,
    Column("account", Integer, primary_key=True, autoincrement=False),
    Column("update_id", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("at", Float, nullable=False),
    Column("result", LargeBinary),
    Column("round", Integer, nullable=False),
)

observed = Table(
    "observed",
    metadata,
    Column("account", Integer, primary_key=True, autoincrement=False),
    Column("update_id", Text, primary_key=True),
    Column("observer", Text, primary_key=True),
    Column("round", Integer, nullable=False),
)

command = Table(
    "command",
    metadata,
    Column("id", Number, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("args", Text, nullable=False),
    Column("at", Float, nullable=False),
    Column("ok", Boolean),
    Column("result", Text, nullable=False),
    sqlite_autoincrement=True,
)

# Content of photos and files in the site's folder, by the hash of it; `at` is when it was last
# wanted.
media = Table(
    "media",
    metadata,
    Column("key", Text, primary_key=True),
    Column("at", Float, nullable=False),
)

# Which messages of ours show it, by their delivery keys, and which items, by their ids below zero.
media_use = Table(
    "media_use",
    metadata,
    Column("message", Number, primary_key=True, autoincrement=False),
    Column("key", Text, primary_key=True, index=True),
)

# Under which keys of their own the messengers have it.
media_native = Table(
    "media_native",
    metadata,
    Column("account", Integer, primary_key=True, autoincrement=False),
    Column("key", Text, primary_key=True),
    Column("form", Text, primary_key=True),
    Column("native", Text, nullable=False),
    Column("at", Float, nullable=False),
    Index(None, "account", "native"),
)

# Parts of albums, kept for a while after a turn has had them, since further ones may come late.
album_part = Table(
    "album_part",
    metadata,
    Column("seq", Number, primary_key=True),
    Column("account", Integer, nullable=False),
    Column("chat", Text, nullable=False),
    Column("album", Text, nullable=False),
    Column("update_id", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("received", Float, nullable=False),
    Column("handled", Boolean, nullable=False),
    Index(None, "account", "chat", "album"),
    sqlite_autoincrement=True,
)

# Chats that go on under another id.
chat_alias = Table(
    "chat_alias",
    metadata,
    Column("account", Integer, primary_key=True, autoincrement=False),
    Column("before", Text, primary_key=True),
    Column("after", Text, nullable=False),
)

# Chats that cannot be reached.
chat_standing = Table(
    "chat_standing",
    metadata,
    Column("account", Integer, primary_key=True, autoincrement=False),
    Column("chat", Text, primary_key=True),
    Column("since", Float, nullable=False),
    Column("why", Text, nullable=False),
)

# Bots beside those of the settings file. What they have to keep secret is sealed, see
# `posthouse.bots.sealing`; `remembered` is what their adapters need not ask the messenger again.
bot = Table(
    "bot",
    metadata,
    Column("name", Text, primary_key=True),
    Column("messenger", Text, nullable=False),
    Column("apps", Text, nullable=False),
    Column("options", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("remembered", Text, nullable=False),
    Column("created", Float, nullable=False),
    Column("changed", Float, nullable=False),
)

# Persons that a bot has met. `chat` is where they talk with it alone, `language` what their
# messenger tells, `chosen` what they asked for; days are counted from the epoch; `blocked` is since
# when nothing reaches them.
person = Table(
    "person",
    metadata,
    Column("account", Integer, primary_key=True, autoincrement=False),
    Column("person", Text, primary_key=True),
    Column("chat", Text),
    Column("name", Text, nullable=False),
    Column("username", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("chosen", Text),
    Column("first_day", Integer, nullable=False),
    Column("last_day", Integer, nullable=False),
    Column("blocked", Float),
    Index(None, "account", "chat"),
    sqlite_with_rowid=False,
)
Index(
    "ix_person_chosen",
    person.c.account,
    sqlite_where=text("chosen IS NOT NULL"),
    postgresql_where=text("chosen IS NOT NULL"),
)

# What persons may do with a bot, beside what the settings say.
role = Table(
    "role",
    metadata,
    Column("bot", Text, primary_key=True),
    Column("person", Text, primary_key=True),
    Column("role", Text, primary_key=True),
    Column("at", Float, nullable=False),
    sqlite_with_rowid=False,
)

# Persons whom no bot on their messenger hears.
ban = Table(
    "ban",
    metadata,
    Column("messenger", Text, primary_key=True),
    Column("person", Text, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("at", Float, nullable=False),
    sqlite_with_rowid=False,
)

# What was said, for bots whose settings want it kept; `route` is what handled it.
journal = Table(
    "journal",
    metadata,
    Column("id", Number, primary_key=True),
    Column("account", Integer, nullable=False),
    Column("chat", Text, nullable=False),
    Column("person", Text),
    Column("at", Float, nullable=False),
    Column("way", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("media", Text, nullable=False),
    Column("route", Text, nullable=False),
    Column("message", Text),
    Column("delivery", Number),
    CheckConstraint("way IN ('in', 'out')", name="way"),
    Index(None, "account", "chat", "at"),
    Index(None, "account", "at"),
    sqlite_autoincrement=True,
)

# Completed forms. `number` and `edition` are those of the newest publication, `screen` is the
# delivery key of what its author sees of it, `subject` the entry that a follow-up is about.
entry = Table(
    "entry",
    metadata,
    Column("id", Text, primary_key=True),
    Column("account", Integer, nullable=False),
    Column("form", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("chat", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("answers", LargeBinary, nullable=False),
    Column("state", Text, nullable=False),
    Column("standing", Text, nullable=False),
    Column("number", Number),
    Column("edition", Integer, nullable=False),
    Column("subject", Text),
    Column("screen", Number),
    Column("version", Integer, nullable=False),
    Column("created", Float, nullable=False),
    Column("changed", Float, nullable=False),
    CheckConstraint("standing IN ('published', 'withdrawn', 'removed')", name="standing"),
    CheckConstraint("edition >= 1", name="edition"),
    Index(None, "account", "person", "form", "created"),
    Index(None, "subject"),
)

# Their publications, one in each chat and edition. An entry has one live post in a chat, and a
# number is never given to another publication.
post = Table(
    "post",
    metadata,
    Column("id", Text, primary_key=True),
    Column("entry", Text, ForeignKey("entry.id", ondelete="CASCADE"), nullable=False),
    Column("account", Integer, nullable=False),
    Column("place", Text, nullable=False),
    Column("chat", Text, nullable=False),
    Column("edition", Integer, nullable=False),
    Column("sequence", Text),
    Column("number", Number),
    Column("delivery", Number, nullable=False),
    Column("message", Text),
    Column("link", Text),
    Column("shown", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("live", Boolean, nullable=False),
    Column("extra", Text, nullable=False),
    Column("album", Number),
    Column("card", Number),
    Column("version", Integer, nullable=False),
    Column("created", Float, nullable=False),
    Column("sent", Float),
    CheckConstraint(
        "status IN ('sending', 'live', 'failed', 'unknown', 'gone', 'moved', 'withdrawn', "
        "'removed')",
        name="status",
    ),
    CheckConstraint("NOT live OR status IN ('sending', 'live', 'failed', 'unknown')", name="live"),
    CheckConstraint("extra IN ('none', 'waiting', 'sending', 'sent', 'failed')", name="extra"),
    UniqueConstraint("sequence", "number", "chat"),
    Index(None, "entry", "edition"),
    Index(None, "account", "chat", "message"),
    Index(None, "account", "created"),
)
Index(
    "uq_post_live",
    post.c.entry,
    post.c.chat,
    unique=True,
    sqlite_where=text("live"),
    postgresql_where=text("live"),
)

# Where the posts of broadcast chats are discussed: `chat` and `message` are the post's, `place` is
# the group, `thread` the message there that answers go to.
thread = Table(
    "thread",
    metadata,
    Column("account", Integer, primary_key=True, autoincrement=False),
    Column("chat", Text, primary_key=True),
    Column("message", Text, primary_key=True),
    Column("place", Text, nullable=False),
    Column("thread", Text, nullable=False),
    Column("at", Float, nullable=False),
)

# Who did what to an entry, for staff to look up.
audit = Table(
    "audit",
    metadata,
    Column("id", Text, primary_key=True),
    Column("account", Integer, nullable=False),
    Column("at", Float, nullable=False),
    Column("person", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("deed", Text, nullable=False),
    Column("entry", Text),
    Column("about", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Index(None, "account", "at"),
)
