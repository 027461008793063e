"""Where a draft stands: the form itself, or a sub-form of one of its lists, and the view of it."""

from collections.abc import Sequence
from typing import Any

from posthouse.dialogs.filling.drafts import Draft, Frame
from posthouse.dialogs.filling.plan import Plan, plan_of
from posthouse.dialogs.filling.walking import asked
from posthouse.dialogs.forms.fields import Field
from posthouse.dialogs.forms.form import Form, view_of
from posthouse.dialogs.forms.lists import SubForms
from posthouse.dialogs.forms.offers import Surroundings


class Level:
    """One frame of a draft, with the plan of its form."""

    __slots__ = ("_view", "around", "frame", "plan")

    def __init__(self, plan: Plan, frame: Frame, around: Surroundings) -> None:
        self.plan = plan
        self.frame = frame
        self.around = around
        self._view: Form | None = None

    @property
    def view(self) -> Any:
        """The form as far as it is filled, as conditions, checks and options see it."""
        if self._view is None:
            self._view = view_of(self.plan.form, self.frame.answers, self.around)
        return self._view

    @property
    def field(self) -> Field | None:
        """The field being asked; None where the answers are looked over."""
        return self.plan.field.get(self.frame.asking)

    @property
    def asked(self) -> Sequence[Field]:
        """The fields that are asked, as the answers stand."""
        return asked(self.plan, self.view) if self.plan.has_conditions else self.plan.fields

    def keep(self, field: Field, plain: Any) -> None:
        """Keep the answer to a field, as a plain value."""
        self.frame.answers[field.name] = plain
        self._view = None

    def forget(self, field: Field) -> None:
        """Forget the answer to a field."""
        self.frame.answers.pop(field.name, None)
        self._view = None

    def turn_to(self, field: Field | None) -> None:
        """Ask a field from now on, or look over the answers."""
        frame = self.frame
        frame.asking = "" if field is None else field.name
        frame.scratch, frame.inner = None, None
        if field is not None:
            begin = field.kind.begin
            if field.name in frame.answers:
                try:
                    value = field.from_plain(frame.answers[field.name])
                except ValueError:  # the form was changed since
                    self.forget(field)
                else:
                    frame.scratch = begin(value)
                    return
            frame.scratch = begin()


def levels(plan: Plan, draft: Draft, around: Surroundings) -> list[Level]:
    """Return the frames of a draft, the outermost first."""
    found = [Level(plan, draft.frame, around)]
    while (frame := found[-1].frame).inner is not None:
        field = found[-1].field
        kind = None if field is None else field.kind
        if not isinstance(kind, SubForms):  # a deploy has taken the list away
            frame.inner = None
            break
        found.append(Level(plan_of(kind.form), frame.inner, around))
    return found
