"""Fields that are a text: words, a mail address, the address of a page."""

import re
from typing import Any, ClassVar, Final
from urllib.parse import urlsplit

import msgspec
from msgspec.structs import replace

from posthouse.dialogs.forms.folding import cleaned, on_one_line
from posthouse.dialogs.forms.offers import (
    Answered,
    Draft,
    Given,
    Kind,
    Plain,
    Reading,
    Scratch,
    Value,
    Voice,
    Wrong,
)
from posthouse.dialogs.forms.wanted import Wanted
from posthouse.model.text import Text, Words
from posthouse.model.update import TextMessage
from posthouse.model.values import Email, Url

MOST_CHARACTERS: Final = 4000
"""Longest text when a form sets no limit: it still fits a message beside a few other words."""
_MOST_URL: Final = 2000
_LOCAL: Final = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*")
_MOST_LOCAL, _MOST_EMAIL, _MOST_HOST = 64, 254, 253
_PART: Final = re.compile(r"(?!-)[\w-]{1,63}(?<!-)")
_SCHEME: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
_HOST_PORT: Final = re.compile(r"[^/:?#]+:\d+(?:[/?#]|$)")
_TWO: Final = 2


def typed(given: Given) -> str | None:
    """Return what was typed, without what cannot be seen; None when it is no text."""
    return cleaned(given.text) if isinstance(given, TextMessage) else None


class Texts(Kind, frozen=True, kw_only=True):
    """Words of one's own, kept literally: markup is no markup in them."""

    sorts: ClassVar[tuple[type[Any], ...]] = (str,)
    min_length: int = 1
    max_length: int = MOST_CHARACTERS
    """In code points, after trimming; `msgspec.structs.replace` it for an elastic field."""
    single_line: bool = False

    def read(self, given: Given, state: Scratch, draft: Draft | None, /) -> Reading:
        """Return the text, trimmed, if its length fits."""
        text = typed(given)
        if not text:
            return self.expected(draft)
        text = on_one_line(text) if self.single_line else text
        if len(text) < self.min_length:
            return Wrong("posthouse-text-short", {"least": self.min_length, "count": len(text)})
        if len(text) > self.max_length:
            return Wrong("posthouse-text-long", {"most": self.max_length, "count": len(text)})
        return Answered(text)

    def expected(self, draft: Draft | None, /) -> Wrong:
        """Return how long a text is expected."""
        if self.min_length > 1:
            values = {"least": self.min_length, "most": self.max_length}
            return Wrong("posthouse-expected-text-between", values)
        return Wrong("posthouse-expected-text", {"most": self.max_length})

    def from_plain(self, raw: Plain, /) -> str:
        """Return the text; raises ValueError when its length does not fit any more."""
        if not isinstance(raw, str) or not self.min_length <= len(raw) <= self.max_length:
            raise ValueError(
                f"{raw!r:.40} is no text of {self.min_length} to {self.max_length} characters"
            )
        return raw


def text_kind(wanted: Wanted) -> Kind:
    """Return the kind of a field of words."""
    bounds = wanted.bounds("min_length", "max_length", "single_line")
    wanted.counts("min_length", "max_length")
    wanted.ordered("min_length", "max_length")
    if bounds.get("max_length") == 0:
        raise wanted.error("max_length=0 leaves no answer; leave the argument out")
    kind = Texts(**{**bounds, "min_length": max(1, bounds.get("min_length", 1))})
    if kind.min_length > kind.max_length:
        raise wanted.error(f"min_length is above the usual max_length {MOST_CHARACTERS}; set both")
    return kind


class Formatted(Texts, frozen=True, kw_only=True):
    """Words of one's own with the formatting that the messenger gave them."""

    sorts: ClassVar[tuple[type[Any], ...]] = (Text,)

    def read(self, given: Given, state: Scratch, draft: Draft | None, /) -> Reading:
        """Return the text, trimmed, with its spans, if its length fits."""
        reading = super().read(given, state, draft)
        if not isinstance(reading, Answered) or not isinstance(given, TextMessage):
            return reading
        return Answered(trimmed(given.formatted or Text(str(reading.value))))

    def show(self, value: Value, voice: Voice, /) -> Words:
        """Return the text with its formatting."""
        return value if isinstance(value, Text) else str(value)

    def to_plain(self, value: Value, /) -> Plain:
        """Return it as plain data."""
        plain: Plain = msgspec.to_builtins(value)
        return plain

    def from_plain(self, raw: Plain, /) -> Any:
        """Return the text; raises ValueError for what is none, or too long."""
        try:
            found = msgspec.convert(raw, Text)
        except msgspec.ValidationError:
            raise ValueError(f"{raw!r:.40} is no text with formatting") from None
        super().from_plain(found.plain)
        return found


