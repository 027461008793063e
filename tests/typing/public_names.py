"""What a user's type checker sees of the package: `mypy --strict` must find nothing here."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import assert_type

from posthouse import (
    PASS,
    SILENT,
    App,
    Conversation,
    Module,
    Photo,
    Reply,
    Rest,
    Screen,
    TextMessage,
    Turn,
    bold,
    button,
    link,
    markdown,
    provide,
    require_role,
    text,
    use,
)
from posthouse.types import (
    Action,
    AlbumMessage,
    Answer,
    Button,
    Chat,
    FileMessage,
    Person,
    PhotoMessage,
    Sent,
    Text,
)

app = App("shop")


class Shop:
    async def title(self, number: int) -> str:
        return str(number)


class Cart(Conversation):
    items: list[int] = []


class Shops(Module):
    @provide
    async def shop(self) -> AsyncIterator[Shop]:
        yield Shop()

    @provide(scope="turn")
    def titles(self, shop: Shop) -> list[str]:
        return []


# --- updates are narrowed by the annotation
@app.on
async def echo(message: TextMessage) -> str:
    assert_type(message.text, str)
    assert_type(message.person, Person)
    assert_type(message.chat, Chat)
    return message.text


@app.on(where=require_role("staff"), limit=timedelta(minutes=1))
def media(message: PhotoMessage | FileMessage) -> Reply:
    assert_type(message.caption, str | None)
    return Reply(message.caption or "no caption")


@app.on
async def album(message: AlbumMessage) -> Reply:
    assert_type(message.photos, tuple[Photo, ...])
    assert_type(message.caption, str | None)
    assert_type(message.amends, bool)
    return Reply(f"{len(message.message_ids)} parts", photos=message.photos)


@app.on(where=lambda message: message.text.isupper())
def shout(message: TextMessage) -> Answer:
    return SILENT if message.text == "HUSH" else PASS


@app.observe
def watch(message: TextMessage, cart: Cart) -> None:
    assert_type(cart.items, list[int])


# --- decorators keep the function's own type
_echo: Callable[[TextMessage], Awaitable[str]] = echo
_media: Callable[[PhotoMessage | FileMessage], Reply] = media


# --- commands
@app.command
async def remind(turn: Turn, after: timedelta, what: Rest) -> str:
    assert_type(what, str)
    assert_type(turn.send("x"), Sent)
    turn.later(after, nudge, what)
    return f"ok, {what}"


@app.command("give", "g", help="Give something to somebody", blocking=True)
def give(whom: Person, *numbers: int) -> list[str | Reply]:
    return [whom.name, Reply("yours")]


# --- actions and buttons
@app.action
async def nudge(turn: Turn, what: str) -> str:
    return what


@app.action(home=True, alias="start")
async def shelf(turn: Turn, page: int = 1, *, shop: Shop = use()) -> Screen:
    title = assert_type(await shop.title(page), str)
    return (
        Screen(text(bold(title), ": ", 3))
        .row(button("›", shelf, page=page + 1), button("again", shelf).once())
        .back()
        .home()
    )


@app.action
def plain(turn: Turn, *, cart: Cart = use()) -> Screen:
    return Screen(link("shop", "https://example.org") + markdown("**x**"))


async def calls(turn: Turn) -> None:
    assert_type(nudge.name, str)
    assert_type(button("x", nudge, "tea"), Button)
    assert_type(bold("x") + "y", Text)
    assert_type("y" + bold("x"), Text)
    assert_type(app.actions["shop.shelf"].name, str)
    _action: Action[[str]] = nudge
    assert_type(await turn.number("ad"), int)
    assert_type(await turn.once("key", Shop().title, 3), str)


# --- must be rejected: each ignore is an error when there is nothing to ignore
button("x", nudge, 7)  # type: ignore[arg-type]
button("x", nudge)  # type: ignore[call-arg]
button("x", shelf, pgae=2)  # type: ignore[call-arg]


@app.on  # type: ignore[type-var]
def wrong(message: TextMessage) -> int:
    return 7


async def rejected(turn: Turn) -> None:
    turn.later(timedelta(1), nudge, 7)  # type: ignore[arg-type]
    turn.send(7)  # type: ignore[arg-type]
