"""multipart/form-data, taken apart."""

import re
from email.message import Message
from urllib.parse import unquote

from msgspec import Struct

MOST_BOUNDARY = 70


class Upload(Struct, frozen=True):
    """A file of a request."""

    name: str
    content: bytes
    mime: str = ""


class MultipartError(ValueError):
    """A body is not the multipart/form-data its header promises."""


def parse(content_type: str, body: bytes) -> tuple[list[tuple[str, str]], dict[str, Upload]]:
    """Take a body apart into its fields, in order, and its files by field name."""
    boundary = _parameter(content_type, "boundary")
    if not boundary or len(boundary) > MOST_BOUNDARY:
        raise MultipartError("the boundary is missing or longer than 70 characters")
    marker = b"--" + boundary.encode()
    if not body.startswith(marker):
        body = body[body.find(b"\r\n" + marker) + 2 :] if b"\r\n" + marker in body else b""
    if not body:
        raise MultipartError("the boundary does not occur in the body")
    fields: list[tuple[str, str]] = []
    files: dict[str, Upload] = {}
    for part in (b"\r\n" + body).split(b"\r\n" + marker)[1:]:
        if part.startswith(b"--"):
            return fields, files
        _add(part, fields, files)
    raise MultipartError("the body ends before its last boundary")


def _add(part: bytes, fields: list[tuple[str, str]], files: dict[str, Upload]) -> None:
    head, _, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
    headers: dict[str, str] = {}
    for line in head.decode(errors="replace").split("\r\n"):
        key, _, value = line.partition(":")
        headers[key.strip().lower()] = value.strip()
    disposition = headers.get("content-disposition", "")
    name = _parameter(disposition, "name")
    file_name = _parameter(disposition, "filename")
    if file_name is None:
        fields.append((name or "", content.decode(errors="replace")))
    else:
        mime = headers.get("content-type", "")
        files.setdefault(name or "", Upload(file_name, content, mime))


def _parameter(header: str, name: str) -> str | None:
    """A parameter of a header: quoted, bare, or in RFC 5987's form with a star."""
    if starred := re.search(rf";\s*{name}\*\s*=\s*([\w-]*)'[^']*'([^;]*)", header, re.IGNORECASE):
        return unquote(starred[2].strip(), encoding=starred[1] or "utf-8")
    if quoted := re.search(rf';\s*{name}\s*=\s*"((?:[^"\\]|\\.)*)"', header, re.IGNORECASE):
        return re.sub(r"\\(.)", r"\1", quoted[1]).replace("%22", '"')
    message = Message()
    message["Content-Type"] = header
    found = message.get_param(name, header="Content-Type")
    return found if isinstance(found, str) else None
