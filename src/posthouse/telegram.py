"""Telegram's own types, methods and updates, for what only Telegram has.

`from posthouse.telegram import InlineQueried, Message, SendMessage, TelegramClient`. Every name of
the Bot API is here; the classes are made when the first of them is used, so that importing this
module costs nothing.
"""

from functools import cache
from importlib import import_module
from typing import Any

_ADAPTER = "posthouse.adapters.telegram"
_API = f"{_ADAPTER}.api"
_OWN = {
    "Answer": f"{_API}.codec",
    "Call": f"{_API}.encoding",
    "CheckoutAsked": f"{_ADAPTER}.updates",
    "InlineChosen": f"{_ADAPTER}.updates",
    "InlineQueried": f"{_ADAPTER}.updates",
    "InputFile": f"{_API}.base",
    "JoinRequested": f"{_ADAPTER}.updates",
    "MemberChanged": f"{_ADAPTER}.updates",
    "OtherUpdate": f"{_ADAPTER}.updates",
    "PollAnswered": f"{_ADAPTER}.updates",
    "RateSettings": f"{_ADAPTER}.rates",
    "Rates": f"{_ADAPTER}.rates",
    "ShippingAsked": f"{_ADAPTER}.updates",
    "TelegramClient": f"{_ADAPTER}.client",
    "TelegramMethod": f"{_API}.base",
    "TelegramObject": f"{_API}.base",
    "Unknown": f"{_API}.unknown",
    "decode_answer": f"{_API}.codec",
    "decode_object": f"{_API}.codec",
    "decode_result": f"{_API}.codec",
    "decode_update": f"{_API}.codec",
    "encode": f"{_API}.encoding",
    "encode_call": f"{_API}.encoding",
    "encode_reply": f"{_API}.encoding",
    "specification": f"{_API}.specification",
    "split_updates": f"{_API}.codec",
    "unknown_keys": f"{_API}.unknown",
}
_GENERATED = (f"{_API}.types", f"{_API}.methods")


def __getattr__(name: str) -> Any:
    if name == "__all__":
        return _names()
    home = _OWN.get(name) or (_home(name) if name[:1].isupper() else None)
    if home is None:
        raise AttributeError(_missing(name))
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_names()})


def _home(name: str) -> str | None:
    return next((home for home in _GENERATED if name in _names_in(home)), None)


@cache
def _names_in(home: str) -> frozenset[str]:
    return frozenset(import_module(home).__all__)


def _names() -> list[str]:
    generated = {name for home in _GENERATED for name in _names_in(home)}
    return sorted(generated | _OWN.keys())


def _missing(name: str) -> str:
    text = f"module 'posthouse.telegram' has no attribute {name!r}"
    if name.startswith("_"):
        return text
    from difflib import get_close_matches

    near = get_close_matches(name, _names(), n=1)
    return f"{text}; did you mean {near[0]!r}?" if near else text
