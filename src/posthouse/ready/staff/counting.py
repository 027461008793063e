"""`/statistics`: how many persons a bot met, who published how much, and where it stands."""

from typing import Any, NamedTuple

from sqlalchemy import func, select

from posthouse.model.reply import SILENT, Answer, Button, Screen
from posthouse.model.text import Text, link, text
from posthouse.posts.records import LIVE
from posthouse.ready.staff.base import app, is_refused, is_staff
from posthouse.storage.schema import entry, person, post
from posthouse.turn.action import button
from posthouse.turn.turn import Turn

PER_PAGE = 20
LINKS = 10
"""Most posts of one author that are linked."""


class Writes(NamedTuple):
    """An author, and how much they published."""

    person: str
    name: str
    entries: int


@app.command("statistics", where=is_staff)
async def statistics(turn: Turn) -> Screen:
    """Show who published how much."""
    return await _page(turn, 0)


@app.action
async def turn_over(turn: Turn, page: int) -> Screen | Answer:
    """Show another page."""
    return SILENT if is_refused(turn) else await _page(turn, page)


async def _page(turn: Turn, page: int) -> Screen:
    published = (entry.c.account == turn.account, entry.c.subject.is_(None), entry.c.person != "")
    met = await _count(turn, select(func.count()).where(person.c.account == turn.account))
    wrote = await _count(turn, select(func.count(entry.c.person.distinct())).where(*published))
    entries = await _count(turn, select(func.count(entry.c.id)).where(*published))
    last = max(0, (wrote - 1) // PER_PAGE)
    page = min(max(page, 0), last)
    found = (
        select(entry.c.person, func.max(entry.c.name), func.count())
        .where(*published)
        .group_by(entry.c.person)
        .order_by(func.count().desc(), entry.c.person)
        .limit(PER_PAGE)
        .offset(page * PER_PAGE)
    )
    authors = [Writes(*row) for row in await turn.fetch(found)]
    links = await _links(turn, [one.person for one in authors])
    lines: list[object] = [
        turn.say("posthouse-staff-statistics", met=met, wrote=wrote, entries=entries)
    ]
    lines += [_line(turn, one, links.get(one.person, [])) for one in authors]
    screen = Screen(Text("\n").join(map(text, lines)))
    return screen.row(*_pages(turn, page, last)) if last else screen


def _line(turn: Turn, author: Writes, links: list[Text]) -> Text:
    name = author.name
    if turn.persons.is_banned(author.person):
        name = str(turn.say("posthouse-staff-statistics-banned", name=name))
    line = turn.say("posthouse-staff-statistics-line", name=name, entries=author.entries)
    return text(line, ": ", Text(" ").join(links)) if links else line


async def _links(turn: Turn, persons: list[str]) -> dict[str, list[Text]]:
    """Return the newest live posts of persons, as links where they have addresses."""
    newest = func.row_number().over(
        partition_by=entry.c.person, order_by=(post.c.created.desc(), post.c.number.desc())
    )
    ranked = (
        select(entry.c.person, post.c.number, post.c.link, newest.label("rank"))
        .join(entry, entry.c.id == post.c.entry)
        .where(
            post.c.account == turn.account,
            post.c.live,
            post.c.status == LIVE,
            post.c.number.is_not(None),
            entry.c.subject.is_(None),
            entry.c.person.in_(persons),
        )
        .subquery()
    )
    wanted = select(ranked.c.person, ranked.c.number, ranked.c.link)
    found: dict[str, list[Text]] = {}
    for row in await turn.fetch(wanted.where(ranked.c.rank <= LINKS).order_by(ranked.c.rank)):
        number = f"#{row.number}"
        shown = link(number, row.link) if row.link else Text(number)
        found.setdefault(row.person, []).append(shown)
    return found


def _pages(turn: Turn, page: int, last: int) -> list[Button]:
    shown = []
    if page:
        shown.append(button(f"‹ {page}", turn_over, page - 1))
    if page < last:
        shown.append(button(f"{page + 2} ›", turn_over, page + 1))
    return shown


async def _count(turn: Turn, statement: Any) -> int:
    return int(next(row[0] for row in await turn.fetch(statement)))
