"""Gating: checks gates when something is delivered, and looks after plans that end.

How this works: what is due to be told is found in the table of terms, again and again, and told by
a timer of the person's own chat that is set in the transaction which notes that it was told. So a
person is told once, however often the process ends. The same transaction suspends the subscriptions
that need the plan.
"""

import asyncio
import logging
import math
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select

from posthouse.engine.alarm import Again, Alarm
from posthouse.engine.bot import BotRuntime
from posthouse.engine.timer_body import TimerBody, encode_timer
from posthouse.errors import NotSentError, RejectedError, StoreUnavailableError
from posthouse.model.chat import Chat, Person
from posthouse.ports.changes import Change, Execute, PutTimer, Verdict, Write
from posthouse.ports.records import TimerRow
from posthouse.publishing.gating import terms
from posthouse.publishing.gating.commands import PlanCommands, Seller
from posthouse.publishing.gating.entrance import hidden
from posthouse.publishing.gating.gates import MEMBER, PLAN, read_kept
from posthouse.publishing.gating.plan import Plan
from posthouse.publishing.gating.screens import PlanScreens
from posthouse.publishing.gating.terms import END, NEAR, NOT_YET, Holder, Term

log = logging.getLogger("posthouse.publishing")

AGAIN_S = 1.0
"""How soon it is looked again, at the soonest."""
TELL_HIDDEN_S = 3600.0
"""How often the log says that a bot may not know who is in a chat."""


class Gating:
    """The gates of a running site."""

    def __init__(self, publishing: Any) -> None:
        self._desk = publishing
        self._look = asyncio.Event()
        self._alarm = Alarm(publishing.clock, self._look, publishing.supervisor.spawn)
        self._told_at: dict[tuple[int, str], float] = {}
        self._since: dict[str, float] = {}
        """Until when everything is told of terms that ended, by plan."""
        self._are_revoked_known = False

    def __repr__(self) -> str:
        return "<Gating>"

    async def __call__(self, gates: bytes, account: int, person: str) -> bool:
        """Return whether the gates of a subscription are open to somebody.

        Raises NotSentError while nobody can tell.
        """
        bot = self._desk.bot(account)
        if bot is None:
            raise NotSentError("its bot does not run")
        for gate in read_kept(gates):
            if gate.kind == MEMBER:
                is_open = await self._is_member(bot, gate.name, person)
            elif gate.kind == PLAN:
                who = Holder(bot.crowd.messenger, person)
                now = self._desk.clock.timestamp()
                is_open = bool(await self._desk.fetch(terms.is_live(who, gate.name, now)))
            else:
                log.error("a subscription needs %r, which this version does not know", gate.kind)
                is_open = False
            if not is_open:
                return False
        return True

    async def _is_member(self, bot: BotRuntime, name: str, person: str) -> bool:
        """Ask the messenger; where the bot may not know, what it said last counts."""
        chat = bot.chats.get(name)
        if chat is None:
            log.error("bot %s has no chat %r any more, which a subscription needs", bot.name, name)
            return False
        raw = bot.moved.get(chat.id, chat.id)
        try:
            return await bot.members.is_member(raw, person)
        except RejectedError as error:
            now = self._desk.clock.monotonic()
            if now - self._told_at.get((bot.account, name), -TELL_HIDDEN_S) >= TELL_HIDDEN_S:
                self._told_at[bot.account, name] = now
                log.error("%s", hidden(bot.name, name, chat, error))  # noqa: TRY400  it says all
            return bool(bot.members.last(raw, person))
        except OSError as error:
            raise NotSentError(f"nobody tells who is in {name!r} now: {error}") from error

    # --- plans

    def sellers(self) -> list[Seller]:
        """Return the bots that run, with their plans."""
        return [
            Seller(
                bot=bot.name,
                messenger=bot.crowd.messenger,
                zone=bot.zone,
                plans=_plans_of(bot),
                account=bot.account,
            )
            for bot in (intake.bot for intake in self._desk.engine.intakes.values())
        ]

    def look(self) -> None:
        """Look at once whom there is something to tell: something was given or taken back."""
        self._are_revoked_known = False
        self._look.set()

    async def run(self) -> None:
        """Tell whose plan ends, until cancelled."""
        while True:
            self._look.clear()
            try:
                again = await self.round()
            except StoreUnavailableError as error:
                log.warning("plans wait for the database: %s", error)
                self._are_revoked_known = False
                again = Again(in_s=AGAIN_S)
            self._alarm.set(again.at, in_s=again.in_s)
            await self._look.wait()

    async def round(self) -> Again:
        """Tell those whom there is something to tell; return when there will be something."""
        soonest = math.inf
        now, desk = self._desk.clock.timestamp(), self._desk
        looks = not self._are_revoked_known
        self._are_revoked_known = True
        for plan in self._plans():
            soon = now + plan.notice.total_seconds()
            over = terms.made(await desk.fetch(terms.over(plan.name, self._since_of(plan), now)))
            if looks:
                over += terms.made(await desk.fetch(terms.taken_back(plan.name, now)))
            told: set[tuple[str, str]] = set()
            for term in over:
                who = (term.messenger, term.person)
                await self._tell(plan, term, END, now, is_first=who not in told)
                told.add(who)
            for term in terms.made(await desk.fetch(terms.nearing(plan.name, now, soon))):
                await self._tell(plan, term, NEAR, now)
            self._since[plan.name] = now
            soonest = min(soonest, await self._next(plan, now, soon))
        return Again(soonest) if soonest >= now + AGAIN_S else Again(in_s=AGAIN_S)

    async def _next(self, plan: Plan, now: float, soon: float) -> float:
        """Return when a term of a plan ends, or is about to."""
        ends = await self._soonest(terms.soonest(plan.name, now, (NOT_YET, NEAR)))
        nears = await self._soonest(terms.soonest(plan.name, soon, (NOT_YET,)))
        return min(ends, nears - (soon - now))

    async def _soonest(self, statement: Select[Any]) -> float:
        ((found,),) = await self._desk.fetch(statement)
        return math.inf if found is None else float(found)

    def _since_of(self, plan: Plan) -> float:
        return self._since.get(plan.name, 0.0)

    def _plans(self) -> list[Plan]:
        found = [each.plan for seller in self.sellers() for each in seller.plans.values()]
        for plan in found:
            plan.listeners.add(self)
        return list({plan.name: plan for plan in found}.values())

    async def _tell(
        self, plan: Plan, term: Term, told: str, now: float, *, is_first: bool = True
    ) -> None:
        """Note that somebody is told, suspend what needs the plan, and let them be told.

        Of several terms that end at once only the first is told of.
        """
        desk, who = self._desk, Holder(term.messenger, term.person)
        until = terms.until(terms.made(await desk.fetch(terms.terms_of(who, plan.name))), now)
        writes: list[Write] = [Execute(terms.tell(term, told), 1)]
        is_news = until is None if told == END else until == term.ends
        if is_news and told == END:
            writes += await self._suspended(term, plan, now)
        timer = None
        if is_news and is_first:
            kind = "plan-ended" if told == END else "plan-ends"
            args = () if told == END else (term.ends,)
            timer = await notice(desk, term, kind, args, now)
        if timer is not None:
            writes.append(PutTimer(timer))
        change = Change()
        change.writes.extend(writes)
        if await desk.writer.write(change) is Verdict.WON and timer is not None:
            desk.engine.turns.timer_set(timer)

    async def _suspended(self, term: Term, plan: Plan, now: float) -> Sequence[Write]:
        found = await self._desk.fetch(terms.gated(term))
        needing = [id for id, kept in found if any(_is(each, plan) for each in read_kept(kept))]
        return [Execute(terms.suspend(needing, plan.name, now))] if needing else []


