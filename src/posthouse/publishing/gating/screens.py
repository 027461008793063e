"""What a person sees of a plan: how they stand with it, the trial, and the notices of its end."""

from datetime import UTC, datetime
from typing import Any

from posthouse.errors import ActionError, MistakeError
from posthouse.model.reply import SILENT, Answer, Button, Screen
from posthouse.model.text import Text
from posthouse.publishing.gating import terms
from posthouse.publishing.gating.beginning import begin_term, holder_of
from posthouse.publishing.gating.plan import Months, Period, Plan
from posthouse.turn.action import Action, button
from posthouse.turn.turn import Turn


def screens_of(app: Any, plan: Plan) -> "PlanScreens":
    """Return the screens of a plan in an app; raises MistakeError for two plans of one name."""
    known: PlanScreens | None = app.beside.plans.get(plan.name)
    if known is None:
        known = app.beside.plans[plan.name] = PlanScreens(app, plan)
    elif known.plan is not plan:
        raise MistakeError(f"{app.name}: two plans are called {plan.name!r}; rename one")
    return known


class PlanScreens:
    """One plan in one app."""

    def __init__(self, app: Any, plan: Plan) -> None:
        self.plan = plan
        self.offer: Action[[]] | None = None
        """Opens where one gets it for longer."""
        self._app = app
        self.show_action = self._action("plan", self.show)
        self._try = self._action("try-plan", self.begin_trial)
        self.near_action = self._action("plan-ends", self.near)
        self.over_action = self._action("plan-ended", self.over)
        self.given_action = self._action("plan-given", self.given)

    def __repr__(self) -> str:
        return f"<PlanScreens {self._app.name} {self.plan.name}>"

    def _action(self, what: str, fn: Any) -> Action[Any]:
        name = f"{self._app.name}.{self.plan.name}:{what}"
        if name in self._app.actions:
            raise ActionError(f"{name} is registered already; rename the plan or the form")
        made: Action[Any] = Action(fn, name=name)
        self._app.actions[name] = made
        return made

    # --- gates

    async def refusal(self, turn: Turn, again: tuple[str, bytes] | None) -> Screen | None:
        """Return what to show to whom has not got the plan; None to whom has."""
        found = await self._found(turn)
        now, say = turn.now.timestamp(), turn.say
        if any(each.begins <= now < each.ends and not each.revoked for each in found):
            return None
        ended = [each.ends for each in found if each.ends <= now and not each.revoked]
        title = self.plan.title
        if ended:
            words = say("posthouse-plan-needed-over", plan=title, until=shown(turn, max(ended)))
        else:
            words = say("posthouse-plan-needed", plan=title)
        screen = Screen(words)
        if terms.is_trial_left(self.plan, found, now):
            screen = screen.row(self._trial_button(turn, *(again or ("", b""))))
        label = say("posthouse-plan-about", plan=title)
        return screen.row(button(label, self.offer or self.show_action))

    # --- actions

    async def show(self, turn: Turn) -> Screen:
        """Show how a person stands with the plan."""
        found = await self._found(turn)
        now, say, title = turn.now.timestamp(), turn.say, self.plan.title
        until = terms.until(found, now)
        ended = [each.ends for each in found if each.ends <= now and not each.revoked]
        if until is not None:
            words = say("posthouse-plan-is", plan=title, until=shown(turn, until))
        elif ended:
            words = say("posthouse-plan-was", plan=title, until=shown(turn, max(ended)))
        else:
            words = say("posthouse-plan-none", plan=title)
        screen = Screen(words)
        if terms.is_trial_left(self.plan, found, now):
            screen = screen.row(self._trial_button(turn))
        return self._with_offer(turn, screen).home()

    async def begin_trial(self, turn: Turn, then: str = "", args: bytes = b"") -> Screen:
        """Give the trial, once; `then` and `args` are the call that it is wanted for."""
        found = await self._found(turn)
        now, say, title = turn.now.timestamp(), turn.say, self.plan.title
        until = terms.until(found, now)
        if until is None and not terms.is_trial_left(self.plan, found, now):
            screen = Screen(say("posthouse-plan-tried", plan=title))
            return self._with_offer(turn, screen).home()
        if until is None:
            until = (await begin_term(turn, self.plan, kind="trial")).ends
            words = say("posthouse-plan-begun", plan=title, until=shown(turn, until))
        else:  # pressed twice, or in another bot meanwhile
            words = say("posthouse-plan-is", plan=title, until=shown(turn, until))
        action = self._app.actions.get(then)
        if action is None:
            return Screen(words).home()
        values, named = action.decode(args)
        return Screen(words).row(button(say("posthouse-plan-go-on"), action, *values, **named))

    async def near(self, turn: Turn, ends: float) -> Screen | Answer:
        """Tell a person that the plan ends soon, unless it goes on."""
        until = terms.until(await self._found(turn), turn.now.timestamp())
        if until != ends:
            return SILENT
        words = turn.say("posthouse-plan-near", plan=self.plan.title, until=shown(turn, ends))
        return self._with_offer(turn, Screen(words))

    async def over(self, turn: Turn) -> Screen | Answer:
        """Tell a person that the plan has ended, unless they have it again."""
        if terms.until(await self._found(turn), turn.now.timestamp()) is not None:
            return SILENT
        words = turn.say("posthouse-plan-over", plan=self.plan.title)
        return self._with_offer(turn, Screen(words))

    async def given(self, turn: Turn, ends: float) -> Screen:
        """Tell a person that somebody gave them the plan."""
        words = turn.say("posthouse-plan-given", plan=self.plan.title, until=shown(turn, ends))
        label = turn.say("posthouse-plan-about", plan=self.plan.title)
        return Screen(words).row(button(label, self.show_action))

    # --- inside

    async def _found(self, turn: Turn) -> list[terms.Term]:
        who = holder_of(turn)
        return terms.made(await turn.fetch(terms.terms_of(who, self.plan.name)))

    def _trial_button(self, turn: Turn, then: str = "", args: bytes = b"") -> Button:
        period = self.plan.trial
        label = turn.say("posthouse-plan-try", period="" if period is None else said(turn, period))
        return button(label, self._try, then, args) if then else button(label, self._try)

    def _with_offer(self, turn: Turn, screen: Screen) -> Screen:
        if self.offer is None:
            return screen
        return screen.row(button(turn.say("posthouse-plan-offer"), self.offer))


def shown(turn: Turn, at: float) -> str:
    """Return a moment as people of the bot's zone read it."""
    return f"{datetime.fromtimestamp(at, UTC).astimezone(turn.zone):%Y-%m-%d %H:%M}"


def said(turn: Turn, period: Period) -> Text:
    """Return how long a period is."""
    if isinstance(period, Months):
        return turn.say("posthouse-plan-months", count=period.count)
    if period.days:
        return turn.say("posthouse-plan-days", count=period.days)
    return turn.say("posthouse-plan-hours", count=max(1, period.seconds // 3600))
