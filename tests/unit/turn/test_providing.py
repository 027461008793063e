"""posthouse.turn.module and .providing: what modules give to handlers, and when."""

import asyncio
import logging
from collections.abc import AsyncIterator, Generator, Iterator
from typing import Any

import pytest

from posthouse.errors import ProvideError
from posthouse.ports.clock import Clock, SystemClock
from posthouse.turn.module import Module, provide, provided_scope
from posthouse.turn.providing import Modules
from posthouse.turn.turn import Turn
from posthouse.turn.use import Needed

CLOCK = SystemClock()


class Base:
    """What others are built on."""


class Pool(Base):
    """Lives as long as the site."""


class Shop:
    """Needs the pool."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool


class Basket:
    """Lives for a turn."""

    def __init__(self, turn: Turn, shop: Shop) -> None:
        self.turn = turn
        self.shop = shop


class Slip:
    """Lives for a turn, without tear-down."""


class Goods(Module):
    """A module with every kind of method; it notes what happens."""

    def __init__(self) -> None:
        self.log: list[Any] = []

    @provide
    async def pool(self, clock: Clock) -> AsyncIterator[Pool]:
        """Set up first."""
        self.log.append("pool up")
        yield Pool()
        self.log.append("pool down")

    @provide(scope="site")
    def shop(self, pool: Pool) -> Iterator[Shop]:
        """Build on the pool."""
        self.log.append("shop up")
        yield Shop(pool)
        self.log.append("shop down")

    @provide(scope="turn")
    async def basket(self, turn: Turn, shop: Shop) -> AsyncIterator[Basket]:
        """Hear how the turn ended."""
        error = yield Basket(turn, shop)
        self.log.append(f"basket down {error!r}")

    @provide(scope="turn")
    def slip(self, basket: Basket) -> Slip:
        """Build on another object of the turn."""
        return Slip()

    def helper(self) -> None:
        """Do nothing: this method is not marked."""


class MoreGoods(Goods):
    """A subclass provides what its base provides, once, in its own way."""

    @provide
    async def shop(self, pool: Pool) -> Shop:  # type: ignore[override]  # another kind of method
        """Replace the base's method."""
        self.log.append("my shop up")
        return Shop(pool)


async def opened(*modules: Module) -> Modules:
    """Return modules that are set up."""
    made = Modules(modules, base={Clock: CLOCK})
    await made.open()
    return made


async def test_site_objects_are_made_at_start_and_torn_down_in_reverse(turn: Turn) -> None:
    """Who needs whom decides the order; a second close does nothing."""
    goods = Goods()
    modules = await opened(goods)
    given = await modules.provide(turn, {"shop": Shop, "pool": Pool, "clock": Clock})
    assert given["shop"].pool is given["pool"]
    assert given["clock"] is CLOCK
    assert (await modules.provide(turn, {"s": Shop}))["s"] is given["shop"]
    await modules.aclose()
    await modules.aclose()
    assert goods.log == ["pool up", "shop up", "shop down", "pool down"]
    with pytest.raises(ProvideError, match="Shop is not there: the modules are not open"):
        await modules.provide(turn, {"shop": Shop})


async def test_turn_objects_live_for_one_turn(turn: Turn) -> None:
    """One of a kind in each turn; a generator hears of the turn's error."""
    goods = Goods()
    modules = await opened(goods)
    assert modules.has_turn_objects
    first = await modules.provide(turn, {"basket": Basket, "turn": Turn, "pool": Pool})
    again = await modules.provide(turn, {"slip": Slip, "basket": Basket})
    assert first["basket"] is again["basket"]
    assert first["basket"].turn is first["turn"] is turn
    other = Turn(turn.update, backing=turn._backing, conversations=turn.conversations)
    assert (await modules.provide(other, {"basket": Basket}))["basket"] is not first["basket"]
    await modules.end_turn(turn, ValueError("x"))
    await modules.end_turn(other)
    await modules.end_turn(other)
    assert goods.log[2:] == ["basket down ValueError('x')", "basket down None"]
    await modules.aclose()
    with pytest.raises(ProvideError, match="Basket is not there"):
        await modules.provide(turn, {"basket": Basket})


async def test_a_subclass_may_provide_in_its_own_way(turn: Turn) -> None:
    """The method of the subclass, in the place of the base's."""
    goods = MoreGoods()
    modules = await opened(goods)
    await modules.aclose()
    assert goods.log == ["pool up", "my shop up", "pool down"]
    assert repr(modules) == "<Modules: 4 factories>"
    assert provided_scope(goods.helper) is None


async def test_without_modules_there_is_only_the_site(turn: Turn) -> None:
    """Nothing to open, nothing to close."""
    modules = await opened()
    assert await modules.provide(turn, {"clock": Clock}) == {"clock": CLOCK}
    assert not modules.has_turn_objects
    await modules.end_turn(turn)
    await modules.aclose()


