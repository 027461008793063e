"""Settings of a web bot."""

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any

from msgspec import Struct

from posthouse.errors import SettingsError


class WebSettings(Struct, frozen=True, kw_only=True):
    """What `posthouse.toml` may say about a web bot."""

    title: str = ""
    """Shown above the chat; empty for the bot's own title."""
    path: str = "/"
    """Where the page is on the site's web server."""
    address: str = ""
    """How people reach the page, such as "https://example.org/cars"; links that open the bot begin
    with it. Without one they lead to `path`, which is enough on the site's own pages."""
    max_upload_bytes: int = 10 * 1024 * 1024
    """Largest file a person may send."""
    max_text_bytes: int = 64 * 1024
    """Longest message a person may send, in bytes of UTF-8."""
    origins: tuple[str, ...] = ()
    """Other origins that may talk to this bot, such as "https://example.org"."""
    staff_chats: tuple[str, ...] = ()
    """Names of chats that only persons see who were granted the role `staff`; everybody sees the
    others."""
    chat_titles: Mapping[str, str] = {}
    """What chats are called in the list, by their names; a chat without one is called by its name.
    """


def read_settings(given: Mapping[str, Any]) -> WebSettings:
    """Check what was given; raises SettingsError that lists every mistake."""
    mistakes = [_unknown(name) for name in given if name not in _CHECKS]
    for name, value in given.items():
        check = _CHECKS.get(name)
        if check is not None and (wrong := check(value)):
            mistakes.append(f"{name}: {wrong}, not {value!r}")
    if mistakes:
        raise SettingsError(
            "the settings of a web bot have mistakes:\n" + "\n".join(f"  {m}" for m in mistakes)
        )
    lists = {name: tuple(given.get(name, ())) for name in ("origins", "staff_chats")}
    return WebSettings(**{**given, **lists})


def _unknown(name: str) -> str:
    close = get_close_matches(name, _CHECKS, n=1)
    hint = f"did you mean {close[0]}?" if close else f"there are {', '.join(sorted(_CHECKS))}"
    return f"{name}: no such setting; {hint}"


def _is_text(value: object) -> str | None:
    return None if isinstance(value, str) else "must be a text"


def _is_path(value: object) -> str | None:
    return (
        None
        if isinstance(value, str) and value.startswith("/")
        else 'must be a path that begins with "/"'
    )


def _is_address(value: object) -> str | None:
    fits = isinstance(value, str) and (not value or value.startswith(("https://", "http://")))
    return None if fits else 'must be an address such as "https://example.org/cars"'


def _is_size(value: object) -> str | None:
    fits = isinstance(value, int) and not isinstance(value, bool) and value > 0
    return None if fits else "must be a number of bytes above 0"


def _is_origins(value: object) -> str | None:
    fits = isinstance(value, list | tuple) and all(isinstance(v, str) and "://" in v for v in value)
    return None if fits else 'must be a list of origins such as "https://example.org"'


def _is_titles(value: object) -> str | None:
    fits = isinstance(value, Mapping) and all(isinstance(title, str) for title in value.values())
    return None if fits else 'must be a table of titles, such as channel = "Cars for sale"'


def _is_names(value: object) -> str | None:
    fits = isinstance(value, list | tuple) and all(isinstance(name, str) for name in value)
    return None if fits else "must be a list of names of the bot's chats"


_CHECKS: dict[str, Callable[[object], str | None]] = {
    "title": _is_text,
    "path": _is_path,
    "address": _is_address,
    "max_upload_bytes": _is_size,
    "max_text_bytes": _is_size,
    "origins": _is_origins,
    "staff_chats": _is_names,
    "chat_titles": _is_titles,
}
