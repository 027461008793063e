"""One call of the Bot API, from its parameters to its answer, whatever way it came."""

from msgspec import Struct, field

from posthouse.testing.telegram import refusals
from posthouse.testing.telegram.call import Call
from posthouse.testing.telegram.dispatch import find, run
from posthouse.testing.telegram.flood import Flood
from posthouse.testing.telegram.journal import Entry, Journal
from posthouse.testing.telegram.parameters import Arguments
from posthouse.testing.telegram.refusals import RefusalError, refuse, too_many
from posthouse.testing.telegram.state import Bot
from posthouse.testing.telegram.wire import Json
from posthouse.testing.telegram.world import World

OK = 200


class Answer(Struct, kw_only=True):
    """What a call is answered."""

    body: Json
    status: int = OK
    headers: dict[str, str] = field(default_factory=dict)


class Api:
    """Runs calls and writes them down."""

    def __init__(self, world: World, *, is_strict: bool) -> None:
        self.world = world
        self.is_strict = is_strict
        self.journal = Journal()
        self.flood = Flood()

    def bot(self, token: str) -> Bot:
        """The bot with a token; refuses one nobody has."""
        number, colon, secret = token.partition(":")
        if not number.isdecimal() or not colon or not secret:
            raise refuse(refusals.INVALID_TOKEN)
        for bot in self.world.bots.values():
            if bot.token == token:
                return bot
        raise refuse(refusals.UNAUTHORIZED)

    def note(self, token: str, method: str, arguments: Arguments, *, via: str) -> Entry:
        """Write a call down before it runs."""
        number = token.partition(":")[0]
        entry = Entry(
            method=method,
            bot=int(number) if number.isdecimal() else 0,
            parameters=dict(arguments.texts),
            files={name: upload.name for name, upload in arguments.files.items()},
            at_s=self.world.clock.monotonic(),
            via=via,
        )
        self.journal.entries.append(entry)
        self.world.changed()
        return entry

    async def call(self, token: str, entry: Entry, arguments: Arguments) -> Answer:
        """Do what a call asks; a refusal is an answer too."""
        try:
            answer = await self._run(token, entry, arguments)
        except RefusalError as refusal:
            answer = refused(refusal)
            entry.description = refusal.description
        entry.status = answer.status
        self.world.changed()
        return answer

    async def _run(self, token: str, entry: Entry, arguments: Arguments) -> Answer:
        bot = self.bot(token)
        entry.method = find(entry.method)
        wait_s = self.flood.wait_s(
            bot.id, entry.method, arguments.text("chat_id"), self.world.clock.monotonic()
        )
        if wait_s:
            raise too_many(wait_s)
        call = Call(self.world, bot, entry.method, arguments)
        body: Json = {"ok": True, "result": await run(call, is_strict=self.is_strict)}
        if call.note:
            body["description"] = call.note
        return Answer(body=body)


def refused(refusal: RefusalError) -> Answer:
    """The answer to what is refused."""
    headers = {}
    if "retry_after" in refusal.parameters:
        headers["Retry-After"] = str(refusal.parameters["retry_after"])
    return Answer(body=refusal.answer(), status=refusal.code, headers=headers)
