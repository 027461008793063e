"""Updates posted to bots (WebhookActor.cpp).

How this works: one runner per bot hands the oldest update of every lane to a task, as many at once
as the webhook takes connections. The next update of a lane goes out only after the one before got
a 2xx or expired. A failure is tried again at once, then after 2, 4, 8 seconds and so on, at most
60 to 120; the answer's Retry-After counts instead where there is one.
"""

import asyncio
import base64
from collections.abc import Mapping
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import msgspec

from posthouse.testing.telegram.api import Api
from posthouse.testing.telegram.faults import FaultKind, Faults
from posthouse.testing.telegram.parameters import Arguments, read
from posthouse.testing.telegram.queue import Pending, Queue
from posthouse.testing.telegram.state import Bot, Webhook

LONGEST_WAIT_S = 60.0
MOST_RETRY_AFTER_S = 3600.0
HANDLER_S = 60.0
_GONE = 410
_IGNORED = frozenset({"deletewebhook", "setwebhook", "close", "logout"})


class Poster:
    """Posts the updates of one bot to its webhook, while it has one."""

    def __init__(self, api: Api, faults: Faults, bot: Bot) -> None:
        self._api = api
        self._faults = faults
        self._bot = bot
        self._busy: set[str] = set()
        self._client_error: type[Exception] = OSError
        self.posts: list[tuple[int, int]] = []
        """Number of the update and HTTP status of the answer, by attempt; 0 where none came."""

    @property
    def _queue(self) -> Queue:
        return self._api.world.queues[self._bot.id]

    @property
    def _hook(self) -> Webhook | None:
        return self._api.world.webhooks.get(self._bot.id)

    async def run(self) -> None:
        """Post until cancelled."""
        aiohttp = import_module("aiohttp")
        self._client_error = aiohttp.ClientError
        timeout = aiohttp.ClientTimeout(total=HANDLER_S)
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            asyncio.TaskGroup() as group,
        ):
            while True:
                hook = self._hook
                if hook is not None:
                    for pending in self._ready(hook):
                        self._busy.add(pending.lane)
                        group.create_task(self._deliver(session, pending))
                await self._queue.news()

    def _ready(self, hook: Webhook) -> list[Pending]:
        found: dict[str, Pending] = {}
        room = hook.most_connections - len(self._busy)
        for pending in self._queue.pending():
            if len(found) >= room:
                break
            if pending.lane not in self._busy and pending.lane not in found:
                found[pending.lane] = pending
        return list(found.values())

    async def _deliver(self, session: Any, pending: Pending) -> None:
        wait_s = 0.0
        try:
            while self._queue.holds(pending) and (hook := self._hook) is not None:
                fault = self._faults.next("webhook", {}, self._bot.id)
                if fault is not None:
                    await self._spoil(fault.kind, session, hook, pending)
                retry_s = await self._post(session, hook, pending)
                if retry_s is None:
                    self._queue.forget([pending.number])
                    return
                wait_s = retry_s or (min(2 * wait_s, LONGEST_WAIT_S) if wait_s else 0.0)
                await self._api.world.clock.sleep(wait_s)
                wait_s = wait_s or 1.0
        finally:
            self._busy.discard(pending.lane)
            self._queue.nudge()
            self._api.world.changed()

    async def _spoil(self, kind: FaultKind, session: Any, hook: Webhook, pending: Pending) -> None:
        """Post something else first: the same update, or the next one of its lane."""
        first = pending
        if kind is FaultKind.REORDER:
            later = (one for one in self._queue.pending() if one.lane == pending.lane)
            first = next((one for one in later if one.number > pending.number), pending)
        if kind is FaultKind.DUPLICATE or first is not pending:
            arrived = await self._post(session, hook, first) is None
            if arrived and first is not pending:
                self._queue.forget([first.number])

    async def _post(self, session: Any, hook: Webhook, pending: Pending) -> float | None:
        """Post once; None when it arrived, else the seconds the bot asks for, or 0."""
        url, headers = _address(hook)
        number, kind = pending.number, pending.kind
        body = msgspec.json.encode(pending.body).decode()
        data = f'{{"update_id":{number},\n"{kind}":{body}}}'.encode()
        try:
            async with session.post(
                url, data=data, headers=headers, allow_redirects=False
            ) as response:
                status, found = response.status, await response.read()
                answer_headers = {key.lower(): text for key, text in response.headers.items()}
                reason = response.reason
        except (self._client_error, TimeoutError, OSError):
            self.posts.append((number, 0))
            self._fail(hook, "Webhook connection closed")
            return 0.0
        self.posts.append((number, status))
        if 200 <= status < 300:  # noqa: PLR2004  what success means in HTTP
            await self._answered(read("", answer_headers, found))
            return None
        self._fail(hook, f"Wrong response from the webhook: {status} {reason}")
        if status == _GONE:
            self._api.world.webhooks.pop(self._bot.id, None)
        return _retry_after_s(answer_headers)

    def _fail(self, hook: Webhook, why: str) -> None:
        hook.last_error = why
        hook.last_error_at = self._api.world.now()

    async def _answered(self, arguments: Arguments) -> None:
        """Do what the answer asks; nobody learns whether it worked."""
        method = arguments.texts.get("method", "")
        if not method or method.lower() in _IGNORED or method.lower().startswith("get"):
            return
        token = self._bot.token
        entry = self._api.note(token, method, arguments, via="webhook")
        await self._api.call(token, entry, arguments)


def _address(hook: Webhook) -> tuple[str, dict[str, str]]:
    parts = urlsplit(hook.url)
    headers = {"Content-Type": "application/json", "Accept-Encoding": "gzip, deflate"}
    if hook.secret:
        headers["X-Telegram-Bot-Api-Secret-Token"] = hook.secret
    if parts.username is not None:
        pair = f"{parts.username}:{parts.password or ''}".encode()
        headers["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=host, fragment="")), headers


def _retry_after_s(headers: Mapping[str, str]) -> float:
    given = headers.get("retry-after", "")
    return min(float(given), MOST_RETRY_AFTER_S) if given.isdecimal() else 0.0
