"""ENGINE 9 and 10: own tables, numbers, and what takes effect outside."""

from typing import Any

import pytest
from sqlalchemy import text

from posthouse.app import App
from posthouse.errors import (
    ConflictError,
    MistakeError,
    OutcomeUnknownError,
    TurnClosedError,
)
from posthouse.model.update import TextMessage
from posthouse.testing import FakeMessenger, Point, TestSite, play
from posthouse.turn.turn import Turn

BOTH = pytest.mark.parametrize("storage", ["memory:", "sqlite:bot.db"])


async def table(site: TestSite, *statements: str) -> None:
    """Make tables of one's own."""
    await site.engine.database.execute(*(text(statement) for statement in statements))


async def rows(site: TestSite, query: str) -> list[Any]:
    """Read a table."""
    return [row[0] for row in await site.engine.database.fetch(text(query))]


# --- 9: statements


@BOTH
async def test_a_statement_commits_with_its_turn(storage: str) -> None:
    """Nothing of it is seen before, and it returns nothing."""
    app = App("shop")
    seen: list[int] = []

    @app.on
    async def order(turn: Turn, message: TextMessage) -> str:
        turn.execute(text("INSERT INTO orders VALUES (:what)").bindparams(what=message.text))
        seen.append(len(await turn.fetch(text("SELECT * FROM orders"))))
        return "ordered"

    async with play(app, storage=storage) as site:
        await table(site, "CREATE TABLE orders (what TEXT)")
        ann = site.person("Ann")
        await ann.says("tea")
        await ann.says("milk")
        assert seen == [0, 1]
        assert await rows(site, "SELECT what FROM orders") == ["tea", "milk"]


@BOTH
async def test_a_handler_that_raises_writes_nothing(storage: str) -> None:
    """Its statements go with everything else it wanted."""
    app = App("shop")

    @app.on
    async def order(turn: Turn, message: TextMessage) -> str:
        turn.execute(text("INSERT INTO orders VALUES ('tea')"))
        turn.send("never")
        raise MistakeError("not like this")

    async with play(app, storage=storage, strict=False) as site:
        await table(site, "CREATE TABLE orders (what TEXT)")
        ann = site.person("Ann")
        await ann.says("tea")
        assert await rows(site, "SELECT what FROM orders") == []
        assert [row.reason for row in site.quarantine] == ["raised"]
        assert "never" not in ann.answers


@BOTH
async def test_a_mismatch_runs_the_handler_again_on_fresh_data(storage: str) -> None:
    """Somebody was faster; with what is there now it fits, and everything commits once."""
    app = App("stock")
    runs: list[object] = []

    @app.on
    async def buy(turn: Turn, message: TextMessage) -> str:
        (left,) = (row[0] for row in await turn.fetch(text("SELECT left_over FROM stock")))
        runs.append(turn.conflict)
        if len(runs) == 1:
            await site.engine.database.execute(text("UPDATE stock SET left_over = 4"))
        change = text("UPDATE stock SET left_over = left_over - 1 WHERE left_over = :left")
        turn.execute(change.bindparams(left=left), expect_rows=1)
        return f"{left} were left"

    async with play(app, storage=storage) as site:
        await table(site, "CREATE TABLE stock (left_over INT)", "INSERT INTO stock VALUES (5)")
        ann = site.person("Ann")
        await ann.says("one")
        assert ann.answers == ["4 were left"]
        assert runs == [None, None]
        assert await rows(site, "SELECT left_over FROM stock") == [3]


async def test_a_person_is_told_of_a_conflict_in_their_language() -> None:
    """Although the turn itself was let go of when it was handed to be committed."""
    app = App("stock")

    @app.on
    async def buy(turn: Turn, message: TextMessage) -> None:
        turn.execute(text("DELETE FROM stock"), expect_rows=1)

    async with play(app, strict=False) as site:
        await table(site, "CREATE TABLE stock (left_over INT)")
        ann = site.person("Ann", language="uk")
        await ann.says("bad")
        assert [row.reason for row in site.quarantine] == ["conflict"]
        assert ann.sees.startswith("Перепрошуємо")


