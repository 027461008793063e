"""`/subscribe`, `/subscriptions`, `/unsubscribe`: what the bot's apps publish, and who gets it."""

from posthouse.app import App
from posthouse.model.reply import Answer, Screen
from posthouse.publishing.subscriptions.flow import own, subscribers
from posthouse.publishing.subscriptions.offers import may
from posthouse.publishing.subscriptions.rows import own_of
from posthouse.publishing.subscriptions.words import line
from posthouse.turn.action import button
from posthouse.turn.turn import Turn

app = App("subscriptions")
_mine = own(app)
_flow = subscribers(app)


@app.command("subscribe", menu="everywhere")
async def subscribe(turn: Turn, topic: str | None = None) -> Screen | Answer:
    """Subscribe to what is published here."""
    offers = _flow.offers.of_bot(turn.account)
    if topic in offers:
        return await offers[topic].action(turn)
    if not offers:
        return turn.say("posthouse-subscription-no-topics")
    if len(offers) == 1:
        return await next(iter(offers.values())).action(turn)
    screen = Screen(turn.say("posthouse-subscription-topics"))
    for offer in offers.values():
        screen = screen.row(button(offer.topic.title, offer.action))
    return screen


@app.command("subscriptions", menu="everywhere")
async def subscriptions(turn: Turn) -> Screen | Answer:
    """Show what you are subscribed to."""
    return await _mine(turn)


@app.command("unsubscribe", menu="everywhere")
async def unsubscribe(turn: Turn) -> Screen | Answer:
    """End a subscription."""
    if not may(turn, None):
        return turn.say("posthouse-subscription-staff")
    found = await own_of(turn)
    if not found:
        return turn.say("posthouse-subscription-nothing")
    if len(found) == 1:
        return await _flow.settings.shows(turn, found[0].id)
    screen = Screen(turn.say("posthouse-subscription-which"))
    return screen.options([(line(each), each.id) for each in found], _flow.settings.shows)
