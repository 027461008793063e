"""Settings of a Telegram bot: every mistake at once, each with what to write, and no secrets."""

from typing import Any

import pytest

from posthouse.adapters.telegram.client import OFFICIAL
from posthouse.adapters.telegram.rates import RateSettings
from posthouse.adapters.telegram.settings import TelegramSettings, read_settings
from posthouse.errors import SettingsError
from posthouse.model.secret import Secret

TOKEN = "123456:AAExample-of_Nobody"
CANARY = "canary-that-nobody-may-see"


def mistakes(**given: Any) -> list[str]:
    """What is wrong with some settings."""
    with pytest.raises(SettingsError) as caught:
        read_settings({"token": TOKEN, **given})
    head, *lines = str(caught.value).split("\n")
    assert head == "the settings of a Telegram bot have mistakes:"
    return [line.strip() for line in lines]


def test_a_token_is_enough() -> None:
    """All else has a default; a secret is taken as a text is."""
    for token in (TOKEN, Secret(TOKEN)):
        settings = read_settings({"token": token})
        assert settings == TelegramSettings(token=TOKEN)
        assert (settings.base_url, settings.webhook, settings.rates) == (
            OFFICIAL,
            "",
            RateSettings(),
        )


@pytest.mark.parametrize(
    "given",
    [
        {"webhook": "https://bots.example.org"},
        {"webhook": "https://bots.example.org:8443/bots", "max_connections": 100},
        {"webhook": "http://localhost:9000", "base_url": "http://localhost:8081"},
        {"base_url": "http://localhost:8081", "local": True, "max_connections": 2000},
        {"proxy": "http://me:word@proxy.example.org:3128", "test": True, "on_unknown": "ask"},
        {"rates": {"per_second": 1, "chat_burst": 1, "group_per_minute": 1, "enabled": False}},
    ],
)
def test_what_is_right_is_taken(given: dict[str, Any]) -> None:
    """As it was written."""
    settings = read_settings({"token": TOKEN, **given})
    for name, value in given.items():
        found = getattr(settings, name)
        assert found == (RateSettings(**value) if name == "rates" else value)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"tokens": "x"}, "tokens: no such setting; did you mean token?"),
        ({"web_hook": "x"}, "web_hook: no such setting; did you mean webhook?"),
        ({"rates": {"per_secnd": 3}}, "rates.per_secnd: no such setting; did you mean per_second?"),
        ({"max_connections": "40"}, "max_connections: must be a whole number without quotes"),
        ({"max_connections": True}, "max_connections: must be a whole number without quotes"),
        ({"max_connections": 0}, "max_connections: Telegram takes 1 to 100"),
        ({"max_connections": 101}, "max_connections: Telegram takes 1 to 100"),
        ({"drop_pending": "yes"}, "drop_pending: must be true or false, without quotes"),
        ({"webhook": True}, 'webhook: must be text in quotes, "like this"'),
        ({"on_unknown": "guess"}, 'on_unknown: must be one of "assume_sent", "resend", "ask"'),
        ({"rates": 30}, "rates: must be a table, such as { per_second = 30 }"),
        ({"rates": {"per_second": 1.5}}, "rates.per_second: must be a whole number without quotes"),
        (
            {"rates": {"chat_burst": 0}},
            "rates.chat_burst: must be 1 or more; to send without limits, write enabled = false",
        ),
        (
            {"webhook": "bots.example.org"},
            "webhook: must be an address that begins with https://, "
            "such as https://bots.example.org",
        ),
        (
            {"webhook": "http://bots.example.org"},
            "webhook: must be an address that begins with https://, "
            "such as https://bots.example.org",
        ),
        (
            {"webhook": "https://bots.example.org:port"},
            "webhook: must be an address that begins with https://, "
            "such as https://bots.example.org",
        ),
        (
            {"webhook": "https://bots.example.org/?a=1"},
            "webhook: must end with the path, without ? and #, such as "
            "https://bots.example.org/bots",
        ),
        (
            {"webhook": "https://bots.example.org:8000"},
            "webhook: Telegram calls only the ports 443, 80, 88, 8443",
        ),
        (
            {"base_url": "localhost:8081"},
            "base_url: must be an address such as http://localhost:8081",
        ),
        (
            {"local": True},
            "local: Telegram's own server is not on this machine; name yours as well: "
            'base_url = "http://localhost:8081"',
        ),
        (
            {"proxy": "socks5://proxy.example.org"},
            "proxy: must be an address such as http://proxy.example.org:3128",
        ),
        *[
            (
                {"token": token},
                "token: is not of the form 123456:ABC..., which @BotFather gives; "
                "is the variable set that it comes from?",
            )
            for token in ("", "123456", "123456:", ":AA", "a:AA", "1:A A", "1:\u00c4", "\u0661:A")
        ],
    ],
)
def test_each_mistake_says_what_to_write(given: dict[str, Any], expected: str) -> None:
    """And nothing else is said."""
    assert mistakes(**given) == [expected]


def test_a_name_that_is_like_none_lists_all() -> None:
    """So that the right one can be found."""
    (found,) = mistakes(zzz=1)
    assert found.startswith("zzz: no such setting; there are token, webhook, ")
    (in_rates,) = mistakes(rates={"zzz": 1})
    assert in_rates == (
        "rates.zzz: no such setting; there are enabled, per_second, chat_burst, group_per_minute"
    )


def test_all_mistakes_are_listed_at_once() -> None:
    """The missing token among them."""
    with pytest.raises(SettingsError) as caught:
        read_settings(
            {"webhok": "x", "local": 1, "max_connections": 0, "rates": {"chat_burst": -1, "x": 2}}
        )
    lines = str(caught.value).split("\n")[1:]
    assert [line.strip().partition(":")[0] for line in lines] == [
        "webhok", "local", "rates.x", "max_connections", "rates.chat_burst", "token",
    ]  # fmt: skip
    assert lines[-1].strip() == 'token: is missing; write token = "${TELEGRAM_TOKEN}"'


@pytest.mark.parametrize("name", TelegramSettings.__struct_fields__)
@pytest.mark.parametrize("wrap", [Secret, str, lambda value: [value], lambda value: {value: value}])
def test_secrets_are_never_shown(name: str, wrap: Any) -> None:
    """Whichever setting they were written into by mistake."""
    if name == "rates" and isinstance(wrap(CANARY), dict):
        return  # the name of a setting is shown
    said = "\n".join(mistakes(**{"token": CANARY, name: wrap(CANARY)}))
    assert CANARY not in said
    assert "token" in said


def test_settings_do_not_show_their_secrets() -> None:
    """Neither when printed nor in a record of the log."""
    settings = read_settings({"token": TOKEN, "proxy": f"http://me:{CANARY}@proxy.example.org"})
    for shown in (repr(settings), str(settings), f"{settings}", repr([settings])):
        assert TOKEN not in shown
        assert "AAExample" not in shown
        assert CANARY not in shown
        assert "123456" in shown
