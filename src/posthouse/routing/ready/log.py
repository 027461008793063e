"""Log: one line per update, with everything but what was said."""

import logging
from typing import Any

from posthouse.model.update import ChatUpdate
from posthouse.ports.clock import Clock, SystemClock
from posthouse.routing.handled import Handled
from posthouse.routing.middleware import CallNext

_log = logging.getLogger("posthouse.updates")


class Log:
    """Middleware: writes kind, ids, route, duration and outcome to the log `posthouse.updates`."""

    def __init__(self, *, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()

    async def __call__(self, update: ChatUpdate, call_next: CallNext) -> Any:
        """Pass the update on and log what became of it."""
        start_s = self._clock.monotonic()
        handled: Handled | None = None
        try:
            handled = await call_next(update)
        finally:
            fields = {
                "kind": type(update).__name__,
                "update": update.id,
                "bot": update.bot,
                "chat": update.chat.id,
                "person": update.person.id,
                "route": handled.claims[0].route if handled and handled.claims else "-",
                "outcome": _outcome(handled),
                "duration_s": self._clock.monotonic() - start_s,
            }
            _log.info(
                "%(kind)s %(update)s of %(bot)s, chat %(chat)s, person %(person)s: %(outcome)s, "
                "route %(route)s, %(duration_s).6f s",
                fields,
                extra={"posthouse": fields},
            )
        return handled


def _outcome(handled: Handled | None) -> str:
    if handled is None:
        return "raised"
    if handled.dropped:
        return f"dropped by {handled.dropped}"
    return "handled" if handled.claims else "unclaimed"
