"""Links as identities: the same page, however its address is written."""

from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

_TRACKING = frozenset({"fbclid", "gclid", "yclid", "msclkid", "mc_cid", "mc_eid", "igshid"})
_PORTS = {"http": 80, "https": 443}


def web_link(link: object, base: str) -> str | None:
    """Return a whole link to the web, or None for anything else, such as a script."""
    if not isinstance(link, str) or not link.strip():
        return None
    try:
        whole = urljoin(base, link.strip())
        parts = urlsplit(whole)
        is_web = parts.scheme in _PORTS and bool(parts.hostname)
    except ValueError:
        return None
    return whole if is_web else None


def canonical(link: str) -> str:
    """Return what all ways to write a link have in common.

    Neither the scheme nor its fragment matters, nor what only tells who sent the reader.
    """
    try:
        parts = urlsplit(link)
        host, port = (parts.hostname or "").removesuffix("."), parts.port
    except ValueError:
        return link
    if port is not None and port != _PORTS.get(parts.scheme):
        host = f"{host}:{port}"
    query = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if name.lower() not in _TRACKING and not name.lower().startswith("utm_")
    ]
    return urlunsplit(("", host, parts.path.rstrip("/"), urlencode(query), ""))
