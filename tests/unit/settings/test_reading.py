"""`posthouse.toml` into settings: every mistake at once, each with its line and a hint."""

import logging
import pickle
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from posthouse.errors import SettingsError
from posthouse.model.secret import Secret
from posthouse.settings import Settings, load

Load = Callable[..., Settings]

GOOD = """
[site]
storage = "sqlite:shop.db"
port = "${PORT:-8081}"
secrets = ["${SITE_SECRET}"]
modules = ["shop.modules:Prices"]
middlewares = ["throttle", "shop.filters:polite"]
limit = "1m30s"

[bots.shop]
messenger = "web"
apps = ["shop.app:app", "demo"]
chats = { board = "board", news = -1001 }
ask = "all"
title = "The shop"
path = "/shop"
api_token = "${TOKEN}"
headers = { secret-name = "hush", plain = "loud" }

[middlewares.throttle]
per_minute = 20
"""
ENVIRON = {"SITE_SECRET": "canary-site", "TOKEN": "canary-token"}


@pytest.fixture
def reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    """A function that reads a text as settings."""
    monkeypatch.chdir(tmp_path)

    def read(text: str, environ: Mapping[str, str] | None = None) -> Settings:
        file = Path("posthouse.toml")
        file.write_text(text, encoding="utf-8")
        return load(file, environ=environ or {})

    return read


def mistakes(reads: Load, text: str, environ: Mapping[str, str] | None = None) -> list[str]:
    """What is said about a text, a mistake a line, without the heading."""
    with pytest.raises(SettingsError) as caught:
        reads(text, environ)
    return [
        line.strip().removeprefix("posthouse.toml:").strip()
        for line in str(caught.value).splitlines()[1:]
    ]


BOT = '[bots.shop]\nmessenger = "web"\napps = ["shop.app:app"]\n'


def test_a_whole_file_becomes_typed_settings(reads: Load) -> None:
    """Every table, with durations in seconds and the environment filled in."""
    settings = reads(GOOD, ENVIRON)
    site, bot = settings.site, settings.bots[0]
    assert (site.storage.reveal(), site.port, site.limit, site.stop) == (
        "sqlite:shop.db",
        8081,
        90,
        10,
    )
    assert [secret.reveal() for secret in site.secrets] == ["canary-site"]
    assert site.middlewares == ("throttle", "shop.filters:polite")
    assert (bot.name, bot.messenger, bot.ask, bot.title) == ("shop", "web", "all", "The shop")
    assert bot.apps == ("shop.app:app", "demo")
    assert bot.chats == {"board": "board", "news": "-1001"}
    assert bot.options == {
        "path": "/shop",
        "api_token": Secret("canary-token"),
        "headers": {"secret-name": Secret("hush"), "plain": "loud"},
    }
    assert settings.middlewares == {"throttle": {"per_minute": 20}}
    assert settings.folder == Path()


def test_what_is_left_out_has_its_default(reads: Load) -> None:
    """A bot is enough."""
    settings = reads(BOT)
    assert settings.site.storage.reveal() == "sqlite:posthouse.db"
    assert (settings.site.host, settings.site.port) == ("127.0.0.1", 8080)
    assert settings.bots[0].ask == "first"


def test_every_mistake_is_reported_at_once_with_its_line(reads: Load) -> None:
    """In the order of the file; hints name near misses, types and values."""
    text = """[site]
prot = 80
port = 99999
limit = 60
log = "warn"
modules = "shop:Prices"
host = ""

[bots.shop]
mesenger = "web"
apps = []
ask = "al"
chats = ["board"]

[bots."a b"]
messenger = 5
apps = ["x:y"]

[bot.other]
messenger = "web"

[middlewares.throtle]
x = 1
"""
    said = mistakes(reads, text)
    assert said == [
        "2: site.prot: no such setting; did you mean port?",
        "3: site.port: expected a port number from 0 (any free one) to 65535, got 99999",
        '4: site.limit: expected a time such as "10s", "2m" or "1h30m", got 60; '
        'did you mean "60s"?',
        '5: site.log: expected "debug" or "info" or "warning" or "error", got "warn"; '
        "did you mean warning?",
        '6: site.modules: expected a list of texts, as in ["one", "two"], got "shop:Prices"; '
        "put it in [ ]",
        '7: site.host: expected a text that is not empty, got ""',
        '9: bots.shop: apps is missing; name at least one app, as in apps = ["shop.app:app"]',
        "10: bots.shop.mesenger: messenger is missing; did you mean messenger by mesenger?",
        '12: bots.shop.ask: expected "first" or "all", got "al"; did you mean all?',
        "13: bots.shop.chats: expected a table of names and chat ids, as in "
        '{ board = "board" }, got a list',
        '15: bots."a b": a bot\'s name is made of letters, digits, - and _, as in [bots.shop]',
        '16: bots."a b".messenger: expected a text that is not empty, got 5',
        "19: bot: no such table; did you mean bots?",
        "22: middlewares.throtle: it has options but is not in use; "
        "add it to site.middlewares or site.outbound",
    ]


