"""Subscribing: what an app registers so that people subscribe to topics and see what they have.

How this works: the first screen asks how the items shall come, and the press on it subscribes;
there is nothing yet before that, so a link to that screen subscribes nobody. Everything else is
set afterwards, on the screen of the subscription, where each choice acts at once.
"""

from typing import Any

from posthouse.errors import ActionError
from posthouse.model.reply import SILENT, Answer, Screen
from posthouse.model.text import Text
from posthouse.publishing.gating.gates import kept_of
from posthouse.publishing.items import item_of
from posthouse.publishing.listing import line_of
from posthouse.publishing.subscriptions.offers import Offer, Offers, may
from posthouse.publishing.subscriptions.page import TopicPage
from posthouse.publishing.subscriptions.rhythms import RHYTHMS, Rhythm, When
from posthouse.publishing.subscriptions.rows import (
    ENDED,
    left_out,
    own_of,
    subscribe,
    to_topic,
)
from posthouse.publishing.subscriptions.settings import Settings
from posthouse.publishing.subscriptions.words import line, told_rhythm
from posthouse.publishing.topic import Topic
from posthouse.turn.action import Action, button
from posthouse.turn.turn import Turn


def subscribing(
    app: Any,
    topic: Topic[Any],
    gates: tuple[Any, ...] = (),
    *,
    roles: tuple[str, ...] = (),
    settings_button: bool = True,
) -> Action[[]]:
    """Return the action of an app that subscribes to a topic, or shows what is set about that.

    Args:
        app: The app.
        topic: Whose items are sent.
        gates: What a person needs to subscribe, beside what the topic asks for.
        roles: Who, beside the staff, may subscribe groups and channels.
        settings_button: Every item that is sent has a button that leads to the settings.

    Raises ActionError when the app lets people subscribe to another topic of that name.
    """
    return subscribers(app).offer(topic, gates=gates, roles=roles, settings_button=settings_button)


def own(app: Any) -> Action[[]]:
    """Return the action of an app that lists a chat's own subscriptions, searches among them."""
    return subscribers(app).list_action


def subscribers(app: Any) -> "Subscribers":
    """Return what shows the subscriptions of an app; made once."""
    if app.beside.subscriptions is None:
        made = Subscribers(app)
        app.beside.subscriptions = made.offers
        app.beside.publishing.append(made.offers.bind)
        app.beside.pages["subscribe"] = TopicPage(made.offers)
        made.offers.flow = made
    found: Subscribers = app.beside.subscriptions.flow
    return found


class Subscribers:
    """The actions of one app about subscriptions."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self.name = f"{app.name}.subscriptions"
        self.list_action: Action[[]] = self._action("list", self.list)
        self.offers = Offers()
        self.settings = Settings(self._action, self.offers, self.list_action)
        self.offers.manage = self.settings.manage_action
        self.offers.more = self._action("more", self.more)
        self._begin: Action[[str, Rhythm]] = self._action("begin", self.begin)

    def __repr__(self) -> str:
        return f"<Subscribers of {self._app.name}>"

    def _action(self, what: str, fn: Any, *, gates: Any = None) -> Action[Any]:
        name = f"{self.name}:{what}"
        if name in self._app.actions:
            raise ActionError(f"{name} is registered already; give one of the two another name")
        made: Action[Any] = Action(fn, name=name, gates=gates)
        self._app.actions[name] = made
        return made

    def offer(
        self,
        topic: Topic[Any],
        *,
        gates: tuple[Any, ...],
        roles: tuple[str, ...],
        settings_button: bool,
    ) -> Action[[]]:
        """Let people subscribe to a topic."""
        known = self.offers.topics.get(topic.name)
        if known is not None and known.topic is not topic:
            raise ActionError(
                f"{self._app.name}: two topics are called {topic.name!r}; rename one, since "
                f"subscriptions are kept under the name"
            )

        async def ask(turn: Turn) -> Screen | Answer:
            """Ask how the items shall come, or show what is set."""
            return await self.ask(turn, topic.name)

        if known is not None:
            return known.action
        needed = (*topic.gates, *gates)
        action = self._action(f"to:{topic.name}", ask, gates=self._app.entrance(needed))
        self.offers.topics[topic.name] = Offer(
            topic=topic, action=action, gates=needed, roles=roles, has_button=settings_button
        )
        return action

    # --- actions

    async def ask(self, turn: Turn, topic: str) -> Screen | Answer:
        """Ask how the items of a topic shall come; where that is set already, show it."""
        offer = self.offers.topics[topic]
        if not may(turn, offer):
            return turn.say("posthouse-subscription-staff")
        found = await to_topic(turn, topic)
        if found is not None and found.state != ENDED:
            return await self.settings.shows(turn, found.id)
        screen = Screen(turn.say("posthouse-subscription-ask", title=offer.topic.title))
        for rhythm in RHYTHMS:
            label = await told_rhythm(turn, When(rhythm=rhythm))
            screen = screen.row(button(str(label), self._begin, topic, rhythm))
        return screen.back()

    async def begin(self, turn: Turn, topic: str, rhythm: Rhythm) -> Screen | Answer:
        """Subscribe; pressed twice it is one subscription all the same."""
        offer = self.offers.topics.get(topic)
        if offer is None:
            return turn.say("posthouse-subscription-lost")
        if not may(turn, offer):
            turn.notify(turn.say("posthouse-subscription-staff"))
            return SILENT
        entrance = offer.action.gates
        if entrance is not None:
            call = (self._begin.name, self._begin.encode((topic, rhythm), {}))
            refusal: Screen | None = await entrance.refusal(turn, call)
            if refusal is not None:
                return refusal
        cron, kept = When(rhythm=rhythm).cron, kept_of(offer.gates)
        made = await subscribe(turn, offer.topic, digest=cron, gates=kept)
        turn.on_commit(self.offers.wake)
        return await self.settings.screen(turn, made)

    async def list(self, turn: Turn) -> Screen | Answer:
        """List the subscriptions of a chat, the newest first."""
        if not may(turn, None):
            return turn.say("posthouse-subscription-staff")
        found = await own_of(turn)
        if not found:
            return Screen(turn.say("posthouse-subscription-nothing")).home()
        items = [(line(each), each.id) for each in found]
        screen = Screen(turn.say("posthouse-subscription-list"))
        return screen.options(items, self.settings.shows).home()

    async def more(self, turn: Turn, since: float, count: int) -> Screen:
        """List what a line "and so many more" stood for."""
        rows = await turn.fetch(left_out(turn, since, count))
        if not rows:
            return Screen(turn.say("posthouse-subscription-left-nothing"))
        lines = [line_of(item_of(row)) for row in rows]
        return Screen(Text("\n").join(lines))
