"""What one chat gets of what is due for it: single items, a digest, "and so many more".

How this works: nothing here reads or writes anything. Of all that is due in one chat parcels are
made, each a message or a change of one, with the receipts that it settles; what is not to be sent
now is put off, and what is not to be sent at all is ended.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from msgspec import Struct

from posthouse.errors import MistakeError
from posthouse.model.outgoing import Content
from posthouse.model.reply import Button, Reply
from posthouse.model.text import Text
from posthouse.publishing.items import Item
from posthouse.publishing.listing import line_of
from posthouse.publishing.rows import Receipt, Subscription
from posthouse.publishing.showing import Shown, ShownButton, shown_of
from posthouse.publishing.subscriptions.timing import due as due_of, next_day, quiet_of, zone_of

BURST = 5
"""Items that a chat gets at once; of more, the newest."""
MOST_LISTED = 50
"""Items that a digest lists."""

_INSTANT = timedelta(seconds=1)

Say: TypeAlias = Callable[..., Text]


class Parcel(Struct, kw_only=True):
    """One message to a chat, or the change of one."""

    receipts: list[Receipt]
    shown: Shown
    item: Item | None = None
    """What it shows, where that is one item as it is."""
    target: int | None = None
    """Delivery key of the message it changes."""
    remembers: bool = False
    """Its message may be changed later."""
    skips: bool = False
    """It stands for its receipts, whose items are not shown."""
    beneath: ShownButton | None = None
    """The last button, which is that of the subscription."""


class Plan(Struct, kw_only=True):
    """What becomes of all that is due in a chat."""

    parcels: list[Parcel] = []
    ended: list[tuple[Receipt, str]] = []
    put_off: list[tuple[Receipt, float]] = []


class Given(Struct, kw_only=True):
    """What composing knows."""

    items: Mapping[int, Item]
    subscriptions: Mapping[int, Subscription]
    now: float
    revisions: Callable[[str], str]
    """What becomes of sent items of a topic that change, by its name."""
    sent_today: Mapping[int, int]
    """Messages that subscriptions with a maximum have had today."""
    say: Callable[[str], Say]
    """Words in a language."""
    more: Callable[[int, str], Button | None]
    """The button under "and so many more", in a language."""
    beneath: Callable[[Subscription], ShownButton | None] = lambda of: None
    """The button under what is sent for a subscription."""


def compose(due: Sequence[Receipt], given: Given) -> Plan:
    """Return what becomes of all that is due in one chat and may be sent."""
    plan = Plan()
    digests: list[tuple[Receipt, Subscription]] = []
    singles: list[tuple[Receipt, Subscription]] = []
    for receipt in due:
        of = given.subscriptions.get(receipt.subscription or 0)
        if of is None or receipt.delivery is not None:
            plan.parcels.append(_single(receipt, of, given))
        elif (later := _quiet_until(of, given.now)) > given.now:
            plan.put_off.append((receipt, later))
        elif of.digest is not None and _has_had_most(of, given):
            plan.put_off.append((receipt, _due_tomorrow(of, given.now)))
        elif of.digest is not None:
            digests.append((receipt, of))
        else:
            singles.append((receipt, of))
    _add_singles(plan, singles, given)
    if len(digests) == 1:
        plan.parcels.append(_single(*digests[0], given))
    elif digests:
        plan.parcels.append(_digest(digests, given))
    return plan


# --- single items


def _single(receipt: Receipt, of: Subscription | None, given: Given) -> Parcel:
    item = given.items[receipt.item]
    wanted = given.revisions(item.topic) if of is None else of.revisions
    return Parcel(
        receipts=[receipt],
        shown=item.content,
        item=item,
        target=receipt.delivery,
        remembers=wanted == "edit",
        beneath=None if of is None else given.beneath(of),
    )


def _add_singles(plan: Plan, due: list[tuple[Receipt, Subscription]], given: Given) -> None:
    """Add what is sent one by one: the newest few, then how many more there are."""
    left: list[tuple[Receipt, Subscription]] = []
    chosen: list[tuple[Receipt, Subscription]] = []
    room = _rooms(due, given)
    newest_first = sorted(due, key=lambda pair: _age(given.items[pair[0].item]), reverse=True)
    for receipt, of in newest_first:
        if room.get(of.id, 1) < 1:
            if _has_had_most(of, given):
                plan.put_off.append((receipt, _due_tomorrow(of, given.now)))
            else:
                left.append((receipt, of))
        elif len(chosen) >= BURST:
            left.append((receipt, of))
        else:
            room[of.id] = room.get(of.id, BURST) - 1
            chosen.append((receipt, of))
    plan.parcels += [_single(receipt, of, given) for receipt, of in reversed(chosen)]
    if left:
        plan.parcels.append(_more(left, given))


def _rooms(due: Iterable[tuple[Receipt, Subscription]], given: Given) -> dict[int, int]:
    """Return how many messages subscriptions with a maximum may still have today."""
    return {of.id: of.most - given.sent_today.get(of.id, 0) for _, of in due if of.most is not None}


def _has_had_most(of: Subscription, given: Given) -> bool:
    return of.most is not None and given.sent_today.get(of.id, 0) >= of.most


def _due_tomorrow(of: Subscription, now: float) -> float:
    """Return when the next day begins for a subscription, or its first digest of that day."""
    zone = zone_of(of.zone)
    begins = next_day(datetime.fromtimestamp(now, UTC), zone)
    try:
        # A moment before, so that a digest at midnight counts.
        later = due_of(begins - _INSTANT, digest=of.digest, quiet=None, zone=zone)
    except MistakeError:
        return begins.timestamp()  # the planner has told
    return max(begins, later).timestamp()


def _age(item: Item) -> tuple[float, int]:
    return item.published, item.id


def _more(left: list[tuple[Receipt, Subscription]], given: Given) -> Parcel:
    language = left[0][1].language
    say, count = given.say(language), len(left)
    button = given.more(count, language)
    reply = Reply(
        say("posthouse-publishing-more", count=count), rows=((button,),) if button else ()
    )
    return Parcel(receipts=[each for each, _ in left], shown=shown_of(reply), skips=True)


# --- several at once


def _digest(due: list[tuple[Receipt, Subscription]], given: Given) -> Parcel:
    """List all that is due by title, under the subscriptions it is for."""
    say = given.say(due[0][1].language)
    due = sorted(due, key=lambda pair: _age(given.items[pair[0].item]), reverse=True)
    shown, rest = due[:MOST_LISTED], len(due) - MOST_LISTED
    by: dict[int, tuple[Subscription, list[Item]]] = {}
    for receipt, of in reversed(shown):
        by.setdefault(of.id, (of, []))[1].append(given.items[receipt.item])
    blocks = [
        Text("\n").join(
            [
                say("posthouse-publishing-digest", title=of.title, count=len(items)),
                *(line_of(item) for item in items),
            ]
        )
        for of, items in by.values()
    ]
    if rest > 0:
        blocks.append(say("posthouse-publishing-more", count=rest))
    content = Content(text=Text("\n\n").join(blocks))
    receipts = [each for each, _ in due]
    beneath = given.beneath(due[0][1]) if len(by) == 1 else None
    return Parcel(receipts=receipts, shown=Shown(content=content), beneath=beneath)


def _quiet_until(of: Subscription, now: float) -> float:
    """Return when the quiet hours end that it is now, or now."""
    if of.quiet is None:
        return now
    try:
        quiet = quiet_of(of.quiet)
    except MistakeError:
        return now  # the planner has told
    return quiet.after(datetime.fromtimestamp(now, UTC), zone_of(of.zone)).timestamp()
