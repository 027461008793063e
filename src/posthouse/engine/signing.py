"""What buttons and links carry: the signed call of an action, or a reference to one."""

import secrets
from collections.abc import Callable

from posthouse.model.reply import Button
from posthouse.payloads import LINK, Flag, Keys, action_id, context_of
from posthouse.ports.changes import PutPayload
from posthouse.turn.questions import encode_question, person_digest

_ids: dict[str, bytes] = {}
_NO_FLAGS = Flag(0)  # making one takes longer than most of what is done with it
LINK_BYTES = 64
"""Longest payload of a link (core.telegram.org/bots/features#deep-linking)."""


class Signer:
    """Signs what one message carries.

    Args:
        keys: The first of them signs.
        account: Whose message it is.
        chat: Where the payloads may be used.
        delivery: Delivery key of the message that bears them.
        revision: Which drawing of it.
        most: Longest payload; what is longer becomes a reference.
        now: When it is signed, as a Unix time.
        keep: Told what has to be kept for them.
    """

    __slots__ = (
        "_account",
        "_context",
        "_delivery",
        "_keep",
        "_most",
        "_now",
        "_revision",
        "_sign",
    )

    def __init__(
        self,
        keys: Keys,
        account: int,
        chat: str,
        *,
        delivery: int,
        revision: int = 0,
        most: int,
        now: float,
        keep: Callable[[PutPayload], object],
    ) -> None:
        self._sign = keys.sign_in
        self._account = account
        self._context = context_of(account, chat)
        self._delivery = delivery
        self._revision = revision
        self._most = most
        self._now = now
        self._keep = keep

    def button(self, button: Button) -> str:
        """Return what a button carries that calls an action."""
        flags, encoded = Flag.ONCE if button.only_once else _NO_FLAGS, button.encoded
        if button.asks:
            flags |= Flag.ASK
            if button.question is not None:
                flags |= Flag.QUESTION
                encoded = encode_question(encoded, button.question)
        if button.asked is not None:
            flags |= Flag.SURE
            encoded = person_digest(button.asked) + encoded
        return self.call(button.action or "", encoded, flags)

    def call(self, action: str, encoded: bytes, flags: Flag = _NO_FLAGS) -> str:
        """Return what carries a call of an action: its arguments, or a reference to them."""
        short = _ids.get(action)
        if short is None:
            short = _ids[action] = action_id(action)
        context, delivery, revision = self._context, self._delivery, self._revision
        signed = self._sign(context, delivery, revision, short, flags, encoded)
        if len(signed) <= self._most:
            return signed
        key = secrets.token_bytes(8)
        self._keep(PutPayload(key, self._account, delivery, encoded, self._now))
        return self._sign(context, delivery, revision, short, flags | Flag.REFERENCE, key)


def sign_link(
    keys: Keys, action: str, encoded: bytes, *, account: int, now: float
) -> tuple[str, PutPayload | None]:
    """Return what a link carries that calls an action, whoever follows it, and what is kept."""
    kept: list[PutPayload] = []
    signer = Signer(keys, account, LINK, delivery=0, most=LINK_BYTES, now=now, keep=kept.append)
    return signer.call(action, encoded), next(iter(kept), None)
