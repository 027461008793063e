"""Access: who is heard and which roles they have, from settings.

Persons are written `messenger:id`, such as `telegram:1234` or `matrix:@ann:example.org`, since an
id means nothing outside its messenger.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from posthouse.errors import SettingsError
from posthouse.model.update import ChatUpdate
from posthouse.routing.middleware import CallNext

_PERSON = re.compile(r"[a-z][a-z0-9_-]*:\S+")


class Access:
    """Middleware: drops updates of persons who are banned or not invited, and tells roles."""

    def __init__(
        self,
        *,
        banned: Sequence[str] = (),
        allowed: Sequence[str] | None = None,
        roles: Mapping[str, Sequence[str]] | None = None,
        answer: str = "",
    ) -> None:
        """Set who may come in.

        Args:
            banned: persons who are never heard.
            allowed: the only persons who are heard; everybody when left out.
            roles: names of roles, each with the persons who have it: `staff = ["web:ann"]`.
            answer: said to those who are not allowed; empty to say nothing. The banned get none.
        """
        self._banned = frozenset(banned)
        self._allowed = None if allowed is None else frozenset(allowed)
        self._roles = _by_person(roles or {})
        self._answer = answer
        _check([*banned, *(allowed or ()), *self._roles])

    def having(self, messenger: str, role: str) -> list[str]:
        """Return the ids of those of a messenger who have a role by the settings."""
        of = f"{messenger}:"
        here = (who for who, roles in self._roles.items() if role in roles and who.startswith(of))
        return [who.removeprefix(of) for who in here]

    async def __call__(self, update: ChatUpdate, call_next: CallNext) -> Any:
        """Pass the update on, its person with the roles from the settings beside those granted."""
        person = f"{update.chat.messenger}:{update.person.id}"
        if person in self._banned:
            return None
        if self._allowed is not None and person not in self._allowed:
            return self._answer or None
        roles = self._roles.get(person, frozenset()) | update.person.roles
        if roles != update.person.roles:
            update = replace(update, person=replace(update.person, roles=roles))
        return await call_next(update)


def require_role(*roles: str) -> Callable[[ChatUpdate], bool]:
    """Return a filter for `where=`: the person has one of these roles."""
    wanted = frozenset(roles)
    if not wanted:
        raise SettingsError("require_role() needs at least one role: require_role('staff')")

    return HasRole(wanted, name=f"require_role({', '.join(roles)})")


class HasRole:
    """A filter that says which roles it wants, so that menus can leave others out."""

    __slots__ = ("__name__", "roles")

    def __init__(self, roles: frozenset[str], *, name: str) -> None:
        self.roles = roles
        self.__name__ = name

    def __call__(self, update: ChatUpdate) -> bool:
        """Whether the person of an update has one of the roles."""
        return not self.roles.isdisjoint(update.person.roles)


def _by_person(roles: Mapping[str, Sequence[str]]) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for role, persons in roles.items():
        for person in persons:
            found[person] = found.get(person, frozenset()) | {role}
    return found


def _check(persons: Iterable[str]) -> None:
    wrong = sorted({person for person in persons if not _PERSON.fullmatch(person)})
    if wrong:
        raise SettingsError(
            f"middleware access: {', '.join(map(repr, wrong))} should be written messenger:id, "
            f"such as 'telegram:1234'"
        )
