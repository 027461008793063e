"""Offers: the topics to which the apps of a bot let people subscribe, and who may."""

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from posthouse.model.chat import ChatKind
from posthouse.model.reply import Button
from posthouse.publishing.desk import Desk
from posthouse.publishing.gating.terms import plan_in
from posthouse.publishing.rows import Subscription
from posthouse.publishing.showing import ShownButton
from posthouse.publishing.topic import Topic
from posthouse.turn.action import Action, button
from posthouse.turn.gates import Entrance
from posthouse.turn.turn import Turn

STAFF = "staff"
"""The role that may always subscribe the chats of many."""


class Offer(Struct, frozen=True, kw_only=True):
    """A topic to which an app lets people subscribe."""

    topic: Topic[Any]
    action: Action[[]]
    """Asks how, and subscribes."""
    gates: tuple[Any, ...] = ()
    """What a person needs, that of the topic included."""
    roles: tuple[str, ...] = ()
    """Who, beside the staff, may subscribe a chat of many."""
    has_button: bool = True
    """What is sent has a button to its settings."""


class Offers:
    """What one app offers, and the actions that show subscriptions."""

    manage: Action[[int]]
    """Shows the settings of a subscription, in a message of their own."""
    more: Action[[float, int]]
    """Lists what was left out."""
    flow: Any
    """What runs the actions."""

    def __init__(self) -> None:
        self.topics: dict[str, Offer] = {}
        self.desk: Desk | None = None
        """That of the site that runs the app."""

    def bind(self, publishing: Any) -> None:
        """Take part in the publishing of a site."""
        self.desk = publishing
        for offer in self.topics.values():
            publishing.add(offer.topic)
        publishing.more = _More(publishing)
        publishing.beneath = _Beneath(publishing)

    def wake(self) -> None:
        """Look at once what is to be sent: it was set when."""
        if self.desk is not None:
            self.desk.wake()

    def of_bot(self, account: int) -> dict[str, Offer]:
        """Return all that the apps of a bot offer, by topic."""
        mine = dict(self.topics)
        if self.desk is not None:
            for each in offers_of(self.desk, account):
                mine |= each.topics
        return mine

    def searched(self, account: int, search: str | None) -> Action[[int]] | None:
        """Return the action of a bot that shows a search, by its form; None where there is none."""
        bot = None if self.desk is None or search is None else self.desk.bot(account)
        return None if bot is None else bot.dispatcher.actions.get(f"{search}:search")

    def entrance(self, account: int, topic: str, search: str | None) -> Entrance | None:
        """Return the gates of a bot's subscription to a topic, or of a search; None without any."""
        if search is None:
            offer = self.of_bot(account).get(topic)
            return None if offer is None else offer.action.gates
        bot = None if self.desk is None else self.desk.bot(account)
        start = None if bot is None else bot.dispatcher.actions.get(f"{search}:start")
        return None if start is None else start.gates

    def plan_of(self, account: int, reason: str) -> str:
        """Return the title of the plan whose end is the reason, or its name; "" for no plan."""
        name = plan_in(reason)
        bot = None if self.desk is None else self.desk.bot(account)
        for router in () if bot is None else bot.dispatcher.routers:
            if name in router.beside.plans:
                return str(router.beside.plans[name].plan.title)
        return name


def offers_of(desk: Desk, account: int) -> Iterator[Offers]:
    """Yield what the apps of a bot offer, in their order."""
    bot = desk.bot(account)
    for router in () if bot is None else bot.dispatcher.routers:
        if router.beside.subscriptions is not None:
            yield router.beside.subscriptions


def may(turn: Turn, offer: Offer | None) -> bool:
    """Whether the person of a turn may say what its chat subscribes to.

    In a chat of many that is up to those who have a role, and to those who write as the chat.
    """
    if turn.chat.kind is ChatKind.PRIVATE or turn.person.id == turn.chat.id:
        return True
    roles = (STAFF, *(() if offer is None else (*offer.roles, *offer.topic.may_publish)))
    return not turn.person.roles.isdisjoint(roles)


class _More:
    """Makes the button that lists what was left out."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def __call__(self, account: int, chat: str, count: int, language: str) -> Button | None:
        desk = self._desk
        offers, bot = next(offers_of(desk, account), None), desk.bot(account)
        if offers is None or bot is None:
            return None
        label = bot.words.say("posthouse-subscription-more", language)
        return button(str(label), offers.more, desk.clock.timestamp(), count)


class _Beneath:
    """Makes the button under what is sent that opens the settings of the subscription."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def __call__(self, account: int, of: Subscription) -> ShownButton | None:
        bot = self._desk.bot(account)
        for offers in () if bot is None else offers_of(self._desk, account):
            offer = offers.topics.get(of.topic)
            if bot is None or offer is None or not offer.has_button:
                continue
            label = bot.words.say("posthouse-subscription-settings", of.language)
            action = offers.manage
            return ShownButton(str(label), action.name, action.encode((of.id,), {}))
        return None
