"""Settings of a Telegram bot.

Mistakes are said without the values that were given: any of them may be a secret.
"""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any, Final, Literal, get_args
from urllib.parse import SplitResult, urlsplit

import msgspec
from msgspec import Struct

from posthouse.adapters.telegram.client import OFFICIAL
from posthouse.adapters.telegram.rates import RateSettings
from posthouse.errors import SettingsError
from posthouse.model.secret import MASK, Secret

PORTS: Final = (443, 80, 88, 8443)
"""Where Telegram's own server brings updates (core.telegram.org/bots/api#setwebhook)."""
MOST_CONNECTIONS: Final = 100
MOST_CONNECTIONS_LOCAL: Final = 100_000


class TelegramSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What `posthouse.toml` may say about a Telegram bot."""

    token: str
    """From @BotFather; write it as "${NAME}" and keep it in the environment."""
    webhook: str = ""
    """Public https address of the site's web server, such as "https://bots.example.org"; without it
    the bot asks for its updates (long polling)."""
    keep_webhook: bool = False
    """Leave the webhook set when the site stops."""
    max_connections: int = 40
    """Most requests Telegram opens at once for this bot, 1 to 100; a local server takes more."""
    webhook_replies: bool = True
    """Let an answer ride in the reply to the webhook where nothing can refer to it."""
    base_url: str = OFFICIAL
    """Another Bot API server."""
    local: bool = False
    """That server runs with `--local` on this machine."""
    test: bool = False
    """Use Telegram's test environment."""
    proxy: str = ""
    """Address of an HTTP proxy for all calls."""
    on_unknown: Literal["assume_sent", "resend", "ask"] = "assume_sent"
    """What becomes of a message of which nobody knows whether it arrived."""
    drop_pending: bool = False
    """Throw away at start what arrived while the site was down."""
    rates: RateSettings = RateSettings()
    """How often it may send."""

    def __repr__(self) -> str:
        return f"<TelegramSettings of bot {self.token.partition(':')[0]}, token {MASK}>"


def read_settings(given: Mapping[str, Any]) -> TelegramSettings:
    """Check what was given; raises SettingsError that lists every mistake."""
    plain = {
        name: value.reveal() if isinstance(value, Secret) else value
        for name, value in given.items()
    }
    mistakes = list(_mistyped(TelegramSettings, plain, ""))
    wrong = {mistake.partition(":")[0] for mistake in mistakes}
    right = {name: value for name, value in plain.items() if name not in wrong}
    mistakes += _out_of_place(right)
    rates = right.get("rates")
    if isinstance(rates, Mapping):
        mistakes += _too_few(rates)
    if "token" not in plain:
        mistakes.append('token: is missing; write token = "${TELEGRAM_TOKEN}"')
    if mistakes:
        raise SettingsError(
            "the settings of a Telegram bot have mistakes:\n"
            + "\n".join(f"  {m}" for m in mistakes)
        )
    return msgspec.convert(plain, TelegramSettings)


# --- names and types


def _mistyped(kind: type[Struct], given: Mapping[str, Any], prefix: str) -> Iterator[str]:
    fields = {field.name: field.type for field in msgspec.structs.fields(kind)}
    for name, value in given.items():
        if name not in fields:
            yield f"{prefix}{name}: no such setting; {_near(name, tuple(fields))}"
        elif fields[name] is RateSettings and isinstance(value, Mapping):
            yield from _mistyped(RateSettings, value, f"{name}.")
        elif not _fits(value, fields[name]):
            yield f"{prefix}{name}: must be {_shown(fields[name])}"


def _fits(value: Any, kind: Any) -> bool:
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError:
        return False
    return True


_SHOWN: Final[Mapping[Any, str]] = {
    str: 'text in quotes, "like this"',
    int: "a whole number without quotes",
    bool: "true or false, without quotes",
    RateSettings: "a table, such as { per_second = 30 }",
}


def _shown(kind: Any) -> str:
    return _SHOWN.get(kind) or "one of " + ", ".join(f'"{each}"' for each in get_args(kind))


def _near(name: str, names: tuple[str, ...]) -> str:
    close = get_close_matches(name, names, n=1)
    return f"did you mean {close[0]}?" if close else f"there are {', '.join(names)}"


# --- values


def _out_of_place(given: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is of the right type and wrong nevertheless."""
    base_url = given.get("base_url", OFFICIAL)
    is_local, is_official = given.get("local", False), base_url == OFFICIAL
    if not _is_token(given.get("token", "1:A")):
        yield (
            "token: is not of the form 123456:ABC..., which @BotFather gives; "
            "is the variable set that it comes from?"
        )
    if given.get("webhook"):
        yield from _webhook(given["webhook"], is_official=is_official)
    if not _is_address(base_url, "https", "http"):
        yield "base_url: must be an address such as http://localhost:8081"
    elif is_local and is_official:
        yield (
            "local: Telegram's own server is not on this machine; name yours as well: "
            'base_url = "http://localhost:8081"'
        )
    if given.get("proxy") and not _is_address(given["proxy"], "http", "https"):
        yield "proxy: must be an address such as http://proxy.example.org:3128"
    most = MOST_CONNECTIONS_LOCAL if is_local else MOST_CONNECTIONS
    if not 1 <= given.get("max_connections", 1) <= most:
        yield f"max_connections: Telegram takes 1 to {most}"


def _webhook(address: str, *, is_official: bool) -> Iterator[str]:
    example = "https://bots.example.org"
    schemes = ("https",) if is_official else ("https", "http")
    if not _is_address(address, *schemes):
        yield f"webhook: must be an address that begins with https://, such as {example}"
        return
    parts = urlsplit(address)
    if parts.query or parts.fragment:
        yield f"webhook: must end with the path, without ? and #, such as {example}/bots"
    if is_official and _port(parts) not in (None, *PORTS):
        yield f"webhook: Telegram calls only the ports {', '.join(map(str, PORTS))}"


def _is_address(address: str, *schemes: str) -> bool:
    try:
        parts = urlsplit(address)
        _port(parts)
    except ValueError:
        return False
    return parts.scheme in schemes and bool(parts.hostname) and not any(map(str.isspace, address))


def _port(parts: SplitResult) -> int | None:
    """Return the port in an address; raises ValueError when it is no number."""
    return parts.port


def _is_token(token: str) -> bool:
    number, colon, rest = token.partition(":")
    return (
        bool(colon and rest)
        and number.isascii()
        and number.isdecimal()
        and all(c.isascii() and (c.isalnum() or c in "-_") for c in rest)
    )


def _too_few(rates: Mapping[str, Any]) -> Iterator[str]:
    for name, value in rates.items():
        if isinstance(value, int) and not isinstance(value, bool) and value < 1:
            yield f"rates.{name}: must be 1 or more; to send without limits, write enabled = false"
