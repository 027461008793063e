"""Reminders: once, at a local time, of what is live."""

from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from posthouse.errors import UnreachableError
from posthouse.posts.declare import Remind
from posthouse.posts.reminding import moment
from posthouse.testing import FakeClock, FakeMessenger, play
from tests.unit.posts.boards import CHATS, STAFF, board, publish

KYIV = ZoneInfo("Europe/Kyiv")
DAYS = timedelta(days=21)


@pytest.mark.parametrize(
    ("sent", "due"),
    [
        (datetime(2026, 1, 1, 12, tzinfo=UTC), datetime(2026, 1, 22, 14, tzinfo=UTC)),
        (datetime(2026, 1, 1, 17, tzinfo=UTC), datetime(2026, 1, 22, 14, tzinfo=UTC)),
        (datetime(2026, 1, 1, 23, tzinfo=UTC), datetime(2026, 1, 23, 14, tzinfo=UTC)),
        (datetime(2026, 3, 10, 12, tzinfo=UTC), datetime(2026, 3, 31, 13, tzinfo=UTC)),
    ],
)
def test_the_day_counts_where_the_bot_lives(sent: datetime, due: datetime) -> None:
    """Summer time and midnight are those of its zone."""
    assert moment(Remind(after=DAYS, at=time(16)), sent, KYIV) == due


def test_a_reminder_is_never_due_before_the_post() -> None:
    """Less than a day later it may be the next day."""
    remind = Remind(after=timedelta(0), at=time(9))
    sent = datetime(2026, 1, 1, 12, tzinfo=UTC)
    assert moment(remind, sent, UTC) == datetime(2026, 1, 2, 9, tzinfo=UTC)


async def test_an_author_is_reminded_once(tmp_path: Path) -> None:
    """Also when the process was down at that moment; the buttons act on the post."""
    remind = Remind(after=timedelta(days=1), at=time(16))
    app = board(tmp_path, remind=remind)
    async with play(app, chats=CHATS, storage="sqlite:r.db") as site:
        ann = await publish(site)
        await site.later(timedelta(days=1, hours=3, minutes=59))
        assert ann.sees == "#1 is published."
        await site.stop()
        site.clock.jump(timedelta(hours=5))
        await site.start()
        await site.settle()
        assert ann.sees == "#1 is still there. What has become of it?"
        assert ann.buttons[1:3] == ["Mark as: sold", "Write about #1"]
        await site.restart()
        await site.later(timedelta(days=3))
        assert [m.text for m in ann.screen].count(ann.sees) == 1
        await ann.presses("Mark as: sold")
        await ann.presses("Yes")
        assert ann.sees == "#1: sold."


async def test_what_is_over_is_not_reminded_of(tmp_path: Path) -> None:
    """Sold, taken back, removed: the author hears nothing, and others do."""
    async with play(board(tmp_path), chats=CHATS, middlewares=[STAFF]) as site:
        people = [await publish(site, name) for name in ("Ann", "Bob", "Cid", "Dan")]
        ann, bob, _, dan = people
        await ann.presses("Mark as: sold")
        await ann.presses("Yes")
        await bob.presses("Take #2 back")
        await bob.presses("Yes")
        sam = site.person("Sam", chat="admin")
        await dan.says("hello")
        await sam.presses("Delete")  # the newest card: Dan's
        await site.later(timedelta(days=22))
        reminded = [p.name for p in people if "still there" in p.sees]
        assert reminded == ["Cid"]


async def test_a_blocked_person_stops_nobody_else(tmp_path: Path) -> None:
    """Each reminder is a delivery of its own."""
    messenger = FakeMessenger()
    async with play(board(tmp_path), chats=CHATS, messenger=messenger) as site:
        await publish(site, "Ann")
        bob = await publish(site, "Bob")
        messenger.fails(UnreachableError("blocked"), chat="ann", times=99)
        await site.later(timedelta(days=22))
        assert bob.sees.startswith("#2 is still there")


async def test_a_new_edition_is_reminded_of_by_itself(tmp_path: Path) -> None:
    """The old one's reminder is void, the new one's comes in its own time."""
    async with play(board(tmp_path), chats=CHATS) as site:
        ann = await publish(site)
        await site.later(timedelta(days=10))
        await ann.presses("Post #1 again")
        await site.later(timedelta(days=12))
        assert ann.sees == "#2 is published."
        await site.later(timedelta(days=10))
        assert ann.sees.startswith("#2 is still there")


async def test_a_template_says_it_in_its_own_words(tmp_path: Path) -> None:
    """It gets the form as it is shown now."""
    remind = Remind(
        after=timedelta(0), at=time(16), template=lambda ad: f"{ad.title} #{ad.number}?"
    )
    clock = FakeClock()
    async with play(board(tmp_path, remind=remind), chats=CHATS, clock=clock) as site:
        ann = await publish(site)
        await site.later(timedelta(days=1))
        assert ann.sees == "Bike #1?"
