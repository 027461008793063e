"""posthouse.adapters.telegram.menus: which commands are shown to whom, and in which language."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from posthouse import App, Bot, Site, TextMessage, Turn, require_role
from posthouse.adapters.telegram.menus import lists_of
from posthouse.people.granting import grant, revoke
from posthouse.ports.menus import MenuCommand
from posthouse.testing.telegram import SimPerson, Simulator
from tests.unit.adapters.telegram.scripted import Scripted, ok, refused, serving
from tests.unit.adapters.telegram.test_polling import Queue, said, site_of, text, until

PRIVATE, GROUPS = {"type": "all_private_chats"}, {"type": "all_group_chats"}
ADMINS = {"type": "all_chat_administrators"}


@pytest.fixture
async def server() -> AsyncIterator[Scripted]:
    """Telegram, as scripted."""
    async with serving() as scripted:
        yield scripted


def shop(words: Path) -> App:
    """An app with commands for all sorts of people."""
    app = App("shop", words=words)

    @app.command
    def buy() -> str:
        """Buy something."""
        return "bought"

    @app.command(menu="private")
    def basket() -> str:
        """See the basket."""
        return "empty"

    @app.command(menu="groups")
    def party() -> str:
        return "hurray"

    @app.command(menu="admins", help="Close the shop here")
    def close() -> str:
        return "closed"

    @app.command(menu="nowhere")
    def secret() -> str:
        return "psst"

    @app.command(where=require_role("staff"))
    def stock() -> str:
        """Count the stock."""
        return "3"

    return app


@pytest.fixture
def words(tmp_path: Path) -> Path:
    """A folder of catalogues in two languages, and one that Telegram has no letters for."""
    folder = tmp_path / "words"
    folder.mkdir()
    (folder / "en.ftl").write_text("shop-buy-help = Buy things\n")
    (folder / "uk.ftl").write_text("shop-buy-help = Купити\nshop-stock-help = Залишки\n")
    (folder / "crh.ftl").write_text("shop-buy-help = Almaq\n")
    return folder


def told(server: Scripted) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """Return what was set, by scope and language."""
    return {
        (call.get("scope", {}).get("type", ""), call.get("language_code", "")): [
            (each["command"], each["description"]) for each in call["commands"]
        ]
        for call in server.of("setMyCommands")
    }


async def run(server: Scripted, folder: Path, app: App) -> None:
    """Run a site until it receives."""
    before = len(server.of("getUpdates"))
    async with site_of(server, folder, app).start():
        await until(lambda: len(server.of("getUpdates")) > before)


async def test_each_scope_and_language_has_its_list(
    server: Scripted, tmp_path: Path, words: Path
) -> None:
    """Telegram shows one list only, so that of some has everybody's commands too."""
    server.on("getUpdates", 0.05, ok([]))
    await run(server, tmp_path, shop(words))
    lists = told(server)
    buy, basket = ("buy", "Buy things"), ("basket", "See the basket.")
    party, close = ("party", "party"), ("close", "Close the shop here")
    assert lists["", ""] == [buy]
    assert lists["all_private_chats", ""] == [buy, basket]
    assert lists["all_group_chats", ""] == [buy, party]
    assert lists["all_chat_administrators", ""] == [buy, party, close]
    assert lists["", "uk"] == [("buy", "Купити")]
    assert lists["all_private_chats", "uk"] == [("buy", "Купити"), basket]
    assert {language for _, language in lists} == {"", "uk"}
    assert not any("stock" in str(each) or "secret" in str(each) for each in lists.values())


async def test_lists_are_taken_back_when_no_route_wants_them(
    server: Scripted, tmp_path: Path, words: Path
) -> None:
    """But those that others set stay."""
    server.on("getUpdates", 0.05, ok([]))
    await run(server, tmp_path, shop(words))
    assert server.of("deleteMyCommands") == []
    app = App("plain")

    @app.command
    def buy() -> str:
        return "bought"

    server.on("getMyCommands", ok([{"command": "old", "description": "old"}]))
    before = len(server.of("setMyCommands"))
    await run(server, tmp_path, app)
    [now] = server.of("setMyCommands")[before:]
    assert (now["commands"], "scope" in now) == ([{"command": "buy", "description": "buy"}], False)
    taken = [(c.get("scope"), c.get("language_code")) for c in server.of("deleteMyCommands")]
    assert len(taken) == 7
    for scope in (PRIVATE, GROUPS, ADMINS):
        assert {(scope["type"], None), (scope["type"], "uk")} <= {
            (each["type"] if each else "", code) for each, code in taken
        }
    await run(server, tmp_path, app)
    assert len(server.of("deleteMyCommands")) == 7


