"""What a draft shows where it stands: words, and rows of labels with the tokens behind them.

How this works: a page is made from the draft alone and is plain data, so that it can be drawn as a
screen and also be compared with what somebody types: the label of a button that is offered, typed,
counts as its press.
"""

from collections.abc import Sequence
from typing import Literal, TypeAlias

from msgspec import Struct

from posthouse.dialogs.filling import tokens
from posthouse.dialogs.filling.levels import Level
from posthouse.dialogs.filling.sitting import Sitting
from posthouse.dialogs.forms.fields import Field
from posthouse.dialogs.forms.offers import (
    NEXT,
    NO_OFFER,
    NOTHING,
    PREVIOUS,
    SUBMIT,
    Kind,
    Offer,
    Option,
    Voice,
)
from posthouse.model.text import Text, Words, bold, italic, text

Row: TypeAlias = list[tuple[str, str]]
"""Buttons: a label and the token behind it."""
LONGEST_LABEL = 48
RESUME, MENU, CANCEL = "resume", "menu", "cancel"
"""What may be shown instead of the question: the values of `Draft.page`."""


class Page(Struct, frozen=True):
    """What is shown."""

    words: Words
    rows: Sequence[Row]
    request: Literal["contact", "location"] | None = None
    """What the person's messenger can be asked for instead."""
    typed: bool = False
    """The answer is typed, and may be a number."""


def question(sitting: Sitting, field: Field) -> Page:
    """Return the page that asks a field."""
    level, voice = sitting.level, sitting.voice
    offer = _offer(level, field)
    lines = [_asking(sitting, field)]
    if offer.status is not None:
        lines.append(offer.status.words(voice))
    if (answer := _answer(level, field, voice)) is not None:
        lines.append(voice.say("posthouse-form-present", answer=answer))
    words = lines[0] if len(lines) == 1 else Text("\n").join(lines)
    rows = _rows(sitting, field, offer)
    return Page(words, rows, offer.request, typed=not offer.options)


def offered(sitting: Sitting, field: Field) -> Sequence[Row]:
    """Return what can be pressed under a question."""
    return _rows(sitting, field, _offer(sitting.level, field))


def _offer(level: Level, field: Field) -> Offer:
    """Return what the field offers; most offer nothing, and need no view of the form for it."""
    kind = field.kind
    if type(kind).offer is Kind.offer:
        return NO_OFFER
    return kind.offer(level.frame.scratch, level.view)


def _rows(sitting: Sitting, field: Field, offer: Offer) -> Sequence[Row]:
    """Return what the field offers, then the ways around it."""
    # Where Done ends the field, Skip would throw away what was gathered for it.
    ways = _ways(sitting, field, is_skippable=field.is_optional and not offer.submit)
    if offer is NO_OFFER and not field.profile:
        return ways
    return [*_offered(offer, sitting.voice), *_profile(sitting, field), *ways]


def _asking(sitting: Sitting, field: Field) -> Words:
    """Return the question: its place among how many, its words and its hint."""
    level, voice = sitting.level, sitting.voice
    fields, place = level.asked, level.plan.place
    mine = place[field.name]
    number = (
        1 + sum(place[f.name] < mine for f in fields) if level.plan.has_conditions else mine + 1
    )
    known = (voice.language, level.plan, mine, number, len(fields))
    found: Words | None = voice.shelf.get(known)
    if found is None:
        lines: list[Words] = [
            voice.say("posthouse-form-progress", number=number, count=len(fields)),
            bold(field.question(voice)),
        ]
        if (hint := field.hint(voice)) is not None:
            lines.append(italic(hint))
        found = voice.shelf[known] = Text("\n").join(lines)
    return found


def menu(sitting: Sitting) -> Page:
    """Return the list of answers, each with a button that asks it again."""
    level, voice = sitting.levels[0], sitting.voice
    rows: list[Row] = []
    for field in level.asked:
        shown = _answer(level, field, voice)
        label = text(field.title(voice), ": ", "" if shown is None else shown)
        rows.append([(_cut(label.plain), f"{tokens.EDIT}{level.plan.place[field.name]}")])
    rows.append([_button(voice, "posthouse-form-back", tokens.GO_ON)])
    return Page(voice.say("posthouse-form-menu"), rows)


