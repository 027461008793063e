"""`webhook`: what Telegram knows of the webhooks of a project's bots."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, TypeAlias

from cyclopts import Parameter

from posthouse.adapters.telegram.adapter import TelegramAdapter
from posthouse.adapters.telegram.api import methods as call
from posthouse.adapters.telegram.origins import MESSENGER
from posthouse.bots.bot import Bot
from posthouse.bots.making import Maker
from posthouse.bots.sealing import TokenKeys
from posthouse.bots.table import BotTable
from posthouse.cli.asking import change, reading
from posthouse.cli.bots import registered
from posthouse.cli.opening import DEFAULT, SettingsOption, database_of, open_settings
from posthouse.cli.output import current
from posthouse.engine.commands import DirectWriter
from posthouse.errors import PosthouseError, SetupError
from posthouse.settings.building import parts_of, presets_of
from posthouse.settings.mistakes import hint_among

AT_ONCE = 16
"""Calls that are under way at once."""

BotName: TypeAlias = Annotated[str | None, Parameter(help="Name of the bot; all without it.")]
_Work: TypeAlias = Callable[[Bot, TelegramAdapter], Awaitable[Sequence[str]]]


def status(bot: BotName = None, /, *, settings: SettingsOption = DEFAULT) -> int:
    """Show each bot's webhook, what waits there, and the last error."""
    return _each(settings, bot, ("bot", "webhook", "pending", "last error"), _status)


def set_(bot: BotName = None, /, *, settings: SettingsOption = DEFAULT) -> int:
    """Set the webhook of one bot, or of all that have one in their settings."""
    return _each(settings, bot, ("bot", "webhook"), _set)


def delete(bot: BotName = None, /, *, settings: SettingsOption = DEFAULT) -> int:
    """Delete the webhook of one bot, or of all; a site that runs sets it again."""
    return _each(settings, bot, ("bot", "webhook"), _delete)


async def _status(bot: Bot, adapter: TelegramAdapter) -> Sequence[str]:
    info = await adapter.client.call(call.GetWebhookInfo())
    wanted = adapter.webhook_url if bot.settings.get("webhook") else ""
    url = info.url or "none: it asks for its updates"
    if info.url != wanted:
        url += f" (the settings say {wanted or 'none'})"
    error = info.last_error_message or ""
    if error and info.last_error_date:
        error = f"{datetime.fromtimestamp(info.last_error_date, UTC):%Y-%m-%d %H:%M} UTC: {error}"
    return url, str(info.pending_update_count), error


async def _set(bot: Bot, adapter: TelegramAdapter) -> Sequence[str]:
    if not bot.settings.get("webhook"):
        return ("none in its settings",)
    await adapter.client.call(adapter.webhook_for(bot.dispatcher.kinds))
    return (f"is {adapter.webhook_url}",)


async def _delete(bot: Bot, adapter: TelegramAdapter) -> Sequence[str]:
    await adapter.client.call(call.DeleteWebhook())
    return ("deleted",)


def _each(settings: Path, name: str | None, headings: Sequence[str], work: _Work) -> int:
    """Do something with each bot and print a table; 1 when one of them failed."""
    read, mistakes = open_settings(settings)
    mistakes.raise_any()
    bots = {bot.name: bot for bot in parts_of(read)["bots"] if bot.messenger == MESSENGER}
    kind, _, _ = read.site.storage.reveal().partition(":")
    path = database_of(read).absolute() if kind == "sqlite" else None
    maker = Maker(presets_of(read), TokenKeys([key.reveal() for key in read.keys]))
    if path is not None and path.exists():
        bots = asyncio.run(_rows(path, maker)) | bots
    of_rows = bots.keys() - {bot.name for bot in read.bots}
    if not bots:
        raise SetupError("no bot of this project is on Telegram")
    if name is not None and name not in bots:
        raise SetupError(f"there is no bot {name!r} on Telegram; {hint_among(name, bots)}")
    chosen = list(bots.values()) if name is None else [bots[name]]
    for bot in chosen:
        token = bot.settings.get("token", "")
        current.get().hide([token if isinstance(token, str) else token.reveal()])
    rows, failed = asyncio.run(_table(chosen, work))
    if work is not _status and path is not None:  # what the bots' rows remember is no longer so
        for done in rows:
            if done[0] in of_rows:
                change(path, "bots.forget", {"name": done[0]}, registered(read))
    current.get().table(headings, rows)
    for text in failed:
        current.get().problem(text)
    return int(bool(failed))


async def _table(bots: Sequence[Bot], work: _Work) -> tuple[list[Sequence[str]], list[str]]:
    rows: dict[str, Sequence[str]] = {}
    failed: list[str] = []
    slots = asyncio.Semaphore(AT_ONCE)

    async def one(bot: Bot) -> None:
        adapter = bot.adapter
        if not isinstance(adapter, TelegramAdapter):
            raise SetupError("another package has taken the messenger name telegram; uninstall it")
        async with slots, adapter.client:
            try:
                rows[bot.name] = await work(bot, adapter)
            except PosthouseError as error:
                failed.append(f"bot {bot.name}: {error}")

    async with asyncio.TaskGroup() as group:
        for bot in bots:
            group.create_task(one(bot))
    return [(bot.name, *rows[bot.name]) for bot in bots if bot.name in rows], failed


async def _rows(path: Path, maker: Maker) -> dict[str, Bot]:
    """Return the Telegram bots of the database."""
    async with reading(path) as store:
        rows = await BotTable(store, DirectWriter(store)).all()
    return {row.name: await maker.make(row) for row in rows if row.messenger == MESSENGER}
