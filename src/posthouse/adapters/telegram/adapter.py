"""Telegram as an adapter: one bot, received by long polling or by a webhook."""

import asyncio
import hashlib
import hmac
import logging
import random
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Final

from msgspec.structs import replace

from posthouse.adapters.telegram.api import methods as call
from posthouse.adapters.telegram.client import TRANSPORT, TelegramClient
from posthouse.adapters.telegram.inbound import allowed_updates, group_of, move_of, read_update
from posthouse.adapters.telegram.members import is_member, way_in
from posthouse.adapters.telegram.menus import Menus
from posthouse.adapters.telegram.origins import MESSENGER
from posthouse.adapters.telegram.outbound import BROADCAST, GROUP, PRIVATE, bare_key, permalink
from posthouse.adapters.telegram.polling import Polling, number_of
from posthouse.adapters.telegram.rates import Rates
from posthouse.adapters.telegram.sending import Sending, riding
from posthouse.adapters.telegram.settings import read_settings
from posthouse.adapters.telegram.webhook import PATH, WEBHOOKS, OpenRequest
from posthouse.errors import (
    AdapterError,
    DecodeError,
    MovedError,
    NotSentError,
    OverloadedError,
    TokenError,
    UnreachableError,
)
from posthouse.model.capabilities import Capabilities
from posthouse.model.secret import Secret
from posthouse.model.update import ChatUpdate
from posthouse.ports.adapter import (
    Certainty,
    DeliverResult,
    Delivery,
    Endpoint,
    Host,
    Incoming,
    OnSettled,
    Pacer,
    Profile,
    Rider,
)

log = logging.getLogger("posthouse.telegram")

HOUR_S: Final = 3600.0
REPEATS_S: Final = {
    "press": 150.0,
    "checkoutasked": 150.0,
    "shippingasked": 150.0,
    "inlinequeried": 30.0,
    "inlinechosen": 600.0,
    "*": 24 * HOUR_S,
}
"""How long Telegram repeats an update, by kind (telegram-bot-api, Client.cpp)."""
FAST: Final = frozenset({"inlinequeried", "checkoutasked", "shippingasked"})
CHATLESS: Final = frozenset({*FAST, "inlinechosen", "pollanswered"})
CHECK_WEBHOOK_S: Final = 600.0
"""How often it is looked whether the webhook is still set."""
BATCH_S: Final = 0.05
"""Of a polled batch what is not done by then goes into the inbox, and the next is asked for."""
CALM_S: Final = 60.0
"""How long no answer rides after Telegram asked to wait."""


