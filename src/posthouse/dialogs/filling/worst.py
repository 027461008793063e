"""The longest a form's preview can become, measured before anybody fills it in.

How this works: a form is made of the longest answers its fields take, and shown. A preview that is
too long for one message even then would fail some day, for the person who wrote the most; here it
fails when the bot starts, with the figures. An elastic text counts as short, because it is cut to
what the rest leaves.
"""

import inspect
import logging
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any, Protocol, runtime_checkable

from msgspec import UNSET, Struct

from posthouse.dialogs.filling.fitting import overflow, reply_of
from posthouse.dialogs.filling.plan import plan_of
from posthouse.dialogs.filling.registering import Registered
from posthouse.dialogs.forms.choices import OneOf, YesNo
from posthouse.dialogs.forms.fields import Field
from posthouse.dialogs.forms.form import Form, placed
from posthouse.dialogs.forms.media import ManyPhotos, OnePhoto
from posthouse.dialogs.forms.numbers import Amounts, Integers, Numbers
from posthouse.dialogs.forms.offers import Surroundings, Voice
from posthouse.dialogs.forms.phones import Phones
from posthouse.dialogs.forms.places import Places
from posthouse.dialogs.forms.texts import Formatted, Texts
from posthouse.errors import FormError
from posthouse.model.capabilities import Capabilities
from posthouse.model.media import Photo
from posthouse.model.reply import Reply
from posthouse.model.state import State
from posthouse.model.text import Text, Words
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


class Sight(Struct, frozen=True):
    """Something that is made of a form, and has to fit into one message."""

    name: str
    draw: Callable[[Any], Words | Reply]
    state: State | None = None
    """The state of the post that is shown."""
    has_media: bool = False
    """It gets a picture even where the form has none."""


@runtime_checkable
class Sights(Protocol):
    """A hook of a form that tells what it will make of it."""

    def sights(self, form: type[Form]) -> Iterable[Sight]:
        """Return that."""


def too_long(
    forms: Iterable[Registered], able: Capabilities, voice: Voice
) -> Iterator[tuple[str, str]]:
    """Yield what can become too long for one message: its place in the code, and a complaint.

    Args:
        forms: The forms of a bot; those count that something is published of.
        able: What a message can hold.
        voice: Says what previews say by keys.
    """
    for entry in forms:
        publish: object = entry.hooks.get("publish")
        if isinstance(publish, Sights):
            found = tuple(publish.sights(entry.form))
        else:
            found = () if publish is None else (Sight("preview", entry.form.preview),)
        for sight in found:
            complaint = _complaint_of(entry.form, able, voice, sight)
            if complaint is not None:
                yield place_of(sight.draw), complaint


def check_lengths(forms: Iterable[Registered], able: Capabilities, voice: Voice) -> None:
    """Raise FormError when something that is published can become too long for one message."""
    complaints = dict.fromkeys(f"{where}: {what}" for where, what in too_long(forms, able, voice))
    if complaints:
        raise FormError("\n".join(complaints))


def place_of(draw: Callable[[Any], object]) -> str:
    """Return where a function is written."""
    code = getattr(inspect.unwrap(draw), "__code__", None)
    if code is None:
        return repr(draw)
    return f"{code.co_filename}:{code.co_firstlineno}"


def _complaint_of(form: type[Form], able: Capabilities, voice: Voice, sight: Sight) -> str | None:
    """Return what is wrong with something made of a form, None if nothing is."""
    if sight.draw is Form.preview:
        return None  # a list of answers, which may be several messages
    longest = longest_of(form, voice, sight.state)
    if longest is None:
        return None
    try:
        reply = reply_of(sight.draw(longest), longest)
    except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError) as error:
        log.warning("the length of %s.%s was not checked: %r", form.__name__, sight.name, error)
        return None
    if sight.has_media and not reply.photos:
        reply = Reply(reply.words, photos=(_PHOTO,))
    over = overflow(reply, able)
    return _complaint(form, sight, over, reply=reply) if over > 0 else None


def longest_of(form: type[Form], voice: Voice, state: State | None = None) -> Form | None:
    """Return a form with the longest answers; None where that cannot be told of a field."""
    values: dict[str, Any] = {}
    for field in plan_of(form).fields:
        value = _longest(field)
        if value is UNSET:
            return None
        values[field.name] = value
    around = Surroundings(voice=voice, number=NUMBER, state=state)
    return placed(form(**values), around)


def _longest(field: Field) -> Any:
    """Return the longest answer to a field, its default where that is not known, or UNSET."""
    kind = field.kind
    longest: Any = field.default
    match kind:
        case Texts():
            longest = "W" * (LEAST_LEFT if field.elastic else kind.max_length)
            longest = Text(longest) if isinstance(kind, Formatted) else longest
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


def _complaint(form: type[Form], sight: Sight, over: int, *, reply: Reply) -> str:
    length = len(reply.words)
    what = "with a picture" if reply.photos or reply.files else "of text"
    longest = ", ".join(f"{name} up to {most}" for name, most in _texts(form))
    shown = f"{form.__name__}.{sight.name}"
    if sight.state is not None:
        shown += f" of {sight.state.name!r}"
    return (
        f"{shown} can become {length} characters long, and one message {what} holds "
        f"{length - over}: shorten what it says or the texts it shows "
        f"({longest or 'it shows none'}) by {over} characters, or let one of them be cut with "
        f"elastic=True"
    )


def _texts(form: type[Form]) -> Iterator[tuple[str, int]]:
    for field in plan_of(form).fields:
        if isinstance(field.kind, Texts) and not field.elastic:
            yield field.name, field.kind.max_length
