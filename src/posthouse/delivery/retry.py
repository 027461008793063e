"""When a delivery is tried again, and when the rest of its chat stops waiting for it."""

import random

from posthouse.model.outgoing import DeliveryClass

FIRST_WAIT_S = 0.5
LONGEST_WAIT_S = 60.0

PARK_AFTER_S = {DeliveryClass.ANSWER: 30.0, DeliveryClass.BRIDGE: 300.0, DeliveryClass.BULK: 3600.0}
"""How long a delivery may hold up what follows it in its chat, by class; then it is parked and sent
late."""

EXPIRE_AFTER_S = {
    DeliveryClass.ANSWER: 24 * 3600.0,
    DeliveryClass.BRIDGE: 7 * 24 * 3600.0,
    DeliveryClass.BULK: 7 * 24 * 3600.0,
}
"""After this long a delivery is not worth sending any more, by class."""

PRESS_ANSWER_S = 150.0
"""How long a messenger waits for the answer to a press (Telegram keeps the query for about that
long)."""


def wait_s(attempts: int, *, retry_after_s: float | None = None) -> float:
    """Return the wait before the next try.

    What the messenger asked for, if it said so; else exponential with a cap and full jitter, at
    least a tenth of it.
    """
    if retry_after_s is not None:
        return retry_after_s
    ceiling = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** min(max(attempts - 1, 0), 30))
    return random.uniform(ceiling / 10, ceiling)  # noqa: S311  not for secrets
