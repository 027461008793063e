"""One touch of one draft: what was given is read, and the draft moves on; nothing is shown here.

How this works: a sitting is made for each turn that concerns a draft. It changes the draft in place
and says in a `Step` what has to be shown; the pages are drawn from the draft alone, so that the
same page comes after a restart.
"""

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from posthouse.dialogs.filling.drafts import Draft, Frame
from posthouse.dialogs.filling.levels import Level, levels
from posthouse.dialogs.filling.plan import Plan, plan_of, takes_photos
from posthouse.dialogs.filling.voice import TurnVoice
from posthouse.dialogs.filling.walking import after, before, first_open
from posthouse.dialogs.forms.fields import REFUSED, Field
from posthouse.dialogs.forms.form import Form, placed
from posthouse.dialogs.forms.lists import SubForms
from posthouse.dialogs.forms.offers import (
    Answered,
    Given,
    Reading,
    Said,
    Starts,
    Surroundings,
    Wrong,
)
from posthouse.errors import FormError
from posthouse.model.text import Text, Words

MISFIT = "posthouse-form-misfit"
"""Said of an answer that no longer fits a form that was changed."""


class Step(Struct, frozen=True):
    """What became of something given."""

    said: Words | None = None
    """A sentence to show above the question."""
    moved: bool = True
    """The draft stands elsewhere now, and older buttons no longer count."""
    drawn: bool = True
    """There is something else to show than before."""


NOTHING = Step(moved=False, drawn=False)
SAME = Step(moved=False)
MOVED = Step()


