"""Data that Telegram signed: taken when it is right, refused when anything about it is not."""

import hashlib
import hmac
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from posthouse.adapters.telegram.signed import login_data, web_app_data
from posthouse.errors import PayloadError
from posthouse.model.secret import Secret
from posthouse.testing import FakeClock

TOKEN = "123456:AAExample"


def signed(fields: dict[str, str], *, web_app: bool, token: str = TOKEN) -> dict[str, str]:
    """Sign fields as Telegram documents it, written a second time from its pages."""
    key = (
        hmac.new(b"WebAppData", token.encode(), hashlib.sha256).digest()
        if web_app
        else hashlib.sha256(token.encode()).digest()
    )
    lines = "\n".join(sorted(f"{name}={value}" for name, value in fields.items()))
    return {**fields, "hash": hmac.new(key, lines.encode(), hashlib.sha256).hexdigest()}


@pytest.fixture
def clock() -> FakeClock:
    """A clock that the test moves."""
    return FakeClock()


def init_data(clock: FakeClock, **more: str) -> str:
    """Data as a page gets it."""
    fields = {
        "query_id": "AAH",
        "user": '{"id":7,"first_name":"Ann & Bo"}',
        "auth_date": str(int(clock.timestamp())),
        "signature": "x",
        **more,
    }
    return urlencode(signed(fields, web_app=True))


def test_web_app_data_is_read(clock: FakeClock) -> None:
    """Objects and numbers come as such."""
    data = web_app_data(init_data(clock), Secret(TOKEN), clock=clock)
    assert data["user"] == {"id": 7, "first_name": "Ann & Bo"}
    assert data["auth_date"] == int(clock.timestamp())
    assert "hash" not in data


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data.replace("Ann", "Eve"),
        lambda data: data + "&extra=1",
        lambda data: data + "&query_id=BBB",
        lambda data: data.partition("&hash=")[0],
        lambda data: data[:-1] + "é",
        lambda _: "",
        lambda data: data + "x" * 20_000,
    ],
)
def test_web_app_data_that_was_touched_is_refused(clock: FakeClock, spoil: object) -> None:
    """Whatever was changed."""
    assert callable(spoil)
    with pytest.raises(PayloadError):
        web_app_data(spoil(init_data(clock)), TOKEN, clock=clock)


def test_data_of_another_bot_is_refused(clock: FakeClock) -> None:
    """The token is part of the signature."""
    with pytest.raises(PayloadError, match="signature"):
        web_app_data(init_data(clock), "999:Other", clock=clock)


async def test_old_data_and_data_from_the_future_are_refused(clock: FakeClock) -> None:
    """A page that somebody kept is not a login."""
    data = init_data(clock)
    await clock.advance(3601)
    with pytest.raises(PayloadError, match="3601 s ago"):
        web_app_data(data, TOKEN, max_age=timedelta(hours=1), clock=clock)
    future = init_data(clock, auth_date=str(int(clock.timestamp()) + 600))
    with pytest.raises(PayloadError, match="future"):
        web_app_data(future, TOKEN, clock=clock)
    with pytest.raises(PayloadError, match="auth_date"):
        web_app_data(init_data(clock, auth_date="soon"), TOKEN, clock=clock)


def test_the_login_widget_is_read(clock: FakeClock) -> None:
    """It is signed with another key."""
    fields = {"id": "7", "first_name": "Ann", "auth_date": str(int(clock.timestamp()))}
    assert login_data(signed(fields, web_app=False), TOKEN, clock=clock)["id"] == 7
    with pytest.raises(PayloadError, match="signature"):
        login_data(signed(fields, web_app=True), TOKEN, clock=clock)
