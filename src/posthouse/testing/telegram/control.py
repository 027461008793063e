"""How other processes, in any language, act as a person: HTTP below /control/.

`POST /control/do` with `{"person": "Ann", "does": "says", "with": ["hi"]}` does what `SimPerson`
has a method for; `POST /control/look` with `{"person": "Ann"}` tells what she sees. The how-to page
about the simulator lists everything.
"""

import inspect
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from msgspec import Struct

from posthouse.testing.telegram.api import Api
from posthouse.testing.telegram.doing import Stage
from posthouse.testing.telegram.faults import Fault, Faults
from posthouse.testing.telegram.people import SimPerson
from posthouse.testing.telegram.state import Bot, Chat, Message, Query
from posthouse.testing.telegram.wire import Json

ACTS = frozenset(
    [
        "says",
        "sends_photo",
        "sends_file",
        "sends_album",
        "sends_location",
        "sends_contact",
        "edits",
        "deletes",
        "presses",
        "asks",
        "pays",
        "reacts",
        "votes",
        "blocks",
        "unblocks",
        "joins",
        "leaves",
        "waits_for",
        "adds",
        "removes",
    ]
)


class _Where(Struct, kw_only=True):
    """Who, and in which chat: the private one with the first bot unless something is said."""

    person: str
    chat: int = 0
    bot: int = 0


class _Do(_Where, kw_only=True):
    does: str
    with_: list[Any] = msgspec.field(name="with", default_factory=list)
    options: Json = {}


class _Chat(Struct, kw_only=True):
    kind: str
    title: str
    people: list[str] = []
    bots: list[int] = []
    details: Json = {}
    discussion: int = 0
    """The group in which posts of this channel are discussed."""


class ControlError(ValueError):
    """A request to the control endpoint asks for what is not there."""


class Controls:
    """Answers below /control/."""

    def __init__(self, stage: Stage, faults: Faults, api: Api) -> None:
        self._stage = stage
        self._faults = faults
        self._api = api
        self._paths: dict[str, Callable[[bytes], Awaitable[Any]]] = {
            "do": self._do,
            "look": self._look,
            "chats": self._found,
            "faults": self._fault,
            "flood": self._flood,
            "journal": self._journal,
        }

    async def __call__(self, method: str, path: str, body: bytes) -> tuple[int, Any]:
        """Answer one request."""
        found = self._paths.get(path.strip("/"))
        if found is None:
            known = ", ".join(self._paths)
            return 404, {"error": f"there is no /control/{path}; there are: {known}"}
        try:
            return 200, await found(body or b"{}")
        except (ControlError, msgspec.DecodeError, TypeError, ValueError) as error:
            return 400, {"error": str(error)}
        except AssertionError as error:
            return 409, {"error": str(error)}

    # --- people

    def _at(self, where: _Where) -> SimPerson:
        world = self._stage.world
        person = self._stage.find(where.person)
        bot = self._bot(where.bot)
        if not where.chat:
            return SimPerson(person, world.private(bot, person), self._stage)
        return SimPerson(person, self._chat(where.chat), self._stage)

    def _chat(self, chat_id: int) -> Chat:
        found = self._stage.world.chats.get(chat_id)
        if found is None:
            raise ControlError(f"there is no chat {chat_id}; POST /control/chats founds one")
        return found

    def _bot(self, bot_id: int) -> Bot:
        bots = self._stage.world.bots
        if not bot_id:
            return next(iter(bots.values()))
        if bot_id not in bots:
            raise ControlError(f"there is no bot {bot_id}; there are: {', '.join(map(str, bots))}")
        return bots[bot_id]

    async def _do(self, body: bytes) -> Any:
        wanted = msgspec.json.decode(body, type=_Do)
        if wanted.does not in ACTS:
            raise ControlError(
                f"nobody can do {wanted.does!r}; people can: {', '.join(sorted(ACTS))}"
            )
        person = self._at(wanted)
        options = dict(wanted.options)
        for name in ("reply_to", "to", "message"):
            if name in options:
                options[name] = self._message(person.chat, int(options[name]))
        given = list(wanted.with_)
        if wanted.does in {"blocks", "unblocks", "adds", "removes"} and given:
            given[0] = self._bot(int(given[0]))
        if wanted.does in {"joins", "leaves"} and given:
            given[0] = self._chat(int(given[0]))
        found = getattr(person, wanted.does)(*given, **options)
        return _shown(await found if inspect.isawaitable(found) else found)

    def _message(self, chat: Chat, message_id: int) -> Message:
        found = chat.messages.get(message_id)
        if found is None:
            raise ControlError(f"there is no message {message_id} in {chat}")
        return found

    async def _look(self, body: bytes) -> Any:
        person = self._at(msgspec.json.decode(body, type=_Where))
        return {
            "person": person.person.user,
            "chat": person.chat.as_json(),
            "messages": [one.body for one in person.screen],
            "answers": person.answers,
            "buttons": person.buttons,
            "choices": person.choices,
        }

    # --- everything else

    async def _found(self, body: bytes) -> Any:
        wanted = msgspec.json.decode(body, type=_Chat)
        members = [self._stage.find(name) for name in wanted.people]
        bots = [self._bot(one) for one in wanted.bots]
        chat = self._stage.chat(wanted.kind, wanted.title, [*members, *bots], **wanted.details)
        if wanted.discussion:
            self._stage.link(chat, self._chat(wanted.discussion))
        return chat.as_json()

    async def _fault(self, body: bytes) -> Any:
        wanted = msgspec.json.decode(body, type=Fault)
        self._faults.plan(wanted)
        return wanted

    async def _flood(self, body: bytes) -> Any:
        self._api.flood.is_on = bool(msgspec.json.decode(body, type=dict[str, bool]).get("is_on"))
        return {"is_on": self._api.flood.is_on}

    async def _journal(self, body: bytes) -> Any:
        found = self._api.journal.entries
        wanted = msgspec.json.decode(body, type=dict[str, str]).get("method")
        return [one for one in found if wanted in {None, one.method}]


def _shown(found: Any) -> Any:
    match found:
        case Message():
            return found.body
        case Query():
            return {"query": found.body, "answer": found.answer}
        case list():
            return [_shown(one) for one in found]
    return found
