"""Sign up for an evening; who comes late waits, and moves up when somebody leaves."""

from enum import StrEnum

from sqlalchemy import Column, Integer, MetaData, Table, Text, delete, insert, select
from sqlalchemy.schema import CreateTable

from posthouse import App, Form, Module, Screen, Turn, ask, button, choose, provide, use
from posthouse.types import Database

app = App("evening")
SEATS = 20
guest = Table("evening_guest", MetaData(), Column("person", Text), Column("place", Integer))
Diet = StrEnum("Diet", "MEAT NUTS MILK")


class Guests(Module):
    """Keeps the list of guests."""

    @provide
    async def table(self, database: Database) -> Table:
        """Make the list, where there is none yet."""
        await database.execute(CreateTable(guest, if_not_exists=True))
        return guest


@app.form
class SignUp(Form):
    """What we ask a guest."""

    name: str = ask("Under which name?", max_length=40, profile=True)
    diet: tuple[Diet, ...] = choose("Is there anything you do not eat?", default=())


@app.submit(SignUp)
async def book(turn: Turn, answers: SignUp, *, guests: Table = use()) -> str:
    """Give a guest the next place."""
    turn.execute(insert(guests).values(person=turn.person.id, place=await turn.number("place")))
    return f"You are on the list, {answers.name}."


@app.action(home=True)
async def status(turn: Turn, *, guests: Table = use()) -> Screen:
    """Tell where somebody stands."""
    people = [row.person for row in await turn.fetch(select(guests).order_by(guests.c.place))]
    if turn.person.id not in people:
        return Screen(f"So many come: {len(people)}").row(button("Sign up", app.start(SignUp)))
    waiting = people.index(turn.person.id) + 1 - SEATS
    words = f"You wait, no. {waiting}." if waiting > 0 else "You have a seat."
    return Screen(words).row(button("Leave", leave).confirm("Give your place away?"))


@app.action
async def leave(turn: Turn, *, guests: Table = use()) -> Screen:
    """Give a place away, and tell the first of those who wait."""
    people = [row.person for row in await turn.fetch(select(guests).order_by(guests.c.place))]
    turn.execute(delete(guests).where(guests.c.person == turn.person.id), expect_rows=1)
    if turn.person.id in people[:SEATS] and len(people) > SEATS:
        turn.send("A seat is free now, and it is yours.", to=await turn.direct(people[SEATS]))
    return Screen("You are off the list.").row(button("Back", status))
