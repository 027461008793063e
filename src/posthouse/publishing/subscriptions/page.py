"""The page of a topic, below a bot's chat page: what it is about, and the way to subscribe."""

from datetime import UTC, datetime
from html import escape
from typing import Any
from urllib.parse import urlsplit

from posthouse.engine.bot import BotRuntime
from posthouse.engine.signing import sign_link
from posthouse.ports.adapter import Links, Visit
from posthouse.publishing.items import Item, item_of, newest
from posthouse.publishing.subscriptions.offers import Offer, Offers

MOST_ITEMS = 10
_LONGEST = 160
_PAGE = """<!doctype html>
<html lang="{language}">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
  <meta name="color-scheme" content="light dark">
  <title>{title}</title>
  <link rel="icon" href="../static/icon.svg" type="image/svg+xml">
  <link rel="stylesheet" href="../static/style.css">
  <link rel="stylesheet" href="../static/page.css">
{heads}</head>
<body>
  <main class="page">
    <header>
      <img src="../static/icon.svg" alt="" width="48" height="48">
      <div>
        <h1 dir="auto">{title}</h1>
{by}      </div>
    </header>
    <section>
      {link}
{feeds}    </section>
{items}  </main>
</body>
</html>
"""
_ITEMS = """    <section aria-labelledby="newest">
      <h2 id="newest">{newest}</h2>
      {items}
    </section>
"""
_FEEDS = (("Atom", ".atom", "application/atom+xml"), ("JSON", ".json", "application/feed+json"))


class TopicPage:
    """Shows the topics of a bot's apps to whoever visits `subscribe/TOPIC`."""

    def __init__(self, offers: Offers) -> None:
        self._offers = offers

    async def __call__(self, visit: Visit) -> str | None:
        """Return the page of a topic; None where no app of the bot lets people subscribe to it."""
        desk = self._offers.desk
        if desk is None:
            return None
        bots = (intake.bot for intake in desk.engine.intakes.values())
        bot = next((each for each in bots if each.name == visit.bot), None)
        offer = None if bot is None else self._offers.of_bot(bot.account).get(visit.rest)
        if bot is None or offer is None:
            return None
        now = desk.clock.timestamp()
        items: list[Item] = []
        if _is_public(offer):
            rows = await desk.fetch(newest(offer.topic.name, limit=MOST_ITEMS))
            items = [each for each in map(item_of, rows) if each.is_live(now)]
        return _filled(visit, bot, offer, items, self._link(bot, offer, now))

    def _link(self, bot: BotRuntime, offer: Offer, now: float) -> str | None:
        desk = self._offers.desk
        if desk is None or not isinstance(bot.adapter, Links):
            return None
        action = offer.action
        encoded = action.encode((), {})
        signed, _ = sign_link(desk.engine.keys, action.name, encoded, account=bot.account, now=now)
        return bot.adapter.link(signed)


def _filled(
    visit: Visit, bot: BotRuntime, offer: Offer, items: list[Item], link: str | None
) -> str:
    language, topic = _language(visit, bot), offer.topic

    def say(key: str, **values: Any) -> str:
        words = bot.words.say(f"posthouse-subscription-page-{key}", language, **values)
        return escape(words.plain)

    heads = feeds = ""
    if topic.feed:
        named = [(name, f"/feeds/{topic.name}{ending}", kind) for name, ending, kind in _FEEDS]
        heads = "".join(
            f'  <link rel="alternate" type="{kind}" title="{name}" href="{at}">\n'
            for name, at, kind in named
        )
        links = " ".join(f'<a href="{at}" type="{kind}">{name}</a>' for name, at, kind in named)
        feeds = f'      <p class="feeds"><span>{say("feeds")}</span> {links}</p>\n'
    listed = "".join(_item(each, bot) for each in items)
    shown = f'<ul class="items">{listed}</ul>' if items else f"<p>{say('nothing')}</p>"
    by = say("by", bot=visit.title)
    return _PAGE.format(
        language=escape(language),
        title=escape(topic.title),
        by=f'        <p class="by" dir="auto">{by}</p>\n' if visit.title != topic.title else "",
        heads=heads,
        feeds=feeds,
        link="" if link is None else f'<a class="primary" href="{escape(link)}">{say("open")}</a>',
        items=_ITEMS.format(newest=say("newest"), items=shown) if _is_public(offer) else "",
    )


def _is_public(offer: Offer) -> bool:
    """Whether anybody may read the items, who did not subscribe."""
    return offer.topic.feed and not offer.gates


def _item(found: Item, bot: BotRuntime) -> str:
    words = found.title or found.content.content.text.plain.partition("\n")[0] or found.key
    words = words if len(words) <= _LONGEST else words[: _LONGEST - 1].rstrip() + "…"
    shown = f'<span dir="auto">{escape(words)}</span>'
    if found.link is not None and urlsplit(found.link).scheme in ("http", "https"):
        shown = f'<a dir="auto" href="{escape(found.link)}" rel="noreferrer">{escape(words)}</a>'
    at = datetime.fromtimestamp(found.published, UTC)
    local = at.astimezone(bot.zone)
    return f'<li>{shown}<time datetime="{at:%Y-%m-%dT%H:%M:%SZ}">{local:%Y-%m-%d %H:%M}</time></li>'


def _language(visit: Visit, bot: BotRuntime) -> str:
    """Return the first language the visitor asks for that the bot speaks, else the bot's own."""
    known = bot.words.languages
    for tag in visit.languages:
        nearest = bot.words.nearest(tag)
        if nearest in known and nearest.partition("-")[0] == tag.partition("-")[0].lower():
            return nearest
    return bot.words.nearest(bot.language)
