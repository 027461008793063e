"""Contacts and points that people share, choices that ask for them, and pictures sent as files."""

import pytest

from posthouse.app import App
from posthouse.dialogs.forms.media import photo_of
from posthouse.model.capabilities import Capabilities
from posthouse.model.reply import Reply, Request
from posthouse.model.update import ContactMessage, FileMessage, LocationMessage, TextMessage
from posthouse.testing import FakeMessenger, play

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x02\x00\x00\x00\x01\x08\x02\x00\x00\x00"
    b"\x7b@\xe8\xdd\x00\x00\x00\x0bIDATx\x9cc````\x00\x00\x00\x05\x00\x01\xa5\xf6E@"
    b"\x00\x00\x00\x00IEND\xaeB`\x82"
)


async def test_what_is_shared_comes_as_a_kind_of_its_own() -> None:
    """A handler asks for it by the annotation."""
    app = App("share")

    @app.on
    async def number(message: ContactMessage) -> str:
        return f"{message.name} {message.phone} {message.is_own}"

    @app.on
    async def place(message: LocationMessage) -> str:
        return f"{message.latitude} {message.longitude} {message.name}"

    async with play(app) as site:
        ann = site.person("Ann")
        await ann.shares_contact("+380671234567")
        assert ann.answers == ["Ann +380671234567 True"]
        await ann.shares_contact("123", name="Bo", own=False)
        assert ann.answers == ["Bo 123 False"]
        await ann.shares_location(50.45, 30.52, name="Opera")
        assert ann.answers == ["50.45 30.52 Opera"]


@pytest.mark.parametrize(
    ("able", "labels", "requests"),
    [
        ({"contact", "location"}, ["My number", "Here", "no"],
         (("My number", "contact"), ("Here", "location"))),
        ({"contact"}, ["My number", "no"], (("My number", "contact"),)),
        (set(), ["no"], ()),
    ],
)  # fmt: skip
async def test_a_choice_that_shares_something_is_left_out_where_there_is_no_such_thing(
    able: set[str], labels: list[str], requests: tuple[tuple[str, str], ...]
) -> None:
    """The others stay."""
    app = App("ask")

    @app.on
    async def ask(message: TextMessage) -> Reply:
        choices = (
            (Request("My number", "contact"),),
            (Request("Here", "location"), "no"),
        )
        return Reply("Where are you?", choices=choices)

    messenger = FakeMessenger(capabilities=Capabilities(requests=frozenset(able)))
    async with play(app, messenger=messenger) as site:
        ann = site.person("Ann")
        await ann.says("hi")
        assert ann.choices == labels
        assert ann.screen[-1].content.requests == requests


async def test_a_picture_sent_as_a_file_is_sent_again_as_a_photo() -> None:
    """By its content: the messenger's key of a file is no key of a photo."""
    app = App("scan")

    @app.on
    async def show(message: FileMessage) -> Reply:
        photo = photo_of(message.file)
        assert photo is not None
        return Reply("Here", photos=(photo,))

    async with play(app) as site:
        ann = site.person("Ann")
        await ann.sends_file("scan.png", content=PNG)
        shown = ann.screen[-1].content.photos[0]
        assert shown.key.startswith("up")  # uploaded anew
        assert not shown.was_file
        assert ann.downloads(shown) == PNG
