"""What filling needs to know of a form, worked out once when the form is registered."""

from collections.abc import Mapping, Sequence

from posthouse.dialogs.forms.fields import Field, kebab
from posthouse.dialogs.forms.form import Form, fields_of
from posthouse.dialogs.forms.media import ManyPhotos, OnePhoto


class Plan:
    """The fields of a form that are asked, in order, and what can be told of them beforehand."""

    def __init__(self, form: type[Form]) -> None:
        self.form = form
        self.fields: Sequence[Field] = fields_of(form)
        self.field: Mapping[str, Field] = {field.name: field for field in self.fields}
        """Fields by name."""
        self.place: Mapping[str, int] = {field.name: n for n, field in enumerate(self.fields)}
        """Where a field stands, from 0."""
        self.has_conditions = any(field.when is not None for field in self.fields)
        self.elastic = next((field for field in self.fields if field.elastic), None)
        """The text that is cut where a post becomes too long."""
        self.profile = tuple(field for field in self.fields if field.profile)
        mine = (kind for kind in form.__mro__ if issubclass(kind, Form) and kind is not Form)
        self.keys = tuple(kebab(kind.__name__) for kind in mine)
        """Names of the form and of those it extends, as they stand in keys of catalogues."""
        self.takes_photos = any(map(takes_photos, self.fields))

    def __repr__(self) -> str:
        return f"<Plan {self.form.__name__}: {len(self.fields)} fields>"


def takes_photos(field: Field) -> bool:
    """Whether a field is answered with photos, which may come as an album."""
    return isinstance(field.kind, OnePhoto | ManyPhotos)


_plans: dict[type[Form], Plan] = {}


def plan_of(form: type[Form]) -> Plan:
    """Return the plan of a form, always the same one."""
    found = _plans.get(form)
    if found is None:
        found = _plans[form] = Plan(form)
    return found
