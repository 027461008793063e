"""Reading the body of a form's class: which fields it declares, and what is wrong with it."""

import inspect
from collections.abc import Mapping
from types import NoneType, UnionType
from typing import Any, ClassVar, Final, NamedTuple, Union, get_args, get_origin

from msgspec import UNSET

from posthouse.dialogs.forms.fields import Computed, Field, Spec, kebab, takes_draft
from posthouse.dialogs.forms.kinds import kind_of
from posthouse.dialogs.forms.wanted import Wanted
from posthouse.errors import FormError
from posthouse.ports.personal import is_personal, without_mark

_OWN = "form_specs"
"""Where a class keeps what its own body declared."""


PLAIN: Final = "(plain)"
"""Where a draft holds its plain answers: no field can have this name."""


class Namespace(NamedTuple):
    """Where the names in quoted annotations are looked up."""

    globals: Mapping[str, Any]
    locals: Mapping[str, Any]


class Declared(NamedTuple):
    """One field as a class body wrote it, its annotation resolved."""

    annotation: Any
    spec: Spec
    owner: type[object]


class UnansweredError(AttributeError):
    """A field of a draft was read that has neither an answer yet nor a default."""


class Unanswered:
    """What stands for a field in its class.

    Read in a draft, it is the answer, made of the plain one when it is first asked for; else the
    default, or an error.
    """

    def __init__(self, field: Field) -> None:
        self._field = field

    def __get__(self, form: object, owner: type[object]) -> Any:
        field = self._field
        if form is None:
            raise AttributeError(
                f"{owner.__name__}.{field.name} is a field; objects have its value"
            )
        held = form.__dict__
        plain = held.get(PLAIN)
        if plain is not None and field.name in plain:
            try:
                value = held[field.name] = field.from_plain(plain[field.name])
            except ValueError:  # the form was changed since: it is to be answered again
                pass
            else:
                return value
        if field.default is UNSET:
            raise UnansweredError(f"{owner.__name__}.{field.name} is not answered yet")
        return field.default


def fields_in(form: type[object], reserved: frozenset[str], names: Namespace) -> tuple[Field, ...]:
    """Return all fields of a form, those of its bases first; raises FormError."""
    own = _declared(form, reserved, names)
    type.__setattr__(form, _OWN, own)
    all_declared: dict[str, Declared | None] = {}
    for base in reversed(form.__mro__):
        all_declared.update(vars(base).get(_OWN, {}))
    # What a base asks for and this class computes is no field any more.
    merged = {name: each for name, each in all_declared.items() if each is not None}
    _check_names(form, merged)
    fields = tuple(_field(form, name, declared) for name, declared in merged.items())
    for field in fields:
        type.__setattr__(form, field.name, Unanswered(field))
    return fields


def _declared(
    form: type[object], reserved: frozenset[str], names: Namespace
) -> dict[str, Declared | None]:
    body, annotations = vars(form), inspect.get_annotations(form)
    found: dict[str, Declared | None] = {}
    for name, raw in annotations.items():
        where = f"{form.__name__}.{name}"
        annotation = _resolved(raw, where, names)
        value = body.get(name, UNSET)
        if annotation is ClassVar or get_origin(annotation) is ClassVar:
            continue
        if name in reserved:
            raise FormError(f"{where}: every form has {name!r} already; choose another name")
        if isinstance(value, Computed):
            found[name] = None
            continue
        if not isinstance(value, Spec):
            raise FormError(
                f"{where} is annotated, but not asked; write {name}: {_shown(raw)} = ask(), "
                "choose() or computed(...), or annotate it as ClassVar"
            )
        found[name] = Declared(annotation, value, form)
    for name, value in body.items():
        if isinstance(value, Spec | Computed) and name not in annotations:
            raise FormError(f"{form.__name__}.{name} has no type; write {name}: str = ask(), say")
    return found


def _resolved(raw: Any, where: str, names: Namespace) -> Any:
    if not isinstance(raw, str):
        return raw
    try:
        return eval(raw, dict(names.globals), dict(names.locals))  # noqa: S307  the class body's own
    except Exception as error:
        raise FormError(
            f"{where}: its annotation {raw!r} cannot be read ({error}); import or define what it "
            "names above the form"
        ) from error


def _shown(annotation: Any) -> str:
    return annotation.__name__ if isinstance(annotation, type) else str(annotation)


def _check_names(form: type[object], merged: Mapping[str, Declared]) -> None:
    folded: dict[str, str] = {}
    for name in merged:
        other = folded.setdefault(kebab(name), name)
        if other != name:
            raise FormError(
                f"{form.__name__}.{other} and {form.__name__}.{name} have the same key "
                f"{kebab(form.__name__)}-{kebab(name)}; rename one"
            )
        if name.startswith("_"):
            raise FormError(f"{form.__name__}.{name}: a field is public; take the underscore away")


def _field(form: type[object], name: str, declared: Declared) -> Field:
    spec, owner = declared.spec, declared.owner
    where = f"{owner.__name__}.{name}"
    annotation, nullable = _without_none(without_mark(declared.annotation))
    keys = tuple(dict.fromkeys(f"{kebab(c.__name__)}-{kebab(name)}" for c in (form, owner)))
    kind = kind_of(annotation, Wanted(where, spec, keys))
    if spec.when is not None and spec.default is UNSET:
        raise FormError(
            f"{where} is not always asked, and has no value when it is not; give it a default"
        )
    if nullable and spec.default is UNSET:
        raise FormError(f"{where} may be None, and nothing makes it so; write default=None")
    if spec.default is None and not nullable:
        raise FormError(f"{where}: its default is None; annotate it as {_shown(annotation)} | None")
    if spec.default is not UNSET and spec.default is not None:
        fault = kind.fault_of(spec.default)
        if fault is not None:
            raise FormError(f"{where}: its default does not fit: {fault}")
    return Field(
        name=name,
        kind=kind,
        prompt=spec.prompt,
        default=spec.default,
        when=spec.when,
        check=spec.check,
        nullable=nullable,
        takes_draft=takes_draft(spec.check, where),
        profile=spec.profile,
        elastic=spec.elastic,
        owner=owner,
        keys=keys,
        is_personal=is_personal(declared.annotation),
    )


def _without_none(annotation: Any) -> tuple[Any, bool]:
    if get_origin(annotation) not in {Union, UnionType}:
        return annotation, False
    parts = [part for part in get_args(annotation) if part is not NoneType]
    if len(parts) == len(get_args(annotation)):
        return annotation, False
    return (parts[0] if len(parts) == 1 else Union[tuple(parts)]), True  # noqa: UP007  of a list
