"""ENGINE 13: observers have a savepoint of their own; with `ask = "all"` every app runs."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text

from posthouse.app import App
from posthouse.model.reply import PASS
from posthouse.model.update import Press, TextMessage
from posthouse.testing import Point, TestSite, play
from posthouse.turn.conversation import Conversation
from posthouse.turn.turn import Turn

BOTH = pytest.mark.parametrize("storage", ["memory:", "sqlite:bot.db"])


async def table(site: TestSite, *statements: str) -> None:
    """Make tables of one's own."""
    await site.engine.database.execute(*(text(statement) for statement in statements))


async def count(site: TestSite, name: str) -> int:
    """Count the rows of a table."""
    return int((await site.engine.database.fetch(text(f"SELECT count(*) FROM {name}")))[0][0])


def echo(app: App) -> App:
    """Let an app say what it hears."""

    @app.on
    async def say(turn: Turn, message: TextMessage) -> str:
        if message.text.startswith("write"):
            turn.execute(text("INSERT INTO main VALUES (1)"))
        return message.text

    return app


@BOTH
async def test_what_an_observer_wants_commits_beside_the_turn(storage: str) -> None:
    """Statements, messages, states; the handler's answer goes first."""
    app = echo(App("watched"))

    class Count(Conversation):
        n: int = 0

    @app.observe
    async def tally(turn: Turn, message: TextMessage, state: Count) -> None:
        state.n += 1
        turn.execute(text("INSERT INTO seen VALUES (:n)").bindparams(n=state.n))
        turn.send(f"seen {state.n}")

    async with play(app, storage=storage) as site:
        await table(site, "CREATE TABLE seen (n INT)")
        ann = site.person("Ann")
        for number in (1, 2, 3):
            await ann.says("hi")
            await site.settle()
            assert ann.answers == ["hi", f"seen {number}"]
        assert await count(site, "seen") == 3


@BOTH
async def test_an_observer_that_raises_touches_nothing_else(storage: str) -> None:
    """Neither the handler's turn nor the other observers."""
    app = echo(App("watched"))

    @app.observe
    async def bad(turn: Turn, message: TextMessage) -> None:
        turn.send("never")
        raise RuntimeError("oops")

    @app.observe
    async def good(turn: Turn, message: TextMessage) -> None:
        turn.send("seen")

    async with play(app, storage=storage) as site:
        ann = site.person("Ann")
        await ann.says("hi")
        await site.settle()
        assert ann.answers == ["hi", "seen"]


@BOTH
@pytest.mark.parametrize("evil", ["INSERT", "INSERT OR ROLLBACK"])
async def test_a_statement_of_an_observer_that_fails_undoes_only_its_own(
    storage: str, evil: str
) -> None:
    """Its savepoint goes, the turn and the other observer stay."""
    if storage == "memory:" and evil != "INSERT":
        pytest.skip("the store in memory runs each statement by itself")
    app = echo(App("watched"))

    @app.observe
    async def bad(turn: Turn, message: TextMessage) -> None:
        turn.execute(text("INSERT INTO seen VALUES (7)"))
        turn.execute(text(f"{evil} INTO taken VALUES ('a')"))
        turn.send("never")

    @app.observe
    async def good(turn: Turn, message: TextMessage) -> None:
        turn.execute(text("INSERT INTO seen VALUES (1)"))
        turn.send("seen")

    async with play(app, storage=storage) as site:
        await table(
            site,
            "CREATE TABLE main (n INT)",
            "CREATE TABLE seen (n INT)",
            "CREATE TABLE taken (name TEXT UNIQUE)",
            "INSERT INTO taken VALUES ('a')",
        )
        ann = site.person("Ann")
        await ann.says("write")
        await site.settle()
        assert ann.answers == ["write", "seen"]
        assert await count(site, "main") == 1
        assert await count(site, "seen") == 1
        await ann.says("again")
        await site.settle()
        assert ann.answers == ["again", "seen"]


async def test_an_observer_that_hangs_is_cut_alone() -> None:
    """The handler's turn commits, the other observers run, and the chat goes on."""
    app = echo(App("watched"))
    hanging = asyncio.Event()

    @app.observe(limit=timedelta(seconds=2))
    async def hang(turn: Turn, message: TextMessage) -> None:
        await hanging.wait()
        turn.send("never")

    @app.observe
    async def good(turn: Turn, message: TextMessage) -> None:
        turn.send("seen")

    async with play(app) as site:
        ann = site.person("Ann")
        await ann.says("hi", wait=False)
        await site.later(1.5)
        assert ann.screen[-1].author == "Ann"
        await site.later(1)
        assert ann.answers == ["hi", "seen"]
        assert site.engine.turns.abandoned == 0
        await ann.says("there", wait=False)
        await site.later(3)
        assert ann.answers == ["there", "seen"]


