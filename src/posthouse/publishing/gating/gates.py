"""Gates: membership of a chat, and plans; as they are declared, and as subscriptions keep them."""

from collections.abc import Iterable

import msgspec
from msgspec import Struct

from posthouse.errors import MistakeError
from posthouse.publishing.gating.plan import Plan

MEMBER, PLAN = "member", "plan"


class Gate:
    """Something that a person needs; made by `require_member` and `require_plan`."""

    def __init__(self, kind: str, name: str, *, title: str, plan: Plan | None = None) -> None:
        self.kind = kind
        self.name = name
        """The chat, as the bot's settings name it, or the plan."""
        self.title = title
        self.plan = plan

    def __repr__(self) -> str:
        return f"require_{self.kind}({self.name!r})"

    @property
    def kept(self) -> "Kept":
        """Itself as subscriptions keep it."""
        return Kept(self.kind, self.name)


class Kept(Struct, frozen=True, array_like=True):
    """A gate as a subscription keeps it."""

    kind: str
    name: str


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(tuple[Kept, ...]).decode


def require_member(chat: str, *, title: str = "") -> Gate:
    """Return a gate for those who are in a chat.

    On Telegram the bot has to be an administrator of a channel to know who is in it.

    Args:
        chat: The chat's name in the bot's settings.
        title: What people call it; its name in the settings when left out.
    """
    if not chat:
        raise MistakeError(f"require_member({chat!r}): give the chat's name in the bot's settings")
    return Gate(MEMBER, chat, title=title)


def require_plan(plan: Plan) -> Gate:
    """Return a gate for those who have a plan at the moment."""
    if not isinstance(plan, Plan):
        raise MistakeError(f"require_plan({plan!r}): give a Plan")
    return Gate(PLAN, plan.name, title=plan.title, plan=plan)


def check_several(gates: object, where: str) -> None:
    """Raise MistakeError for one gate that is given where several are."""
    if isinstance(gates, Gate):
        raise MistakeError(f"{where}: gates is one Gate: write gates=(require_{gates.kind}(...),)")


def kept_of(gates: Iterable[Gate]) -> bytes | None:
    """Return gates as `subscription.gates` keeps them; None for none."""
    kept = tuple(dict.fromkeys(gate.kept for gate in gates))
    return _encode(kept) if kept else None


def read_kept(encoded: bytes) -> tuple[Kept, ...]:
    """Return what `kept_of` wrote."""
    return _decode(encoded)