async def test_a_menu_that_telegram_refuses_stops_nothing(
    server: Scripted, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The bot receives, and the log says why there is none."""
    app = App("shop")

    @app.command
    def buy() -> str:
        return "bought"

    server.on("getUpdates", 0.05, ok([]))
    server.on("setMyCommands", refused(400, "Bad Request: BOT_COMMAND_INVALID"))
    await run(server, tmp_path, app)
    assert "the menu of commands is not set: setMyCommands: Bad Request" in caplog.text


def test_lists_that_say_the_same_are_left_out() -> None:
    """In another language, or for nobody; and no more than Telegram takes."""
    same = MenuCommand(name="a", help="x", helps=(("uk", "x"), ("pt-BR", "y"), ("pt", "z")))
    lists = lists_of([same])
    assert {key: listed[0].description for key, listed in lists.items()} == {
        ("", ""): "x", ("", "pt"): "z",
    }  # fmt: skip
    assert lists_of([MenuCommand(name="a", help="", place="nowhere")]) == {}
    many = [MenuCommand(name=f"a{number}", help="h" * 300) for number in range(101)]
    [full] = lists_of(many).values()
    assert (len(full), len(full[0].description)) == (100, 256)


# --- roles, against the simulator

SIM = "123:menus"


def personal(sim: Simulator, person: SimPerson) -> list[tuple[str, str]]:
    """Return the commands that one person is shown, beyond what everybody is."""
    for (scope, _), commands in sim.bot(SIM).commands.items():
        if scope != "default" and json.loads(scope).get("chat_id") == person.id:
            return [(each["command"], each["description"]) for each in commands]
    return []


def staffed(words: Path) -> App:
    """The shop, which hires whoever asks."""
    app = shop(words)

    @app.on
    def hire(turn: Turn, message: TextMessage) -> str:
        (grant if message.text == "hire" else revoke)(turn, message.person.id, "staff")
        return message.text

    return app


async def test_who_has_a_role_is_shown_its_commands(tmp_path: Path, words: Path) -> None:
    """From their next message on, after a restart too, until the role is taken away."""

    def site() -> Site:
        bot = Bot(
            "shop", messenger="telegram", apps=[staffed(words)], token=SIM, base_url=sim.base_url
        )
        return Site(bots=[bot], folder=tmp_path, storage="sqlite:t.db")

    async with Simulator(bots=[SIM]) as sim:
        ann, bo = sim.person("Ann", language_code="uk"), sim.person("Bo")
        async with (await asyncio.to_thread(site)).start():
            await bo.says("/buy")
            await ann.says("hire")
            await ann.waits_for("hire")
            assert personal(sim, ann) == []
            await ann.says("/stock")
            await ann.waits_for("3")
            await until(lambda: personal(sim, ann))
            assert personal(sim, ann) == [
                ("buy", "Купити"), ("basket", "See the basket."), ("stock", "Залишки"),
            ]  # fmt: skip
            assert personal(sim, bo) == []
        async with (await asyncio.to_thread(site)).start():
            await ann.says("fire")
            await ann.waits_for("fire")
            assert "stock" in dict(personal(sim, ann))
            await ann.says("/buy")
            await until(lambda: not personal(sim, ann))


async def test_a_menu_of_a_role_that_is_refused_stops_nothing(
    server: Scripted, tmp_path: Path, words: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The person is answered, and the log says why there is none."""
    app = staffed(words)
    first, second = Queue(text(1, "hire")), Queue(text(2, "/buy"))
    server.on(
        "getMyCommands", *[ok([])] * 7, refused(403, "Forbidden: bot was blocked by the user")
    )
    server.on("getUpdates", first, first, 0.1, second, 0.1, second, 0.05, ok([]))
    async with site_of(server, tmp_path, app).start():
        await until(lambda: said(server) == ["hire", "bought"])
        await until(lambda: "menu of commands is not set: getMyCommands: Forbidden" in caplog.text)


async def test_a_revoked_token_ends_receiving_as_ever(
    server: Scripted, tmp_path: Path, words: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Its error is no group of errors, and receiving goes on when the token is accepted again."""
    queue = Queue(text(1, "/buy"))
    server.on("getUpdates", refused(401, "Unauthorized"), queue, 0.05, queue)
    async with site_of(server, tmp_path, shop(words)).start():
        await until(lambda: said(server) == ["bought"])
    assert "bot post failed: TokenError: getUpdates: Unauthorized" in caplog.text
