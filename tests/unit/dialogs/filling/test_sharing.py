"""Numbers and places that are shared with the messenger's own buttons, which go away quietly."""

import asyncio
from pathlib import Path

import msgspec
import pytest

from posthouse import App, Bot, Reply, Site
from posthouse.dialogs.forms.fields import ask
from posthouse.dialogs.forms.form import Form
from posthouse.model.capabilities import Capabilities, Level
from posthouse.model.media import Photo
from posthouse.model.outgoing import Operation
from posthouse.model.values import Location, Phone
from posthouse.testing import FakeMessenger, play
from posthouse.testing.telegram import Simulator

SHARING = Capabilities(requests=frozenset({"contact", "location"}), both_keyboards=False)


class Parcel(Form):
    """Whom to call, and where to bring it."""

    phone: Phone = ask("Your number?", country="UA")
    note: str = ask("Note?")
    place: Location = ask("Where?")

    def preview(self) -> str:
        """Show it."""
        return f"{self.phone}, {self.note}, {self.place.latitude}"


def parcels(form: type[Form] = Parcel) -> App:
    """Return an app with one form."""
    app = App("parcels")
    app.form(form)
    return app


async def test_the_buttons_go_away_and_leave_nothing_behind() -> None:
    """Where one message cannot have both sorts of buttons, another takes them away and goes."""
    messenger = FakeMessenger(capabilities=SHARING)
    async with play(parcels(), messenger=messenger) as site:
        ann = site.person("Ann")
        await ann.says("hello")
        assert ann.choices == ["Share my number", "Cancel"]
        await ann.shares_contact("+380671234567")
        assert ann.choices == []
        assert ann.answers == ["2 of 3\nNote?"]
        assert ann.buttons == ["‹ Back", "Cancel"]
        await ann.says("evenings")
        assert ann.choices == ["Share where I am", "‹ Back", "Cancel"]
        await ann.shares_location(50.45, 30.52)
        assert ann.choices == []
        assert ann.answers == ["+380671234567, evenings, 50.45"]
        assert "Send" in ann.buttons


@pytest.mark.parametrize(
    ("able", "said"),
    [
        (msgspec.structs.replace(SHARING, both_keyboards=True), ["2 of 3\nNote?"]),
        (msgspec.structs.replace(SHARING, deletes=Level.REJECTED), ["Noted.", "2 of 3\nNote?"]),
    ],
)
async def test_it_depends_on_what_the_messenger_can(able: Capabilities, said: list[str]) -> None:
    """One message with both sorts of buttons, or a short one more that stays."""
    async with play(parcels(), messenger=FakeMessenger(capabilities=able)) as site:
        ann = site.person("Ann")
        await ann.says("hello")
        await ann.shares_contact("+380671234567")
        assert ann.choices == []
        assert ann.answers == said
        assert ann.buttons == ["‹ Back", "Cancel"]
        sent = [each.outgoing.operation for _, each in site.messenger.deliveries]
        assert Operation.DELETE not in sent


async def test_a_messenger_without_such_buttons_shows_none() -> None:
    """The answer is typed there."""
    async with play(parcels()) as site:
        ann = site.person("Ann")
        await ann.says("hello")
        assert ann.choices == []
        assert ann.buttons == ["Cancel"]


class Caller(Form):
    """Whom to call, with a picture."""

    photo: Photo = ask("Photo?")
    phone: Phone = ask("Your number?", country="UA")

    def preview(self) -> Reply:
        """Show it."""
        return Reply(str(self.phone), photos=(self.photo,))


async def test_a_message_that_comes_anyway_takes_them_away() -> None:
    """The picture above the question whether all is right."""
    messenger = FakeMessenger(capabilities=SHARING)
    async with play(parcels(Caller), messenger=messenger) as site:
        ann = site.person("Ann")
        await ann.says("hello")
        await ann.sends_photo()
        assert ann.choices[0] == "Share my number"
        before = len(messenger.deliveries)
        await ann.shares_contact("+380671234567")
        assert ann.choices == []
        assert ann.answers == ["+380671234567", "Is everything right?"]
        assert len(messenger.deliveries) == before + 2


async def test_a_form_that_is_given_up_takes_them_away_in_the_same_breath() -> None:
    """The sentence that says so has no buttons."""
    messenger = FakeMessenger(capabilities=SHARING)
    async with play(parcels(), messenger=messenger) as site:
        ann = site.person("Ann")
        await ann.says("hello")
        before = len(messenger.deliveries)
        await ann.says("/cancel")
        assert ann.answers == ["Cancelled. Nothing was kept."]
        assert ann.choices == []
        assert len(messenger.deliveries) == before + 1


async def test_telegram_shows_its_own_buttons(tmp_path: Path) -> None:
    """Those that ask for a number and a place; nothing but the next question is left of them."""
    async with Simulator(bots=[]) as sim:
        sim.add_bot("123:secret")

        def make() -> Site:
            bot = Bot(
                "bot",
                messenger="telegram",
                apps=[parcels()],
                token="123:secret",
                base_url=sim.base_url,
                rates={"enabled": False},
            )
            return Site(bots=[bot], folder=tmp_path, storage="sqlite:t.db")

        site = await asyncio.to_thread(make)
        async with site.start():
            ann = sim.person("Ann")
            await ann.says("/start")
            shown = await ann.waits_for("Your number?")
            assert shown.keyboard is not None
            assert shown.keyboard["keyboard"][0] == [
                {"text": "Share my number", "request_contact": True}
            ]
            await ann.sends_contact("+380671234567")
            await ann.until(lambda: ann.buttons == ["‹ Back", "Cancel"] and not ann.choices)
            await ann.until(lambda: not any(one.content == "Noted." for one in ann.screen))
            assert ann.sees == "2 of 3\nNote?"
            await ann.says("evenings")
            shown = await ann.waits_for("Where?")
            assert shown.keyboard is not None
            assert shown.keyboard["keyboard"][0] == [
                {"text": "Share where I am", "request_location": True}
            ]
            await ann.sends_location(50.45, 30.52)
            await ann.until(lambda: "Send" in ann.buttons and not ann.choices)
            await ann.until(lambda: not any(one.content == "Noted." for one in ann.screen))
