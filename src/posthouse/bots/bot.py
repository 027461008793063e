"""A bot as it is written down: one account on one messenger, with its apps and named chats."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from posthouse.errors import SetupError
from posthouse.model.chat import Chat, ChatKind
from posthouse.plugins import ADAPTERS, load_plugin
from posthouse.ports.adapter import Adapter
from posthouse.routing.dispatch import Dispatcher
from posthouse.routing.plain import Process
from posthouse.routing.router import Router


class Bot:
    """One account on one messenger, with its apps and named chats.

    Args:
        name: Unique within the site; letters, digits, `-` and `_`.
        messenger: Name of the messenger, such as "web": an adapter of ours or of an installed
        package.
        apps: Asked in this order; the first that claims an update answers it.
        chats: Named chats: name to the messenger's own id.
        ask: "first" stops at the first claim; "all" lets every app take the update, the first
        answer is delivered.
        title: Name shown to people.
        adapter: The adapter itself, instead of one found by the messenger's name.
        spokes: Names of bots that must start before this one and stop after it, which makes it a
        hub.
        settings: Whatever the adapter understands.
    """

    def __init__(
        self,
        name: str,
        *,
        messenger: str,
        apps: Sequence[Router | Process] | Dispatcher,
        chats: Mapping[str, str] | None = None,
        ask: Literal["first", "all"] = "first",
        title: str = "",
        adapter: Adapter | None = None,
        spokes: Sequence[str] = (),
        **settings: Any,
    ) -> None:
        self.name = name
        self.messenger = messenger
        self.apps: Sequence[Router | Process] = () if isinstance(apps, Dispatcher) else apps
        self.title = title or name
        self.spokes = tuple(spokes)
        self.settings = settings
        self.chats = {
            key: Chat(id=raw, bot=name, messenger=messenger, kind=ChatKind.BROADCAST, title=key)
            for key, raw in (chats or {}).items()
        }
        # Bots with the same apps share what these were compiled to.
        self.dispatcher = (
            apps.shared_by(name)
            if isinstance(apps, Dispatcher)
            else Dispatcher(name, apps, ask=ask)
        )
        self.adapter: Adapter = adapter or load_plugin(ADAPTERS, messenger)(settings)

    def __repr__(self) -> str:
        return f"<Bot {self.name} on {self.messenger}>"


def in_start_order(bots: Sequence[Bot]) -> list[Bot]:
    """Return bots with the spokes of a hub before it.

    Raises SetupError for names that are twice or not there.
    """
    by_name: dict[str, Bot] = {}
    for bot in bots:
        if bot.name in by_name:
            raise SetupError(f"two bots are called {bot.name!r}; rename one")
        by_name[bot.name] = bot
    out: list[Bot] = []

    def add(bot: Bot, hubs: tuple[str, ...]) -> None:
        if bot.name in hubs:
            raise SetupError(
                f"bots {' -> '.join((*hubs, bot.name))} name each other as spokes; one of them "
                "must not"
            )
        for spoke in bot.spokes:
            if spoke not in by_name:
                raise SetupError(
                    f"bot {bot.name} names the spoke {spoke!r}, which is no bot; there are: "
                    f"{', '.join(by_name)}"
                )
            add(by_name[spoke], (*hubs, bot.name))
        if bot not in out:
            out.append(bot)

    for bot in bots:
        add(bot, ())
    return out
