"""What a post shows: the template's words, the picture of its state, cut to the limit."""

from collections.abc import Callable
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from posthouse.dialogs.forms.form import (
    Form,
    answers_of,
    draft_of,
    fields_of,
    form_of,
    kept_of,
    placed,
)
from posthouse.dialogs.forms.offers import Surroundings
from posthouse.model.capabilities import Capabilities
from posthouse.model.media import Photo
from posthouse.model.reply import Reply
from posthouse.model.state import State
from posthouse.model.text import Text, text
from posthouse.posts.declare import Terms
from posthouse.turn.replies import as_reply

MORE = "…"
"""Stands where words were cut off."""


class Shown(Struct, frozen=True):
    """A post ready to be sent."""

    reply: Reply
    extra: tuple[Photo, ...] = ()
    """Photos that go into its thread."""


def restored(form: type[Form], plain: dict[str, Any]) -> Form:
    """Return the form of kept answers; one that was changed since has what still fits."""
    try:
        return form_of(form, plain)
    except ValueError:
        return draft_of(form, kept_of(form, plain))


def rendered(
    terms: Terms, form: Form, around: Surroundings, *, state: State, able: Capabilities
) -> Shown:
    """Return what a post shows.

    Args:
        terms: The template and the pictures.
        form: The answers.
        around: Number, link and voice.
        state: The state of the post.
        able: What its chat can show.
    """

    def draw(given: Form) -> Reply:
        return _drawn(terms, given, around, state)

    reply = draw(form)
    photos = _photos(terms, state, reply.photos)
    extra: tuple[Photo, ...] = ()
    if terms.extra_photos is not None and able.threads > 0:
        photos, extra = photos[:1], reply.photos[1:]
    words = _cut(draw, form, most_in(able, has_media=bool(photos or reply.files)))
    return Shown(replace(reply, words=words, photos=photos), extra)


def _drawn(terms: Terms, form: Form, around: Surroundings, state: State) -> Reply:
    seen = placed(form, replace(around, state=state))
    return as_reply(seen.preview() if terms.template is None else terms.template(seen))


def _photos(terms: Terms, state: State, own: tuple[Photo, ...]) -> tuple[Photo, ...]:
    path = terms.media.get(state)
    if path is None or (own and state == terms.first):
        return own
    return (Photo.of(path),)


def fit(draw: Callable[[Form], Reply], form: Form, able: Capabilities) -> Reply:
    """Return what is drawn of a form, cut to one message: its elastic text, else the end of all."""
    reply = draw(form)
    has_media = bool(reply.photos or reply.files)
    return replace(reply, words=_cut(draw, form, most_in(able, has_media=has_media)))


def most_in(able: Capabilities, *, has_media: bool) -> int:
    """Return how many characters one message holds."""
    return able.caption_length if has_media else able.text_length


def _cut(draw: Callable[[Form], Reply], form: Form, most: int) -> Text:
    """Return the words with the elastic text cut as far as needed, else cut at their end."""
    name = next((field.name for field in fields_of(form) if field.elastic), "")
    whole = str(answers_of(form).get(name) or "")
    words = text(draw(form).words)
    if len(words) <= most:
        return words
    fits, low, high = words, 0, len(whole)
    while whole and low <= high:  # halved, for a template may show less or more of the text
        middle = (low + high) // 2
        values = {**answers_of(form), name: whole[:middle].rstrip() + MORE}
        shorter = text(draw(draft_of(type(form), values)).words)
        if len(shorter) > most:
            high = middle - 1
        else:
            low, fits = middle + 1, shorter
    return fits if len(fits) <= most else words.cut(most - len(MORE)) + MORE