def trimmed(words: Text) -> Text:
    """Return a text without the spaces around it, its spans where they were."""
    plain = words.plain.strip()
    before = len(words.plain) - len(words.plain.lstrip())
    spans = (
        replace(span, start=max(span.start - before, 0), end=min(span.end - before, len(plain)))
        for span in words.spans
    )
    return Text(plain, tuple(span for span in spans if span.start < span.end))


def formatted_kind(wanted: Wanted) -> Kind:
    """Return the kind of a field of words with formatting."""
    plain = text_kind(wanted)
    if not isinstance(plain, Texts) or plain.single_line or wanted.spec.elastic:
        raise wanted.error("a Text keeps its lines and its length; write str for anything else")
    return Formatted(min_length=plain.min_length, max_length=plain.max_length)


class Emails(Kind, frozen=True, kw_only=True):
    """A mail address."""

    sorts: ClassVar[tuple[type[Any], ...]] = (str,)

    def read(self, given: Given, state: Scratch, draft: Draft | None, /) -> Reading:
        """Return the address, its domain in small letters."""
        address = email_of(typed(given) or "")
        return self.expected(draft) if address is None else Answered(address)

    def expected(self, draft: Draft | None, /) -> Wrong:
        """Return that an address is expected."""
        return Wrong("posthouse-expected-email", {})

    def to_plain(self, value: Value, /) -> str:
        """Return it as a plain string."""
        return str(value)

    def from_plain(self, raw: Plain, /) -> Email:
        """Return the address; raises ValueError for what is none."""
        address = email_of(raw) if isinstance(raw, str) else None
        if address is None:
            raise ValueError(f"{raw!r:.60} is no mail address")
        return address


def email_of(text: str) -> Email | None:
    """Return the mail address that a text is, or None."""
    text = text.removeprefix("mailto:")
    local, _, host = text.rpartition("@")
    if len(text) > _MOST_EMAIL or len(local) > _MOST_LOCAL or not _LOCAL.fullmatch(local):
        return None
    return Email(f"{local}@{host.lower()}") if is_host(host) else None


def is_host(host: str) -> bool:
    """Whether a text is the name of a host, with a dot in it."""
    parts = host.split(".")
    return (
        len(host) <= _MOST_HOST
        and len(parts) >= _TWO
        and all(_PART.fullmatch(part) for part in parts)
        and not parts[-1].isdecimal()
    )


class Urls(Kind, frozen=True, kw_only=True):
    """The address of a page: http and https only."""

    sorts: ClassVar[tuple[type[Any], ...]] = (str,)

    def read(self, given: Given, state: Scratch, draft: Draft | None, /) -> Reading:
        """Return the address; one without a scheme gets https."""
        address = url_of(typed(given) or "")
        return self.expected(draft) if address is None else Answered(address)

    def expected(self, draft: Draft | None, /) -> Wrong:
        """Return that an address is expected."""
        return Wrong("posthouse-expected-url", {})

    def show(self, value: Value, voice: Voice, /) -> Words:
        """Return it as it is."""
        return str(value)

    def to_plain(self, value: Value, /) -> str:
        """Return it as a plain string."""
        return str(value)

    def from_plain(self, raw: Plain, /) -> Url:
        """Return the address; raises ValueError for what is none."""
        address = url_of(raw) if isinstance(raw, str) else None
        if address is None:
            raise ValueError(f"{raw!r:.60} is no http or https address")
        return address


def url_of(text: str) -> Url | None:
    """Return the address of a page that a text is, or None.

    A name before an @ is refused: such addresses only ever serve to deceive.
    """
    if not text or len(text) > _MOST_URL or any(c.isspace() or not c.isprintable() for c in text):
        return None
    if _SCHEME.match(text) is None or _HOST_PORT.match(text):
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or "@" in parts.netloc or "\\" in text:
        return None
    return Url(text) if is_host(host) or _is_address(host) else None


def _is_address(host: str) -> bool:
    numbers = host.split(".")
    return len(numbers) == 4 and all(  # noqa: PLR2004  an IPv4 address has four
        n.isascii() and n.isdecimal() and len(n) <= 3 and int(n) <= 255  # noqa: PLR2004
        for n in numbers
    )


def email_kind(wanted: Wanted) -> Kind:
    """Return the kind of a field that is a mail address."""
    wanted.bounds()
    return Emails()


def url_kind(wanted: Wanted) -> Kind:
    """Return the kind of a field that is the address of a page."""
    wanted.bounds()
    return Urls()
