"""Tables of the web messenger: persons, messages, files, reactions and what was read.

Every row names its bot, so that several web bots of one site share the tables. In `web_message`,
`place` is where the message stands in its bot's history and never changes; `seq` is the number of
the row's latest change, so that "all that is new to me" is one range of `seq`. Both are taken from
one counter per bot.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)

from posthouse.ports.personal import personal

metadata = MetaData()

web_person = Table(
    "web_person",
    metadata,
    Column("bot", String, primary_key=True),
    Column("id", String, primary_key=True, info=personal(bot="bot")),
    Column("name", String, nullable=False),
    Column("created", Float, nullable=False),
)

web_message = Table(
    "web_message",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("bot", String, nullable=False),
    Column("chat", String, nullable=False, info=personal(kind="chat", bot="bot")),
    Column("place", BigInteger, nullable=False),
    Column("seq", BigInteger, nullable=False),
    # "p" + client id for a person's message, "b" + delivery key for the bot's: neither can pose as
    # the other.
    Column("message", String, nullable=False),
    # The person's id, or empty for the bot.
    Column("author", String, nullable=False, info=personal(bot="bot")),
    # A `Content`, as JSON.
    Column("body", LargeBinary, nullable=False),
    Column("at", Float, nullable=False),
    Column("reply_to", String),
    Column("edited", Boolean, nullable=False, default=False),
    Column("deleted", Boolean, nullable=False, default=False),
    # The content says something about the reply keyboard, so it may be the one to show now.
    Column("choices", Boolean, nullable=False, default=False),
    UniqueConstraint("bot", "chat", "message", name="uq_web_message_message"),
    UniqueConstraint("bot", "chat", "place", name="uq_web_message_place"),
    Index("ix_web_message_seq", "bot", "chat", "seq"),
)

web_file = Table(
    "web_file",
    metadata,
    Column("bot", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("mime", String, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    # Both are 0 for what is not a picture.
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("person", String, nullable=False, info=personal(bot="bot")),
    Column("at", Float, nullable=False),
)

# In which chats a file was shown: whoever sees the chat may download it.
web_shown = Table(
    "web_shown",
    metadata,
    Column("bot", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("chat", String, primary_key=True, info=personal(kind="chat", bot="bot")),
)

web_reaction = Table(
    "web_reaction",
    metadata,
    Column("bot", String, primary_key=True),
    Column("chat", String, primary_key=True),
    Column("message", String, primary_key=True),
    Column("person", String, primary_key=True, info=personal(bot="bot")),
    Column("emoji", String, primary_key=True),
)

# Up to which place a person has read a chat.
web_read = Table(
    "web_read",
    metadata,
    Column("bot", String, primary_key=True),
    Column("person", String, primary_key=True, info=personal(bot="bot")),
    Column("chat", String, primary_key=True),
    Column("place", BigInteger, nullable=False),
)
