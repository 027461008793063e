"""A tea shop: a menu in pages, a screen for each tea, and a button that orders once."""

from typing import NamedTuple

from posthouse import App, Screen, TextMessage, Turn, bold, button, italic, text
from posthouse.types import Answer

app = App("shop")

PER_PAGE = 4


class Tea(NamedTuple):
    """One tea of the shop."""

    name: str
    taste: str
    minutes: int
    """How long it draws."""


TEAS = (
    Tea("Assam", "malty and strong, likes milk", 4),
    Tea("Darjeeling", "light and flowery, of the first flush", 3),
    Tea("Ceylon", "brisk, with a touch of lemon", 4),
    Tea("Earl Grey", "black tea with bergamot", 4),
    Tea("Sencha", "green and fresh as mown grass", 2),
    Tea("Genmaicha", "green, with roasted rice", 2),
    Tea("Gunpowder", "green pearls, a little smoky", 3),
    Tea("Jasmine", "green, scented with blossoms", 3),
    Tea("Oolong", "half way between green and black", 3),
    Tea("Pu-erh", "earthy and very old", 5),
    Tea("Rooibos", "red and mild, lets you sleep", 7),
    Tea("Peppermint", "cools a hot day", 8),
)


@app.command("menu", help="the tea shop")
async def menu_command(turn: Turn) -> Answer:
    """Show the menu."""
    return await menu(turn)


@app.on(where=lambda message: message.text == "Menu")
async def menu_choice(turn: Turn, message: TextMessage) -> Answer:
    """Show the menu, when its ready answer was chosen."""
    return await menu(turn)


@app.action(home=True)
async def menu(turn: Turn, page: int = 1) -> Screen:
    """Show one page of the teas."""
    pages = -(-len(TEAS) // PER_PAGE)
    page = min(max(page, 1), pages)
    first = (page - 1) * PER_PAGE
    screen = Screen(text(bold("Our teas"), f", page {page} of {pages}"))
    for number, found in enumerate(TEAS[first : first + PER_PAGE], start=first):
        screen = screen.row(button(found.name, tea, number))
    turns = []
    if page > 1:
        turns.append(button("‹ Previous", menu, page=page - 1))
    if page < pages:
        turns.append(button("Next ›", menu, page=page + 1))
    return screen.row(*turns)


@app.action
async def tea(turn: Turn, number: int) -> Screen:
    """Show one tea."""
    if not 0 <= number < len(TEAS):
        return Screen("We do not have this tea any more.").back("‹ Back to the menu")
    found = TEAS[number]
    words = text(
        bold(found.name), "\n", italic(found.taste), f"\nDraws for {found.minutes} minutes."
    )
    return Screen(words).row(button("Order", order, number).once()).back("‹ Back to the menu")


@app.action
async def order(turn: Turn, number: int) -> Screen:
    """Take an order; the button that leads here counts once."""
    receipt = await turn.number("order")
    words = text("Order no. ", bold(receipt), f": {TEAS[number].name}. It is on its way!")
    return Screen(words).row(button("More tea", menu))
