"""What a post shows: the template's words, the picture of its state, cut to the limit."""

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
    reply = _drawn(terms, form, around, state)
    photos = _photos(terms, state, reply.photos)
    extra: tuple[Photo, ...] = ()
    if terms.extra_photos is not None and able.threads > 0:
        photos, extra = photos[:1], reply.photos[1:]
    has_media = bool(photos or reply.files)
    most = able.caption_length if has_media else able.text_length
    words = text(reply.words)
    if len(words) > most:
        words = _fitting(terms, form, around, state, most)
    return Shown(replace(reply, words=words, photos=photos), extra)


def _drawn(terms: Terms, form: Form, around: Surroundings, state: State) -> Reply:
    seen = placed(form, replace(around, state=state))
    return as_reply(seen.preview() if terms.template is None else terms.template(seen))


def _photos(terms: Terms, state: State, own: tuple[Photo, ...]) -> tuple[Photo, ...]:
    path = terms.media.get(state)
    if path is None or (own and state == terms.first):
        return own
    return (Photo.of(path),)


def _fitting(terms: Terms, form: Form, around: Surroundings, state: State, most: int) -> Text:
    """Return the words with the elastic text cut as far as needed, else cut at their end."""
    name = next((field.name for field in fields_of(form) if field.elastic), "")
    whole = str(answers_of(form).get(name) or "")
    words = text(_drawn(terms, form, around, state).words)
    kept = len(whole)
    while kept and len(words) > most:
        kept = max(kept - (len(words) - most), 0)
        values = {**answers_of(form), name: whole[:kept].rstrip() + MORE}
        words = text(_drawn(terms, draft_of(type(form), values), around, state).words)
    return words if len(words) <= most else words.cut(most - len(MORE)) + MORE
