"""Links that open a bot and call an action: signed, whoever follows them."""

from posthouse.app import App
from posthouse.model.reply import Screen
from posthouse.testing import play
from posthouse.turn.conversation import Conversation
from posthouse.turn.turn import Turn
from posthouse.turn.use import use


class Invited(Conversation):
    """Who invited a person."""

    by: str = ""


def club(*, start: bool = True) -> App:
    """An app that invites by links."""
    app = App("club")

    @app.action
    async def join(turn: Turn, by: str, *, state: Invited = use()) -> str:
        state.by = by
        return f"{turn.person.name} was invited by {by}"

    if start:

        @app.command("start")
        async def begin(turn: Turn, code: str = "nothing") -> str:
            return f"started with {code}"

    @app.command
    async def invite(turn: Turn, by: str = "") -> str:
        return turn.link(join, by or turn.person.name)

    @app.action
    async def home(turn: Turn) -> Screen:
        return Screen("home")

    return app


def forged(link: str) -> str:
    """The same link with other arguments."""
    return link[:-12] + ("A" if link[-12] != "A" else "B") + link[-11:]


async def test_a_link_calls_its_action_for_whoever_follows_it() -> None:
    """Short enough for Telegram, and in no chat's context."""
    async with play(club()) as site:
        ann, bob = site.person("Ann"), site.person("Bob")
        await ann.says("/invite")
        payload = ann.sees.partition("?start=")[2]
        assert len(payload) <= 64
        assert payload.replace("_", "a").replace("-", "a").isalnum()
        await bob.follows(ann.sees)
        assert bob.sees == "Bob was invited by Ann"
        await ann.follows(ann.sees)
        assert ann.sees == "Ann was invited by Ann"


async def test_long_arguments_are_kept_in_the_database() -> None:
    """The link holds a reference to them."""
    name = "x" * 100
    async with play(club()) as site:
        ann, bob = site.person("Ann"), site.person("Bob")
        await ann.says(f"/invite {name}")
        assert len(ann.sees.partition("?start=")[2]) <= 64
        await bob.follows(ann.sees)
        assert bob.sees == f"Bob was invited by {name}"


async def test_a_forged_link_is_a_plain_start() -> None:
    """The app greets as it does anybody; it never sees what was forged."""
    async with play(club()) as site:
        ann = site.person("Ann")
        await ann.says("/invite")
        link = ann.sees
        await ann.follows(forged(link))
        assert ann.sees == "started with nothing"


async def test_without_a_start_of_its_own_the_person_is_told() -> None:
    """In a sentence, with the first screen if there is one."""
    async with play(club(start=False)) as site:
        ann = site.person("Ann")
        await ann.says("/invite")
        link = ann.sees
        await ann.follows(forged(link))
        said = "\n".join(ann.answers)
        assert "That link no longer works." in said or "/start" in said


async def test_an_apps_own_start_payload_is_left_alone() -> None:
    """What is not one of ours goes to the app as it came."""
    async with play(club()) as site:
        ann = site.person("Ann")
        await ann.says("/start ref42")
        assert ann.sees == "started with ref42"
        await ann.says("/start")
        assert ann.sees == "started with nothing"
