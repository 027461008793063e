"""Forgetting and exporting a person: every table has a rule, and nothing of them stays."""

import json
import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import msgspec
import pytest
from sqlalchemy import Column, MetaData, Table, Text, insert, select

from posthouse.app import App
from posthouse.bots.bot import Bot
from posthouse.bots.people import marks_of
from posthouse.dialogs.forms.fields import ask
from posthouse.dialogs.forms.form import Form, fields_of
from posthouse.errors import ConflictError, MistakeError
from posthouse.model.chat import ChatKind
from posthouse.model.outgoing import Content
from posthouse.model.reply import Screen
from posthouse.model.update import TextMessage
from posthouse.model.values import Email, Phone
from posthouse.people.forgetting import Archive, Marks, said, written
from posthouse.people.naming import Named
from posthouse.people.steps import Scope, steps
from posthouse.ports.personal import Personal, is_personal, personal, without_mark
from posthouse.publishing.showing import Shown, decode_shown
from posthouse.storage import publishing, schema
from posthouse.testing import TestSite, play
from posthouse.testing.adapter import FakeAdapter
from posthouse.testing.messenger import FakeMessenger
from posthouse.turn.action import button
from posthouse.turn.conversation import Conversation, Scope as StateScope
from posthouse.turn.turn import Turn
from posthouse.turn.use import use

SECRET = "zanzibar"
NOT_ABOUT_PERSONS = {
    "meta", "account", "mark_a", "mark_b", "number", "number_used", "intent", "observed", "command",
    "media", "media_native", "chat_alias", "bot", "post", "thread", "ban",
    "source", "handed_in",
}  # fmt: skip
"""Tables with nothing of a person, and that of bans, which stay."""

own = MetaData()
guest = Table(
    "guest",
    own,
    Column("person", Text, primary_key=True, info=personal()),
    Column("name", Text, nullable=False),
)
review = Table(
    "review",
    own,
    Column("id", Text, primary_key=True),
    Column("by", Text, nullable=False),
    Column("name", Text, nullable=False, info=personal(of="by")),
    Column("mail", Text, info=personal(of="by")),
    Column("stars", Text, nullable=False),
)


class Note(Conversation):
    """What somebody said last."""

    words: str = ""


class Profile(Conversation):
    """What is known of somebody everywhere."""

    scope = StateScope.PERSON
    words: str = ""


def keeper() -> App:
    """An app that keeps whatever it is told, everywhere it can."""
    app = App("keeper")

    @app.command
    async def fail(turn: Turn, words: str) -> str:
        raise RuntimeError(words)

    @app.action
    async def again(turn: Turn, words: str) -> Screen:
        return Screen(words).row(button("Again", again, words))

    @app.command
    async def tell(
        turn: Turn, words: str, *, note: Note = use(), profile: Profile = use()
    ) -> Screen:
        note.words = profile.words = words
        turn.later(timedelta(days=1), again, words)
        row = insert(guest).values(person=turn.person.id, name=words)
        turn.execute(row)
        turn.execute(
            insert(review).values(
                id=turn.update.id, by=turn.person.id, name=words, mail=words, stars="5"
            )
        )
        return await again(turn, words)

    @app.on
    async def echo(message: TextMessage) -> str:
        return message.text

    return app