@BOTH
async def test_a_mismatch_that_stays_is_set_aside_after_three_re_runs(storage: str) -> None:
    """The person is told, the reason says what was touched, and the chat goes on."""
    app = App("stock")
    runs: list[str] = []

    @app.on
    async def buy(turn: Turn, message: TextMessage) -> str:
        runs.append(message.text)
        if message.text == "bad":
            turn.execute(text("DELETE FROM stock"), expect_rows=1)
        return message.text

    async with play(app, storage=storage, strict=False) as site:
        await table(site, "CREATE TABLE stock (left_over INT)")
        ann = site.person("Ann")
        await ann.says("bad")
        await ann.says("good")
        assert runs == ["bad"] * 4 + ["good"]
        (row,) = site.quarantine
        assert row.reason == "conflict"
        assert "touched 0 rows instead of 1" in row.detail
        assert ann.answers == ["good"]


@BOTH
async def test_a_unique_violation_runs_the_handler_once_more_and_says_why(storage: str) -> None:
    """The second run knows what happened and can take another way."""
    app = App("names")

    @app.on
    async def take(turn: Turn, message: TextMessage) -> str:
        name = message.text if turn.conflict is None else f"{message.text}2"
        turn.execute(text("INSERT INTO taken VALUES (:name)").bindparams(name=name))
        return f"you are {name}"

    async with play(app, storage=storage) as site:
        await table(site, "CREATE TABLE taken (name TEXT UNIQUE)", "INSERT INTO taken VALUES ('a')")
        ann = site.person("Ann")
        await ann.says("a")
        assert ann.answers == ["you are a2"]


@BOTH
async def test_a_unique_violation_that_stays_is_set_aside_after_one_re_run(storage: str) -> None:
    """The handler had its chance."""
    app = App("names")
    conflicts: list[object] = []

    @app.on
    async def take(turn: Turn, message: TextMessage) -> str:
        conflicts.append(turn.conflict)
        turn.execute(text("INSERT INTO taken VALUES ('a')"))
        return "never"

    async with play(app, storage=storage, strict=False) as site:
        await table(site, "CREATE TABLE taken (name TEXT UNIQUE)", "INSERT INTO taken VALUES ('a')")
        await site.person("Ann").says("a")
        assert conflicts[0] is None
        assert isinstance(conflicts[1], ConflictError)
        assert len(conflicts) == 2
        assert [row.reason for row in site.quarantine] == ["conflict"]


@BOTH
async def test_a_unique_violation_after_mismatches_is_still_answered(storage: str) -> None:
    """The two kinds are counted apart: the chance to see the conflict is not used up."""
    app = App("names")
    runs: list[bool] = []

    @app.on
    async def take(turn: Turn, message: TextMessage) -> str:
        runs.append(turn.conflict is not None)
        if len(runs) <= 2:
            turn.execute(text("DELETE FROM taken WHERE name = 'x'"), expect_rows=1)
        elif turn.conflict is None:
            turn.execute(text("INSERT INTO taken VALUES ('a')"))
        return "done"

    async with play(app, storage=storage) as site:
        await table(site, "CREATE TABLE taken (name TEXT UNIQUE)", "INSERT INTO taken VALUES ('a')")
        ann = site.person("Ann")
        await ann.says("a")
        assert runs == [False, False, False, True]
        assert ann.answers == ["done"]


@BOTH
async def test_a_statement_that_cannot_be_run_is_set_aside_at_once(storage: str) -> None:
    """It would fail on fresh data too."""
    app = App("shop")
    runs: list[int] = []

    @app.on
    async def order(turn: Turn, message: TextMessage) -> str:
        runs.append(1)
        turn.execute(text("INSERT INTO nowhere VALUES (1)"))
        return "never"

    async with play(app, storage=storage, strict=False) as site:
        await site.person("Ann").says("tea")
        assert len(runs) == 1
        assert "nowhere" in site.quarantine[0].detail


async def test_on_conflict_rollback_destroys_nobody_elses_turn() -> None:
    """A user's table that rolls the whole transaction back takes only its own turn along."""
    app = App("shop")

    @app.on
    async def order(turn: Turn, message: TextMessage) -> str:
        if message.text == "evil":
            turn.execute(text("INSERT OR ROLLBACK INTO taken VALUES ('a')"))
        else:
            turn.execute(text("INSERT INTO orders VALUES (:what)").bindparams(what=message.text))
        return message.text

    async with play(app, storage="sqlite:bot.db", strict=False) as site:
        await table(
            site,
            "CREATE TABLE orders (what TEXT)",
            "CREATE TABLE taken (name TEXT UNIQUE)",
            "INSERT INTO taken VALUES ('a')",
        )
        people = [site.person(name) for name in ("Ann", "Bob", "Eve")]
        site.store.hold()
        for person, words in zip(people, ("tea", "evil", "milk"), strict=True):
            await person.says(words, wait=False)
        await site.settle()
        site.store.release()
        await site.settle()
        await site.later(1)
        assert sorted(await rows(site, "SELECT what FROM orders")) == ["milk", "tea"]
        assert people[0].answers == ["tea"]
        assert people[2].answers == ["milk"]
        assert [row.person for row in site.quarantine] == ["bob"]