class TelegramAdapter:
    """Speaks Telegram's Bot API for one bot."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self._settings = given = read_settings(settings)
        self._token = Secret(given.token)
        self.rates = Rates(given.rates)
        self.pacer: Pacer | None = self.rates if given.rates.enabled else None
        self.client = TelegramClient(
            self._token,
            base_url=given.base_url,
            test=given.test,
            proxy=given.proxy or None,
            local=given.local,
            rates=self.rates if given.rates.enabled else None,
        )
        self._sending = Sending(self.client)
        self.offers: Mapping[type, object] = {TelegramClient: self.client}
        self.profile = Profile(
            messenger=MESSENGER,
            certainty=Certainty.BLIND,
            repeats_s=REPEATS_S,
            marks_s=48 * HOUR_S,
            spill_s=2.0 if given.webhook else BATCH_S,
            max_connections=given.max_connections if given.webhook else None,
            on_unknown=given.on_unknown,
        )
        self._number = given.token.partition(":")[0]
        self._name = ""
        """Its user name, once it has logged in."""
        self._ways: dict[str, str | None] = {}
        """Where chats can be joined, once it was asked for."""
        self._host: Host | None = None
        self._menus: Menus | None = None
        self._polling: Polling | None = None
        self._accepting = False
        self._receiving: asyncio.Timeout | None = None
        """Ends `poll` when it is let run out."""
        self._failure: TokenError | None = None
        # For webhooks: told to Telegram, which repeats it in every request.
        self.secret = (
            hmac.digest(given.token.encode(), b"posthouse webhook", "sha256").hex().encode()
        )

    def __repr__(self) -> str:
        return f"<TelegramAdapter of bot {self._number}>"

    # --- lifecycle

    async def start(self, host: Host) -> str:
        """Log in; the account is the bot's number."""
        self._host = host
        self.rates.clock = host.clock
        self.client.clock = host.clock
        self.client.start()
        try:
            number, name = await self._who_am_i()
        except BaseException:
            await self.client.aclose()
            raise
        if name:
            host.addressed(name)
        self._name = name
        self._accepting = True
        if self._settings.webhook:
            WEBHOOKS.add(self._number, self)
        log.info("bot %s is @%s on Telegram", host.bot, name)
        return number

    async def _who_am_i(self) -> tuple[str, str]:
        """Return the bot's number and its name, asking Telegram unless it did before."""
        known = self._recall("me")
        if known is not None:
            number, _, name = known.partition(" ")
            return number, name
        try:
            me = await self.client.call(call.GetMe())
        except TokenError as error:
            raise TokenError(f"bot {self._started.bot}: {error}") from None
        except NotSentError as error:
            raise AdapterError(
                f"bot {self._started.bot} cannot reach {self._settings.base_url}: {error}"
            ) from None
        self._remember("me", f"{me.id} {me.username or ''}")
        return str(me.id), me.username or ""

    def _recall(self, key: str) -> str | None:
        memory = self._started.memory
        return None if memory is None else memory.recall(key)

    def _remember(self, key: str, value: str | None) -> None:
        memory = self._started.memory
        if memory is not None:
            memory.remember(key, value)

    async def poll(self) -> None:
        """Receive until stopped."""
        self._failure = None
        self._receiving = receiving = asyncio.timeout(None)
        try:
            async with receiving:
                self._menus = Menus(self.client, self._started)
                await self._menus.tell()
                if self._menus.knows_roles:
                    await self._receive_beside(self._menus)
                else:
                    await self._receive()
        except TimeoutError:
            if not receiving.expired():
                raise
        finally:
            self._receiving = None
        if self._failure is not None:
            raise self._failure

    async def _receive(self) -> None:
        await (self._serve_webhook() if self._settings.webhook else self._ask())

    async def _receive_beside(self, menus: Menus) -> None:
        """Receive, and show meanwhile to whom roles are given what those can do."""
        failure: Exception | None = None
        async with asyncio.TaskGroup() as group:
            telling = group.create_task(menus.run())
            try:
                await self._receive()
            except Exception as error:  # noqa: BLE001  raised below, not in a group
                failure = error
            finally:
                telling.cancel()
        if failure is not None:
            raise failure

    async def stop_polling(self) -> None:
        """Take no more updates."""
        self._accepting = False
        self._cut()
        if self._polling is not None:
            await self._polling.confirm()
            self._polling = None
        # A bot of the database keeps its webhook: its next start need not set it then, and Telegram
        # keeps meanwhile what comes.
        keeps = self._settings.keep_webhook or self._started.memory is not None
        if self._settings.webhook and not keeps:
            await self._delete_webhook()

    async def leave(self) -> None:
        """Delete the webhook: the bot is removed for good."""
        if self._settings.webhook:
            self.client.start()
            await self._delete_webhook()
            await self.client.aclose()

    async def _delete_webhook(self) -> None:
        try:
            await self.client.try_once(call.DeleteWebhook())
        except Exception as error:  # noqa: BLE001  Telegram only repeats a little longer
            log.warning("the webhook of bot %s stays set: %s", self._number, error)

    async def aclose(self) -> None:
        """Let go of everything."""
        self._accepting = False
        self._cut()
        WEBHOOKS.remove(self._number, self)
        await self.client.aclose()

    async def _ask(self) -> None:
        """Receive by long polling."""
        info = await self.client.call(call.GetWebhookInfo())
        if info.url or self._settings.drop_pending:
            if info.url:
                log.warning(
                    "bot %s had a webhook at %s; it is removed, since the settings name none",
                    self._started.bot,
                    info.url,
                )
            await self.client.call(
                call.DeleteWebhook(drop_pending_updates=self._settings.drop_pending or None)
            )
        self._polling = Polling(
            self.client,
            self._take,
            allowed=allowed_updates(self._started.kinds),
            clock=self._started.clock,
        )
        await self._polling.run()

    async def _serve_webhook(self) -> None:
        """Set the webhook, and look now and then whether it still is."""
        wanted = self.webhook_for(self._started.kinds)
        told = _digest(
            wanted.url,
            wanted.secret_token or "",
            str(wanted.max_connections),
            *(wanted.allowed_updates or ()),
        )
        if self._settings.drop_pending or self._recall("webhook") != told:
            async with TRANSPORT.setting_up:
                await self._set_webhook(drop=self._settings.drop_pending)
            self._remember("webhook", told)
        await self._keep_webhook()

    async def _set_webhook(self, *, drop: bool = False) -> None:
        await self.client.call(
            replace(self.webhook_for(self._started.kinds), drop_pending_updates=drop or None)
        )
        info = await self.client.call(call.GetWebhookInfo())
        if info.url != self.webhook_url:
            raise AdapterError(
                f"bot {self._started.bot}: the webhook was set to {self.webhook_url}, but Telegram "
                f"says it is {info.url or 'none'}; another process sets it too"
            )

    async def _keep_webhook(self) -> None:
        clock, told = self._started.clock, ""
        # Thousands of bots that started together do not look at the same moment.
        wait_s = random.uniform(0, CHECK_WEBHOOK_S)  # noqa: S311  not for secrets
        while True:
            await clock.sleep(wait_s)
            wait_s = CHECK_WEBHOOK_S
            try:
                info = await self.client.call(call.GetWebhookInfo())
                if info.url != self.webhook_url:
                    log.warning(
                        "the webhook of bot %s was %s; it is set again",
                        self._started.bot,
                        f"moved to {info.url}" if info.url else "removed",
                    )
                    await self._set_webhook()
            except NotSentError as error:
                log.warning("bot %s cannot look at its webhook: %s", self._started.bot, error)
                continue
            if (wrong := info.last_error_message or "") and wrong != told:
                log.warning("Telegram on the webhook of bot %s: %s", self._started.bot, wrong)
            told = wrong

    def webhook_for(self, kinds: frozenset[type[Any]]) -> call.SetWebhook:
        """Return the call that sets the webhook, for the classes that handlers ask for."""
        return call.SetWebhook(
            url=self.webhook_url,
            secret_token=self.secret.decode(),
            allowed_updates=allowed_updates(kinds),
            max_connections=self._settings.max_connections,
        )

    @property
    def webhook_url(self) -> str:
        """Where Telegram sends this bot's updates."""
        return f"{self._settings.webhook.rstrip('/')}{PATH}/{self._number}"

    def _cut(self, failure: TokenError | None = None) -> None:
        """End `poll`, with an error if there is one."""
        if failure is not None:
            self._failure = self._failure or failure
            self._remember("me", None)  # whether the token is accepted again is to be asked
        polling, self._receiving = self._receiving, None
        if polling is not None:
            polling.reschedule(asyncio.get_running_loop().time())

    # --- receiving

    def take_request(self, body: bytes, request: OpenRequest) -> None:
        """Take an update from the webhook; raises OverloadedError."""
        if not self._accepting:
            raise OverloadedError(f"bot {self._number} takes no updates now")
        self._take(body, request.settled, request if self._settings.webhook_replies else None)

    def _take(self, body: bytes, on_settled: OnSettled, rider: Rider | None = None) -> None:
        host = self._started
        try:
            update = self.decode(body)
        except DecodeError as error:
            number = number_of(body)
            host.receiver.malformed(
                str(number) if number >= 0 else f"?{hashlib.sha256(body).hexdigest()[:16]}",
                body,
                reason=str(error),
                on_settled=on_settled,
            )
            return
        move = move_of(update)
        if move is not None:
            host.receiver.moved(*move)
        if self._menus is not None and self._menus.knows_roles:
            self._menus.met(update)
        kind = type(update).__name__.lower()
        host.receiver.receive(
            Incoming(
                update_id=update.id,
                chat=None if kind in CHATLESS else update.chat.id,
                person=update.person.id,
                kind=kind,
                body=body,
                update=update,
                rider=rider,
                group=group_of(update),
                fast=kind in FAST,
            ),
            on_settled,
        )

    def decode(self, body: bytes) -> ChatUpdate:
        """Decode one of Telegram's updates."""
        return read_update(body, bot=self._started.bot)

    async def fetch(self, key: str) -> AsyncIterator[bytes]:
        """Yield the content of a photo or file that this bot received."""
        async for chunk in self.client.download(bare_key(key)):
            yield chunk

    # --- sending

    def capabilities(self, chat: str) -> Capabilities:
        """Return what Telegram shows."""
        if chat.startswith("@"):
            return BROADCAST
        # A group's number is below zero; nobody shares a contact with one through a choice.
        return GROUP if chat.startswith("-") else PRIVATE

    async def deliver(self, delivery: Delivery) -> DeliverResult:
        """Carry out one operation."""
        host = self._started
        chat = host.moved.get(delivery.chat, delivery.chat)
        try:
            return await self._sending.carry_out(chat, delivery.outgoing, host.media)
        except MovedError as error:
            log.warning("chat %s goes on as %s", chat, error.chat)
            self._started.receiver.moved(delivery.chat, error.chat)
            return await self._sending.carry_out(error.chat, delivery.outgoing, host.media)
        except UnreachableError as error:
            log.info("chat %s is closed to bot %s: %s", chat, self._started.bot, error)
            raise
        except TokenError as error:
            self._cut(error)
            raise NotSentError(str(error)) from None

    def link(self, payload: str) -> str | None:
        """Return a link that opens the bot with a few bytes."""
        return f"https://t.me/{self._name}?start={payload}" if self._name else None

    def permalink(self, chat: str, message_id: str) -> str | None:
        """Return the address of a message in a supergroup or a channel."""
        return permalink(chat, message_id, name=self._sending.names.get(chat))

    async def is_member(self, chat: str, person: str) -> bool:
        """Ask Telegram whether somebody is in a group or channel."""
        return await is_member(self.client, chat, person)

    async def way_in(self, chat: str) -> str | None:
        """Return the link of a public chat, or the one that invites to a private one."""
        if chat not in self._ways:
            self._ways[chat] = await way_in(self.client, chat)
        return self._ways[chat]

    def ride(self, delivery: Delivery, *, again: bool = False) -> bytes | None:
        """Return a delivery as the reply to a webhook request."""
        chat = self._started.moved.get(delivery.chat, delivery.chat)
        paced = self.pacer is not None and not again
        if paced and not (self.rates.is_calm(chat, CALM_S) and self.rates.wait_s(delivery) == 0):
            return None
        return riding(chat, delivery.outgoing)

    async def confirm(self, delivery: Delivery) -> DeliverResult:
        """Telegram cannot be asked whether a message arrived."""
        raise NotSentError("Telegram cannot be asked whether a message arrived")

    def endpoints(self) -> Sequence[Endpoint]:
        """Return the webhooks' part of the web server."""
        return [Endpoint(path=PATH, app=WEBHOOKS)] if self._settings.webhook else []

    @property
    def _started(self) -> Host:
        if self._host is None:
            raise AdapterError(f"bot {self._number} is used before it was started")
        return self._host


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