def test_names_that_mean_something_else_are_refused(reads: Load) -> None:
    """They would collide with what `Bot` takes in Python."""
    assert mistakes(reads, f'{BOT}name = "x"\nadapter = "y"\n') == [
        "4: bots.shop.name: a bot's name stands in the heading of its table, as in [bots.shop]",
        '5: bots.shop.adapter: an adapter is named by its messenger, as in messenger = "web"',
    ]


def test_a_file_without_bots_says_how_to_add_one(reads: Load) -> None:
    """An empty file too."""
    assert mistakes(reads, "") == [
        "there is no bot; add a table [bots.NAME] with its messenger and its apps, or an "
        "empty table [bots] when all of them are in the database"
    ]


def test_tables_that_are_not_tables_are_mistakes(reads: Load) -> None:
    """At every place where one is expected."""
    assert mistakes(reads, 'site = 1\nbots = ["a"]\nmiddlewares = true') == [
        "1: site: expected a table, got 1; write it as [site]",
        "2: bots: expected a table, got a list; write it as [bots.NAME]",
        "3: middlewares: expected a table, got true; write it as [middlewares.NAME]",
    ]


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("10s", 10), ("2m", 120), ("1h30m", 5400), ("500ms", 0.5), ("1.5s", 1.5), ("1d", 86400)],
)
def test_durations_are_written_with_their_unit(reads: Load, value: str, seconds: float) -> None:
    """And become seconds."""
    assert reads(f'[site]\nlimit = "{value}"\n{BOT}').site.limit == seconds


@pytest.mark.parametrize("value", ['"10"', '"soon"', '"0s"', "true", '"-5s"', '"s"'])
def test_what_is_no_duration_is_a_mistake(reads: Load, value: str) -> None:
    """Nothing is guessed."""
    assert "expected a time such as" in mistakes(reads, f"[site]\nlimit = {value}\n{BOT}")[0]


def test_an_unset_variable_is_a_mistake_that_says_both_ways_out(reads: Load) -> None:
    """At its line, one for each variable."""
    said = mistakes(reads, f'{BOT}a = "${{ONE}}"\nb = ["x", "${{TWO}}"]\n')
    assert said == [
        "4: bots.shop.a: the environment variable ONE is not set; set it, or give a default as in "
        "${ONE:-value}",
        "5: bots.shop.b[1]: the environment variable TWO is not set; set it, or give a default as "
        "in ${TWO:-value}",
    ]


def test_variables_are_filled_in_within_texts(reads: Load) -> None:
    """With defaults for unset and empty ones; $${ is not a variable."""
    text = f'{BOT}a = "${{X}}-${{Y:-y}}-${{E:-e}}-$${{X}}"\nb = "${{E}}$X"\n'
    options = reads(text, {"X": "1", "E": ""}).bots[0].options
    assert options == {"a": "1-y-e-${X}", "b": "$X"}


def test_a_broken_variable_is_a_mistake(reads: Load) -> None:
    """A ${ that is not closed or has no name."""
    said = mistakes(reads, f'{BOT}a = "${{X"\nb = "${{}}"\n')
    assert [line[:2] for line in said] == ["4:", "5:"]
    assert "write ${NAME}, or $${ for the two characters" in said[0]


def test_a_mistake_shows_what_is_written_and_not_what_a_variable_holds(reads: Load) -> None:
    """What is in the environment may be secret whatever its name is."""
    said = mistakes(reads, f'[site]\nlog = "${{LEVEL}}"\n{BOT}', {"LEVEL": "canary"})
    assert said == [
        '2: site.log: expected "debug" or "info" or "warning" or "error", got "${LEVEL}"'
    ]


