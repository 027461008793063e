"""Links that open the page and call an action, and pages of apps below it."""

import pytest

from posthouse.adapters.web import WebAdapter
from posthouse.errors import SettingsError
from posthouse.ports.adapter import Links, Visit
from tests.unit.adapters.web.fakes import Browser, House


@pytest.mark.parametrize(
    ("settings", "link"),
    [
        ({}, "/?start=abc"),
        ({"path": "/cars"}, "/cars/?start=abc"),
        ({"path": "/cars/"}, "/cars/?start=abc"),
        ({"address": "https://example.org/cars"}, "https://example.org/cars/?start=abc"),
    ],
)
def test_a_link_leads_to_the_page(settings: dict[str, str], link: str) -> None:
    """By its address, where one is known."""
    adapter = WebAdapter(settings)
    assert isinstance(adapter, Links)
    assert adapter.link("abc") == link


def test_an_address_begins_with_its_scheme() -> None:
    """Others are told."""
    with pytest.raises(SettingsError, match="address: must be an address"):
        WebAdapter({"address": "example.org"})


async def test_what_follows_a_link_is_not_shown(house: House) -> None:
    """The bot gets it, the history does not; a word after /start is left as it was written."""
    await house.browser.enter("Ann")
    signed = "/start AbcdefghijklmnopqrstuvwX_-"
    async with house.browser.socket() as socket:
        await socket.next("welcome")
        for n, words in enumerate((signed, "/start shop")):
            socket.say(t="say", id=f"m{n}", text=words)
            shown = await socket.next("message")
            assert shown["content"]["text"]["plain"] == ("/start" if n == 0 else words)
    assert house.receiver.texts == [signed, "/start shop"]


async def test_pages_of_apps_are_below_the_page(house: House) -> None:
    """They learn what is asked for, and have the headers of all pages."""
    visits: list[Visit] = []

    async def show(visit: Visit) -> str | None:
        visits.append(visit)
        return "<p>Here</p>" if visit.rest == "news" else None

    await house.start(pages={"subscribe": show})
    languages = "uk;q=0.8, en-GB;q=0.5, *, ru, de;q=x"
    answer = await house.browser.ask("GET", "/subscribe/news", accept_language=languages)
    assert (answer.status, answer.body) == (200, b"<p>Here</p>")
    assert answer.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert (visits[0].rest, visits[0].languages) == ("news", ("ru", "uk", "en-GB"))
    for path in ("/subscribe/other", "/nothing/news"):
        assert (await house.browser.ask("GET", path)).status == 404
    assert (await house.browser.ask("POST", "/subscribe/news")).status == 405


async def test_an_address_without_its_slash_keeps_what_it_asks_for(house: House) -> None:
    """A link may have been written down without it."""
    browser = Browser(house.browser._app, root_path="/cars")
    answer = await browser.ask("GET", "?start=abc")
    assert answer.status == 307
    assert answer.headers["location"].endswith("/cars/?start=abc")