def test_what_nobody_provides_is_named_with_the_nearest_types() -> None:
    """All of it at once: handler, parameter, type."""
    modules = Modules([Goods()], base={Clock: CLOCK})

    class Shops:
        """Nearly a Shop."""

    class BigPool(Pool):
        """More than a Pool."""

    modules.check([Needed("shop.x (f.py:1)", "shop", Shop), Needed("shop.x (f.py:1)", "t", Turn)])
    with pytest.raises(ProvideError) as caught:
        modules.check(
            [
                Needed("shop.a (f.py:1)", "base", Base),
                Needed("shop.b (f.py:2)", "pool", BigPool),
                Needed("shop.c (f.py:3)", "shops", Shops),
                Needed("shop.d (f.py:4)", "many", list[int]),
            ]
        )
    one, two, three, four = str(caught.value).splitlines()
    assert one == (
        "shop.a (f.py:1): base needs Base, which no module provides; Pool is one: annotate the "
        "parameter with it, or the method that provides it with Base"
    )
    assert two.endswith("provided is its base Pool")
    assert three.startswith("shop.c (f.py:3): shops needs ")
    assert three.endswith("; the nearest are Shop")
    assert four.endswith("; provided are Clock, Turn, Pool, Shop, Basket, Slip")


async def test_a_failing_set_up_is_named_and_the_rest_torn_down() -> None:
    """Those that were set up before it, in reverse order."""

    class Broken(Module):
        @provide
        async def event(self, shop: Shop) -> asyncio.Event:
            raise OSError("no slips")

    goods = Goods()
    modules = Modules([goods, Broken()], base={Clock: CLOCK})
    with pytest.raises(ProvideError, match=r"Broken.event failed in its set-up: OSError: no slips"):
        await modules.open()
    assert goods.log == ["pool up", "shop up", "shop down", "pool down"]


async def test_a_cancelled_start_is_torn_down_too() -> None:
    """Ctrl-C while something connects."""

    class Slow(Module):
        @provide
        async def ready(self, shop: Shop) -> asyncio.Event:
            raise asyncio.CancelledError

    goods = Goods()
    with pytest.raises(asyncio.CancelledError):
        await Modules([goods, Slow()], base={Clock: CLOCK}).open()
    assert goods.log[2:] == ["shop down", "pool down"]


async def test_a_failing_tear_down_is_logged_and_stops_no_other(
    turn: Turn, caplog: pytest.LogCaptureFixture
) -> None:
    """In a turn it is the turn's error."""

    class Failing(Module):
        @provide
        def event(self, shop: Shop) -> Generator[asyncio.Event, None, None]:
            yield asyncio.Event()
            raise OSError("stuck")

        @provide(scope="turn")
        def lock(self, event: asyncio.Event) -> Iterator[asyncio.Lock]:
            yield asyncio.Lock()
            raise OSError("stuck in the turn")

    goods = Goods()
    modules = await opened(goods, Failing())
    await modules.provide(turn, {"lock": asyncio.Lock})
    with pytest.raises(OSError, match="stuck in the turn"):
        await modules.end_turn(turn)
    caplog.set_level(logging.ERROR, "posthouse.modules")
    await modules.aclose()
    assert goods.log[2:] == ["shop down", "pool down"]
    assert "a module failed to close: OSError" in caplog.text


class NoReturn(Module):
    @provide
    def shop(self):  # type: ignore[no-untyped-def]  # the point
        raise AssertionError


class NoneReturn(Module):
    @provide
    def shop(self) -> None:
        raise AssertionError


class BareIterator(Module):
    @provide
    def shop(self) -> Iterator:  # type: ignore[type-arg]  # the point
        yield 1


class NoAnnotation(Module):
    @provide
    def shop(self, pool) -> Shop:  # type: ignore[no-untyped-def]  # the point
        raise AssertionError


class Missing(Module):
    @provide
    def shop(self, pool: Pool) -> Shop:
        raise AssertionError


class Twice(Module):
    @provide
    def my_clock(self) -> Clock:
        raise AssertionError


class Mixed(Module):
    @provide
    def shop(self, turn: Turn) -> Shop:
        raise AssertionError


class Circle(Module):
    @provide
    def shop(self, pool: Pool) -> Shop:
        raise AssertionError

    @provide
    def pool(self, shop: Shop) -> Pool:
        raise AssertionError


@pytest.mark.parametrize(
    ("module", "message"),
    [
        (NoReturn(), r"shop \(.*the return annotation says what a module provides"),
        (NoneReturn(), r"the return annotation says what a module provides"),
        (BareIterator(), r"AsyncIterator\[Shop\] for a method that yields"),
        (NoAnnotation(), r"pool needs an annotation"),
        (Missing(), r"Missing.shop \(.*: pool needs Pool, which no module provides"),
        (Twice(), r"provides Clock, which the site provides already"),
        (Mixed(), r'turn is a Turn, which lives for one turn.*@provide\(scope="turn"\)'),
        (Goods, r"is no Module; call it"),
        (3, r"3 is no Module; give an instance"),
    ],
)
def test_modules_that_do_not_fit_together_are_refused(module: Any, message: str) -> None:
    """Before anything is set up."""
    with pytest.raises(ProvideError, match=message):
        Modules([module], base={Clock: CLOCK})


def test_two_modules_that_provide_the_same_are_refused() -> None:
    """One of them would be chosen by chance."""
    with pytest.raises(ProvideError, match=r"Pool, which Goods.pool provides already"):
        Modules([Goods(), Goods()], base={Clock: CLOCK})


async def test_modules_that_need_each_other_are_refused() -> None:
    """With the circle drawn."""
    with pytest.raises(ProvideError, match="in a circle"):
        await Modules([Circle()]).open()
