"""Calendars and clocks, in the language and within the limits."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from posthouse.app import App
from posthouse.errors import MistakeError
from posthouse.model.reply import Screen
from posthouse.testing import FakeClock, play
from posthouse.turn.turn import Turn
from posthouse.words.values import locale_of

MAY = datetime(2031, 5, 17, 12, tzinfo=UTC)


@pytest.fixture(autouse=True, scope="module")
def _names_are_loaded() -> None:
    """Babel reads a language's names from a file the first time."""
    for tag in ("en", "uk", "de"):
        assert locale_of(tag).months["stand-alone"]


def agenda(log: list[object], **layout: object) -> App:
    """An app with a calendar and a clock."""
    app = App("agenda")

    @app.action(home=True)
    async def day(turn: Turn) -> Screen:
        return Screen("Which day?", **layout).dates(hour, "x")  # type: ignore[arg-type]  # any

    @app.action
    async def hour(turn: Turn, when: date, mark: str) -> Screen:
        log.append((when, mark))
        step = timedelta(minutes=30)
        return Screen(f"{when}, when?", step=step).times(book, when).back()

    @app.action
    async def book(turn: Turn, at: time, when: date) -> str:
        log.append((at, when))
        return f"{when} {at:%H:%M}"

    return app


async def test_a_month_stands_under_its_name_and_weekdays() -> None:
    """The present one at first; days of no month are no buttons."""
    log: list[object] = []
    async with play(agenda(log), clock=FakeClock(MAY)) as site:
        ann = site.person("Ann")
        await ann.says("/start")
        rows = [[key.label for key in row] for row in ann.screen[-1].content.rows]
        assert rows[:3] == [
            ["‹", "May 2031", "›"],
            ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"],
            ["·", "·", "·", "1", "2", "3", "4"],
        ]
        assert rows[-1] == ["26", "27", "28", "29", "30", "31", "·"]
        await ann.presses("·")
        await ann.presses("Su")
        assert log == []
        await ann.presses("31")
        assert log == [(date(2031, 5, 31), "x")]


@pytest.mark.parametrize(
    ("language", "month", "week"),
    [("uk", "Травень 2031", "пн"), ("de", "Mai 2031", "Mo."), ("xx", "May 2031", "Mo")],
)
async def test_names_are_those_of_the_persons_language(
    language: str, month: str, week: str, tmp_path: Path
) -> None:
    """Where the bot speaks it, else of the one it speaks."""
    for tag in ("en", "uk", "de"):
        (tmp_path / f"{tag}.ftl").write_text("hello = hello\n")
    app = App("agenda", words=tmp_path)

    @app.action(home=True)
    async def day(turn: Turn) -> Screen:
        return Screen("?").dates(take)

    @app.action
    async def take(turn: Turn, when: date) -> str:
        return str(when)

    async with play(app, clock=FakeClock(MAY)) as site:
        ann = site.person("Ann", language=language)
        await ann.says("/start")
        assert ann.buttons[1] == month
        assert ann.buttons[3] == week


async def test_months_are_turned_and_years_are_reached_by_the_heading() -> None:
    """From the days up to the months of the year, the years of a dozen, and down again."""
    log: list[object] = []
    async with play(agenda(log), clock=FakeClock(MAY)) as site:
        ann = site.person("Ann")
        await ann.says("/start")
        await ann.presses("›")
        assert ann.buttons[1] == "June 2031"
        await ann.presses("June 2031")
        assert ann.buttons[:5] == ["‹", "2031", "›", "January", "February"]
        await ann.presses("‹")
        await ann.presses("2030")
        assert ann.buttons[:4] == ["‹", "2028–2039", "›", "2028"]
        await ann.presses("‹")
        await ann.presses("2019")
        await ann.presses("February")
        assert ann.buttons[1] == "February 2019"
        assert "29" not in ann.buttons
        await ann.presses("28")
        assert log == [(date(2019, 2, 28), "x")]


async def test_nothing_beyond_the_limits_can_be_chosen() -> None:
    """Neither days nor months nor years."""
    limits = {"first": date(2031, 5, 30), "last": date(2031, 6, 2)}
    async with play(agenda([], **limits), clock=FakeClock(MAY)) as site:
        ann = site.person("Ann")
        await ann.says("/start")
        assert ann.buttons[:2] == ["May 2031", "›"]
        assert [label for label in ann.buttons if label.isdigit()] == ["30", "31"]
        await ann.presses("›")
        assert ann.buttons[:2] == ["‹", "June 2031"]
        assert [label for label in ann.buttons if label.isdigit()] == ["1", "2"]
        await ann.presses("June 2031")
        assert [label for label in ann.buttons if label != "·"] == ["2031", "May", "June"]
        await ann.presses("2031")
        assert [label for label in ann.buttons if label != "·"] == ["2028–2039", "2031"]


async def test_the_first_month_is_the_first_that_has_a_day() -> None:
    """Where today is beyond the limits."""
    for limits, name in (
        ({"first": date(2040, 1, 5)}, "January 2040"),
        ({"last": date(1999, 12, 31)}, "December 1999"),
    ):
        async with play(agenda([], **limits), clock=FakeClock(MAY)) as site:
            ann = site.person("Ann")
            await ann.says("/start")
            assert name in ann.buttons


async def test_the_ends_of_time_are_no_mistake() -> None:
    """The first and the last month that dates know."""
    for at, name in ((date.min, "January 1"), (date.max, "December 9999")):
        async with play(agenda([], first=at, last=at), clock=FakeClock(MAY)) as site:
            ann = site.person("Ann")
            await ann.says("/start")
            await ann.presses(name)
            await ann.presses(str(at.year))
            assert str(at.year) in ann.buttons


async def test_a_clock_asks_for_the_hour_then_the_minute() -> None:
    """And leads back to the hours."""
    log: list[object] = []
    async with play(agenda(log), clock=FakeClock(MAY)) as site:
        ann = site.person("Ann")
        await ann.says("/start")
        await ann.presses("17")
        assert ann.buttons[:2] == ["00:…", "01:…"]
        await ann.presses("18:…")
        assert ann.buttons == ["18:00", "18:30", "‹ 18:…", "‹"]
        await ann.presses("‹ 18:…")
        await ann.presses("09:…")
        await ann.presses("09:30")
        assert ann.sees == "2031-05-17 09:30"
        assert log[-1] == (time(9, 30), date(2031, 5, 17))


async def test_a_clock_of_whole_hours_asks_once() -> None:
    """There are no minutes to choose from."""
    app = App("hours")

    @app.action(home=True)
    async def start(turn: Turn) -> Screen:
        return Screen("When?", step=timedelta(hours=1)).times(book)

    @app.action
    async def book(turn: Turn, at: time) -> str:
        return f"{at:%H:%M}"

    async with play(app) as site:
        ann = site.person("Ann")
        await ann.says("/start")
        await ann.presses("23:00")
        assert ann.sees == "23:00"


def test_wrong_limits_are_told() -> None:
    """Where the screen is made."""
    app = App("wrong")

    @app.action
    async def day(turn: Turn, at: date) -> str:
        return ""

    @app.action
    async def hour(turn: Turn, at: time) -> str:
        return ""

    with pytest.raises(MistakeError, match="first must not be after last"):
        Screen("x", first=date(2031, 2, 1), last=date(2031, 1, 1)).dates(day)
    with pytest.raises(MistakeError, match="whole minutes, 1 to 60"):
        Screen("x", step=timedelta(seconds=90)).times(hour)
