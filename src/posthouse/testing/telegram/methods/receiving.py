"""How a bot gets its updates: getUpdates, webhooks; and getMe, logOut, close."""

import re
from urllib.parse import urlsplit

from posthouse.testing.telegram import refusals
from posthouse.testing.telegram.call import Call, Handler
from posthouse.testing.telegram.queue import DEFAULT
from posthouse.testing.telegram.refusals import refuse, too_many
from posthouse.testing.telegram.state import Webhook
from posthouse.testing.telegram.wire import Json

MOST_TIMEOUT_S = 50
MOST_UPDATES = 100
MOST_CONNECTIONS = 100
MOST_SECRET = 256
_AGAIN_S = 3.0
_AT_ONCE_S = 0.5
_ENDED = {
    "polling": refusals.CONFLICT_POLLING,
    "webhook": refusals.CONFLICT_SET_WEBHOOK,
    "closing": "Internal Server Error: restart",
}


def get_me(call: Call) -> Json:
    """Who the bot is."""
    return call.bot.as_me()


def log_out(call: Call) -> bool:
    """Leave the cloud's server, to use one of one's own."""
    call.bot.is_logged_out = True
    return True


def close(call: Call) -> bool:
    """Close the bot before it moves to another server."""
    if call.bot.is_closed:
        raise refuse(refusals.ALREADY_CLOSED)
    call.bot.is_closed = True
    return True


async def get_updates(call: Call) -> list[Json]:
    """Hand out what waits, or wait for it."""
    if call.bot.id in call.world.webhooks:
        raise refuse(refusals.CONFLICT_WEBHOOK)
    queue, clock = call.queue, call.world.clock
    offset = call.number("offset")
    limit = call.arguments.number("limit", MOST_UPDATES, least=1, most=MOST_UPDATES)
    timeout_s = float(call.arguments.number("timeout", 0, least=0, most=MOST_TIMEOUT_S))
    if "allowed_updates" in call.arguments:
        queue.allow(call.json("allowed_updates"))
    now_s = clock.monotonic()
    if queue.last_offset == offset and call.world.slows_polling:
        if now_s < queue.last_asked_s + _AGAIN_S:
            timeout_s = max(timeout_s, _AGAIN_S)
        if now_s < queue.last_done_s + _AT_ONCE_S:
            limit = 1
    queue.last_offset, queue.last_asked_s = offset, now_s
    since = queue.confirm(offset)
    found = queue.read(since, limit)
    if found or not timeout_s:
        queue.end_wait("polling")
    else:
        why = await queue.wait(timeout_s)
        if why in _ENDED:
            raise refuse(_ENDED[why])
        found = queue.read(since, limit)
    queue.last_done_s = clock.monotonic()
    return found


def set_webhook(call: Call) -> bool:
    """Have updates posted to an address."""
    url = call.text("url").strip()
    if not url:
        return delete_webhook(call)
    now_s = call.world.clock.monotonic()
    if now_s < call.world.webhook_set_s.get(call.bot.id, float("-inf")) + 1:
        raise too_many(1)
    secret = call.text("secret_token")
    if len(secret) > MOST_SECRET:
        raise refuse(refusals.SECRET_TOO_LONG)
    if not re.fullmatch(r"[A-Za-z0-9_-]*", secret):
        raise refuse(refusals.SECRET_CHARACTERS)
    _check_address(url)
    call.world.webhook_set_s[call.bot.id] = now_s
    if call.flag("drop_pending_updates"):
        call.queue.clear()
    if "allowed_updates" in call.arguments:
        call.queue.allow(call.json("allowed_updates"))
    wanted = Webhook(
        url=url,
        secret=secret,
        most_connections=call.arguments.number(
            "max_connections", 40, least=1, most=MOST_CONNECTIONS
        ),
        has_certificate=call.upload("certificate") is not None,
        ip_address=call.text("ip_address"),
    )
    known = call.world.webhooks.get(call.bot.id)
    same = known is not None and (known.url, known.secret) == (url, secret)
    call.note = "Webhook is already set" if same else "Webhook was set"
    call.world.webhooks[call.bot.id] = wanted
    call.queue.end_wait("webhook")
    call.queue.nudge()
    return True


def _check_address(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        why = "invalid webhook URL specified" if parts.scheme else "URL host is empty"
        raise refuse(refusals.BAD_WEBHOOK.format(why=why))
    if "." not in parts.hostname and parts.hostname != "localhost" and ":" not in parts.hostname:
        raise refuse(refusals.BAD_WEBHOOK.format(why="URL host is invalid"))


def delete_webhook(call: Call) -> bool:
    """Have updates kept for getUpdates again."""
    known = call.world.webhooks.pop(call.bot.id, None)
    if call.flag("drop_pending_updates"):
        call.queue.clear()
    call.note = "Webhook was deleted" if known is not None else "Webhook is already deleted"
    call.queue.nudge()
    return True


def get_webhook_info(call: Call) -> Json:
    """Tell how the webhook does."""
    hook = call.world.webhooks.get(call.bot.id)
    found: Json = {
        "url": "",
        "has_custom_certificate": False,
        "pending_update_count": len(call.queue),
    }
    if hook is not None:
        found |= {
            "url": hook.url,
            "has_custom_certificate": hook.has_certificate,
            "max_connections": hook.most_connections,
            "ip_address": hook.ip_address or "127.0.0.1",
        }
        if hook.last_error:
            found |= {
                "last_error_date": hook.last_error_at,
                "last_error_message": hook.last_error,
            }
    if call.queue.allowed != DEFAULT:
        found["allowed_updates"] = sorted(call.queue.allowed)
    return found


METHODS: dict[str, Handler] = {
    "getMe": get_me,
    "logOut": log_out,
    "close": close,
    "getUpdates": get_updates,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
}
