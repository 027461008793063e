"""What buttons and links carry: the signed call of an action, or a reference to one."""

import secrets
from typing import NamedTuple

from posthouse.model.reply import Button
from posthouse.payloads import LINK, Flag, Keys, Payload, action_id
from posthouse.ports.records import PutPayload
from posthouse.turn.questions import encode_question, person_digest

_ids: dict[str, bytes] = {}
_NO_FLAGS = Flag(0)  # making one takes longer than most of what is done with it
LINK_BYTES = 64
"""Longest payload of a link (core.telegram.org/bots/features#deep-linking)."""


class Place(NamedTuple):
    """Where a payload may be used."""

    account: int
    chat: str
    delivery: int
    """Delivery key of the message that bears it."""
    revision: int = 0


class Signed(NamedTuple):
    """A payload, and what has to be kept for it, if anything."""

    payload: str
    kept: PutPayload | None = None


def sign_button(keys: Keys, button: Button, place: Place, *, most: int, now: float) -> Signed:
    """Return what a button carries that calls an action."""
    flags = Flag.ONCE if button.only_once else _NO_FLAGS
    encoded = button.encoded
    if button.asks:
        flags |= Flag.ASK
        if button.question is not None:
            flags |= Flag.QUESTION
            encoded = encode_question(encoded, button.question)
    if button.asked is not None:
        flags |= Flag.SURE
        encoded = person_digest(button.asked) + encoded
    return _sign(keys, button.action or "", encoded, flags, place, most=most, now=now)


def sign_link(keys: Keys, action: str, encoded: bytes, *, account: int, now: float) -> Signed:
    """Return what a link carries that calls an action, whoever follows it."""
    place = Place(account, LINK, 0)
    return _sign(keys, action, encoded, _NO_FLAGS, place, most=LINK_BYTES, now=now)


def _sign(
    keys: Keys, action: str, encoded: bytes, flags: Flag, place: Place, *, most: int, now: float
) -> Signed:
    short = _ids.get(action)
    if short is None:
        short = _ids[action] = action_id(action)
    account, chat = place.account, place.chat
    payload = Payload(place.delivery, place.revision & 0xFFFF, short, flags, encoded)
    signed = keys.sign(payload, account=account, chat=chat)
    if len(signed) <= most:
        return Signed(signed)
    key = secrets.token_bytes(8)
    payload = payload._replace(flags=flags | Flag.REFERENCE, args=key)
    kept = PutPayload(key, account, place.delivery, encoded, now)
    return Signed(keys.sign(payload, account=account, chat=chat), kept)
