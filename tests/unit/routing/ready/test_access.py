"""`Access`: who has a role by the settings."""

from posthouse.routing.ready.access import Access


def test_who_has_a_role_by_the_settings_is_known_by_messenger() -> None:
    """For what is sent to all who have it."""
    access = Access(roles={"staff": ["telegram:1", "web:ann"], "owner": ["telegram:2"]})
    assert access.having("telegram", "staff") == ["1"]
    assert access.having("web", "owner") == []
