"""Persons, as type checkers see them."""

from posthouse.people.banning import ban as ban, unban as unban
from posthouse.people.granting import grant as grant, revoke as revoke
from posthouse.ports.personal import Personal as Personal, personal as personal

__all__ = ["Personal", "ban", "grant", "personal", "revoke", "unban"]