class Sitting:
    """A draft that is being worked on."""

    __slots__ = ("around", "draft", "is_lost", "levels", "profile", "voice")

    def __init__(
        self,
        plan: Plan,
        draft: Draft,
        *,
        around: Surroundings,
        voice: TurnVoice,
        profile: Mapping[str, Any],
    ) -> None:
        self.draft = draft
        self.around = around
        self.voice = voice
        self.profile = profile
        """What was submitted before in fields that are offered again, as plain values."""
        self.levels: list[Level] = levels(plan, draft, around)
        level = self.levels[-1]
        self.is_lost = False
        """A deploy has taken away the question that was asked, so there is another one now."""
        if level.field is None:
            following = first_open(level.asked, level.frame.answers)
            self.is_lost = following is not None or bool(level.frame.asking)
            if self.is_lost:
                level.turn_to(following)

    @property
    def level(self) -> Level:
        """Where it stands: the innermost level."""
        return self.levels[-1]

    @property
    def field(self) -> Field | None:
        """The field being asked; None in the preview."""
        return self.levels[-1].field

    @property
    def is_preview(self) -> bool:
        """Whether everything is answered and looked over."""
        return len(self.levels) == 1 and not self.draft.frame.asking

    @property
    def has_back(self) -> bool:
        """Whether there is something before the question."""
        level = self.levels[-1]
        field = level.field
        if field is None:
            return False
        if level.frame.edits or len(self.levels) > 1:
            return True
        if not level.plan.has_conditions:
            return level.plan.place[field.name] > 0
        return before(level.asked, field.name, level.plan) is not None

    @property
    def takes_photos(self) -> bool:
        """Whether the field being asked is answered with photos."""
        return self.field is not None and takes_photos(self.field)

    @property
    def answered(self) -> int:
        """How many questions of the form are answered."""
        level = self.levels[0]
        return sum(field.name in level.frame.answers for field in level.asked)

    # --- answers

    async def give(self, given: Given) -> Step:
        """Take a message, or a pick of what the field offers."""
        level, field = self.level, self.field
        if field is None:
            return SAME
        reading = field.kind.read(given, level.frame.scratch, level.view)
        return await self._take(level, field, reading)

    async def skip(self) -> Step:
        """Take the default of the field being asked."""
        field = self.field
        if field is None or not field.is_optional:
            return SAME
        return await self._answered(self.level, field, field.to_plain(field.default))

    async def repeat(self) -> Step:
        """Take what was answered to the field the last time, if it still passes."""
        level, field = self.level, self.field
        if field is None or field.name not in self.profile:
            return SAME
        try:
            value = field.from_plain(self.profile[field.name])
        except ValueError:
            return Step(self.voice.say(MISFIT), moved=False)
        return await self._take(level, field, Answered(value))

    async def _take(self, level: Level, field: Field, reading: Reading) -> Step:
        if isinstance(reading, Answered):
            fault = None
            if field.check is not None:
                fault = await _fault(field.check, field, reading.value, level)
            if fault is None:
                step = await self._answered(level, field, field.to_plain(reading.value))
                return _noted(step, reading.note, self.voice)
            reading = fault
        if isinstance(reading, Wrong):
            return Step(reading.words(self.voice), moved=False)
        level.frame.scratch = reading.state
        if isinstance(reading, Starts):
            self._enter(level, reading.form)
            return MOVED
        step = SAME if reading.changed else NOTHING
        return _noted(step, reading.note, self.voice)

    async def _answered(self, level: Level, field: Field, plain: Any) -> Step:
        level.keep(field, plain)
        level.frame.edits = False
        return await self._go_on(level)

    async def _go_on(self, level: Level) -> Step:
        """Ask the first question without an answer, else end the sub-form or show the preview."""
        following = first_open(level.asked, level.frame.answers)
        if following is None and level is not self.levels[0]:
            return await self._leave(level)
        level.turn_to(following)
        return MOVED

    # --- sub-forms

    def _enter(self, level: Level, form: type[Form]) -> None:
        frame = level.frame.inner = Frame()
        inner = Level(plan_of(form), frame, self.around)
        inner.turn_to(first_open(inner.asked, frame.answers))
        self.levels.append(inner)

    async def _leave(self, level: Level) -> Step:
        """Hand a sub-form that is filled to the list it belongs to."""
        form = self.built(level)
        if form is None:
            return Step(self.voice.say(MISFIT))
        self.levels.pop()
        outer = self.level
        outer.frame.inner = None
        field = outer.field
        if field is None:  # a deploy has taken the list away
            return await self._go_on(outer)
        if isinstance(field.kind, SubForms):  # else nothing would have begun one
            await self._take(outer, field, field.kind.added(outer.frame.scratch, form))
        return MOVED

    # --- ways around

    def back(self) -> Step:
        """Ask the question before; out of a sub-form, or to the preview one came from."""
        level, field = self.level, self.field
        if field is None:
            return SAME
        if level.frame.edits:
            level.frame.edits = False
            level.turn_to(None)
            return MOVED
        earlier = before(level.asked, field.name, level.plan)
        if earlier is not None:
            level.turn_to(earlier)
        elif len(self.levels) > 1:
            self.levels.pop()
            self.level.frame.inner = None
        else:
            return SAME
        return MOVED

    async def forward(self) -> Step:
        """Keep the answer that the field has, and ask the next question."""
        level, field = self.level, self.field
        if field is None or field.name not in level.frame.answers:
            return SAME
        if level.frame.edits:
            level.frame.edits = False
            return await self._go_on(level)
        following = after(level.asked, field.name, level.plan)
        if following is None:
            return await self._go_on(level)
        level.turn_to(following)
        return MOVED

    def edit(self, place: int) -> Step:
        """Ask one field again, from the preview."""
        level = self.levels[0]
        field = next((f for f in level.asked if level.plan.place[f.name] == place), None)
        if field is None or not self.is_preview:
            return SAME
        level.turn_to(field)
        level.frame.edits = True
        return MOVED

    # --- the end

    def built(self, level: Level | None = None) -> Form | None:
        """Return the form that the answers make.

        None when some of them no longer fit; the first of those is asked then.
        """
        level = level or self.levels[0]
        values: dict[str, Any] = {}
        for field in level.asked:
            try:
                values[field.name] = field.from_plain(level.frame.answers[field.name])
            except (ValueError, KeyError):
                level.forget(field)
        missing = first_open(level.asked, level.frame.answers)
        if missing is not None:
            level.turn_to(missing)
            return None
        return placed(level.plan.form(**values), self.around)


async def _fault(
    check: Callable[..., object], field: Field, value: Any, level: Level
) -> Wrong | None:
    """Return what the form's own check has against an answer."""
    try:
        verdict: Any = check(value, level.view) if field.takes_draft else check(value)
        if inspect.isawaitable(verdict):
            verdict = await verdict
    except ValueError as error:
        return Wrong(REFUSED, {}, str(error) or None)
    if verdict is None or verdict is True:
        return None
    if verdict is False:
        return Wrong(REFUSED)
    if isinstance(verdict, str | Text):
        return Wrong(REFUSED, {}, verdict)
    raise FormError(
        f"the check of {field.owner.__name__}.{field.name} returned {verdict!r}; let it return "
        f"None or True when the value is fine, False or a sentence when it is not"
    )


def _noted(step: Step, note: Said | None, voice: TurnVoice) -> Step:
    if note is None:
        return step
    return Step(note.words(voice), moved=step.moved)
