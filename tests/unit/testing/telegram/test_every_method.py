"""Every method of the Bot API answers an object of its type, or refuses."""

import asyncio
import random
from typing import Any

import msgspec
import pytest
from bot_client import TOKEN, Client

from posthouse.adapters.telegram.api.methods import SendMessage
from posthouse.testing import FakeClock
from posthouse.testing.telegram import Simulator, picture
from posthouse.testing.telegram.checking import misfit
from posthouse.testing.telegram.parameters import Arguments
from posthouse.testing.telegram.specification import Field, Kind, Method, load

KNOWN: dict[str, Any] = {
    "user_id": 0,
    "url": "https://a.b/",
    "emoji": "🎲",
    "action": "typing",
    "text": "x",
    "caption": "x",
    "question": "Tea?",
    "options": ["yes", "no"],
    "commands": [{"command": "tea", "description": "make tea"}],
    "message_ids": [1],
    "message_id": 1,
    "currency": "XTR",
    "prices": [{"label": "Tea", "amount": 1}],
    "icon_color": 0x6FB9F0,
}
BINARY = {"photo", "document", "video", "audio", "voice", "animation", "video_note", "sticker"}


def plain(kind: Kind, name: str) -> Any:
    """The plainest value of a kind."""
    if kind.k == "union":
        return plain(kind.of[0], name)
    if kind.k == "arr":
        return [plain(kind.of[0], name)]
    if kind.k != "ref":
        return {"str": "x", "int": 1, "float": 1.5}.get(kind.k, True)
    spec = load()
    if union := spec.unions.get(kind.name):
        return plain(union.members[0], name)
    fields = spec.types.get(kind.name, {}).values()
    return {one.name: value(one) for one in fields if one.required}


def value(field: Field) -> Any:
    """A value for a parameter or field."""
    if field.const is not None:
        return field.const
    return KNOWN.get(field.name) or plain(field.kind, field.name)


@pytest.mark.timeout(60)
async def test_every_method_answers_its_type_or_refuses(sim: Simulator, bot: Client) -> None:
    """Called with what it requires, in a chat with a message."""
    ann, wrong = sim.person("Ann"), {}
    await bot("sendMessage", chat_id=ann.id, text="there")
    for spec in load():
        sim.bot().is_logged_out = False
        given = {one.name: value(one) for one in spec.parameters.values() if one.required}
        for name, plainest in given.items():
            if name in {"chat_id", "from_chat_id", "user_id"}:
                given[name] = ann.id
            elif name in BINARY and not isinstance(plainest, list):
                given[name] = picture(64, 64)
        found = await bot.answer(spec.name, **given)
        if why := unfit(spec, found):
            wrong[spec.name] = why
    assert wrong == {}


def unfit(spec: Method, found: dict[str, Any]) -> str | None:
    """Why an answer is none, or None."""
    if found["ok"]:
        return misfit(spec.returns, found["result"])
    words = ("Bad Request: ", "Forbidden: ", "Too Many Requests: ")
    known = found["error_code"] in {400, 403, 429} and found["description"].startswith(words)
    return None if known else str(found)


JUNK = [
    "",
    "null",
    "[]",
    "{}",
    "5",
    "-1",
    "x",
    "true",
    "[5]",
    "[[]]",
    '["x"]',
    "[{}]",
    '{"type":"photo"}',
    '{"a":1}',
    '[{"type":"bold"}]',
    '{"inline_keyboard":5}',
    '{"inline_keyboard":[[5]]}',
    '{"message_id":"x"}',
    '[{"text":5}]',
    "[null]",
    '{"message_id":1}',
    "99999999999999999999",
]


@pytest.mark.parametrize("is_strict", [True, False])
async def test_no_parameter_breaks_the_simulator(is_strict: bool, clock: FakeClock) -> None:
    """Whatever they say, the answer is an answer."""
    await asyncio.to_thread(load)  # reads a file, which a simulator that starts does beforehand
    sim = Simulator(bots=[TOKEN], clock=clock, is_strict=is_strict)
    dice, bot, ann = random.Random(7), sim.bot(), sim.person("Ann")
    group = sim.supergroup("Friends", ann, bot, is_forum=True)
    group.members[bot.id] = sim.admin(group)
    api = sim._api
    for spec in [spec for spec in load() if spec.name not in {"getUpdates", "logOut"}] * 6:
        await ann.says("hi")
        texts = {name: dice.choice(JUNK) for name in spec.parameters if dice.random() < 0.6}
        likely = {"chat_id": dice.choice([str(ann.id), str(group.id)]), "user_id": str(ann.id)}
        likely |= {"from_chat_id": str(ann.id), "message_id": "1", "text": "hi"}
        texts |= {name: likely[name] for name in likely if name in spec.parameters}
        arguments = Arguments(texts, {})
        found = await api.call(TOKEN, api.note(TOKEN, spec.name, arguments, via="test"), arguments)
        assert found.body["ok"] is (found.status == 200)


async def test_a_request_of_our_own_types_is_taken(sim: Simulator, bot: Client) -> None:
    """What the adapter's method types write is what the simulator reads."""
    call = SendMessage(chat_id=sim.person("Ann").id, text="hi")
    body = msgspec.to_builtins(call)
    assert (await bot("sendMessage", **body))["text"] == "hi"
    assert sim.journal.of("sendMessage", bot=int(TOKEN.partition(":")[0]))


async def test_what_nobody_wrote_is_sent_all_the_same(sim: Simulator, bot: Client) -> None:
    """A message carries the plainest object of its kind; what has no kind is refused."""
    ann = sim.person("Ann")
    sent = await bot("sendGame", chat_id=ann.id, game_short_name="tea")
    assert sent["game"]["photo"] == []
    assert ann.screen[-1].kinds == ["game"]
    assert "business connection not found" in await bot.refusal(
        "getBusinessConnection", business_connection_id="x"
    )
