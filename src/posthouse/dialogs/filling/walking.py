"""Which question comes next: pure steps over a form's plan and its answers.

How this works: the fields are asked in the order in which they stand, those whose condition does
not hold are left out, and conditions are looked at again at every step. An answer of a field that
is no longer asked stays where it is, in case it is asked again, but is not submitted.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from posthouse.dialogs.filling.plan import Plan
from posthouse.dialogs.forms.declaring import UnansweredError
from posthouse.dialogs.forms.fields import Field


def asked(plan: Plan, view: Any) -> Sequence[Field]:
    """Return the fields that are asked, as the answers stand.

    Args:
        plan: Of the form.
        view: The form as far as it is filled.
    """
    if not plan.has_conditions:
        return plan.fields
    return [field for field in plan.fields if field.when is None or _holds(field, view)]


def first_open(fields: Sequence[Field], answers: Mapping[str, Any]) -> Field | None:
    """Return the first field that has no answer, or None when all have one."""
    for field in fields:
        if field.name not in answers:
            return field
    return None


def before(fields: Sequence[Field], name: str, plan: Plan) -> Field | None:
    """Return the question before a field, or None for the first.

    A field that is not asked any more still has its place.
    """
    place = plan.place[name]
    found = None
    for field in fields:
        if plan.place[field.name] >= place:
            break
        found = field
    return found


def after(fields: Sequence[Field], name: str, plan: Plan) -> Field | None:
    """Return the question after a field, or None for the last."""
    place = plan.place[name]
    return next((field for field in fields if plan.place[field.name] > place), None)


def _holds(field: Field, view: Any) -> bool:
    """Whether a field's condition holds; one that rests on what is not answered yet does not."""
    try:
        return field.is_wanted(view)
    except UnansweredError:
        return False