def dump(folder: Path) -> str:
    """Everything that stands in the database, as text."""
    with sqlite3.connect(folder / "p.db") as db:
        names = [
            name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        return "\n".join(
            f"{name}: {row!r}" for name in names for row in db.execute(f'SELECT * FROM "{name}"')
        )


async def filled(site: TestSite) -> None:
    """Ann and Bob tell the bot a lot."""
    await site.engine.committer.drained()
    for name in ("Ann", "Bob"):
        person = site.person(name)
        await person.says(f"{SECRET} {name}")
        await person.says(f'/tell "{SECRET} {name}"')
        await person.says(f"/fail {SECRET}-{name}")
        town = site.person(name, chat="town", kind=ChatKind.GROUP)
        await town.says(f"{SECRET} {name}")
    await site.engine.committer.drained()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder whose database has the users' tables."""
    return tmp_path


def playing(folder: Path) -> Any:
    """A site that keeps a journal and knows which tables there are."""
    return play(
        keeper(),
        storage="sqlite:p.db",
        folder=folder,
        strict=False,
        options={"journal": timedelta(days=30)},
        tables=[own],
    )


async def with_tables(site: TestSite) -> None:
    """Make the users' tables, as a module would."""
    from sqlalchemy.schema import CreateTable

    for table in own.sorted_tables:
        await site.engine.database.execute(CreateTable(table))


async def test_nothing_of_a_person_stays(folder: Path) -> None:
    """In no table, of the framework or of a user; of others everything does."""
    async with playing(folder) as site:
        await with_tables(site)
        await filled(site)
        before = dump(folder)
        assert f"{SECRET} Ann" in before
        reported = await site.command("people.forget", person="fake:ann")
        await site.engine.committer.drained()
        after = dump(folder)
        left = [line for line in after.splitlines() if "Ann" in line or "ann" in line.split()]
        assert [line for line in left if not line.startswith(("command", "message"))] == []
        for table in (
            "conversation",
            "quarantine",
            "journal",
            "person",
            "timer",
            "guest",
            "review",
        ):
            was = [line for line in before.splitlines() if line.startswith(f"{table}:")]
            now = [line for line in after.splitlines() if line.startswith(f"{table}:")]
            assert len([line for line in was if "Bob" in line or "bob" in line]) == len(
                [line for line in now if "Bob" in line or "bob" in line]
            ), table
            assert f"in {table}" in reported
        (kept,) = [row for row in await rows(site, review) if row.by == "ann"]
        assert (kept.name, kept.mail, kept.stars) == ("", None, "5")
        (deed,) = await rows(site, schema.audit)
        assert (deed.deed, deed.about, deed.person) == ("forget", "", "")
        assert SECRET not in deed.detail


async def rows(site: TestSite, table: Table) -> list[Any]:
    """All rows of a table."""
    return list(await site.engine.store.fetch(select(table)))


async def test_of_what_was_published_nothing_names_them_any_more(folder: Path) -> None:
    """Subscriptions, receipts and plans go; orders stay, and items that say nothing, by nobody."""
    async with playing(folder) as site:
        await with_tables(site)
        await filled(site)
        for who in ("ann", "bob"):
            for statement in _published(who):
                await site.engine.database.execute(statement)
        told = await Archive(site.engine.store, Marks({}, ())).export("fake:ann")
        assert [row["message"] for row in told["media_use"]] == [-1]
        for table in ("subscription", "receipt", "plan_term", "item", "fan_out"):
            assert all("ann" in row.values() for row in told[table]), table
            assert len(told[table]) == (2 if table == "plan_term" else 1)  # theirs, and given
        await site.command("people.forget", person="fake:ann")
        for gone in (publishing.subscription, publishing.receipt):
            assert [row.person for row in await rows(site, gone)] == ["bob"]
        (plan,) = await rows(site, publishing.plan_term)
        assert (plan.person, plan.by) == ("bob", "")
        for stays in (publishing.item, publishing.fan_out):
            assert [row.person for row in await rows(site, stays)] == [None, "bob"]
        anns, bobs = await rows(site, publishing.item)
        assert (anns.state, anns.title, anns.link) == ("withdrawn", "", None)
        assert decode_shown(anns.shown) == Shown(content=Content())
        assert SECRET.encode() not in anns.body
        assert (bobs.state, bobs.title) == ("live", f"{SECRET} bob")
        assert [row.message for row in await rows(site, schema.media_use)] == [-2]


def _published(who: str) -> list[Any]:
    """Return what makes somebody a subscriber, a reader, a holder and an author."""
    other = "ann" if who == "bob" else "bob"
    number = 1 if who == "ann" else 2
    at = {"version": 1, "created": 0.0, "changed": 0.0}
    mine = {"account": 1, "chat": who, "person": who}
    return [
        insert(publishing.subscription).values(
            **mine, **at, topic="news", language="en", title="News", state="active", reason="",
            revisions="ignore", since=0.0,
        ),
        insert(publishing.receipt).values(
            **mine, item=7, revision=1, state="sent", due=0.0, at=0.0
        ),
        insert(publishing.plan_term).values(
            messenger="fake", person=who, plan="month", kind="granted", begins=0.0, ends=1.0,
            account=1, by=other, note="", told="", revoked=False, at=0.0,
        ),
        insert(publishing.item).values(
            id=number, topic="news", key=who, revision=1, digest=b"d", body=SECRET.encode(),
            shown=SECRET.encode(), title=f"{SECRET} {who}", link="https://n.example", account=1,
            person=who, state="live", published=0.0, changed=0.0,
        ),
        insert(schema.media).values(key=f"m:{who}", at=0.0),
        insert(schema.media_use).values(message=-number, key=f"m:{who}"),
        insert(publishing.fan_out).values(
            item=number, revision=1, account=1, state="done", after="", person=who, created=0.0,
        ),
    ]  # fmt: skip


async def test_who_was_forgotten_begins_anew(folder: Path) -> None:
    """Caches know nothing either; a ban stays."""
    async with playing(folder) as site:
        await with_tables(site)
        await filled(site)
        await site.command("people.grant", bot="bot", person="fake:ann", role="staff")
        await site.command("people.forget", person="fake:ann")
        ann = site.person("Ann")
        await ann.says('/tell "new"')
        assert ann.sees == "new"
        assert [row.person for row in await rows(site, schema.role)] == []
        assert sorted(row.person for row in await rows(site, schema.person)) == ["ann", "bob"]
        await site.command("people.ban", person="fake:bob")
        await site.command("people.forget", person="fake:bob")
        await site.person("Bob").says("hello?")
        assert [row.person for row in await rows(site, schema.person)] == ["ann"]


async def test_a_dry_run_counts_the_same_and_changes_nothing(folder: Path) -> None:
    """And an export holds all of it, readable."""
    async with playing(folder) as site:
        await with_tables(site)
        await filled(site)
        archive = Archive(site.engine.store, Marks({}, [own]), runs=True)
        before = dump(folder)
        counted = await archive.count("fake:ann")
        found = await archive.export("fake:ann")
        assert dump(folder) == before
        assert (
            await site.command("people.forget", person="fake:ann")
        ) == f"forgotten: {said(counted, 'fake:ann')}"
        assert counted["guest"] == counted["review"] == counted["person"] == 1
        assert {name for name in found if name not in ("person", "bots")} <= set(counted) | {"ban"}
        text = written(found)
        assert json.loads(text)["guest"] == [{"person": "ann", "name": f"{SECRET} Ann"}]
        assert f'"words": "{SECRET} Ann"' in text  # in a conversation
        assert f"{SECRET} Bob" not in text
        assert await archive.count("fake:ann") == {}


async def test_of_completed_forms_the_personal_answers_go(folder: Path) -> None:
    """Those that are marked; all of them where the form is gone."""
    answers = {"car": "Beetle", "phone": "+380671234567"}
    async with playing(folder) as site:
        await with_tables(site)
        await filled(site)
        for number, form in enumerate(("shop.Ad", "shop.Gone")):
            row = {
                "id": str(number), "account": 1, "form": form, "person": "ann", "chat": "ann",
                "name": "Ann", "language": "en", "answers": msgspec.msgpack.encode(answers),
                "state": "open", "standing": "published", "edition": 1, "version": 1,
                "created": 1.0, "changed": 1.0, "number": 5,
            }  # fmt: skip
            await site.engine.database.execute(insert(schema.entry).values(**row))
        marks = Marks({"shop.Ad": frozenset({"phone"})}, [own])
        archive = Archive(site.engine.store, marks, runs=True)
        assert len((await archive.export("fake:ann"))["entry"]) == 2
        await archive.forget("fake:ann", None, writer=site.engine.committer, clock=site.clock)
        ad, gone = await rows(site, schema.entry)
        assert msgspec.msgpack.decode(ad.answers) == {"car": "Beetle"}
        assert msgspec.msgpack.decode(gone.answers) == {}
        assert (ad.person, ad.name, ad.chat, ad.number, ad.version) == ("", "", "", 5, 2)


async def test_one_bot_may_forget_and_the_others_not(folder: Path) -> None:
    """A user's table that does not tell whose rows are which bot's is left alone then."""
    async with play(
        bots={"one": [keeper()], "two": [keeper()]},
        storage="sqlite:p.db",
        folder=folder,
        strict=False,
        tables=[own],
    ) as site:
        await with_tables(site)
        await site.person("Ann").says("hi")
        at_two = site.person("Ann", chat="ann two", kind=ChatKind.PRIVATE, bot="two")
        await at_two.says('/tell "hi"')
        await site.command("people.forget", person="fake:ann", bot="one")
        assert [row.chat for row in await rows(site, schema.person)] == ["ann two"]
        assert len(await rows(site, guest)) == 1
        with pytest.raises(ConflictError, match="no bot three on fake has run here"):
            await site.command("people.forget", person="fake:ann", bot="three")


async def test_persons_are_named_with_their_messenger(folder: Path) -> None:
    """An id alone means nobody."""
    async with playing(folder) as site:
        with pytest.raises(ConflictError, match="write the messenger and the id"):
            await site.command("people.forget", person="ann")
        with pytest.raises(MistakeError, match="telegram:1234"):
            await Archive(site.engine.store, Marks({})).count("Ann")


def test_every_table_has_a_rule() -> None:
    """A new one fails here until somebody decided what of it is about persons."""
    scope = Scope(who=Named("fake", "ann"), accounts={1: "bot"}, chats=((1, "ann"),))
    covered = {step.table.name for step in steps(scope, (), runs=False)} | {"entry"}
    assert covered | NOT_ABOUT_PERSONS == set(schema.metadata.tables)
    assert not covered & NOT_ABOUT_PERSONS


def test_a_mark_is_found_and_taken_off() -> None:
    """Beside None and in lists; a phone number or a mail address needs none."""
    for marked, plain in (
        (Personal[str], str),
        (Personal[str] | None, str | None),
        (tuple[Personal[int], ...], tuple[int, ...]),
    ):
        assert is_personal(marked)
        assert without_mark(marked) == plain
    assert is_personal(Phone | None)
    assert is_personal(Email)
    assert not is_personal(str | None)
    assert without_mark(Annotated[str, "other"]) == Annotated[str, "other"]


def test_forms_tell_their_personal_fields() -> None:
    """By the name under which their entries are kept; inherited ones, too."""

    class Contact(Form):
        name: Personal[str] = ask("Name?")
        phone: Phone = ask("Phone?")

    class Ad(Contact):
        car: str = ask("Car?")
        mail: Email | None = ask("Mail?", default=None)

    app = App("shop")
    app.form(Ad)
    bot = Bot("shop", messenger="fake", apps=[app], adapter=FakeAdapter(FakeMessenger()))
    assert marks_of([bot], [own]).forms == {"shop.Ad": {"name", "phone", "mail"}}
    assert fields_of(Ad)[0].kind == fields_of(Contact)[0].kind
