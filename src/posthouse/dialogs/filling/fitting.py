"""A form's outcome within what a messenger takes: its elastic text is cut where it is too much."""

from posthouse.dialogs.filling.plan import plan_of
from posthouse.dialogs.forms.form import Form, answers_of, placed
from posthouse.errors import MistakeError
from posthouse.model.capabilities import Capabilities
from posthouse.model.reply import Reply
from posthouse.model.text import Text, Words

CUT = "…"


def reply_of(shown: Words | Reply, form: Form) -> Reply:
    """Return what a form's preview returned as a reply; raises MistakeError for anything else."""
    reply = Reply(shown) if isinstance(shown, str | Text) else shown
    if not isinstance(reply, Reply):
        raise MistakeError(
            f"{type(form).__name__}.preview returned {type(reply).__name__}; let it return a str, "
            f"a Text or a Reply"
        )
    return reply


def overflow(reply: Reply, able: Capabilities) -> int:
    """Return how many characters too many a reply's words have for one message."""
    has_media = bool(reply.photos or reply.files)
    return len(reply.words) - (able.caption_length if has_media else able.text_length)


def fitted(form: Form, able: Capabilities) -> Form:
    """Return the form with its elastic text cut, so that its preview fits into one message.

    One that fits, or that has no elastic text, is returned as it is. What the form shows of that
    text may be less or more than its characters, so it is cut until the whole fits.
    """
    field = plan_of(type(form)).elastic
    if field is None:
        return form
    words = getattr(form, field.name)
    cut = form
    length = 0 if words is None else len(words)
    while length and (over := overflow(reply_of(cut.preview(), form), able)) > 0:
        length = max(0, length - over - (len(CUT) if cut is form else 0))
        shorter = words[:length].rstrip() + CUT
        cut = placed(type(form)(**{**answers_of(form), field.name: shorter}), form.surroundings)
    return cut


def preview_of(form: Form, able: Capabilities) -> Reply:
    """Return what a form shows in a chat with these capabilities."""
    return reply_of(fitted(form, able).preview(), form)