async def test_a_deferred_constraint_fails_its_own_turn_only() -> None:
    """It is checked when the turn ends, not when everybody's commit does."""
    app = App("shop")

    @app.on
    async def order(turn: Turn, message: TextMessage) -> str:
        turn.execute(text("INSERT INTO orders VALUES (:id)").bindparams(id=int(message.text)))
        return message.text

    async with play(app, storage="sqlite:bot.db", strict=False) as site:
        await table(
            site,
            "CREATE TABLE goods (id INT PRIMARY KEY)",
            "CREATE TABLE orders (id INT REFERENCES goods DEFERRABLE INITIALLY DEFERRED)",
            "INSERT INTO goods VALUES (1)",
        )
        ann, bob = site.person("Ann"), site.person("Bob")
        site.store.hold()
        await ann.says("1", wait=False)
        await bob.says("2", wait=False)
        await site.settle()
        site.store.release()
        await site.settle()
        assert ann.answers == ["1"]
        assert [row.person for row in site.quarantine] == ["bob"]


# --- 9: numbers


@BOTH
async def test_a_number_is_the_same_within_its_update_and_never_given_twice(storage: str) -> None:
    """However often it is asked for; sequences do not know each other."""
    app = App("ads")

    @app.on
    async def post(turn: Turn, message: TextMessage) -> str:
        first, again = await turn.number("ad"), await turn.number("ad")
        return f"{first} {again} {await turn.number('bill')}"

    async with play(app, storage=storage) as site:
        ann = site.person("Ann")
        for expected in ("1 1 1", "2 2 2", "3 3 3"):
            await ann.says("post")
            assert ann.sees == expected


@BOTH
async def test_a_re_run_gets_the_same_number(storage: str) -> None:
    """After an error, and after a lost commit."""
    app = App("ads")
    taken: list[int] = []

    @app.on
    async def post(turn: Turn, message: TextMessage) -> str:
        taken.append(await turn.number("ad"))
        if len(taken) == 1:
            raise RuntimeError("not yet")
        if len(taken) == 2:
            turn.execute(text("DELETE FROM ads"), expect_rows=7)
        return "posted"

    async with play(app, storage=storage) as site:
        await table(site, "CREATE TABLE ads (id INT)")
        await site.person("Ann").says("post")
        assert taken == [1, 1, 1]


async def test_numbers_are_not_given_twice_after_a_crash() -> None:
    """What was committed stays bound to its update; what was not leaves a gap."""
    app = App("ads")
    taken: list[int] = []

    @app.on
    async def post(turn: Turn, message: TextMessage) -> str:
        taken.append(await turn.number("ad"))
        return f"ad {taken[-1]}"

    async with play(app, storage="sqlite:bot.db") as site:
        ann = site.person("Ann")
        await ann.says("one")
        site.crash_at(Point.BEFORE_COMMIT)
        await ann.says("two")
        await site.restart()
        await site.settle()
        await site.later(5)
        await ann.says("three")
        assert taken[0] == 1
        assert taken[2] > taken[1]
        assert len({taken[0], taken[2], taken[3]}) == 3
        assert ann.answers == [f"ad {taken[3]}"]


async def test_a_number_that_a_once_call_used_survives_a_crash() -> None:
    """The pair was committed with the intent, so the call and the turn agree about it."""
    app = App("bills")
    billed: list[int] = []
    seen: list[int] = []

    @app.on
    async def bill(turn: Turn, message: TextMessage) -> str:
        number = await turn.number("bill")
        seen.append(number)

        async def charge() -> int:
            billed.append(number)
            return number

        await turn.once("charge", charge)
        return f"bill {number}"

    async with play(app, storage="sqlite:bot.db") as site:
        ann = site.person("Ann")
        site.crash_at(Point.HANDLED)
        await ann.says("pay")
        await site.restart()
        await site.settle()
        await site.later(5)
        assert billed == [1]
        assert seen == [1, 1]
        assert ann.sees == "bill 1"


# --- 10: once


