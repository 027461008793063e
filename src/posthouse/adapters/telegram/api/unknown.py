"""What came later than this version: keys, kinds and values that are kept as they are."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, TypeVar, cast

from msgspec import StructMeta

from posthouse.adapters.telegram.api.base import TelegramObject

T = TypeVar("T", bound=TelegramObject)

KEPT = "_kept_"


class Unknown:
    """A JSON object of a kind that this version does not know; its keys are attributes.

    A key that is a Python keyword takes an underscore behind it, as in the known types; any key
    can be had with `unknown["key"]`.
    """

    __slots__ = ("_data",)

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._data = data

    def __getattr__(self, name: str) -> Any:
        data = self._data
        key = _find(data, name)
        if key is None:
            raise AttributeError(f"this object has no key {name!r}; it has: {', '.join(data)}")
        return wrapped(data[key])

    def __getitem__(self, key: str) -> Any:
        return wrapped(self._data[key])

    def __contains__(self, key: object) -> bool:
        return key in self._data

    def __iter__(self) -> Iterator[str]:
        return iter(self._data)

    def __len__(self) -> int:
        return len(self._data)

    def __eq__(self, other: object) -> bool:
        return self._data == raw(other) if isinstance(other, Unknown) else NotImplemented

    __hash__ = None  # type: ignore[assignment]  # what it holds has no hash either

    def __repr__(self) -> str:
        return f"Unknown({self._data!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return Unknown, (self._data,)


class Kept:
    """What one object's JSON had besides its known fields, and which keys it had at all."""

    __slots__ = ("data", "invented")

    def __init__(self, data: Mapping[str, Any], invented: frozenset[str]) -> None:
        self.data = data
        """The JSON object as it came: its order, its nulls and its unknown keys."""
        self.invented = invented
        """Required keys that did not come; their fields hold an empty value."""

    def __eq__(self, other: object) -> bool:
        return self.data == other.data if isinstance(other, Kept) else NotImplemented

    __hash__ = None  # type: ignore[assignment]  # what it holds has no hash either

    def __repr__(self) -> str:
        return f"Kept({list(self.data)!r})"


class NeedsWalkError(Exception):
    """The fast encoder met an object with unknown keys, which only a walk can write."""


@cache
def keeping(kind: type[T]) -> type[T]:
    """Make the class of those objects of `kind` that hold more than their known fields.

    It is a subclass with one more field, so objects without unknown keys pay nothing for it.
    """
    namespace = {
        "__module__": kind.__module__,
        "__qualname__": kind.__qualname__,
        "__doc__": kind.__doc__,
        "__annotations__": {KEPT: Kept},
        "__getattr__": _kept_attribute,
        "__reduce__": _reduced,
    }
    made = StructMeta(kind.__name__, (kind,), namespace, frozen=True, kw_only=True)
    return cast(type[T], made)


def kept(value: TelegramObject) -> Kept | None:
    """Tell what an object holds besides its known fields; None when nothing."""
    return getattr(value, KEPT, None) if KEPT in type(value).__struct_fields__ else None


def unknown_keys(value: TelegramObject) -> dict[str, Any]:
    """Give the keys of an object that this version does not know, with their values."""
    found = kept(value)
    if found is None:
        return {}
    known = set(type(value).__struct_encode_fields__)
    tag = type(value).__struct_config__.tag_field
    return {key: wrapped(item) for key, item in found.data.items() if key not in known | {tag}}


def wrapped(value: Any) -> Any:
    """Make JSON objects of an unknown kind readable by attribute."""
    if isinstance(value, dict):
        return Unknown(value)
    if isinstance(value, list):
        return [wrapped(item) for item in value]
    return value


def raw(value: Unknown) -> Mapping[str, Any]:
    """Give back the JSON object that an Unknown was made of."""
    data: Mapping[str, Any] = object.__getattribute__(value, "_data")
    return data


def _kept_attribute(self: TelegramObject, name: str) -> Any:
    found = kept(self) if name != KEPT else None
    key = _find(found.data, name) if found else None
    if found is None or key is None:
        raise AttributeError(f"{type(self).__name__} has no field or key {name!r}")
    return wrapped(found.data[key])


def _reduced(self: TelegramObject) -> tuple[Any, ...]:
    fields = {name: getattr(self, name) for name in type(self).__struct_fields__}
    return _restored, (type(self).__base__, fields)


def _restored(kind: type[T], fields: dict[str, Any]) -> T:
    made: T = keeping(kind)(**fields)
    return made


def _find(data: Mapping[str, Any], name: str) -> str | None:
    """Tell which key an attribute stands for, or None."""
    if name in data:
        return name
    bare = name.removesuffix("_")
    return bare if bare in data else None
