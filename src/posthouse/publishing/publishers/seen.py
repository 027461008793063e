"""What a source had when it was looked at before: what is new in it, and what changed.

How this works: items are kept for as long as their topic says, and a feed may show an entry for
longer. So a source remembers by itself what it has seen, for as long as it is there and as long
again as items are kept after that; entries that leave and come back are known.
"""

from collections.abc import Iterable, Sequence

import msgspec
from msgspec import Struct

from posthouse.publishing.publishers.caching import DAY_S
from posthouse.publishing.publishers.entries import Found, digest_of
from posthouse.publishing.publishers.fetching import Validators

OLD_S = 30 * DAY_S
"""What is older than the newest by so much is no news, though it was not there before."""


class Trace(Struct, frozen=True, array_like=True, gc=False):
    """What is remembered of an entry."""

    digest: bytes
    print: bytes
    last: float
    """When it was last there."""


class Memory(Struct, kw_only=True, omit_defaults=True):
    """What is remembered of a source."""

    asked: str = ""
    """The address that the code gave; the rest is about another one when it gives another."""
    url: str = ""
    """Where the source is now."""
    validators: Validators = Validators()
    page: bytes = b""
    """Digest of the last body that was read."""
    rest_s: float = 0.0
    newest: float = 0.0
    """When the newest entry was published."""
    traces: dict[bytes, Trace] = {}


class News(Struct, frozen=True):
    """What is to be published of a page."""

    found: Found
    is_news: bool


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Memory).decode


def remembered(raw: bytes | None, url: str) -> Memory:
    """Return what is remembered of a source at an address."""
    memory = Memory(asked=url, url=url) if raw is None else _decode(raw)
    if memory.asked != url:  # somebody gave it another address: its entries are known all the same
        memory.asked = memory.url = url
        memory.validators, memory.page, memory.rest_s = Validators(), b"", 0.0
    return memory


def written(memory: Memory) -> bytes:
    """Return it as it is kept."""
    return _encode(memory)


def news_in(found: Sequence[Found], memory: Memory, *, now: float) -> list[News]:
    """Return what is new or changed, in the order it was found."""
    prints = {trace.print for trace in memory.traces.values()}
    out: list[News] = []
    for each in found:
        known = memory.traces.get(_id(each.key))
        if known is not None:
            if known.digest != each.digest:
                out.append(News(each, True))
        elif not each.print or each.print not in prints:
            out.append(News(each, not _is_old(each, memory, now)))
            prints.add(each.print)
    return out


def _is_old(found: Found, memory: Memory, now: float) -> bool:
    newest = min(memory.newest, now)
    return found.published is not None and found.published < newest - OLD_S


def note(memory: Memory, found: Iterable[Found], *, now: float) -> None:
    """Remember that entries were there."""
    for each in found:
        memory.traces[_id(each.key)] = Trace(each.digest, each.print, now)
        if each.published is not None and each.published <= now:
            memory.newest = max(memory.newest, each.published)


def forget(memory: Memory, *, before: float) -> None:
    """Forget entries that left long ago."""
    memory.traces = {id: trace for id, trace in memory.traces.items() if trace.last >= before}


def _id(key: str) -> bytes:
    return digest_of(key)
