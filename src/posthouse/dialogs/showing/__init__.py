"""The ready elements of screens: lists in pages, toggles, calendars, clocks, questions."""
