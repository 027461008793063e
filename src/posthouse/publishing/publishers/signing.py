"""Signatures of what is handed in, so that only who knows the secret can publish.

`Posthouse-Signature: t=SECONDS,v1=HEX`, where HEX is the HMAC-SHA256 of `SECONDS.BODY` under the
secret, and SECONDS are those since 1970 at which it was signed. `X-Hub-Signature-256: sha256=HEX`,
the HMAC-SHA256 of the body alone as GitHub makes it, is understood too; it tells no time, so what
was once signed can be sent again.
"""

import hmac
from collections.abc import Mapping, Sequence
from hashlib import sha256

HEADER = "Posthouse-Signature"
HUB_HEADER = "X-Hub-Signature-256"
TOLERANCE_S = 300.0
"""How far a signature's moment may be from ours."""


def sign(body: bytes, secret: str, *, at: float) -> str:
    """Return the Posthouse-Signature of a body that is sent at a moment."""
    moment = str(int(at))
    return f"t={moment},v1={_hmac(secret, moment.encode() + b'.' + body)}"


def refusal(
    headers: Mapping[str, str], body: bytes, secrets: Sequence[str], *, now: float
) -> str | None:
    """Return why a request is not believed, or None when it is.

    Args:
        headers: By their names in lower case.
        body: As it came.
        secrets: Any of them counts, so that one can be changed without a pause.
        now: The moment.
    """
    if given := headers.get(HEADER.lower()):
        return _refusal(given, body, secrets, now)
    if given := headers.get(HUB_HEADER.lower()):
        kind, _, told = given.strip().partition("=")
        is_right = kind == "sha256" and _is_any(told, body, secrets)
        return None if is_right else f"{HUB_HEADER} is not of this body and secret"
    return f"a signature is missing: {HEADER}: t=SECONDS,v1=HEX"


def _refusal(given: str, body: bytes, secrets: Sequence[str], now: float) -> str | None:
    parts = [part.strip().partition("=") for part in given.split(",")]
    moments = [value for name, _, value in parts if name == "t"]
    signatures = [value for name, _, value in parts if name == "v1"]
    if len(moments) != 1 or not moments[0].isascii() or not moments[0].isdigit() or not signatures:
        return f"{HEADER} is not of the form t=SECONDS,v1=HEX"
    signed = moments[0].encode() + b"." + body
    # Every one is compared, so that time tells nothing.
    results = [_is_any(each, signed, secrets) for each in signatures]
    if not any(results):
        return f"{HEADER} is not of this body and secret"
    if abs(now - float(moments[0][:15])) > TOLERANCE_S:
        return f"{HEADER} was made at another time; is the clock right?"
    return None


def _is_any(told: str, signed: bytes, secrets: Sequence[str]) -> bool:
    given = told.strip().lower().encode()
    results = [hmac.compare_digest(_hmac(each, signed).encode(), given) for each in secrets]
    return any(results)


def _hmac(secret: str, signed: bytes) -> str:
    return hmac.new(secret.encode(), signed, sha256).hexdigest()
