"""A pretended Telegram for tests: a Bot API server over real HTTP, people who act by script.

```python
from posthouse.testing.telegram import Simulator

async with Simulator(bots=["123:secret"]) as sim:
    ann = sim.person("Ann")
    await ann.says("hi")
    await ann.waits_for("hello")
```
"""

from posthouse.testing.telegram.faults import Fault, FaultKind
from posthouse.testing.telegram.journal import Entry, Journal
from posthouse.testing.telegram.people import SimPerson
from posthouse.testing.telegram.pictures import picture
from posthouse.testing.telegram.server import Simulator
from posthouse.testing.telegram.state import Bot, Chat, Message

__all__ = [
    "Bot",
    "Chat",
    "Entry",
    "Fault",
    "FaultKind",
    "Journal",
    "Message",
    "SimPerson",
    "Simulator",
    "picture",
]
