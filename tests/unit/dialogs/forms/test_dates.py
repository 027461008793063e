"""Answers that are a day or a time of day."""

from datetime import date, time, timedelta
from typing import Any

import pytest

from posthouse.dialogs.forms.fields import ask
from posthouse.dialogs.forms.form import Form
from posthouse.dialogs.forms.offers import NEXT, NOTHING, PREVIOUS, Offer, Pick, Staying
from tests.unit.dialogs.forms.given import TODAY, Keys, empty, fault, kind_in, photo, text, value


class Visit(Form):
    day: date = ask()
    soon: date = ask(ge=timedelta(0), le=timedelta(days=20))
    born: date = ask(le=date(2020, 12, 31))
    hour: time = ask()
    office: time = ask(ge=time(9, 30), le=time(17))


def read(name: str, given: Any, state: Any = None, **around: Any) -> Any:
    """What a field makes of something."""
    return kind_in(Visit, name).read(given, state, empty(Visit, **around))


def offer(name: str, state: Any = None, **around: Any) -> Offer:
    """What a field offers."""
    return kind_in(Visit, name).offer(state, empty(Visit, **around))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2030-03-05", date(2030, 3, 5)), ("2030/3/5", date(2030, 3, 5)),
        ("5.3.2030", date(2030, 3, 5)), ("05.03.30", date(2030, 3, 5)),
        ("5. 3. 2030", date(2030, 3, 5)), ("05.03.2030 \u0440.", date(2030, 3, 5)),
        ("05.03.2030\u0433.", date(2030, 3, 5)), ("25/12/2030", date(2030, 12, 25)),
        ("12/25/2030", date(2030, 12, 25)), ("5-5-30", date(2030, 5, 5)),
        ("5/5/1999", date(1999, 5, 5)), ("1.1.85", date(1985, 1, 1)),
        ("\u0665.\u0663.\u0662\u0660\u0663\u0660", date(2030, 3, 5)),
        ("29.2.2028", date(2028, 2, 29)),
    ],
)  # fmt: skip
def test_days_as_people_write_them(written: str, expected: date) -> None:
    """ISO order, the day first, or the month first where nothing else is possible."""
    assert value(read("day", text(written))) == expected


@pytest.mark.parametrize(
    "written",
    ["", "tomorrow", "31.2.2030", "2030-13-01", "5.3", "5.3.203", "0.0.0000", "99/99/99",
     "2030-03-05T10:00", "1e3", "5.3/2030", "x" * 100_000, "0000-01-01", "12.25.2030"],
)  # fmt: skip
def test_no_days(written: str) -> None:
    """With an example of what is expected."""
    assert fault(read("day", text(written))) == ("expected-date-any", {})


def test_a_day_that_can_be_two_is_asked_again() -> None:
    """Between slashes either order is usual."""
    values = {"one": "2030-05-03", "other": "2030-03-05"}
    assert fault(read("day", text("03/05/2030"))) == ("date-ambiguous", values)


def test_limits_are_told_and_may_count_from_today() -> None:
    """Both, or the only one; without a today those that count from it are not kept."""
    limits = {"least": TODAY, "most": date(2030, 6, 6)}
    assert fault(read("soon", text("2030-05-16"))) == ("date-between", limits)
    assert value(read("soon", text("2030-06-06"))) == date(2030, 6, 6)
    assert fault(read("born", text("2021-01-01"))) == ("date-most", {"most": date(2020, 12, 31)})
    assert fault(read("soon", photo())) == ("expected-date-between", limits)
    assert value(read("soon", text("1999-01-01"), today=None)) == date(1999, 1, 1)
    assert fault(read("soon", text("x"), today=None)) == ("expected-date-any", {})


def test_the_calendar_shows_a_month_in_weeks() -> None:
    """From Monday on; days beyond the limits cannot be pressed."""
    shown = offer("soon")
    assert shown.columns == 7
    assert len(shown.options) % 7 == 0
    assert [str(o.words(Keys())) for o in shown.options[:7]] == [
        "Mo",
        "Tu",
        "We",
        "Th",
        "Fr",
        "Sa",
        "Su",
    ]
    days = [o for o in shown.options if o.token != NOTHING]
    assert [str(o.label) for o in days] == [str(n) for n in range(17, 32)]
    cell = shown.options.index(days[0])
    assert cell % 7 == TODAY.weekday()
    assert shown.place is not None
    assert str(shown.place.words(Keys())) == "May 2030"
    assert (shown.page, shown.more) == (0, True)
    assert value(read("soon", Pick(days[0].token))) == TODAY


