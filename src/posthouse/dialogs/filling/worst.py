"""The longest a form's preview can become, measured before anybody fills it in.

How this works: a form is made of the longest answers its fields take, and shown. A preview that is
too long for one message even then would fail some day, for the person who wrote the most; here it
fails when the bot starts, with the figures. An elastic text counts as short, because it is cut to
what the rest leaves.
"""

import logging
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from msgspec import UNSET

from posthouse.dialogs.filling.fitting import overflow, reply_of
from posthouse.dialogs.filling.plan import plan_of
from posthouse.dialogs.forms.choices import OneOf, YesNo
from posthouse.dialogs.forms.fields import Field
from posthouse.dialogs.forms.form import Form, placed
from posthouse.dialogs.forms.media import ManyPhotos, OnePhoto
from posthouse.dialogs.forms.numbers import Amounts, Integers, Numbers
from posthouse.dialogs.forms.offers import Surroundings, Voice
from posthouse.dialogs.forms.phones import Phones
from posthouse.dialogs.forms.places import Places
from posthouse.dialogs.forms.texts import Texts
from posthouse.errors import FormError
from posthouse.model.capabilities import Capabilities
from posthouse.model.media import Photo
from posthouse.model.reply import Reply
from posthouse.model.values import Money, Phone, Place

log = logging.getLogger("posthouse.forms")

GREATEST = Decimal(10) ** 12
"""Stands for a number without an upper bound."""
LONGEST_NAME = 30
"""Characters of a place's name, and of its region."""
LEAST_LEFT = 20
"""Characters that have to be left for an elastic text."""
NUMBER = 1_000_000
_PHOTO = Photo(key="worst", width=1, height=1)


def check_length(form: type[Form], able: Capabilities, voice: Voice, *, has_media: bool) -> None:
    """Raise FormError when a form's preview can become too long for one message.

    Args:
        form: Whose preview.
        able: What a message can hold.
        voice: Says what the preview says by keys.
        has_media: The post gets a picture even where the form has none.
    """
    if form.preview is Form.preview:
        return  # a list of answers, which may be several messages
    longest = longest_of(form, voice)
    if longest is None:
        return
    try:
        reply = reply_of(longest.preview(), longest)
    except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError) as error:
        log.warning("the length of %s.preview was not checked: %r", form.__name__, error)
        return
    if has_media and not reply.photos:
        reply = Reply(reply.words, photos=(_PHOTO,))
    over = overflow(reply, able)
    if over > 0:
        raise FormError(_complaint(form, len(reply.words), over, reply=reply))


def longest_of(form: type[Form], voice: Voice) -> Form | None:
    """Return a form with the longest answers; None where that cannot be told of a field."""
    values: dict[str, Any] = {}
    for field in plan_of(form).fields:
        value = _longest(field)
        if value is UNSET:
            return None
        values[field.name] = value
    return placed(form(**values), Surroundings(voice=voice, number=NUMBER))


def _longest(field: Field) -> Any:
    """Return the longest answer to a field, its default where that is not known, or UNSET."""
    kind = field.kind
    longest: Any = field.default
    match kind:
        case Texts():
            longest = "W" * (LEAST_LEFT if field.elastic else kind.max_length)
        case Integers():
            longest = int(kind.le or GREATEST)
        case Amounts():
            longest = Money(amount=kind.le or GREATEST, currency=kind.unit or "USD")
        case Numbers():
            longest = kind.le or GREATEST
        case YesNo():
            longest = True
        case OneOf() if kind.fixed:
            longest = max(kind.fixed, key=lambda option: len(str(option.label))).value
        case Phones():
            longest = Phone("+" + "9" * 15)
        case Places():
            longest = Place(id="worst", name="W" * LONGEST_NAME, region="W" * LONGEST_NAME)
        case OnePhoto() | ManyPhotos():
            longest = _PHOTO if isinstance(kind, OnePhoto) else (_PHOTO,)
    return longest


def _complaint(form: type[Form], length: int, over: int, *, reply: Reply) -> str:
    limit = length - over
    what = "with a picture" if reply.photos or reply.files else "of text"
    longest = ", ".join(f"{name} up to {most}" for name, most in _texts(form))
    return (
        f"{form.__name__}.preview can become {length} characters long, and one message {what} "
        f"holds {limit}: shorten what it says or the texts it shows ({longest or 'it shows none'}) "
        f"by {over} characters, or let one of them be cut with elastic=True"
    )


def _texts(form: type[Form]) -> Iterator[tuple[str, int]]:
    for field in plan_of(form).fields:
        if isinstance(field.kind, Texts) and not field.elastic:
            yield field.name, field.kind.max_length