async def test_an_observer_that_ignores_being_cut_is_abandoned_and_counted() -> None:
    """What it does afterwards counts for nothing."""
    app = echo(App("watched"))
    go = asyncio.Event()
    errors: list[Exception] = []

    @app.observe(limit=timedelta(seconds=1))
    async def stubborn(turn: Turn, message: TextMessage) -> None:
        while not go.is_set():
            try:
                await go.wait()
            except asyncio.CancelledError:
                continue
        try:
            turn.send("never")
        except Exception as error:
            errors.append(error)
            raise

    async with play(app) as site:
        ann = site.person("Ann")
        await ann.says("hi", wait=False)
        await site.later(2)
        assert ann.answers == ["hi"]
        assert site.engine.turns.abandoned == 1
        go.set()
        await site.settle()
        assert site.engine.turns.abandoned == 0
        assert ann.answers == ["hi"]
        assert len(errors) == 1


async def test_an_observer_that_lets_a_cancellation_through_has_failed() -> None:
    """It is no cut: the turn commits."""
    app = echo(App("watched"))

    @app.observe
    async def leaky(turn: Turn, message: TextMessage) -> None:
        turn.send("never")
        raise asyncio.CancelledError

    async with play(app) as site:
        ann = site.person("Ann")
        await ann.says("hi")
        await site.settle()
        assert ann.answers == ["hi"]


async def test_a_stop_while_an_observer_hangs_leaves_the_update_for_the_next_start() -> None:
    """Nothing of it is committed twice, nothing is lost."""
    app = echo(App("watched"))
    go = asyncio.Event()

    @app.observe
    async def hang(turn: Turn, message: TextMessage) -> None:
        await go.wait()
        turn.send("seen")

    async with play(app, storage="sqlite:bot.db", stop_s=2.0) as site:
        ann = site.person("Ann")
        await ann.says("hi", wait=False)
        await site.later(0.5)
        await site.stop()
        go.set()
        await site.start()
        await site.settle()
        await site.later(5)
        assert [m.text for m in site.chat("ann") if not m.author] == ["hi", "seen"]


async def test_an_observer_runs_once_per_update_whatever_happens() -> None:
    """Its mark is (update, observer), committed with the turn."""
    app = echo(App("watched"))

    @app.observe
    async def tally(turn: Turn, message: TextMessage) -> None:
        turn.execute(text("INSERT INTO seen VALUES (1)"))

    async with play(app, storage="sqlite:bot.db") as site:
        await table(site, "CREATE TABLE seen (n INT)")
        ann = site.person("Ann")
        for point in (Point.HANDLED, Point.BEFORE_COMMIT, Point.AFTER_COMMIT):
            site.crash_at(point)
            await ann.says("hi")
            await site.restart()
            await site.settle()
            await site.later(5)
        assert await count(site, "seen") == 3
        assert [m.text for m in site.chat("ann") if not m.author] == ["hi"] * 3


async def test_an_observer_that_kills_the_transaction_costs_the_others_nothing() -> None:
    """Wherever the process dies, what they wanted is there for every update that is done."""
    app = echo(App("watched"))

    @app.observe
    async def killer(turn: Turn, message: TextMessage) -> None:
        turn.execute(text("INSERT INTO angry VALUES (0)"))

    @app.observe
    async def tally(turn: Turn, message: TextMessage) -> None:
        turn.execute(text("INSERT INTO seen VALUES (1)"))
        turn.send("seen")

    async with play(app, storage="sqlite:bot.db", strict=False) as site:
        await table(site, "CREATE TABLE seen (n INT)")
        await table(site, "CREATE TABLE angry (n INTEGER PRIMARY KEY ON CONFLICT ROLLBACK)")
        await table(site, "INSERT INTO angry VALUES (0)")
        ann = site.person("Ann")
        points = (Point.HANDLED, Point.BEFORE_COMMIT, Point.AFTER_COMMIT)
        for point in points:
            site.crash_at(point)
            await ann.says("hi")
            await site.restart()
            await site.settle()
            await site.later(5)
        assert await count(site, "seen") == len(points)
        assert await count(site, "angry") == 1
        assert [m.text for m in site.chat("ann") if not m.author] == ["hi", "seen"] * len(points)


