"""What a request says: query and body merged, every parameter a text.

How this works: the official server reads all parameters as texts, whatever form they come in. The
query string is read first, then the body; the first mention of a name wins. In a JSON body a string
is taken as it is and anything else as its JSON, so an object and the text of an object are the
same. A body that is no JSON is passed over, and the method runs with what was understood.
"""

import gzip
import zlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from msgspec import Raw

from posthouse.testing.telegram.checking import TRUE
from posthouse.testing.telegram.multipart import MultipartError, Upload, parse

MOST_ARGUMENTS_BYTES = 1024 * 1024
MOST_FILES = 50

_INT64 = 2**63


class TooLargeError(Exception):
    """Parameters are larger than a server takes; it answers 413 with an empty body."""


class EncodingError(Exception):
    """A Content-Encoding is neither gzip nor deflate; a server answers 415."""


class Arguments:
    """The parameters and files of one call."""

    def __init__(self, texts: dict[str, str], files: dict[str, Upload]) -> None:
        self.texts = texts
        self.files = files

    def __contains__(self, name: str) -> bool:
        return name in self.texts

    def text(self, name: str, default: str = "") -> str:
        """A parameter as it came."""
        return self.texts.get(name, default)

    def has(self, name: str) -> bool:
        """Whether a parameter says something."""
        return self.texts.get(name, "") not in {"", "null"}

    def flag(self, name: str, *, default: bool = False) -> bool:
        """A parameter as yes or no."""
        given = self.texts.get(name)
        return default if given is None else given.strip().lower() in TRUE

    def number(
        self, name: str, default: int = 0, *, least: int = -_INT64, most: int = _INT64 - 1
    ) -> int:
        """A parameter as an integer, brought into its bounds instead of refused (C12360)."""
        given = self.texts.get(name, "").strip()
        found = int(given) if given.removeprefix("-").isdecimal() else default
        return min(max(found, least), most)

    def real(self, name: str, default: float = 0.0) -> float:
        """A parameter as a number."""
        try:
            return float(self.texts.get(name, ""))
        except ValueError:
            return default

    def json(self, name: str, default: Any = None) -> Any:
        """A parameter as JSON; the default where it is missing or none."""
        given = self.texts.get(name, "")
        if given in {"", "null"}:
            return default
        try:
            return msgspec.json.decode(given)
        except msgspec.DecodeError:
            return default


def read(query: str, headers: Mapping[str, str], body: bytes) -> Arguments:
    """Merge what the address and the body of a request say."""
    texts: dict[str, str] = {}
    files: dict[str, Upload] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        texts.setdefault(name, value)
    found, files = _read_body(headers.get("content-type", ""), _inflate(headers, body))
    for name, value in found:
        texts.setdefault(name, value)
    if sum(len(value) for value in texts.values()) > MOST_ARGUMENTS_BYTES:
        raise TooLargeError
    if len(files) > MOST_FILES:
        raise TooLargeError
    return Arguments(texts, files)


def _read_body(content_type: str, body: bytes) -> tuple[list[tuple[str, str]], dict[str, Upload]]:
    kind = content_type.split(";", 1)[0].strip().lower()
    if kind == "application/json":
        return _read_json(body), {}
    if kind == "multipart/form-data":
        try:
            return parse(content_type, body)
        except MultipartError:
            return [], {}
    if kind == "application/x-www-form-urlencoded":
        return parse_qsl(body.decode(errors="replace"), keep_blank_values=True), {}
    return [], {}


def _read_json(body: bytes) -> list[tuple[str, str]]:
    try:
        raw = msgspec.json.decode(body, type=dict[str, Raw])
    except msgspec.DecodeError:
        return []
    return [(name, _as_text(bytes(value))) for name, value in raw.items()]


def _as_text(value: bytes) -> str:
    if value.startswith(b'"'):
        return str(msgspec.json.decode(value))
    return value.decode()


def _inflate(headers: Mapping[str, str], body: bytes) -> bytes:
    encoding = headers.get("content-encoding", "").strip().lower()
    try:
        if encoding == "gzip":
            return gzip.decompress(body)
        if encoding == "deflate":
            return zlib.decompress(body)
    except (OSError, zlib.error) as error:
        raise EncodingError from error
    if encoding not in {"", "identity"}:
        raise EncodingError
    return body