def test_the_calendar_turns_within_its_limits() -> None:
    """And begins with the month of an answer."""
    turned = read("soon", Pick(NEXT))
    assert isinstance(turned, Staying)
    june = offer("soon", turned.state)
    assert (june.page, june.more) == (1, False)
    assert june.place is not None
    assert june.place.values == {"month": 6, "year": "2030"}
    again = read("soon", Pick(NEXT), turned.state)
    assert offer("soon", again.state) == june
    assert offer("soon", read("soon", Pick(PREVIOUS), turned.state).state) == offer("soon")
    begun = offer("day", kind_in(Visit, "day").begin(date(1985, 2, 3)))
    assert begun.place is not None
    assert begun.place.label == "February 1985"
    born = offer("born", today=None)
    assert born.place is not None
    assert born.place.label == "December 2020"
    assert offer("day", today=None) == Offer()
    assert read("day", Pick(NEXT), today=None) == Staying(None, changed=False)
    edge = offer("day", 10**9)
    assert edge.place is not None
    assert edge.place.label == "December 9999"


@pytest.mark.parametrize("token", ["20300231", "x", "2030-05-17", "99999999", "20200101"])
def test_a_press_of_no_day_is_no_answer(token: str) -> None:
    """A forged one neither, nor one beyond the limits."""
    assert fault(read("soon", Pick(token)))[0] in {"expected-date-between", "date-between"}
    assert read("soon", Pick(NOTHING), 5) == Staying(5, changed=False)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("14:30", time(14, 30)), ("14.30", time(14, 30)), ("1430", time(14, 30)),
        ("2 pm", time(14)), ("2:05 p.m.", time(14, 5)), ("12 am", time(0)), ("12pm", time(12)),
        ("14h30", time(14, 30)), ("9", time(9)), ("14-30", time(14, 30)), ("٩:٣٠", time(9, 30)),
        ("0:00", time(0)),
    ],
)  # fmt: skip
def test_times_as_people_write_them(written: str, expected: time) -> None:
    """With 12 or 24 hours."""
    assert value(read("hour", text(written))) == expected


@pytest.mark.parametrize(
    "written", ["", "25:00", "14:60", "13 pm", "0 am", "noon", "9m", "1:2", "99999"]
)
def test_no_times(written: str) -> None:
    """With what is expected."""
    limits = {"least": "00:00", "most": "23:59"}
    assert fault(read("hour", text(written))) == ("expected-time", limits)


def test_a_time_is_picked_by_hour_and_minute() -> None:
    """Of those within the limits."""
    hours = offer("office")
    assert [o.label for o in hours.options] == [
        "09",
        "10",
        "11",
        "12",
        "13",
        "14",
        "15",
        "16",
        "17",
    ]
    step = read("office", Pick("09"))
    assert isinstance(step, Staying)
    minutes = offer("office", step.state)
    assert [o.label for o in minutes.options] == [
        "09:30",
        "09:35",
        "09:40",
        "09:45",
        "09:50",
        "09:55",
    ]
    assert minutes.page == 1
    assert value(read("office", Pick(minutes.options[1].token), step.state)) == time(9, 35)
    assert read("office", Pick(PREVIOUS), step.state) == Staying(None, changed=True)
    limits = {"least": "09:30", "most": "17:00"}
    assert fault(read("office", Pick("0900"))) == ("time-between", limits)
    assert fault(read("office", text("17:01"))) == ("time-between", limits)
    for given in (Pick("99"), Pick("9999"), Pick("x"), photo()):
        assert fault(read("office", given)) == ("expected-time", limits)


def test_days_and_times_as_plain_data() -> None:
    """As ISO 8601 writes them; limits that count from today do not undo an answer."""
    assert kind_in(Visit, "soon").from_plain("1999-01-01") == date(1999, 1, 1)
    assert kind_in(Visit, "hour").to_plain(time(9, 5)) == "09:05"
    assert str(kind_in(Visit, "hour").show(time(9, 5), Keys())) == "09:05"
    assert str(kind_in(Visit, "day").show(TODAY, Keys())) == "posthouse-date date=2030-05-17"
    for name, raw in [("born", "2021-01-01"), ("day", "x"), ("day", 5), ("hour", "x"),
                      ("office", "08:00"), ("hour", None)]:  # fmt: skip
        with pytest.raises(ValueError, match=r"."):
            kind_in(Visit, name).from_plain(raw)
