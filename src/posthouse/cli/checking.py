"""`check`: every mistake that can be seen without running anything."""

from collections.abc import Callable
from typing import Any

from posthouse.cli.opening import DEFAULT, SettingsOption, open_settings
from posthouse.cli.output import Output, current
from posthouse.dialogs.filling.voice import BotVoice
from posthouse.dialogs.filling.worst import too_long
from posthouse.errors import PosthouseError
from posthouse.ports.clock import Clock, SystemClock
from posthouse.ports.store import Database
from posthouse.settings.building import build, parts_of
from posthouse.site import Bot
from posthouse.turn.providing import Modules


def check(*, settings: SettingsOption = DEFAULT) -> int:
    """Look for mistakes in settings and code, without running anything.

    It reads the settings, imports apps, modules and middlewares, compiles every handler, sees
    whether modules provide what handlers ask for, measures how long posts can become, and holds
    the catalogues of words against each other and against the code. Exit code 1 when something is
    wrong.
    """
    output = current.get()
    read, mistakes = open_settings(settings)
    parts: dict[str, Any] = {}

    def importing() -> str:
        parts.update(parts_of(read, mistakes))
        return f"settings and imports: {read.file}, {_count(len(read.bots), 'bot')}"

    if not _step(output, importing):
        return 1
    steps: list[Callable[[], str]] = [lambda bot=bot: _shown(bot) for bot in parts["bots"]]  # type: ignore[misc]  # bound by default
    steps.append(lambda: _provided(parts))
    steps.append(lambda: _whole(build(read).bots))
    results = [_step(output, step) for step in steps]
    results += [_lengths(output, bot) for bot in parts["bots"]]
    return 0 if all([*results, _words(output, parts["bots"])]) else 1


def _step(output: Output, step: Callable[[], str]) -> bool:
    try:
        output.good(step())
    except PosthouseError as error:
        output.bad(str(error))
        return False
    return True


def _lengths(output: Output, bot: Bot) -> bool:
    """Tell which posts can become longer than the bot's messenger takes."""
    forms = [form for router in bot.dispatcher.routers for form in router.forms.values()]
    published = [form for form in forms if "publish" in form.hooks]
    voice = BotVoice(bot.words, bot.language)
    found = dict.fromkeys(too_long(published, bot.adapter.capabilities(""), voice))
    for where, what in found:
        output.bad(f"bot {bot.name}: {where}: {what}")
    if published and not found:
        output.good(f"bot {bot.name}: {_count(len(published), 'form')} of posts that fit")
    return not found


def _words(output: Output, bots: list[Bot]) -> bool:
    from posthouse.cli.wording import words_of  # noqa: PLC0415  Fluent is heavy

    wrong, idle = words_of(bots)
    for each in wrong:
        output.bad(each)
    for each in idle:
        output.say(f"  {each}")
    folders = {folder for bot in bots for folder in bot.words.folders}
    if folders and not wrong:
        output.good(f"words: {_count(len(folders), 'folder')} of catalogues")
    return not wrong


def _shown(bot: Bot) -> str:
    dispatcher = bot.dispatcher
    commands = " ".join(f"/{each.command.name}" for each in dispatcher.commands) or "no commands"
    actions = _count(len(dispatcher.actions), "action")
    home = f", home is {dispatcher.home.name}" if dispatcher.home else ""
    sends = bot.adapter.profile.certainty
    return (
        f"bot {bot.name} on {bot.messenger}: {_count(len(dispatcher.table.all), 'handler')}, "
        f"{actions}{home}; {commands}; sends are {sends}"
    )


def _provided(parts: dict[str, Any]) -> str:
    base = {Clock: SystemClock(), Database: None}
    modules = Modules(parts["modules"], base=base)
    needed = [use for bot in parts["bots"] for use in bot.dispatcher.uses]
    modules.check(needed)
    count = _count(len(parts["modules"]), "module")
    return f"{count}: everything that handlers ask for is provided ({len(needed)} asked)"


def _whole(bots: list[Bot]) -> str:
    named = sum(len(bot.chats) for bot in bots)
    return f"site: {_count(len(bots), 'bot')} in start order, {_count(named, 'named chat')}"


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'s' * (number != 1)}"
