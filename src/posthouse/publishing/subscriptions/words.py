"""What is said of a subscription: how it comes, how it stands, what o'clock it is for whom."""

import asyncio
from datetime import date, timedelta
from functools import lru_cache

from posthouse.model.text import Text, Words, bold, text
from posthouse.publishing.subscriptions.rhythms import When, when_of
from posthouse.publishing.subscriptions.rows import ACTIVE, Own
from posthouse.publishing.subscriptions.timing import zone_of
from posthouse.turn.turn import Turn

_MONDAY = date(2024, 1, 1)


@lru_cache(maxsize=64)
def _days_in(language: str) -> tuple[str, ...]:
    from babel import Locale  # noqa: PLC0415  heavy
    from babel.dates import format_date  # noqa: PLC0415

    locale = Locale.parse(language.replace("-", "_"))
    days = (_MONDAY + timedelta(days=n) for n in range(7))
    return tuple(format_date(day, "cccc", locale=locale) for day in days)


async def days(turn: Turn) -> tuple[str, ...]:
    """Return the names of the days of a week, from Monday, in the language that is spoken."""
    # They are read from files.
    return await asyncio.to_thread(_days_in, turn.language)


async def told_when(turn: Turn, cron: str | None) -> Words:
    """Return when a subscription's items come."""
    when = when_of(cron)
    if when is None:
        return turn.say("posthouse-subscription-custom", cron=cron)
    return await told_rhythm(turn, when)


async def told_rhythm(turn: Turn, when: When) -> Words:
    """Return a rhythm in words."""
    at = f"{when.at:%H:%M}"
    if when.rhythm == "weekly":
        day = (await days(turn))[when.day - 1]
        return turn.say("posthouse-subscription-weekly", day=day, at=at)
    return turn.say(f"posthouse-subscription-{when.rhythm}", at=at)


def told_state(turn: Turn, found: Own, plan: str = "") -> Words:
    """Return how a subscription stands; `plan` is the title of the one whose end suspended it."""
    if plan:
        return turn.say("posthouse-subscription-reason-plan", plan=plan)
    known = found.reason and f"posthouse-subscription-reason-{found.reason}"
    if known and turn.has_words(known):
        return turn.say(known)
    return turn.say(f"posthouse-subscription-{found.state}", reason=found.reason)


async def told(turn: Turn, found: Own, plan: str = "") -> Text:
    """Return all that is set about a subscription, in lines; `plan` is as in `told_state`."""
    say = turn.say
    none = say("posthouse-subscription-none")
    quiet = none if found.quiet is None else found.quiet.replace("-", "–")
    lines: list[Words] = [
        bold(found.title),
        told_state(turn, found, plan),
        "",
        say("posthouse-subscription-is-when", when=await told_when(turn, found.digest)),
        say("posthouse-subscription-is-quiet", quiet=quiet),
        say("posthouse-subscription-is-most", most=found.most or 0),
        say(f"posthouse-subscription-is-{found.revisions}"),
        say(
            "posthouse-subscription-is-zone",
            zone=zone_name(found.zone),
            now=f"{turn.now.astimezone(zone_of(found.zone)):%H:%M}",
        ),
    ]
    return Text("\n").join(text(line) for line in lines)


def zone_name(zone: str | None) -> str:
    """Return a time zone as it is read: "America/New York"."""
    return (zone or "UTC").replace("_", " ")


def line(found: Own) -> str:
    """Return a subscription as a line of a list."""
    return f"{'✓' if found.state == ACTIVE else '–'} {found.title}"
