"""What happens in a turn of one bot: middlewares, then actions, timers and apps, as one call."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeGuard

from posthouse.bots.bot import Bot
from posthouse.dialogs.filling.filling import Filling
from posthouse.dialogs.filling.voice import BotVoice
from posthouse.dialogs.presses import START, Dialogs
from posthouse.dialogs.showing.drawing import Screens
from posthouse.dialogs.showing.listening import Listener
from posthouse.engine.bot import Process
from posthouse.model.update import ChatUpdate, Edit, Message, Press, TextMessage, TimerDue
from posthouse.payloads import Keys
from posthouse.routing.handled import Handled
from posthouse.routing.middleware import Middleware, compose, inbound
from posthouse.turn.providing import Modules
from posthouse.turn.turn import Turn

_WRITTEN = (Message, Edit)  # a union would be put together anew each time


def process_of(
    bot: Bot,
    *,
    account: int,
    keys: Keys,
    is_open: Callable[[int], bool],
    modules: Modules,
    middlewares: Sequence[Middleware],
    screens: Screens,
) -> Process:
    """Return what runs an update of a bot.

    Args:
        bot: Whose updates.
        account: The account's number in the database.
        keys: Verify what buttons carry.
        is_open: Tells whether a delivery has not ended.
        modules: Give handlers what they ask for.
        middlewares: Stand before the apps, the first outermost.
        screens: Draw its screens.
    """
    dialogs = Dialogs(bot.dispatcher, keys=keys, account=account, is_open=is_open)
    dispatch = bot.dispatcher.dispatch

    def handle(turn: Turn) -> Awaitable[Handled]:
        update = turn.update
        if isinstance(update, Press):
            return dialogs.press(turn, update)
        if isinstance(update, TimerDue):
            return dialogs.timer(turn, update)
        if is_link(update):
            return dialogs.start(turn, update)
        return dispatch(turn)

    voice = BotVoice(bot.words, bot.language)
    filling = Filling(
        bot.dispatcher,
        bot.adapter.capabilities,
        voice=voice,
        expires_s=bot.drafts.total_seconds(),
        country=bot.country,
    )
    routed = fills(filling, handle) if filling.forms else handle
    listener = Listener(bot.dispatcher, screens, bot.adapter.capabilities, pressed=dialogs.pressed)

    def listen(turn: Turn) -> Awaitable[Handled]:
        update = turn.update
        if type(update) is TextMessage and listener.hears(update):
            turn.forms = filling
            return listener.hear(turn, update, routed)
        return routed(turn)

    through = inbound(middlewares, listen)
    if not modules.has_turn_objects:
        return through

    async def with_modules(turn: Turn) -> Handled:
        try:
            handled = await through(turn)
        except BaseException as error:
            await modules.end_turn(turn, error)
            raise
        await modules.end_turn(turn)
        return handled

    return with_modules


def fills(filling: Filling, handle: Process) -> Process:
    """Return what lets a form that is being filled in take what a person writes."""

    def fill(turn: Turn) -> Awaitable[Handled]:
        turn.forms = filling
        update = turn.update
        if isinstance(update, _WRITTEN) and not is_link(update):
            return filling.take(turn, update)
        return handle(turn)

    return fill


def is_link(update: ChatUpdate) -> TypeGuard[TextMessage]:
    """Whether somebody follows a link, or wrote what looks like it."""
    return type(update) is TextMessage and update.text.startswith(START)


def departures(outbound: Sequence[Middleware]) -> Callable[[Any], Awaitable[Any]] | None:
    """Return the outbound middlewares as one call, None when there are none."""
    if not outbound:
        return None

    async def last(departure: Any, context: None) -> Any:
        return departure

    chain = compose(outbound, last)
    return lambda departure: chain(departure, None)
