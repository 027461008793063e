"""What can be told of a form's posts before anybody has filled one in."""

from posthouse.dialogs.forms.fields import Field
from posthouse.dialogs.forms.form import Form, fields_of
from posthouse.dialogs.forms.texts import MOST_CHARACTERS
from posthouse.errors import ActionError
from posthouse.model.media import Photo
from posthouse.posts.declare import Terms

CAPTION, MESSAGE = 1024, 4096
"""Most characters under a picture, and without one, on the strictest messenger (Telegram)."""


def check_length(form: type[Form], terms: Terms) -> None:
    """Raise ActionError when limited texts are too much together and none of them is elastic.

    A text without a limit of its own counts for nothing: it is cut where it has to be.
    """
    fields = fields_of(form)
    if any(field.elastic for field in fields):
        return
    lengths = {field.name: most for field in fields if (most := _most(field))}
    has_picture = bool(terms.media) or any(Photo in field.kind.sorts for field in fields)
    limit = CAPTION if has_picture else MESSAGE
    if sum(lengths.values()) > limit:
        longest = max(lengths, key=lambda name: lengths[name])
        raise ActionError(
            f"{form.__name__}: its texts may have {sum(lengths.values())} characters together, and "
            f"a post{' with a picture' if has_picture else ''} takes {limit}; write elastic=True "
            f"for {longest}, which is cut then, or give a smaller max_length"
        )


def _most(field: Field) -> int:
    most = getattr(field.kind, "max_length", None)
    return most if isinstance(most, int) and most < MOST_CHARACTERS else 0
