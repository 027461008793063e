"""An app for plans: `/plans` for everybody, `/grant_plan` and `/revoke_plan` for staff."""

from posthouse.app import App
from posthouse.model.chat import Person
from posthouse.model.reply import Answer, Screen
from posthouse.publishing.gating.commands import MOST_PERIODS
from posthouse.publishing.gating.granting import grant_plan, revoke_plan
from posthouse.publishing.gating.plan import Plan
from posthouse.publishing.gating.screens import shown
from posthouse.ready.staff.base import STAFF
from posthouse.routing.ready.access import require_role
from posthouse.turn.action import Action, button
from posthouse.turn.turn import Turn


def plans_app(
    *plans: Plan,
    offers: dict[str, Action[[]]] | None = None,
    role: str = STAFF,
    name: str = "plans",
) -> App:
    """Return an app that shows people their plans, and lets staff give and take them.

    Args:
        plans: Which ones.
        offers: By the name of a plan: what its button opens with which one gets it for longer.
        role: Of staff.
        name: Of the app.
    """
    app = App(name)
    by_name = {plan.name: plan for plan in plans}
    pages = {plan.name: app.plan(plan, offer=(offers or {}).get(plan.name)) for plan in plans}
    is_staff = require_role(role)

    def missing(turn: Turn, plan: str) -> Answer:
        return turn.say("posthouse-plans-unknown", plan=plan, plans=", ".join(by_name))

    @app.command("plans")
    async def own_plans(turn: Turn) -> Screen | Answer:
        """Show your plans."""
        if len(pages) == 1:
            return await next(iter(pages.values()))(turn)
        screen = Screen(turn.say("posthouse-plans"))
        for each in plans:
            screen = screen.row(button(each.title, pages[each.name]))
        return screen.home()

    @app.command("grant_plan", where=is_staff)
    async def give(turn: Turn, person: Person, plan: str, periods: int = 1) -> Answer:
        """Give somebody a plan, by their id or a mention."""
        if plan not in by_name:
            return missing(turn, plan)
        if not 1 <= periods <= MOST_PERIODS:
            return turn.say("posthouse-plans-periods", most=MOST_PERIODS)
        term = await grant_plan(turn, by_name[plan], person.id, periods=periods)
        until = shown(turn, term.ends)
        title = by_name[plan].title
        return turn.say("posthouse-plans-granted", person=person.name, plan=title, until=until)

    @app.command("revoke_plan", where=is_staff)
    async def take(turn: Turn, person: Person, plan: str) -> Answer:
        """Take a plan away from somebody."""
        if plan not in by_name:
            return missing(turn, plan)
        done = await revoke_plan(turn, by_name[plan], person.id)
        key = "posthouse-plans-revoked" if done else "posthouse-plans-nothing"
        return turn.say(key, person=person.name, plan=by_name[plan].title)

    return app