# --- the file itself


def test_a_missing_file_says_where_to_start(tmp_path: Path) -> None:
    """The first error many people see."""
    with pytest.raises(SettingsError, match=r"does not exist.*posthouse new"):
        load(tmp_path / "posthouse.toml", environ={})


def test_a_file_that_cannot_be_read_is_one_sentence(tmp_path: Path) -> None:
    """Such as a folder."""
    with pytest.raises(SettingsError, match="cannot be read: Is a directory"):
        load(tmp_path, environ={})


def test_broken_toml_names_the_line(reads: Load) -> None:
    """In words, without a stack."""
    with pytest.raises(SettingsError, match=r"^posthouse.toml:2: not valid TOML: expected '='"):
        reads("[site]\nport 80\n")


def test_toml_that_ends_too_early_names_the_last_line(reads: Load) -> None:
    """The parser says only "end of document"."""
    with pytest.raises(SettingsError, match=r"^posthouse.toml:2: not valid TOML"):
        reads('[site]\nhost = """')


def test_brackets_nested_too_deep_are_one_sentence(reads: Load) -> None:
    """Not a RecursionError."""
    with pytest.raises(SettingsError, match="nested"):
        reads("a = " + "[" * 5000)


def test_a_file_in_another_encoding_says_so(tmp_path: Path) -> None:
    """With the place of the first wrong byte."""
    file = tmp_path / "posthouse.toml"
    file.write_bytes(b"[site]\nhost = '\xff'")
    with pytest.raises(SettingsError, match=r"not UTF-8 \(byte 15\)"):
        load(file, environ={})


def test_a_file_from_windows_is_read(tmp_path: Path) -> None:
    """With a byte order mark and CRLF, and the same lines."""
    file = tmp_path / "posthouse.toml"
    file.write_bytes(b"\xef\xbb\xbf[site]\r\nprot = 1\r\n")
    with pytest.raises(SettingsError, match=r"posthouse.toml:2: site.prot"):
        load(file, environ={})


# --- secrets

CANARY = "canary-7f3a"
SECRETS = f"""
[site]
port = "x"
storage = "postgresql://me:${{DB_PASSWORD}}@host/db"
secrets = "{CANARY}"

[bots.shop]
messenger = "web"
apps = 5
token = "{CANARY}"
nested = {{ api_key = "{CANARY}", list = [{{ password = "{CANARY}" }}] }}
url = "https://x/${{HOOK_SECRET}}"
"""


def test_a_secret_appears_nowhere(reads: Load, caplog: pytest.LogCaptureFixture) -> None:
    """Not in mistakes, not in representations, not in logs, not in tracebacks."""
    environ = {"DB_PASSWORD": CANARY, "HOOK_SECRET": CANARY}
    with pytest.raises(SettingsError) as caught:
        reads(SECRETS, environ)
    shown = "".join(traceback.format_exception(caught.value))
    fine = SECRETS.replace('port = "x"', "").replace("apps = 5", 'apps = ["a:b"]')
    settings = reads(fine.replace(f'secrets = "{CANARY}"', f'secrets = ["{CANARY}"]'), environ)
    logging.getLogger("posthouse.test").warning("%r %s %r", settings, settings.site, settings.bots)
    shown += caplog.text + repr(settings) + str(settings.bots) + f"{settings.site!s:>4}"
    assert CANARY not in shown
    assert "•••" in shown
    assert settings.hidden().count(CANARY) == 4
    assert f"postgresql://me:{CANARY}@host/db" in settings.hidden()


def test_a_secret_is_given_out_only_on_request() -> None:
    """And not by copying it into a file."""
    secret = Secret(CANARY)
    assert secret.reveal() == CANARY
    assert f"{secret} {secret!r} {[secret]}" == "••• ••• [•••]"
    assert secret == Secret(CANARY) != CANARY
    assert len({secret, Secret(CANARY)}) == 1
    assert bool(secret)
    assert not Secret("")
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(secret)


def test_names_of_bots_and_chats_do_not_make_secrets(reads: Load) -> None:
    """A bot called "key" is a bot."""
    settings = reads(
        '[bots.key]\nmessenger = "web"\napps = ["a:b"]\nchats = { token = "x" }\npath = "/"'
    )
    assert settings.bots[0].chats == {"token": "x"}
    assert settings.bots[0].options == {"path": "/"}