@BOTH
async def test_a_once_call_runs_once_however_often_the_handler_runs(storage: str) -> None:
    """A re-run gets the result of the first."""
    app = App("pay")
    charged: list[int] = []
    results: list[object] = []

    async def charge(cents: int, *, currency: str) -> dict[str, object]:
        charged.append(cents)
        return {"receipt": [cents, currency]}

    @app.on
    async def pay(turn: Turn, message: TextMessage) -> str:
        results.append(await turn.once("charge", charge, 500, currency="EUR"))
        results.append(await turn.once("charge", charge, 500, currency="EUR"))
        if len(results) < 4:
            raise RuntimeError("afterwards")
        return "paid"

    async with play(app, storage=storage) as site:
        ann = site.person("Ann")
        await ann.says("pay")
        assert charged == [500]
        assert results == [{"receipt": [500, "EUR"]}] * 4
        assert ann.answers == ["paid"]


async def test_the_next_update_calls_again() -> None:
    """Once is per update."""
    app = App("pay")
    charged: list[str] = []

    async def charge() -> None:
        charged.append("x")

    @app.on
    async def pay(turn: Turn, message: TextMessage) -> str:
        await turn.once("charge", charge)
        return "paid"

    async with play(app) as site:
        ann = site.person("Ann")
        await ann.says("pay")
        await ann.says("pay")
        assert len(charged) == 2


async def test_the_result_of_a_once_call_survives_a_crash() -> None:
    """It was durable before the handler went on."""
    app = App("pay")
    charged: list[int] = []

    async def charge() -> str:
        charged.append(1)
        return f"receipt {len(charged)}"

    @app.on
    async def pay(turn: Turn, message: TextMessage) -> str:
        return await turn.once("charge", charge)

    async with play(app, storage="sqlite:bot.db") as site:
        ann = site.person("Ann")
        site.crash_at(Point.HANDLED)
        await ann.says("pay")
        await site.restart()
        await site.settle()
        await site.later(5)
        assert len(charged) == 1
        assert ann.sees == "receipt 1"


@pytest.mark.parametrize("point", [Point.INTENT_COMMITTED, Point.ONCE_RAN])
async def test_an_interrupted_once_call_is_not_repeated(point: Point) -> None:
    """Nobody knows whether it took effect: the handler is told, and may decide."""
    app = App("pay")
    told: list[str] = []

    async def charge() -> str:
        return "receipt"

    @app.on
    async def pay(turn: Turn, message: TextMessage) -> str:
        try:
            return await turn.once("charge", charge)
        except OutcomeUnknownError as error:
            told.append(str(error))
            return "we look into it"

    async with play(app, storage="sqlite:bot.db") as site:
        ann = site.person("Ann")
        site.crash_at(point)
        await ann.says("pay")
        await site.restart()
        await site.settle()
        await site.later(5)
        assert ann.sees == "we look into it"
        assert "interrupted inside the call" in told[0]


async def test_an_interrupted_once_call_that_nobody_handles_is_set_aside() -> None:
    """Without further tries: they would say the same."""
    app = App("pay")
    runs: list[int] = []

    async def charge() -> None:
        raise RuntimeError("card refused, perhaps")

    @app.on
    async def pay(turn: Turn, message: TextMessage) -> str:
        runs.append(1)
        await turn.once("charge", charge)
        return "never"

    async with play(app, strict=False) as site:
        await site.person("Ann").says("pay")
        assert len(runs) == 2
        assert "interrupted inside the call" in site.quarantine[0].detail


async def test_a_once_result_must_be_plain_data() -> None:
    """What cannot be kept cannot be given to a re-run; the error says so."""
    app = App("pay")

    async def charge() -> object:
        return object()

    @app.on
    async def pay(turn: Turn, message: TextMessage) -> str:
        await turn.once("charge", charge)
        return "never"

    async with play(app, strict=False) as site:
        await site.person("Ann").says("pay")
        assert "must return plain data" in site.quarantine[0].detail


# --- 10: send_now


async def test_send_now_goes_after_what_is_committed_and_before_the_turns_own() -> None:
    """And before the handler goes on."""
    app = App("slow")
    shown: list[list[str]] = []

    @app.on
    async def work(turn: Turn, message: TextMessage) -> str:
        turn.send("own")
        await turn.send_now("wait", "please wait")
        shown.append([m.text for m in site.chat("ann") if not m.author])
        return "done"

    async with play(app) as site:
        ann = site.person("Ann")
        await ann.says("one")
        await ann.says("two")
        first = ["please wait"]
        assert shown == [first, ["please wait", "own", "done", "please wait"]]
        assert ann.answers == ["please wait", "own", "done"]


