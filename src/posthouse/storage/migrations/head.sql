CREATE TABLE alembic_version (
    version_num VARCHAR(32) NOT NULL,
    CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
CREATE TABLE meta (
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    CONSTRAINT pk_meta PRIMARY KEY (name)
);
CREATE TABLE account (
    id INTEGER NOT NULL,
    messenger TEXT NOT NULL,
    native_id TEXT NOT NULL,
    bot TEXT NOT NULL,
    CONSTRAINT pk_account PRIMARY KEY (id),
    CONSTRAINT uq_account_messenger_native_id UNIQUE (messenger, native_id)
);
CREATE TABLE number (
    sequence TEXT NOT NULL,
    next INTEGER NOT NULL,
    CONSTRAINT pk_number PRIMARY KEY (sequence)
);
CREATE TABLE command (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    args TEXT NOT NULL,
    at FLOAT NOT NULL,
    ok BOOLEAN,
    result TEXT NOT NULL
);
CREATE TABLE mark_a (
    account INTEGER NOT NULL,
    update_id TEXT NOT NULL,
    CONSTRAINT pk_mark_a PRIMARY KEY (account, update_id)
)
 WITHOUT ROWID

;
CREATE TABLE mark_b (
    account INTEGER NOT NULL,
    update_id TEXT NOT NULL,
    CONSTRAINT pk_mark_b PRIMARY KEY (account, update_id)
)
 WITHOUT ROWID

;
CREATE TABLE inbox (
    seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    account INTEGER NOT NULL,
    update_id TEXT NOT NULL,
    lane TEXT NOT NULL,
    kind TEXT NOT NULL,
    body BLOB NOT NULL,
    received FLOAT NOT NULL,
    chat TEXT,
    person TEXT,
    attempts INTEGER NOT NULL,
    late BOOLEAN NOT NULL,
    CONSTRAINT uq_inbox_account_update_id UNIQUE (account, update_id)
);
CREATE TABLE quarantine (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    account INTEGER NOT NULL,
    update_id TEXT NOT NULL,
    lane TEXT NOT NULL,
    kind TEXT NOT NULL,
    body BLOB NOT NULL,
    reason TEXT NOT NULL,
    detail TEXT NOT NULL,
    at FLOAT NOT NULL,
    chat TEXT,
    person TEXT,
    CONSTRAINT uq_quarantine_account_update_id UNIQUE (account, update_id)
);
CREATE TABLE conversation (
    account INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    version INTEGER NOT NULL,
    body BLOB NOT NULL,
    CONSTRAINT pk_conversation PRIMARY KEY (account, "key")
)
 WITHOUT ROWID

;
CREATE TABLE set_aside (
    id INTEGER NOT NULL,
    account INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    name TEXT NOT NULL,
    body BLOB NOT NULL,
    error TEXT NOT NULL,
    at FLOAT NOT NULL,
    CONSTRAINT pk_set_aside PRIMARY KEY (id)
);
CREATE TABLE timer (
    id TEXT NOT NULL,
    account INTEGER NOT NULL,
    lane TEXT NOT NULL,
    due FLOAT NOT NULL,
    body BLOB NOT NULL,
    CONSTRAINT pk_timer PRIMARY KEY (id)
);
CREATE INDEX ix_timer_due ON timer (due);
CREATE TABLE outbox (
    id INTEGER NOT NULL,
    account INTEGER NOT NULL,
    chat TEXT NOT NULL,
    klass TEXT NOT NULL,
    state TEXT NOT NULL,
    body BLOB NOT NULL,
    created FLOAT NOT NULL,
    not_before FLOAT NOT NULL,
    expires FLOAT,
    attempts INTEGER NOT NULL,
    target INTEGER,
    remember BOOLEAN NOT NULL,
    guard BLOB,
    late BOOLEAN NOT NULL,
    error TEXT,
    CONSTRAINT pk_outbox PRIMARY KEY (id)
);
CREATE INDEX ix_outbox_waiting ON outbox (account, chat, id) WHERE state <> 'claimed';
CREATE TABLE message (
    delivery INTEGER NOT NULL,
    account INTEGER NOT NULL,
    chat TEXT NOT NULL,
    message_id TEXT NOT NULL,
    at FLOAT NOT NULL,
    CONSTRAINT pk_message PRIMARY KEY (delivery)
);
CREATE INDEX ix_message_account_chat_message_id ON message (account, chat, message_id);
CREATE INDEX ix_message_at ON message (at);
CREATE TABLE payload (
    account INTEGER NOT NULL,
    "key" BLOB NOT NULL,
    delivery INTEGER NOT NULL,
    body BLOB NOT NULL,
    at FLOAT NOT NULL,
    CONSTRAINT pk_payload PRIMARY KEY (account, "key")
);
CREATE INDEX ix_payload_at ON payload (at);
CREATE TABLE number_used (
    account INTEGER NOT NULL,
    update_id TEXT NOT NULL,
    sequence TEXT NOT NULL,
    value INTEGER NOT NULL,
    round INTEGER NOT NULL,
    CONSTRAINT pk_number_used PRIMARY KEY (account, update_id, sequence)
);
CREATE TABLE intent (
    account INTEGER NOT NULL,
    update_id TEXT NOT NULL,
    "key" TEXT NOT NULL,
    at FLOAT NOT NULL,
    result BLOB,
    round INTEGER NOT NULL,
    CONSTRAINT pk_intent PRIMARY KEY (account, update_id, "key")
);
CREATE TABLE observed (
    account INTEGER NOT NULL,
    update_id TEXT NOT NULL,
    observer TEXT NOT NULL,
    round INTEGER NOT NULL,
    CONSTRAINT pk_observed PRIMARY KEY (account, update_id, observer)
);
CREATE TABLE web_person (
    bot VARCHAR NOT NULL,
    id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    created FLOAT NOT NULL,
    PRIMARY KEY (bot, id)
);
CREATE TABLE web_read (
    bot VARCHAR NOT NULL,
    person VARCHAR NOT NULL,
    chat VARCHAR NOT NULL,
    place BIGINT NOT NULL,
    PRIMARY KEY (bot, person, chat)
);
CREATE TABLE web_message (
    id INTEGER NOT NULL,
    bot VARCHAR NOT NULL,
    chat VARCHAR NOT NULL,
    place BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    message VARCHAR NOT NULL,
    author VARCHAR NOT NULL,
    body BLOB NOT NULL,
    at FLOAT NOT NULL,
    reply_to VARCHAR,
    edited BOOLEAN NOT NULL,
    deleted BOOLEAN NOT NULL,
    choices BOOLEAN NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT uq_web_message_message UNIQUE (bot, chat, message),
    CONSTRAINT uq_web_message_place UNIQUE (bot, chat, place)
);
CREATE INDEX ix_web_message_seq ON web_message (bot, chat, seq);
CREATE TABLE web_reaction (
    bot VARCHAR NOT NULL,
    chat VARCHAR NOT NULL,
    message VARCHAR NOT NULL,
    person VARCHAR NOT NULL,
    emoji VARCHAR NOT NULL,
    PRIMARY KEY (bot, chat, message, person, emoji)
);
CREATE TABLE web_file (
    bot VARCHAR NOT NULL,
    "key" VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    mime VARCHAR NOT NULL,
    size_bytes BIGINT NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    person VARCHAR NOT NULL,
    at FLOAT NOT NULL,
    PRIMARY KEY (bot, "key")
);
CREATE TABLE web_shown (
    bot VARCHAR NOT NULL,
    "key" VARCHAR NOT NULL,
    chat VARCHAR NOT NULL,
    PRIMARY KEY (bot, "key", chat)
);
CREATE TABLE media (
    "key" TEXT NOT NULL,
    at FLOAT NOT NULL,
    CONSTRAINT pk_media PRIMARY KEY ("key")
);
CREATE TABLE media_use (
    message INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    CONSTRAINT pk_media_use PRIMARY KEY (message, "key")
);
CREATE INDEX ix_media_use_key ON media_use ("key");
CREATE TABLE media_native (
    account INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    form TEXT NOT NULL,
    native TEXT NOT NULL,
    at FLOAT NOT NULL,
    CONSTRAINT pk_media_native PRIMARY KEY (account, "key", form)
);
CREATE INDEX ix_media_native_account_native ON media_native (account, native);
CREATE TABLE bot (
    name TEXT NOT NULL,
    messenger TEXT NOT NULL,
    apps TEXT NOT NULL,
    options TEXT NOT NULL,
    sealed BLOB NOT NULL,
    enabled BOOLEAN NOT NULL,
    remembered TEXT NOT NULL,
    created FLOAT NOT NULL,
    changed FLOAT NOT NULL,
    CONSTRAINT pk_bot PRIMARY KEY (name)
);
CREATE TABLE album_part (
    seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    account INTEGER NOT NULL,
    chat TEXT NOT NULL,
    album TEXT NOT NULL,
    update_id TEXT NOT NULL,
    body BLOB NOT NULL,
    received FLOAT NOT NULL,
    handled BOOLEAN NOT NULL
);
CREATE INDEX ix_album_part_account_chat_album ON album_part (account, chat, album);
CREATE TABLE chat_alias (
    account INTEGER NOT NULL,
    "before" TEXT NOT NULL,
    "after" TEXT NOT NULL,
    CONSTRAINT pk_chat_alias PRIMARY KEY (account, "before")
);
CREATE TABLE chat_standing (
    account INTEGER NOT NULL,
    chat TEXT NOT NULL,
    since FLOAT NOT NULL,
    why TEXT NOT NULL,
    CONSTRAINT pk_chat_standing PRIMARY KEY (account, chat)
);
CREATE TABLE person (
    account INTEGER NOT NULL,
    person TEXT NOT NULL,
    chat TEXT,
    name TEXT NOT NULL,
    username TEXT NOT NULL,
    language TEXT NOT NULL,
    chosen TEXT,
    first_day INTEGER NOT NULL,
    last_day INTEGER NOT NULL,
    blocked FLOAT,
    CONSTRAINT pk_person PRIMARY KEY (account, person)
)
 WITHOUT ROWID

;
CREATE INDEX ix_person_account_chat ON person (account, chat);
CREATE INDEX ix_person_chosen ON person (account) WHERE chosen IS NOT NULL;
CREATE TABLE role (
    bot TEXT NOT NULL,
    person TEXT NOT NULL,
    role TEXT NOT NULL,
    at FLOAT NOT NULL,
    CONSTRAINT pk_role PRIMARY KEY (bot, person, role)
)
 WITHOUT ROWID

;
CREATE TABLE ban (
    messenger TEXT NOT NULL,
    person TEXT NOT NULL,
    reason TEXT NOT NULL,
    at FLOAT NOT NULL,
    CONSTRAINT pk_ban PRIMARY KEY (messenger, person)
)
 WITHOUT ROWID

;
CREATE TABLE journal (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    account INTEGER NOT NULL,
    chat TEXT NOT NULL,
    person TEXT,
    at FLOAT NOT NULL,
    way TEXT NOT NULL,
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    media TEXT NOT NULL,
    route TEXT NOT NULL,
    message TEXT,
    delivery INTEGER,
    CONSTRAINT ck_journal_way CHECK (way IN ('in', 'out'))
);
CREATE INDEX ix_journal_account_chat_at ON journal (account, chat, at);
CREATE INDEX ix_journal_account_at ON journal (account, at);
CREATE TABLE entry (
    id TEXT NOT NULL,
    account INTEGER NOT NULL,
    form TEXT NOT NULL,
    person TEXT NOT NULL,
    chat TEXT NOT NULL,
    name TEXT NOT NULL,
    language TEXT NOT NULL,
    answers BLOB NOT NULL,
    state TEXT NOT NULL,
    standing TEXT NOT NULL,
    number INTEGER,
    edition INTEGER NOT NULL,
    subject TEXT,
    screen INTEGER,
    version INTEGER NOT NULL,
    created FLOAT NOT NULL,
    changed FLOAT NOT NULL,
    CONSTRAINT pk_entry PRIMARY KEY (id),
    CONSTRAINT ck_entry_standing CHECK (standing IN ('published', 'withdrawn', 'removed')),
    CONSTRAINT ck_entry_edition CHECK (edition >= 1)
);
CREATE INDEX ix_entry_account_person_form_created ON entry (account, person, form, created);
CREATE INDEX ix_entry_subject ON entry (subject);
CREATE TABLE post (
    id TEXT NOT NULL,
    entry TEXT NOT NULL,
    account INTEGER NOT NULL,
    place TEXT NOT NULL,
    chat TEXT NOT NULL,
    edition INTEGER NOT NULL,
    sequence TEXT,
    number INTEGER,
    delivery INTEGER NOT NULL,
    message TEXT,
    link TEXT,
    shown TEXT NOT NULL,
    status TEXT NOT NULL,
    live BOOLEAN NOT NULL,
    extra TEXT NOT NULL,
    album INTEGER,
    card INTEGER,
    version INTEGER NOT NULL,
    created FLOAT NOT NULL,
    sent FLOAT,
    CONSTRAINT pk_post PRIMARY KEY (id),
    CONSTRAINT ck_post_status CHECK (status IN ('sending', 'live', 'failed', 'unknown', 'gone', 'moved', 'withdrawn', 'removed')),
    CONSTRAINT ck_post_live CHECK (NOT live OR status IN ('sending', 'live', 'failed', 'unknown')),
    CONSTRAINT ck_post_extra CHECK (extra IN ('none', 'waiting', 'sending', 'sent', 'failed')),
    CONSTRAINT fk_post_entry_entry FOREIGN KEY(entry) REFERENCES entry (id) ON DELETE CASCADE,
    CONSTRAINT uq_post_sequence_number_chat UNIQUE (sequence, number, chat)
);
CREATE INDEX ix_post_entry_edition ON post (entry, edition);
CREATE INDEX ix_post_account_chat_message ON post (account, chat, message);
CREATE INDEX ix_post_account_created ON post (account, created);
CREATE UNIQUE INDEX uq_post_live ON post (entry, chat) WHERE live;
CREATE TABLE thread (
    account INTEGER NOT NULL,
    chat TEXT NOT NULL,
    message TEXT NOT NULL,
    place TEXT NOT NULL,
    thread TEXT NOT NULL,
    at FLOAT NOT NULL,
    CONSTRAINT pk_thread PRIMARY KEY (account, chat, message)
);
CREATE TABLE audit (
    id TEXT NOT NULL,
    account INTEGER NOT NULL,
    at FLOAT NOT NULL,
    person TEXT NOT NULL,
    name TEXT NOT NULL,
    deed TEXT NOT NULL,
    entry TEXT,
    about TEXT NOT NULL,
    detail TEXT NOT NULL,
    CONSTRAINT pk_audit PRIMARY KEY (id)
);
CREATE INDEX ix_audit_account_at ON audit (account, at);
CREATE TABLE fan_out (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    item INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    account INTEGER,
    audience BLOB,
    state TEXT NOT NULL,
    "after" TEXT NOT NULL,
    total INTEGER,
    person TEXT,
    created FLOAT NOT NULL,
    ended FLOAT,
    CONSTRAINT ck_fan_out_state CHECK (state IN ('planning', 'running', 'paused', 'cancelled', 'done')),
    CONSTRAINT uq_fan_out_item_revision UNIQUE (item, revision)
);
CREATE INDEX ix_fan_out_open ON fan_out (state) WHERE state IN ('planning', 'running', 'paused');
CREATE TABLE handed_in (
    publisher TEXT NOT NULL,
    "key" TEXT NOT NULL,
    digest BLOB NOT NULL,
    item INTEGER,
    at FLOAT NOT NULL,
    CONSTRAINT pk_handed_in PRIMARY KEY (publisher, "key")
)
 WITHOUT ROWID

;
CREATE INDEX ix_handed_in_at ON handed_in (at);
CREATE TABLE item (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    topic TEXT NOT NULL,
    "key" TEXT NOT NULL,
    revision INTEGER NOT NULL,
    digest BLOB NOT NULL,
    body BLOB NOT NULL,
    shown BLOB NOT NULL,
    title TEXT NOT NULL,
    link TEXT,
    account INTEGER,
    person TEXT,
    entry TEXT,
    state TEXT NOT NULL,
    published FLOAT NOT NULL,
    changed FLOAT NOT NULL,
    expires FLOAT,
    CONSTRAINT ck_item_revision CHECK (revision >= 1),
    CONSTRAINT ck_item_state CHECK (state IN ('live', 'withdrawn')),
    CONSTRAINT uq_item_topic_key UNIQUE (topic, "key")
);
CREATE INDEX ix_item_entry ON item (entry);
CREATE INDEX ix_item_topic_published ON item (topic, published);
CREATE TABLE plan_term (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    messenger TEXT NOT NULL,
    person TEXT NOT NULL,
    "plan" TEXT NOT NULL,
    kind TEXT NOT NULL,
    begins FLOAT NOT NULL,
    ends FLOAT NOT NULL,
    account INTEGER NOT NULL,
    "by" TEXT NOT NULL,
    note TEXT NOT NULL,
    told TEXT NOT NULL,
    revoked BOOLEAN NOT NULL,
    at FLOAT NOT NULL,
    CONSTRAINT ck_plan_term_ends CHECK (ends > begins),
    CONSTRAINT ck_plan_term_kind CHECK (kind IN ('trial', 'granted', 'paid'))
);
CREATE INDEX ix_plan_term_ends ON plan_term (ends);
CREATE INDEX ix_plan_term_messenger_person_plan_ends ON plan_term (messenger, person, "plan", ends);
CREATE UNIQUE INDEX uq_plan_term_trial ON plan_term (messenger, person, "plan") WHERE kind = 'trial';
CREATE TABLE receipt (
    item INTEGER NOT NULL,
    account INTEGER NOT NULL,
    chat TEXT NOT NULL,
    person TEXT,
    subscription INTEGER,
    revision INTEGER NOT NULL,
    state TEXT NOT NULL,
    due FLOAT NOT NULL,
    delivery INTEGER,
    at FLOAT NOT NULL,
    CONSTRAINT pk_receipt PRIMARY KEY (item, account, chat),
    CONSTRAINT ck_receipt_state CHECK (state IN ('waiting', 'held', 'queued', 'sent', 'ridden', 'rejected', 'expired', 'unknown', 'cancelled', 'skipped'))
)
 WITHOUT ROWID

;
CREATE INDEX ix_receipt_account_chat_at ON receipt (account, chat, at);
CREATE INDEX ix_receipt_waiting ON receipt (account, due) WHERE state = 'waiting';
CREATE INDEX ix_receipt_chat ON receipt (account, chat, due) WHERE state = 'waiting';
CREATE INDEX ix_receipt_queued ON receipt (account, delivery) WHERE state = 'queued';
CREATE TABLE source (
    publisher TEXT NOT NULL,
    cursor TEXT,
    memory BLOB,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    errors INTEGER NOT NULL,
    due FLOAT NOT NULL,
    fetched FLOAT,
    CONSTRAINT pk_source PRIMARY KEY (publisher),
    CONSTRAINT ck_source_state CHECK (state IN ('new', 'running', 'paused', 'stopped'))
)
 WITHOUT ROWID

;
CREATE TABLE subscription (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    topic TEXT NOT NULL,
    account INTEGER NOT NULL,
    chat TEXT NOT NULL,
    person TEXT NOT NULL,
    language TEXT NOT NULL,
    search TEXT,
    answers BLOB,
    condition BLOB,
    title TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    digest TEXT,
    quiet TEXT,
    zone TEXT,
    most INTEGER,
    revisions TEXT NOT NULL,
    gates BLOB,
    since FLOAT NOT NULL,
    version INTEGER NOT NULL,
    created FLOAT NOT NULL,
    changed FLOAT NOT NULL,
    CONSTRAINT ck_subscription_most CHECK (most IS NULL OR most >= 1),
    CONSTRAINT ck_subscription_revisions CHECK (revisions IN ('edit', 'again', 'ignore')),
    CONSTRAINT ck_subscription_state CHECK (state IN ('active', 'paused', 'suspended', 'ended'))
);
CREATE INDEX ix_subscription_account_chat ON subscription (account, chat);
CREATE INDEX ix_subscription_account_person ON subscription (account, person);
CREATE INDEX ix_subscription_topic_state_id ON subscription (topic, state, id);
CREATE UNIQUE INDEX uq_subscription_topic ON subscription (topic, account, chat) WHERE search IS NULL AND state <> 'ended';
INSERT INTO alembic_version VALUES ('0008');