async def notice(
    desk: Any, term: Term, kind: str, args: tuple[Any, ...], now: float
) -> TimerRow | None:
    """Return a timer that lets a bot tell somebody of their plan; None where none can.

    The bot is the one by which they got it, or another one of the messenger that has the plan.
    """
    bots = [intake.bot for intake in desk.engine.intakes.values()]
    bots.sort(key=lambda bot: bot.account != term.account)
    for bot in bots:
        screens = _plans_of(bot).get(term.plan)
        if screens is None or bot.crowd.messenger != term.messenger:
            continue
        rows = await desk.fetch(terms.met(bot.account, term.person))
        if not rows or rows[0].chat is None:
            continue
        action = {
            "plan-ended": screens.over_action,
            "plan-ends": screens.near_action,
            "plan-given": screens.given_action,
        }[kind]
        chat, name, language, _ = rows[0]
        raw = bot.moved.get(chat, chat)
        where = Chat(id=raw, bot=bot.name, messenger=term.messenger, title=name)
        person = Person(id=term.person, name=name, language=language)
        body = TimerBody(where, person, action.name, action.encode(args, {}))
        return TimerRow(
            id=f"{kind} {term.id} {term.plan} {now:.3f}",
            account=bot.account,
            lane=raw,
            due=now,
            body=encode_timer(body),
        )
    return None


def keep_gates(publishing: Any) -> None:
    """Let a site's publishing know gates and plans; again does nothing."""
    if isinstance(publishing.gate, Gating):
        return
    gating = publishing.gate = Gating(publishing)
    publishing.engine.arrivals.add(gating.look)
    publishing.closing.append(lambda: publishing.engine.arrivals.discard(gating.look))

    async def tells(term: Term) -> TimerRow | None:
        return await notice(publishing, term, "plan-given", (term.ends,), term.at)

    def changed(timer: TimerRow | None) -> None:
        gating.look()
        if timer is not None:
            publishing.engine.turns.timer_set(timer)

    commands = PlanCommands(
        publishing.store,
        publishing.writer,
        clock=publishing.clock,
        sellers=gating.sellers,
        tells=tells,
        changed=changed,
    )
    commands.register(publishing.engine.commands)
    publishing.begin("publishing: plans", gating.run)


def _plans_of(bot: BotRuntime) -> dict[str, PlanScreens]:
    plans = (app.beside.plans.items() for app in bot.dispatcher.routers)
    return {name: screens for each in plans for name, screens in each}


def _is(kept: Any, plan: Plan) -> bool:
    return bool(kept.kind == PLAN and kept.name == plan.name)