def cancelling(sitting: Sitting) -> Page:
    """Return the question whether a form with answers is to be given up."""
    voice = sitting.voice
    return Page(
        voice.say("posthouse-form-cancel-asked", count=sitting.answered),
        [
            [_button(voice, "posthouse-form-discard", tokens.DISCARD)],
            [_button(voice, "posthouse-form-go-on", tokens.GO_ON)],
        ],
    )


def resuming(sitting: Sitting) -> Page:
    """Return the question whether to go on with a form or to begin again."""
    voice = sitting.voice
    count = len(sitting.levels[0].asked)
    return Page(
        voice.say("posthouse-form-resume", answered=sitting.answered, count=count),
        [
            [_button(voice, "posthouse-form-go-on", tokens.GO_ON)],
            [_button(voice, "posthouse-form-anew", tokens.ANEW)],
            [_button(voice, "posthouse-form-cancel", tokens.CANCEL)],
        ],
    )


def deciding(voice: Voice, *, publishes: bool) -> list[Row]:
    """Return what can be pressed under the preview."""
    submit = "posthouse-form-publish" if publishes else "posthouse-form-submit"
    return [
        [_button(voice, submit, tokens.SUBMIT)],
        [_button(voice, "posthouse-form-edit", tokens.MENU)],
        [
            _button(voice, "posthouse-form-anew", tokens.ANEW),
            _button(voice, "posthouse-form-cancel", tokens.CANCEL),
        ],
    ]


# --- parts of the question's page


def _offered(offer: Offer, voice: Voice) -> list[Row]:
    if offer == NO_OFFER:
        return []
    flat = [_option(option, voice) for option in offer.options]
    columns = max(1, offer.columns)
    rows = [flat[start : start + columns] for start in range(0, len(flat), columns)]
    if offer.page or offer.more:
        place = (f"{offer.page + 1}/{offer.pages}", NOTHING)
        turner = [place if offer.place is None else _option(offer.place, voice)]
        if offer.page:
            turner.insert(0, ("‹", PREVIOUS))
        if offer.more:
            turner.append(("›", NEXT))
        rows.append(turner)
    rows.extend([_option(tool, voice)] for tool in offer.tools)
    if offer.submit:
        rows.append([_button(voice, "posthouse-form-done", SUBMIT)])
    return rows


def _profile(sitting: Sitting, field: Field) -> list[Row]:
    """Return the button that gives what was answered the last time."""
    answers = sitting.level.frame.answers
    if not field.profile or field.name in answers or field.name not in sitting.profile:
        return []
    try:
        value = field.from_plain(sitting.profile[field.name])
    except ValueError:  # from another form, where the name means something else
        return []
    shown = text(field.show(value, sitting.voice)).plain
    return [[(_cut(shown), tokens.PROFILE)]] if shown else []


def _ways(sitting: Sitting, field: Field, *, is_skippable: bool) -> Sequence[Row]:
    """Return the ways around a question, which are the same objects for everybody."""
    voice = sitting.voice
    has_back, is_answered = sitting.has_back, field.name in sitting.level.frame.answers
    known = (voice.language, has_back, is_answered, is_skippable)
    found: Sequence[Row] | None = voice.shelf.get(known)
    if found is None:
        around: Row = []
        if has_back:
            around.append(_button(voice, "posthouse-form-back", tokens.BACK))
        if is_answered:
            around.append(_button(voice, "posthouse-form-forward", tokens.FORWARD))
        elif is_skippable:
            around.append(_button(voice, "posthouse-form-skip", tokens.SKIP))
        around.append(_button(voice, "posthouse-form-cancel", tokens.CANCEL))
        found = voice.shelf[known] = (around,)
    return found


def _answer(level: Level, field: Field, voice: Voice) -> Words | None:
    """Return the answer a field has as it is shown, or None."""
    plain = level.frame.answers.get(field.name, ...)
    if plain is ...:
        return None
    try:
        return field.show(field.from_plain(plain), voice)
    except ValueError:
        return None


def _option(option: Option, voice: Voice) -> tuple[str, str]:
    label = _cut(text(option.words(voice)).plain)
    if option.chosen is not None:
        label = f"{'☑' if option.chosen else '☐'} {label}"
    return label, option.token


def _button(voice: Voice, key: str, token: str) -> tuple[str, str]:
    return voice.say(key).plain, token


def _cut(label: str) -> str:
    line = " ".join(label.split()) or "·"
    return line if len(line) <= LONGEST_LABEL else f"{line[: LONGEST_LABEL - 1]}…"
