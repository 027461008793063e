"""What staff do with plans in chat: give one to somebody, and take it back."""

from posthouse.model.chat import Chat
from posthouse.people.banning import write_down
from posthouse.publishing.gating import terms
from posthouse.publishing.gating.beginning import begin_term
from posthouse.publishing.gating.plan import Plan
from posthouse.publishing.gating.screens import shown
from posthouse.publishing.gating.terms import Holder, Term
from posthouse.turn.turn import Turn


async def grant_plan(
    turn: Turn, plan: Plan, person: str, *, periods: int = 1, note: str = ""
) -> Term:
    """Give somebody a plan when the turn commits, from now or from the end of what they have.

    They are told, where this bot talks with them alone, and it is written into the table `audit`.

    Args:
        turn: Of whoever gives it.
        plan: What.
        person: To whom, by their id on this messenger.
        periods: How many periods.
        note: For staff to read.
    """
    term = await begin_term(
        turn, plan, kind="granted", person=person, periods=periods, by=turn.person.id, note=note
    )
    until = shown(turn, term.ends)
    detail = ": ".join(filter(None, (f"{plan.name} until {until}", note)))
    write_down(turn, "grant plan", about=person, detail=detail)
    rows = await turn.fetch(terms.met(turn.account, person))
    if rows and rows[0].chat is not None and person != turn.person.id:
        chat, name, language, chosen = rows[0]
        here = Chat(id=chat, bot=turn.chat.bot, messenger=turn.chat.messenger, title=name)
        spoken = chosen or language
        turn.send(
            turn.say_in(spoken, "posthouse-plan-given", plan=plan.title, until=until), to=here
        )
    return term


async def revoke_plan(turn: Turn, plan: Plan, person: str, *, note: str = "") -> bool:
    """Take back what somebody has of a plan when the turn commits; False when that is nothing.

    They are told, and it is written into the table `audit`.
    """
    who, now = Holder(turn.persons.messenger, person), turn.now.timestamp()
    found = terms.made(await turn.fetch(terms.terms_of(who, plan.name)))
    if terms.until(found, now) is None:
        return False
    turn.execute(terms.revoke(who, plan.name, now))
    detail = ": ".join(filter(None, (plan.name, note)))
    write_down(turn, "revoke plan", about=person, detail=detail)
    turn.on_commit(plan.tell)
    return True
