"""States of posts and the steps between them."""

from posthouse.model.state import State, Transition


def test_two_states_make_a_step() -> None:
    """Which says itself what it is."""
    on_sale, sold = State("on-sale"), State("sold", ends=True)
    assert on_sale >> sold == Transition(on_sale, sold)
    assert str(on_sale >> sold) == "on-sale to sold"
