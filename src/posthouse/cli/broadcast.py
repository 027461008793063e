"""`broadcast`: one message to many, sent by the site that runs, followed here."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_hex
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import msgspec
from cyclopts import Parameter
from sqlalchemy import select

from posthouse.cli.asking import change, change_and_say, database, reading
from posthouse.cli.following import follow, needs_site, outcomes, pace_of, standing
from posthouse.cli.opening import DEFAULT, SettingsOption, open_settings
from posthouse.cli.output import current
from posthouse.errors import ConflictError, MistakeError, SetupError
from posthouse.model.markdown import markdown
from posthouse.model.text import Text
from posthouse.ports.clock import SystemClock
from posthouse.publishing.broadcasting import rows
from posthouse.publishing.broadcasting.audience import (
    Count,
    Of,
    Whom,
    counted,
    reasons,
    require_some,
    whom,
)
from posthouse.publishing.broadcasting.pace import lasting
from posthouse.publishing.broadcasting.tally import Tally, tallies
from posthouse.routing.ready.access import Access
from posthouse.storage.schema import account

MOST_LISTED = 50
Number = Annotated[int, Parameter(help="Its number, as `posthouse broadcast list` shows it.")]
Words = Annotated[str | None, Parameter(name="--text", help="What it says, literally.")]
File = Annotated[Path | None, Parameter(help="What it says, in Markdown.")]
Picture = Annotated[Path | None, Parameter(help="A picture that stands above it.")]


def send(
    bot: Annotated[str, Parameter(help="Name of the bot.")],
    /,
    *,
    to: Annotated[
        str, Parameter(help="all, role:staff, language:uk, topic:NAME, or active:30 (days).")
    ],
    words: Words = None,
    file: File = None,
    photo: Picture = None,
    at: Annotated[
        str | None,
        Parameter(help="When it begins: 18:00, or '2030-12-31 18:00', by the bot's clock."),
    ] = None,
    dry_run: Annotated[
        bool, Parameter(negative=(), help="Only count who would get it; nothing is sent.")
    ] = False,
    settings: SettingsOption = DEFAULT,
) -> None:
    """Send a message to many."""
    path, to_whom = database(settings), whom(to)
    if dry_run:
        _tell_count(path, settings, bot, to_whom)
        return
    zone = _zone(settings, bot)
    moment = None if at is None else _moment(at, zone)
    args = _said(words, file, photo) | {"bot": bot, "to": to}
    args["at"] = None if moment is None else moment.timestamp()
    args["key"] = token_hex(12)
    if moment is None and to_whom.sort != "role":  # who has a role, the site that runs knows best
        require_some(asyncio.run(_count(path, settings, bot, to_whom)), to_whom, bot=bot)
    told = json.loads(change(path, "broadcast.start", args, needs_site))
    id, count = told["id"], told["recipients"]
    if moment is not None:
        current.get().say(
            f"Broadcast {id} begins on {moment:%Y-%m-%d at %H:%M} ({zone.key}); "
            f"by now it has {_persons(count)}."
        )
        return
    current.get().say(f"Broadcast {id} goes to {_persons(count)}.")
    _follow(path, id, told["per_second"])


def list_(*, settings: SettingsOption = DEFAULT) -> None:
    """List broadcasts, the newest first."""
    table = asyncio.run(_listed(database(settings)))
    if not table:
        current.get().say("There is no broadcast yet; `posthouse broadcast --help` shows how.")
        return
    current.get().table(("number", "bot", "ordered", "to", "state", "sent", "says"), table)


def show(
    id: Number,
    /,
    *,
    follow: Annotated[bool, Parameter(negative=(), help="Until it is over, or Ctrl-C.")] = False,
    settings: SettingsOption = DEFAULT,
) -> None:
    """Show how a broadcast stands."""
    path, output = database(settings), current.get()
    of, tally = asyncio.run(standing(path, id))
    output.say(f"Broadcast {id} of {of.bot} to {of.whom.words}: {of.title}")
    if of.standing == rows.SCHEDULED and of.whom.at is not None:
        output.say(f"It begins {_shown(of.whom.at)} UTC.")
    if follow and (of.is_open or tally.left):
        _follow(path, id, asyncio.run(pace_of(path, id)))
        return
    output.say(f"It is {of.standing}.")
    outcomes(of, tally)


def pause(id: Number, /, *, settings: SettingsOption = DEFAULT) -> None:
    """Hold a broadcast up."""
    change_and_say(database(settings), "broadcast.pause", {"id": id}, needs_site)


def resume(id: Number, /, *, settings: SettingsOption = DEFAULT) -> None:
    """Let a broadcast go on, or begin before its time."""
    change_and_say(database(settings), "broadcast.resume", {"id": id}, needs_site)


def cancel(id: Number, /, *, settings: SettingsOption = DEFAULT) -> None:
    """End a broadcast; what was sent stays."""
    change_and_say(database(settings), "broadcast.cancel", {"id": id}, needs_site)


def edit(
    id: Number,
    /,
    *,
    words: Words = None,
    file: File = None,
    photo: Picture = None,
    settings: SettingsOption = DEFAULT,
) -> None:
    """Change what a broadcast says."""
    args = _said(words, file, photo) | {"id": id}
    change_and_say(database(settings), "broadcast.edit", args, needs_site)


def retract(id: Number, /, *, settings: SettingsOption = DEFAULT) -> None:
    """End a broadcast, and delete what was sent."""
    change_and_say(database(settings), "broadcast.retract", {"id": id}, needs_site)


# --- inside


def _follow(path: Path, id: int, per_second: float | None) -> None:
    output = current.get()
    try:
        of, tally = asyncio.run(follow(path, id, per_second))
    except KeyboardInterrupt:
        output.say(
            f"Broadcast {id} goes on. `posthouse broadcast show {id} --follow` follows it again, "
            f"`posthouse broadcast pause {id}` holds it up, `cancel {id}` ends it."
        )
        return
    output.say(f"Broadcast {id} is {of.standing}.")
    outcomes(of, tally)


def _said(words: str | None, file: Path | None, photo: Path | None) -> dict[str, Any]:
    """Return what a broadcast says, as a command takes it."""
    if words is not None and file is not None:
        raise MistakeError("give --text or --file, not both")
    if words is None and file is None and photo is None:
        raise MistakeError("the broadcast says nothing; give --text, --file or --photo")
    said: Text | None = None if words is None else Text(words)
    if file is not None:
        try:
            said = markdown(file.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise SetupError(f"{file} cannot be read: {error}") from None
    return {
        "words": None if said is None else msgspec.to_builtins(said),
        "photo": None if photo is None else str(photo.absolute()),
    }


def _tell_count(path: Path, settings: Path, bot: str, to: Whom) -> None:
    count = asyncio.run(_count(path, settings, bot, to))
    output = current.get()
    try:
        pace = json.loads(change(path, "broadcast.pace", {"bot": bot}, needs_site))
    except ConflictError:
        pace = None
    takes = f", in about {lasting(count.recipients / pace)}" if pace and count.recipients else ""
    output.say(f"{_persons(count.recipients)} would get it{takes}. Nothing was sent.")
    if count.left_out:
        left_out = [(why, str(many)) for why, many in count.left_out.items()]
        output.table(("left out", "persons"), left_out)


async def _count(path: Path, settings: Path, bot: str, to: Whom) -> Count:
    async with reading(path) as store:
        mine = select(account.c.id, account.c.messenger).where(account.c.bot == bot)
        found = await store.fetch(mine.order_by(account.c.id.desc()).limit(1))
        if not found:
            names = await store.fetch(select(account.c.bot).distinct().order_by(account.c.bot))
            known = ", ".join(name for (name,) in names)
            raise ConflictError(
                f"the database knows no bot {bot!r} that ever ran; it has {known or 'none'}"
            )
        number, messenger = found[0]
        of = Of(
            account=number,
            bot=bot,
            messenger=messenger,
            now=SystemClock().timestamp(),
            having=_having(settings, messenger, to),
        )
        return counted(await store.fetch(reasons(to, of)))


def _having(settings: Path, messenger: str, to: Whom) -> tuple[str, ...]:
    """Return who has a role by the settings of the middleware access."""
    if to.sort != "role":
        return ()
    read, _ = open_settings(settings)
    options = read.middlewares.get("access", {})
    return tuple(Access(roles=options.get("roles", {})).having(messenger, to.value))


async def _listed(path: Path) -> list[tuple[str, ...]]:
    async with reading(path) as store:
        found = rows.broadcasts(await store.fetch(rows.newest(MOST_LISTED)))
        counts = tallies(await store.fetch(rows.counts([each.id for each in found])))
    table: list[tuple[str, ...]] = []
    for each in found:
        tally = counts.get(each.id, Tally())
        total = max(tally.total, each.total or 0)
        table.append(
            (
                str(each.id),
                each.bot,
                _shown(each.published),
                each.whom.words,
                each.standing,
                f"{tally.sent}/{total}",
                each.title,
            )
        )
    return table


def _zone(settings: Path, bot: str) -> ZoneInfo:
    read, _ = open_settings(settings)
    found = next((each.timezone for each in read.bots if each.name == bot), "UTC")
    return ZoneInfo(found)


def _moment(written: str, zone: ZoneInfo) -> datetime:
    """Return the moment that was written; raises MistakeError for one that is none, or over."""
    now = SystemClock().now().astimezone(zone)
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        try:
            of_day = datetime.strptime(written, "%H:%M").time()  # noqa: DTZ007  an hour has no zone
        except ValueError:
            raise MistakeError(
                f"--at {written!r} is no moment; write 18:00, or '2030-12-31 18:00'"
            ) from None
        moment = datetime.combine(now.date(), of_day, zone)
        if moment <= now:
            moment += timedelta(days=1)
    moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)
    if moment <= now:
        raise MistakeError(f"--at {written!r} is over; leave it out to begin at once")
    return moment.astimezone(zone)


def _persons(count: int) -> str:
    return "1 recipient" if count == 1 else f"{count} recipients"


def _shown(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M")
