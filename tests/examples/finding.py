"""The town with its two finders: bots that bring people what they look for."""

from pathlib import Path

from finders import cars, plans, work

from posthouse import Bot
from tests.examples.town import Town, Visitor

CARS, WORK = "300:cars", "400:work"


class FinderTown(Town):
    """Both boards, and both finders, which are administrators of the boards' channels."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        for token in (CARS, WORK):
            self.sim.add_bot(token)
        self.finder, self.work_finder = self.sim.bot(CARS), self.sim.bot(WORK)
        boss, sim = self.boss, self.sim
        self.cars = sim.channel("Cars", boss, self.bazaar, self.finder, username="cars_in_town")
        self.works = sim.channel("Works", boss, self.repairs, self.work_finder, username="works")

    def _bots(self) -> list[Bot]:
        return [
            *super()._bots(),
            self._bot("cars", CARS, cars, plans, channel=self.cars),
            self._bot("work", WORK, work, channel=self.works),
        ]

    async def searcher(self, name: str, *, is_member: bool = True) -> Visitor:
        """Somebody in private with the car finder, in the channel of cars or not."""
        person = self.sim.person(name)
        if is_member:
            await person.joins(self.cars)
        return Visitor(self, person.at(self.finder))
