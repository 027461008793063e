"""Sign up for an evening; who comes late waits, and moves up when somebody leaves."""

from enum import Enum

from calls import App, Form, Reply, Screen, Turn, ask, bold, button, choose, text
from sqlalchemy import Column, Integer, MetaData, Table, Text, delete, insert, select

app = App("evening")
SEATS = 20
guest = Table(
    "guest",
    MetaData(),
    Column("person", Text, primary_key=True),
    Column("place", Integer, nullable=False),
    Column("name", Text, nullable=False),
)


class Diet(Enum):
    """What a guest does not eat."""

    MEAT = "Meat"
    NUTS = "Nuts"
    MILK = "Milk"


@app.form
class SignUp(Form):
    """What we ask a guest."""

    name: str = ask("Under which name?", max_length=40, profile=True)
    diet: tuple[Diet, ...] = choose("Is there anything you do not eat?", default=())

    def preview(self) -> Reply:
        """Show what was answered."""
        return Reply(text(bold(self.name), ": ", ", ".join(d.value for d in self.diet) or "all"))


@app.submit(SignUp)
async def book(turn: Turn, answers: SignUp) -> str:
    """Give a guest the next place."""
    place = await turn.number("place")
    turn.execute(insert(guest).values(person=turn.person.id, place=place, name=answers.name))
    return f"You are on the list, {answers.name}."


@app.action(home=True)
async def status(turn: Turn) -> Screen:
    """Tell where somebody stands."""
    people = [row.person for row in await turn.fetch(select(guest).order_by(guest.c.place))]
    if turn.person.id not in people:
        return Screen(f"{len(people)} come.").row(button("Sign up", app.start(SignUp)))
    waiting = people.index(turn.person.id) + 1 - SEATS
    words = f"You wait, no. {waiting}." if waiting > 0 else "You have a seat."
    return Screen(words).row(button("Leave", leave).confirm("Give your place away?"))


@app.action
async def leave(turn: Turn) -> Screen:
    """Give a place away, and tell the first of those who wait."""
    people = [row.person for row in await turn.fetch(select(guest).order_by(guest.c.place))]
    turn.execute(delete(guest).where(guest.c.person == turn.person.id), expect_rows=1)
    if turn.person.id in people[:SEATS] and len(people) > SEATS:
        turn.send("A seat is free now, and it is yours.", to=await turn.direct(people[SEATS]))
    return Screen("You are off the list.").row(button("Back", status))
