"""The end of a form: handed to those who wait for it, once."""

from posthouse.dialogs.filling.answers import joined
from posthouse.dialogs.filling.registering import Registered
from posthouse.dialogs.filling.sitting import MISFIT, Sitting
from posthouse.dialogs.filling.visit import Visit, is_plain
from posthouse.dialogs.forms.form import Form
from posthouse.model.capabilities import Level
from posthouse.model.reply import Answer, Screen
from posthouse.routing.handled import checked


async def submit(visit: Visit, entry: Registered, sitting: Sitting) -> Answer:
    """End a draft whose answers are complete, and hand the form on.

    First to the hooks it was registered with, then to the app's own handlers, all in this turn: if
    one of them raises, nothing of it commits, and the draft is there as before.
    """
    form = sitting.built()
    if form is None:
        sitting.draft.revision += 1
        return visit.show(entry, sitting, visit.voice.say(MISFIT))
    _remember(visit, entry, sitting)
    draft = visit.drafts.end(entry.name, "submitted")
    given = {"about": draft.about} if draft.about else {}
    outcome: list[Answer] = []
    for hook in entry.hooks.values():
        answer = await hook.on_submit(visit.turn, str(draft.id), form, **given)
        outcome.append(answer if answer is None else checked(answer, hook.on_submit))
    for handler in entry.handlers:
        answer = await handler(visit.turn, form)
        outcome.append(answer if answer is None else checked(answer, handler.fn))
    is_said = any(answer is not None for answer in outcome)
    closing = _closing(visit, entry, form, is_said=is_said)
    return joined(*closing, *outcome, visit.below())


def _remember(visit: Visit, entry: Registered, sitting: Sitting) -> None:
    """Keep the answers that are offered again the next time."""
    level = sitting.levels[0]
    for field in level.plan.profile:
        plain = level.frame.answers.get(field.name)
        if plain is not None and field in level.asked:
            visit.drafts.profile[field.name] = plain


def _closing(visit: Visit, entry: Registered, form: Form, *, is_said: bool) -> list[Answer]:
    """Return the preview without its buttons, and what tells that it was taken."""
    able = visit.around.able(visit.turn.chat.id)
    reply = visit.previewed(entry, form)
    if is_said and is_plain(reply, able):
        return [Screen(reply.words)]
    opened = visit.turn.screen
    if is_said and opened is not None and not opened.moves and able.deletes > Level.FALLBACK:
        # "Is everything right?" below the pictures: it was answered, and what follows says so.
        visit.turn.sent(opened.delivery).delete()
        visit.turn.screen = None
        return []
    keys = [f"{key}-done" for key in entry.plan.keys]
    key = next((key for key in keys if visit.voice.has(key)), "posthouse-form-submitted")
    done = visit.voice.say(key)
    return [Screen(reply.words), done] if is_plain(reply, able) else [Screen(done)]
