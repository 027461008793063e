"""Values and parameters held against the specification."""

import difflib
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from posthouse.testing.telegram import refusals
from posthouse.testing.telegram.refusals import refuse
from posthouse.testing.telegram.specification import Field, Kind, Method, Union, load
from posthouse.testing.telegram.wire import Json

TRUE = {"true", "yes", "1"}
"""What a boolean parameter may say to mean yes; C9357."""


def check(
    method: Method, arguments: Mapping[str, str], files: Mapping[str, Any], *, own: frozenset[str]
) -> None:
    """Refuse parameters that are missing, unknown, of another type or too long.

    Args:
        own: Required parameters whose absence the method itself refuses, in Telegram's words.
    """
    attached = "".join(arguments.values())
    for name in [*arguments, *files]:
        if name in method.parameters or name == "method" or f"attach://{name}" in attached:
            continue
        close = difflib.get_close_matches(name, method.parameters, 1)
        hint = f"; there is {close[0]!r}" if close else ""
        raise refuse(refusals.OWN_UNKNOWN.format(method=method.name, name=name, hint=hint))
    for field in method.parameters.values():
        given = arguments.get(field.name)
        if given is not None:
            _check_one(method, field, given)
        elif field.required and field.name not in files and field.name not in own:
            raise refuse(refusals.OWN_MISSING.format(method=method.name, name=field.name))


def _check_one(method: Method, field: Field, given: str) -> None:
    if given == "null" and not field.required:
        return  # taken as the text "null", which nobody means
    if (why := _misfit(field.kind, given)) is not None:
        raise refuse(refusals.OWN_TYPE.format(name=field.name, method=method.name, why=why))
    if field.length is None or field.kind.k != "str":
        return
    if field.name in {"text", "caption"} and "parse_mode" in method.parameters:
        return  # those are counted after their markup is parsed
    least, most, unit = field.length
    length = len(given.encode()) if unit == "bytes" else len(given)
    if not least <= length <= most and (given or field.required):
        raise refuse(
            refusals.OWN_LENGTH.format(
                name=field.name,
                method=method.name,
                length=length,
                unit=unit,
                least=least,
                most=most,
            )
        )


def _misfit(kind: Kind, given: str) -> str | None:
    """Why a parameter's text is none of a kind, or None."""
    if kind.k == "union":
        found = [_misfit(part, given) for part in kind.of]
        return None if None in found else found[0]
    if kind.k in _TEXTS:
        needed, fits = _TEXTS[kind.k]
        return None if fits(given) else f"{needed} is needed, not {given[:40]!r}"
    if kind.name == "InputFile" or not given:
        return None
    try:
        value = msgspec.json.decode(given)
    except msgspec.DecodeError:
        return f"JSON of {kind} is needed, not {given[:40]!r}"
    return misfit(kind, value)


def misfit(kind: Kind, value: Any, where: str = "") -> str | None:
    """Why a JSON value is none of a kind, naming the place, or None."""
    match kind.k:
        case "arr":
            return _misfit_items(kind, value, where)
        case "union":
            found = [misfit(part, value, where) for part in kind.of]
            return None if None in found else found[0]
        case "ref":
            return _misfit_object(kind.name, value, where)
    fits = _VALUES[kind.k](value)
    return None if fits else f"{where or 'it'} must be {kind}, not {_show(value)}"


def _misfit_items(kind: Kind, value: Any, where: str) -> str | None:
    if not isinstance(value, list):
        return f"{where or 'it'} must be {kind}, not {_show(value)}"
    for number, item in enumerate(value):
        if (why := misfit(kind.of[0], item, f"{where}[{number}]")) is not None:
            return why
    return None


def _misfit_object(name: str, value: Any, where: str) -> str | None:
    if name in {"InputFile", "KeyboardButton", "InputPollOption"} and isinstance(value, str):
        return None  # the last two may be their text alone
    spec = load()
    if union := spec.unions.get(name):
        return _misfit_union(union, value, where)
    if not isinstance(value, dict) or name not in spec.types:
        return f"{where or 'it'} must be an object, {name}, not {_show(value)}"
    return _misfit_fields(spec.types[name], name, value, where)


def _misfit_union(union: Union, value: Any, where: str) -> str | None:
    if not union.discriminator or not isinstance(value, dict):
        found = [misfit(member, value, where) for member in union.members]
        return None if None in found else found[0]
    said = value.get(union.discriminator)
    for member, meant in union.mapping.items():
        if meant == said:
            return _misfit_object(member, value, where)
    known = ", ".join(sorted({str(one) for one in union.mapping.values()}))
    return f"{where}.{union.discriminator} is {said!r}; known are {known}".lstrip(".")


def _misfit_fields(fields: dict[str, Field], name: str, value: Json, where: str) -> str | None:
    for key, given in value.items():
        field = fields.get(key)
        if field is None:
            return f"{name} has no {key!r}{f' ({where})' if where else ''}"
        if given is None and not field.required:
            continue
        if (why := misfit(field.kind, given, f"{where}.{key}".lstrip("."))) is not None:
            return why
    for field in fields.values():
        if field.required and field.name not in value:
            return f"{where + ' ' if where else ''}{name} lacks {field.name!r}"
    return None


def _show(value: Any) -> str:
    return msgspec.json.encode(value).decode()[:40]


def _is_integer(text: str) -> bool:
    bare = text.strip()
    return bare.removeprefix("-").isdecimal()


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


_BOOLEANS = TRUE | {"false", "no", "0", ""}
_TEXTS: dict[str, tuple[str, Callable[[str], bool]]] = {
    "str": ("text", lambda given: True),
    "int": ("an integer", _is_integer),
    "float": ("a number", _is_number),
    "bool": ("true or false", lambda given: given.strip().lower() in _BOOLEANS),
    "true": ("true or false", lambda given: given.strip().lower() in _BOOLEANS),
}
"""What a parameter of a kind is, and whether a text is one."""
_VALUES: dict[str, Callable[[Any], bool]] = {
    "str": lambda value: isinstance(value, str),
    # Clients that make everything text write numbers as text inside objects too.
    "int": lambda value: (
        (isinstance(value, int) and not isinstance(value, bool))
        or (isinstance(value, str) and _is_integer(value))
    ),
    "float": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "bool": lambda value: isinstance(value, bool),
    "true": lambda value: isinstance(value, bool),
}
"""Whether a JSON value is one of a kind."""