async def test_observers_see_a_press_and_answer_nothing() -> None:
    """The press is answered once, by the turn."""
    from posthouse.model.reply import Screen
    from posthouse.turn.action import button

    app = App("watched")

    @app.action
    async def buy(turn: Turn) -> Screen:
        return Screen("bought")

    @app.command
    async def menu(turn: Turn) -> Screen:
        return Screen("menu").row(button("Buy", buy))

    @app.observe
    async def seen(turn: Turn, press: Press) -> None:
        turn.send("saw a press")

    async with play(app) as site:
        ann = site.person("Ann")
        await ann.says("/menu")
        told = await ann.presses("Buy")
        await site.settle()
        assert site.messenger.answered == [told.update.id]
        assert ann.sees == "saw a press"


async def test_a_number_of_an_observer_is_bound_to_its_update() -> None:
    """A run after a crash gets the same one."""
    app = echo(App("watched"))
    taken: list[int] = []

    @app.observe
    async def ticket(turn: Turn, message: TextMessage) -> None:
        taken.append(await turn.number("ticket"))

    async with play(app, storage="sqlite:bot.db") as site:
        ann = site.person("Ann")
        told = await ann.says("hi")
        (intake,) = site.engine.intakes.values()
        entry_mark = (intake.bot.account, told.update.id)
        from posthouse.ports.records import Mark

        assert await site.store.number_of(Mark(*entry_mark), "ticket") == taken[0]


async def test_an_observer_that_wrote_is_marked_with_its_update() -> None:
    """So its effects cannot be written a second time."""
    app = echo(App("watched"))

    @app.observe
    async def tally(turn: Turn, message: TextMessage) -> None:
        turn.send("seen")

    async with play(app) as site:
        told = await site.person("Ann").says("hi")
        marks = site.store.inner._tables.observed
        assert [(mark.update_id, name) for mark, name in marks] == [
            (told.update.id, "watched.tally")
        ]


async def test_the_next_turn_builds_on_what_observers_wrote() -> None:
    """It is not run on an older state first, only to lose its commit."""
    app = App("watched")
    runs: list[int] = []

    class Count(Conversation):
        n: int = 0

    @app.on
    async def say(message: TextMessage, state: Count) -> str:
        runs.append(state.n)
        state.n += 1
        return str(state.n)

    @app.observe
    async def tally(message: TextMessage, state: Count) -> None:
        state.n += 10

    async with play(app) as site:
        ann = site.person("Ann")
        for _ in range(3):
            await ann.says("hi", wait=False)
        await site.settle()
        assert runs == [0, 11, 22]


async def test_a_timer_that_an_observer_sets_comes_due() -> None:
    """Though no other timer is there to look after."""
    app = echo(App("watched"))

    @app.action
    async def nudge(turn: Turn) -> str:
        return "later"

    @app.observe
    async def remind(turn: Turn, message: TextMessage) -> None:
        turn.later(timedelta(seconds=10), nudge)

    async with play(app) as site:
        ann = site.person("Ann")
        await ann.says("hi")
        await site.later(11)
        assert ann.answers == ["hi", "later"]


async def test_observers_claim_nothing() -> None:
    """An update that only observers saw has no answer."""
    app = App("watched")

    @app.observe
    async def seen(message: TextMessage) -> str:
        return "never said"

    async with play(app) as site:
        ann = site.person("Ann")
        await ann.says("hi")
        assert ann.screen[-1].author == "Ann"
        assert len(site.unclaimed) == 1


# --- ask = "all"


async def test_with_ask_all_every_app_runs_and_the_first_answer_is_delivered() -> None:
    """The effects of all of them commit."""
    first, second, third = App("first"), App("second"), App("third")

    @first.on
    async def one(turn: Turn, message: TextMessage) -> object:
        turn.send("from one")
        return PASS

    @second.on
    async def two(turn: Turn, message: TextMessage) -> str:
        turn.send("from two")
        return "two"

    @third.on
    async def three(turn: Turn, message: TextMessage) -> str:
        turn.execute(text("INSERT INTO seen VALUES (3)"))
        return "three"

    async with play(first, second, third, ask="all") as site:
        await table(site, "CREATE TABLE seen (n INT)")
        ann = site.person("Ann")
        await ann.says("hi")
        await site.settle()
        assert ann.answers == ["from one", "from two", "two"]
        assert await count(site, "seen") == 1


async def test_with_ask_first_the_first_claim_ends_it() -> None:
    """Later apps are not asked."""
    first, second = echo(App("first")), App("second")

    @second.on
    async def never(turn: Turn, message: TextMessage) -> str:
        turn.send("never")
        return "never"

    async with play(first, second) as site:
        ann = site.person("Ann")
        await ann.says("hi")
        await site.settle()
        assert ann.answers == ["hi"]
