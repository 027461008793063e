"""Which addresses of the network may be fetched from: those of the public internet.

How this works: whoever can choose an address that a server fetches could otherwise let it ask the
server's own machine or the network behind it. What is checked is the address that a connection is
opened to, after names were resolved and anew for every redirect: a name that answers differently
the second time gains nothing.
"""

import asyncio
import ipaddress
import socket
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from posthouse.errors import FetchError

SCHEMES = frozenset({"http", "https"})
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_IP: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address


class RefusedAddressError(OSError):
    """An address is not one of the public internet; an OSError, so that clients pass it on."""


def is_public(address: str) -> bool:
    """Return whether an IP address is one of the public internet."""
    try:
        found: _IP = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return all(each.is_global and not each.is_multicast for each in (found, *_inside(found)))


def _inside(found: _IP) -> list[_IP]:
    """Return the IPv4 addresses that an IPv6 address carries: they are where a packet goes."""
    if isinstance(found, ipaddress.IPv4Address):
        return []
    carried: list[_IP | None] = [found.ipv4_mapped, found.sixtofour, *(found.teredo or ())]
    if found in _NAT64:
        carried.append(ipaddress.IPv4Address(int(found) & 0xFFFFFFFF))
    return [each for each in carried if each is not None]


def host_of(url: str, *, allow_private: bool) -> str:
    """Return the host and port of a URL; raises FetchError when it is not one to fetch."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise FetchError(f"{url!r} is not an address that can be fetched") from None
    if parts.scheme not in SCHEMES or not host:
        raise FetchError(f"{url!r} cannot be fetched; an address begins with http:// or https://")
    if not allow_private and _is_literal(host) and not is_public(host):
        raise FetchError(refusal(host, host))
    return host if port is None else f"{host}:{port}"


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def refusal(host: str, address: str) -> str:
    """Return why a host is not fetched from."""
    named = "" if host == address else f" ({address})"
    return (
        f"{host}{named} is not on the public internet, so nothing is fetched from it; "
        "if it is meant, say allow_private=True"
    )


def public_socket(found: tuple[Any, ...]) -> socket.socket:
    """Make the socket of a connection, unless it would lead off the public internet."""
    family, kind, protocol, _, target = found
    if not is_public(target[0]):
        raise RefusedAddressError(refusal(target[0], target[0]))
    return socket.socket(family=family, type=kind, proto=protocol)


async def resolve_public(
    host: str, port: int, family: socket.AddressFamily
) -> list[tuple[str, int, int, int]]:
    """Return the public addresses of a name: (address, port, family, protocol).

    Raises RefusedAddressError when it has others only.
    """
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, family=family)
    public = [
        (str(target[0]), int(target[1]), int(kind), protocol)
        for kind, _, protocol, _, target in found
        if is_public(str(target[0]))
    ]
    if found and not public:
        raise RefusedAddressError(refusal(host, str(found[0][4][0])))
    return public
