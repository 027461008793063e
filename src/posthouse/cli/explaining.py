"""`explain`: which handler takes an update, and why the others do not."""

import asyncio
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, get_args

import msgspec
from cyclopts import Parameter

from posthouse.cli.opening import DEFAULT, BotOption, SettingsOption, open_bot
from posthouse.cli.output import current
from posthouse.errors import DecodeError, SetupError
from posthouse.model.update import AnyUpdate, ChatUpdate
from posthouse.routing.explaining import Decision
from posthouse.settings.mistakes import hint_among
from posthouse.site import Bot

_KINDS: Mapping[str, type[ChatUpdate]] = {
    kind.__name__.lower(): kind for kind in get_args(AnyUpdate)
}
_EXAMPLE = '{"kind": "textmessage", "text": "/start"}'


def explain(
    file: Annotated[
        str,
        Parameter(allow_leading_hyphen=True, help="One update as JSON; - reads standard input."),
    ],
    /,
    *,
    bot: BotOption = None,
    settings: SettingsOption = DEFAULT,
) -> int:
    """Tell which handler takes an update, and why the others do not. No handler runs.

    The update is what the bot's messenger sends, or Posthouse's own form, where everything has a
    default but the kind. Exit code 1 when no handler takes it.
    """
    raw = _read(file)
    found = open_bot(settings, bot)
    update = _update(raw, found)
    rows = asyncio.run(found.dispatcher.explain(update))
    taken = [i for i, row in enumerate(rows) if row.verdict is Decision.TAKES]
    output = current.get()
    output.say(f"{type(update).__name__} {_words(update)}for bot {found.name}:")
    output.table(
        ("app", "handler", "", "why"),
        [(row.app, row.route, row.verdict.value, row.why) for row in rows],
        marked=taken,
    )
    if not taken:
        unknown = found.dispatcher.unknown(update)
        said = unknown and found.words.say(unknown.key, found.words.default, **unknown.values)
        output.say(str(said or "No handler takes it."))
    return 0 if taken else 1


def _read(file: str) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise SetupError(f"{file} cannot be read: {error.strerror}") from None


def _update(raw: bytes, bot: Bot) -> ChatUpdate:
    try:
        given = msgspec.json.decode(raw)
    except msgspec.DecodeError as error:
        raise SetupError(f"this is not JSON ({error}); give an update such as {_EXAMPLE}") from None
    if isinstance(given, dict) and _is_own_form(given):
        return _own(given, bot)
    try:
        update = bot.adapter.decode(raw)
    except DecodeError as error:
        raise SetupError(_neither(given, bot, error)) from None
    if not isinstance(update, ChatUpdate):
        raise SetupError(f"a {type(update).__name__} belongs to no chat; no handler is asked")
    return update


def _is_own_form(given: Mapping[str, Any]) -> bool:
    kind = _KINDS.get(str(given.get("kind")).lower())
    if kind is None or not {*given} <= {"kind", *kind.__struct_fields__}:
        return False
    return all(isinstance(given.get(name, {}), dict) for name in ("chat", "person"))


def _own(given: Mapping[str, Any], bot: Bot) -> ChatUpdate:
    kind = _KINDS[given["kind"].lower()]
    defaults: dict[str, Any] = {
        "id": "explained",
        "bot": bot.name,
        "at": datetime.fromtimestamp(0, UTC),
        "message_id": "explained",
        "text": "",
        "payload": "",
        "emoji": (),
        "what": "other",
        "photo": {"key": "explained", "width": 1, "height": 1},
        "file": {"key": "explained", "name": "file", "size_bytes": 1},
        "timer_id": "explained",
        "action": "",
        "args": b"",
    }
    chat = {"id": "explained", "bot": bot.name, "messenger": bot.messenger, **given.get("chat", {})}
    person = {"id": "you", "name": "You", **given.get("person", {})}
    known = {name: value for name, value in defaults.items() if name in kind.__struct_fields__}
    try:
        return msgspec.convert({**known, **given, "chat": chat, "person": person}, kind)
    except msgspec.ValidationError as error:
        raise SetupError(f"this is no {kind.__name__}: {error}") from None


def _neither(given: object, bot: Bot, error: DecodeError) -> str:
    if isinstance(given, dict) and isinstance(given.get("kind"), str):
        kind = _KINDS.get(given["kind"].lower())
        if kind is None:
            hint = hint_among(given["kind"].lower(), _KINDS)
            return f"there is no kind {given['kind']!r}; {hint}"
        for strange in sorted({*given} - {"kind", *kind.__struct_fields__}):
            hint = hint_among(strange, kind.__struct_fields__)
            return f"a {kind.__name__} has no {strange!r}; {hint}"
    return (
        f"neither an update of {bot.messenger} ({error}) nor Posthouse's own form, such as "
        f"{_EXAMPLE}"
    )


def _words(update: ChatUpdate) -> str:
    words = getattr(update, "text", "")
    return f'"{words}" ' if words else ""
