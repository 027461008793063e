"""Providing: sets modules up, hands out what they provide, tears them down in reverse order.

How this works: what lives as long as the site is made when the site opens, so that a failure is an
error at start and handing out is a look-up in a dictionary. What lives for one turn is made when
the first handler of that turn asks. dishka resolves who needs whom; it is imported only when there
is a module.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from traceback import walk_tb
from typing import Any

from posthouse.errors import ProvideError
from posthouse.turn.factories import Factory, factories_of, require, shown
from posthouse.turn.module import Module
from posthouse.turn.turn import Turn
from posthouse.turn.use import Needed

_log = logging.getLogger("posthouse.modules")


class Modules:
    """All modules of a site."""

    def __init__(
        self, modules: Sequence[Module], *, base: Mapping[Any, object] | None = None
    ) -> None:
        """Read what the modules provide and need; raises ProvideError where that does not fit.

        Args:
            modules: in the order in which they are set up.
            base: what the site itself provides, by type.
        """
        self._base = dict(base or {})
        self._factories = factories_of(modules, base=self._base)
        self._site: dict[Any, Any] = dict(self._base)
        self._turn_types = frozenset(f.provides for f in self._factories if f.scope == "turn")
        self._turns: dict[Turn, Any] = {}
        self._container: Any = None

    def __repr__(self) -> str:
        return f"<Modules: {len(self._factories)} factories>"

    @property
    def has_turn_objects(self) -> bool:
        """Whether anything is provided per turn, so that `end_turn` has work to do."""
        return bool(self._turn_types)

    def check(self, uses: Iterable[Needed]) -> None:
        """Raise ProvideError naming every use() parameter that cannot be filled."""
        require(uses, [*self._base, Turn, *(f.provides for f in self._factories)])

    async def open(self) -> None:
        """Set up everything that lives as long as the site, in order.

        Raises ProvideError naming the module and method that failed; what was set up before it is
        torn down by then.
        """
        if not self._factories:
            return
        self._container = _container(self._factories, self._base)
        is_open = False
        try:
            for factory in self._factories:
                if factory.scope == "site":
                    self._site[factory.provides] = await self._container.get(factory.provides)
            is_open = True
        except Exception as error:
            raise ProvideError(
                f"{_culprit(error, self._factories)} failed in its set-up: "
                f"{type(error).__name__}: {error}"
            ) from error
        finally:
            if not is_open:
                await self.aclose()

    async def aclose(self) -> None:
        """Tear down in reverse order; a second call does nothing.

        A failure is logged and stops no other.
        """
        container, self._container = self._container, None
        self._site = dict(self._base)
        for error in await _close(container, None):
            _log.error("a module failed to close: %s", type(error).__name__, exc_info=error)

    async def provide(self, turn: Turn, types: Mapping[str, Any]) -> dict[str, Any]:
        """Return objects of these types, by parameter name."""
        site = self._site
        try:
            return {name: site[kind] for name, kind in types.items()}
        except KeyError:
            return {name: await self._of_turn(turn, name, kind) for name, kind in types.items()}

    async def end_turn(self, turn: Turn, error: BaseException | None = None) -> None:
        """Tear down what was made for a turn; a generator gets the turn's error from its `yield`.

        Raises what a tear-down raised, after all of them ran.
        """
        container = self._turns.pop(turn, None)
        errors = await _close(container, error)
        if errors:
            raise errors[0]

    async def _of_turn(self, turn: Turn, name: str, kind: Any) -> Any:
        if kind is Turn:
            return turn
        if kind not in self._turn_types:
            if kind not in self._site:
                self.check([Needed(turn.route, name, kind)])
                raise ProvideError(f"{shown(kind)} is not there: the modules are not open")
            return self._site[kind]
        container = self._turns.get(turn)
        if container is None:
            if self._container is None:
                raise ProvideError(f"{shown(kind)} is not there: the modules are not open")
            container = self._turns[turn] = self._container(context={Turn: turn})
        return await container.get(kind)


def _container(factories: Sequence[Factory], base: Mapping[Any, object]) -> Any:
    import dishka
    from dishka.exceptions import CycleDependenciesError

    provider = dishka.Provider()
    scopes = {"site": dishka.Scope.APP, "turn": dishka.Scope.REQUEST}
    for kind in base:
        provider.from_context(provides=kind, scope=dishka.Scope.APP)
    provider.from_context(provides=Turn, scope=dishka.Scope.REQUEST)
    for factory in factories:
        provider.provide(factory.method, scope=scopes[factory.scope], provides=factory.provides)
    try:
        return dishka.make_async_container(provider, context=dict(base))
    except CycleDependenciesError as error:
        raise ProvideError(f"modules need each other in a circle: {error}") from None


async def _close(container: Any, cause: BaseException | None) -> Sequence[BaseException]:
    if container is None:
        return ()
    from dishka.exceptions import ExitError

    try:
        await container.close(cause)
    except ExitError as error:
        return error.exceptions
    return ()


def _culprit(error: Exception, factories: Sequence[Factory]) -> str:
    codes = {factory.method.__code__: factory.name for factory in factories}
    names = [codes[f.f_code] for f, _ in walk_tb(error.__traceback__) if f.f_code in codes]
    return names[-1] if names else "a module"
