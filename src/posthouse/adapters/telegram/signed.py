"""Checking what Telegram signed with a bot's token: the data of Web Apps and of the login widget.

The rules are those of https://core.telegram.org/bots/webapps#validating-data-received-via-the-mini-app
and https://core.telegram.org/widgets/login#checking-authorization.
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import parse_qsl

import msgspec

from posthouse.errors import PayloadError
from posthouse.model.secret import Secret
from posthouse.ports.clock import Clock, SystemClock

DAY = timedelta(days=1)
MOST_BYTES = 16 * 1024
"""Longest data looked at; what Telegram sends is about 1 kB."""


def web_app_data(
    init_data: str, token: Secret | str, *, max_age: timedelta = DAY, clock: Clock | None = None
) -> dict[str, object]:
    """Return what a Web App's `initData` says, once its signature and age are checked.

    Args:
        init_data: `Telegram.WebApp.initData`, as the page sent it.
        token: The token of the bot that opened the Web App.
        max_age: Older data is refused.
        clock: For tests.

    Returns:
        Its fields; `user`, `receiver` and `chat` as dictionaries, `auth_date` as a number.

    Raises:
        PayloadError: It is forged, incomplete, too old or from the future.
    """
    if len(init_data) > MOST_BYTES:
        raise PayloadError(f"init data of {len(init_data)} characters is not Telegram's")
    key = hmac.digest(b"WebAppData", _revealed(token).encode(), "sha256")
    given: list[tuple[str, str]] = parse_qsl(init_data, keep_blank_values=True)
    fields = dict(given)
    if len(fields) != len(given):
        raise PayloadError("init data names a field twice")
    _check(fields, key, max_age=max_age, clock=clock)
    return {name: _plain(name, value) for name, value in fields.items() if name != "hash"}


def login_data(
    fields: Mapping[str, str],
    token: Secret | str,
    *,
    max_age: timedelta = DAY,
    clock: Clock | None = None,
) -> dict[str, object]:
    """Return what the login widget says about a person, once its signature and age are checked.

    Args:
        fields: The query parameters that the widget added to the address.
        token: The token of the bot that the widget belongs to.
        max_age: An older login is refused.
        clock: For tests.

    Returns:
        Its fields without `hash`; `id` and `auth_date` as numbers.

    Raises:
        PayloadError: It is forged, incomplete, too old or from the future.
    """
    key = hashlib.sha256(_revealed(token).encode()).digest()
    _check(fields, key, max_age=max_age, clock=clock)
    return {name: _plain(name, value) for name, value in fields.items() if name != "hash"}


def _check(
    fields: Mapping[str, str], key: bytes, *, max_age: timedelta, clock: Clock | None
) -> None:
    lines = "\n".join(f"{name}={fields[name]}" for name in sorted(fields) if name != "hash")
    expected = hmac.digest(key, lines.encode(), "sha256").hex()
    if not hmac.compare_digest(expected.encode(), fields.get("hash", "").encode()):
        raise PayloadError("the signature is not Telegram's for this bot")
    when = fields.get("auth_date", "")
    if not (when.isascii() and when.isdecimal()):
        raise PayloadError("there is no auth_date")
    age_s = (clock or SystemClock()).timestamp() - int(when)
    if age_s > max_age.total_seconds():
        raise PayloadError(f"it was signed {age_s:.0f} s ago; the most is {max_age}")
    if age_s < -FUTURE_S:
        raise PayloadError("it was signed in the future; look at this machine's clock")


FUTURE_S = 60.0
"""How far two clocks may differ."""
_OBJECTS = frozenset({"user", "receiver", "chat"})
_NUMBERS = frozenset({"auth_date", "can_send_after", "id"})


def _plain(name: str, value: str) -> object:
    if name in _OBJECTS:
        try:
            return msgspec.json.decode(value)
        except msgspec.DecodeError as error:
            raise PayloadError(f"{name} is no JSON: {error}") from None
    return int(value) if name in _NUMBERS and value.isascii() and value.isdecimal() else value


def _revealed(token: Secret | str) -> str:
    return token.reveal() if isinstance(token, Secret) else token
