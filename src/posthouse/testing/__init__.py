"""For tests of bots: a messenger in memory, a clock that stands still, crashes on demand.

```python
from posthouse.testing import play

async def test_echo():
    async with play(app) as site:
        ann = site.person("Ann")
        await ann.says("hi")
        assert ann.sees == "hi"
```

`posthouse.testing.contracts` holds suites that adapters and stores of others can be run against.
"""

from posthouse.engine.points import Point
from posthouse.testing.clock import FakeClock
from posthouse.testing.crashing import Survey, everywhere
from posthouse.testing.fakes import FakeDatabase, FakeMedia, FakeReceiver
from posthouse.testing.messenger import FakeMessenger, Shown, Told
from posthouse.testing.people import FakePerson
from posthouse.testing.playing import play
from posthouse.testing.site import TestSite

__all__ = [
    "FakeClock",
    "FakeDatabase",
    "FakeMedia",
    "FakeMessenger",
    "FakePerson",
    "FakeReceiver",
    "Point",
    "Shown",
    "Survey",
    "TestSite",
    "Told",
    "everywhere",
    "play",
]
