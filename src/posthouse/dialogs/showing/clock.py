"""A clock: the hours of a day, then the minutes of the hour."""

from datetime import time, timedelta

from posthouse.dialogs.showing.sheet import Row, Sheet, in_columns
from posthouse.model.elements import Times
from posthouse.turn.view import Move

HOURS = 24
COLUMNS = 4


def draw_times(times: Times, sheet: Sheet) -> list[Row]:
    """Return the rows of a clock."""
    hour, columns = sheet.seen.hour, 1 if sheet.plain else COLUMNS
    minutes = range(0, 60, times.step // timedelta(minutes=1))
    if len(minutes) == 1:  # the hour is the whole time
        every = [time(each) for each in range(HOURS)]
        return in_columns([sheet.calls(f"{at:%H:%M}", times, at) for at in every], columns)
    if hour is None:
        hours = [sheet.step(f"{each:02}:…", Move.HOUR, each) for each in range(HOURS)]
        return in_columns(hours, columns)
    moments = [time(hour, minute) for minute in minutes]
    buttons = [sheet.calls(f"{at:%H:%M}", times, at) for at in moments]
    return [*in_columns(buttons, columns), (sheet.step(f"‹ {hour:02}:…", Move.HOURS),)]