async def test_send_now_waits_for_deliveries_that_are_on_their_way() -> None:
    """What was committed for that chat before goes first."""
    app = App("slow")
    messenger = FakeMessenger()

    @app.on
    async def work(turn: Turn, message: TextMessage) -> str:
        if message.text == "two":
            await turn.send_now("wait", "please wait")
        return message.text

    async with play(app, messenger=messenger) as site:
        ann = site.person("Ann")
        messenger.slow(3.0, chat="ann")
        await ann.says("one")
        await ann.says("two", wait=False)
        await site.settle()
        assert [m.text for m in site.chat("ann") if not m.author] == []
        await site.later(5)
        texts = [m.text for m in site.chat("ann") if not m.author]
        assert texts == ["one", "please wait", "two"]


@BOTH
async def test_send_now_is_not_repeated_by_a_re_run(storage: str) -> None:
    """And its handle works in the re-run as in the first."""
    app = App("slow")
    keys: list[int] = []

    @app.on
    async def work(turn: Turn, message: TextMessage) -> str:
        sent = await turn.send_now("wait", "please wait")
        keys.append(sent.key)
        if len(keys) == 1:
            raise RuntimeError("once more")
        sent.edit("here it is")
        return "done"

    async with play(app, storage=storage) as site:
        ann = site.person("Ann")
        await ann.says("go")
        await site.settle()
        assert keys[0] == keys[1]
        assert ann.answers == ["here it is", "done"]


async def test_send_now_is_not_repeated_after_a_crash() -> None:
    """The message was durable, so it is sent by the outbox and not by the second run."""
    app = App("slow")

    @app.on
    async def work(turn: Turn, message: TextMessage) -> str:
        await turn.send_now("wait", "please wait")
        return "done"

    async with play(app, storage="sqlite:bot.db") as site:
        ann = site.person("Ann")
        site.crash_at(Point.HANDLED)
        await ann.says("go")
        await site.restart()
        await site.settle()
        await site.later(5)
        assert [m.text for m in site.chat("ann") if not m.author] == ["please wait", "done"]


# --- 12: a turn that is over


async def test_a_turn_that_is_over_takes_nothing_more() -> None:
    """Every call raises, and nothing of it commits."""
    app = App("leaky")
    kept: list[Turn] = []

    @app.on
    async def keep(turn: Turn, message: TextMessage) -> str:
        kept.append(turn)
        turn.send("x")
        return "ok"

    async with play(app) as site:
        ann = site.person("Ann")
        await ann.says("hi")
        turn = kept[0]
        for call in (
            lambda: turn.send("late"),
            lambda: turn.execute(text("DELETE FROM x")),
            lambda: turn.sent(1),
        ):
            with pytest.raises(TurnClosedError, match="is over"):
                call()
        for wait in (turn.number("n"), turn.fetch(text("SELECT 1")), turn.send_now("k", "late")):
            with pytest.raises(TurnClosedError):
                await wait
        assert ann.answers == ["x", "ok"]


async def test_while_the_store_fails_a_finished_turn_keeps_its_result() -> None:
    """The handler is not run again: the commit is retried until it works."""
    app = App("patient")
    runs: list[int] = []

    @app.on
    async def work(turn: Turn, message: TextMessage) -> str:
        runs.append(1)
        return "done"

    async with play(app) as site:
        ann = site.person("Ann")
        site.store.breaks()
        await ann.says("go", wait=False)
        await site.later(20)
        assert ann.screen[-1].author == "Ann"
        site.store.heals()
        await site.later(10)
        assert ann.sees == "done"
        assert len(runs) == 1


async def test_keys_are_asked_for_while_the_store_fails() -> None:
    """A once() call whose intent cannot be written waits instead of running unseen."""
    app = App("pay")
    charged: list[int] = []

    async def charge() -> None:
        charged.append(1)

    @app.on
    async def pay(turn: Turn, message: TextMessage) -> str:
        site.store.breaks()
        await turn.once("charge", charge)
        return "paid"

    async with play(app) as site:
        ann = site.person("Ann")
        await ann.says("pay", wait=False)
        await site.later(3)
        assert charged == []
        site.store.heals()
        await site.later(10)
        assert charged == [1]
        assert ann.sees == "paid"
