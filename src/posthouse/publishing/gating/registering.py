"""Registering gates and plans with an app; what they need at runtime comes along."""

from collections.abc import Iterable
from typing import Any

from posthouse.publishing.gating.entrance import Gates
from posthouse.publishing.gating.gates import Gate
from posthouse.publishing.gating.keeping import keep_gates
from posthouse.publishing.gating.plan import Plan
from posthouse.publishing.gating.screens import screens_of
from posthouse.turn.action import Action


def entrance_of(app: Any, gates: Iterable[Gate]) -> Gates | None:
    """Return what lets through whom all gates let through; None without any.

    Raises MistakeError for what is no gate.
    """
    chosen = tuple(dict.fromkeys(gates))
    if not chosen:
        return None
    made = Gates(app, chosen)
    _serve(app)
    return made


def show_plan(app: Any, plan: Plan, *, offer: Action[[]] | None = None) -> Action[[]]:
    """Return the action of an app that shows a plan; `offer` opens where one gets it for longer."""
    screens = screens_of(app, plan)
    if offer is not None:
        screens.offer = offer
    _serve(app)
    return screens.show_action


def _serve(app: Any) -> None:
    """Let the site's publishing check the gates of what is delivered, and look after plans."""
    if keep_gates not in app.beside.publishing:
        app.beside.publishing.append(keep_gates)
