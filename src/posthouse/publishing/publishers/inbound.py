"""`InboundPublisher`: items that other programs hand in, signed, over HTTP."""

import hashlib
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import timedelta
from typing import Any, TypeVar

import msgspec

from posthouse.errors import SetupError
from posthouse.model.secret import Secret
from posthouse.publishing.publishers.publisher import Publisher, Round, Visit
from posthouse.publishing.topic import Topic

ItemT = TypeVar("ItemT")
MOST_BYTES = 1024 * 1024
SHORTEST_SECRET = 16


class InboundPublisher(Publisher[ItemT]):
    """Publishes what is handed in by `POST` at a path of the site's web server.

    ```python
    class Alarms(InboundPublisher[Alarm]):
        topic = ALARMS

        def render(self, item: Alarm) -> str:
            return f"{item.level}: {item.text}"


    app.publisher(Alarms("/hooks/alarms", secret))
    ```

    The body is one item as JSON, signed by `Posthouse-Signature` (see `signing.sign`). Under the
    same `Idempotency-Key` the same body gets the same answer, and another body is refused.

    Args:
        path: Where it is on the web server, such as "/hooks/alarms".
        secret: Known to who may publish; several while one replaces the other.
        name: What it is called in the database and on the command line; do not change it.
        topic: Where its items go, unless the class says.
        key: The field that an item is known by, or a function of the item. When left out an item
            is known by its Idempotency-Key, or else by all that it says.
        most_bytes: Longest body.
    """

    def __init__(
        self,
        path: str,
        secret: str | Secret | Sequence[str | Secret],
        *,
        name: str | None = None,
        topic: Topic[ItemT] | None = None,
        key: str | Callable[[ItemT], object] | None = None,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        self.path = path.rstrip("/")
        given = [secret] if isinstance(secret, str | Secret) else secret
        self.secrets = [each.reveal() if isinstance(each, Secret) else each for each in given]
        self.most_bytes = most_bytes
        self._key = key
        super().__init__(name, topic=topic, every=timedelta(days=1))
        if not self.path.startswith("/"):
            raise SetupError(f'publisher {self.name}: its path {path!r} must begin with "/"')
        if not self.secrets or any(len(each) < SHORTEST_SECRET for each in self.secrets):
            raise SetupError(
                f"publisher {self.name}: a secret needs at least {SHORTEST_SECRET} characters, "
                "such as those that `openssl rand -hex 32` prints"
            )

    @property
    def is_polled(self) -> bool:
        """It waits until something is handed in."""
        return False

    def prepare(self) -> None:
        """Raise SetupError where its items cannot be read from JSON."""
        try:
            msgspec.json.Decoder(self.topic.item_type)
        except TypeError as error:
            raise SetupError(
                f"publisher {self.name}: items of topic {self.topic.name} cannot be handed in as "
                f"JSON: {error}"
            ) from None

    async def rounds(self, visit: Visit) -> AsyncIterator[Round[ItemT]]:
        """There is nothing to read."""
        nothing: tuple[Round[ItemT], ...] = ()
        for each in nothing:
            yield each

    def key_of(self, item: ItemT, *, idempotency: str | None, body: bytes) -> str:
        """Return what an item is known by; raises LookupError when it has no such field."""
        if self._key is None:
            return idempotency or hashlib.sha256(body).hexdigest()
        found = self._key(item) if callable(self._key) else _field(item, self._key)
        if found is None or found == "":
            raise LookupError(f"{self._key} is what an item is known by, and this one has none")
        return str(found)


def _field(item: Any, name: str) -> object:
    return item.get(name) if isinstance(item, dict) else getattr(item, name, None)
