"""What is read with as little as it needs is what is read in full, and refused as that is."""

import json
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings, strategies as st
from msgspec.structs import replace

from posthouse.adapters.telegram.api.encoding import encode
from posthouse.adapters.telegram.inbound import group_of, read_any, read_update
from posthouse.adapters.telegram.usual import read_usual
from posthouse.errors import DecodeError
from posthouse.model.update import ChatUpdate, PhotoMessage, Press, TextMessage, is_opened
from posthouse.ports.clock import SystemClock
from tests.unit.adapters.telegram.test_inbound import (
    ALL,
    ANN,
    BO,
    CHANNEL,
    GROUP,
    PRIVATE,
    SIZED,
    WHEN,
    corpus,
    message,
)

WHENEVER = datetime(2000, 1, 1, tzinfo=UTC)


def body_of(update: dict[str, Any]) -> bytes:
    """An update as Telegram sends it."""
    return json.dumps(update, ensure_ascii=False).encode()


def outcome(read: Any, body: bytes) -> ChatUpdate | str:
    """The update, or why there is none; what has no moment happens when it is read."""
    try:
        found: ChatUpdate = read(body)
    except DecodeError as error:
        return str(error)
    is_now = SystemClock().now() - found.at < timedelta(minutes=1)
    return replace(found, at=WHENEVER) if is_now else found


def assert_alike(body: bytes) -> bool:
    """Compare both ways; whether it was one of the usual updates."""
    assert outcome(lambda b: read_update(b, bot="shop"), body) == outcome(
        lambda b: read_any(b, "shop"), body
    )
    usual = read_usual(body, "shop")
    assert usual is None or not is_opened(usual)
    return usual is not None


@pytest.mark.parametrize("name", [*ALL, "updates_nonconforming"])
def test_every_recorded_update_is_read_alike(name: str) -> None:
    """Past, present and future ones, and those that are wrong."""
    usual = [assert_alike(body_of(update)) for update in corpus(name)]
    assert any(usual) or name not in {"updates", "updates_legacy"}


@pytest.mark.parametrize(
    ("payload", "kind"),
    [
        ({"message": message(text="hello")}, TextMessage),
        ({"message": message(photo=[SIZED], caption="pic")}, PhotoMessage),
        ({"message": message(text="no", reply_to_message=message(text="yes?"))}, TextMessage),
        (
            {
                "callback_query": {
                    "id": "9",
                    "from": ANN,
                    "chat_instance": "1",
                    "data": "x",
                    "message": message(text="menu"),
                }
            },
            Press,
        ),
    ],
)
def test_words_photos_and_presses_are_usual(payload: dict[str, Any], kind: type[Any]) -> None:
    """They are opened when somebody looks; what is found then is Telegram's object."""
    body = body_of({"update_id": 5, **payload})
    assert assert_alike(body)
    usual = read_usual(body, "shop")
    assert isinstance(usual, kind)
    assert usual.native.from_.first_name == "Ann"


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"message": message(text="a"), "callback_query": {"id": "1"}},
        {"message": message()},
        {"message": message(photo=[])},
        {"message": message(photo=[SIZED], media_group_id="7")},
        {"message": message(text="a", is_topic_message=True, message_thread_id=3)},
        {"message": message(text="a", sender_chat=CHANNEL)},
        {"message": message(text="a", new_key=1)},
        {"message": message(text="a", date=0)},
        {"message": message(text="a", date=10**15)},
        {"message": message(text=5)},
        {"callback_query": {"id": "9", "from": ANN, "chat_instance": "1", "data": "x"}},
        {"callback_query": {"id": "9", "from": ANN, "chat_instance": "1", "game_short_name": "x"}},
    ],
)
def test_whatever_else_there_is_is_read_in_full(payload: dict[str, Any]) -> None:
    """Nothing of it is guessed."""
    assert_alike(body_of({"update_id": 5, **payload}))


def test_a_photo_that_is_not_opened_is_no_part_of_an_album() -> None:
    """Looking for the album opens nothing."""
    photo = read_update(body_of({"update_id": 5, "message": message(photo=[SIZED])}), bot="shop")
    assert group_of(photo) is None
    assert not is_opened(photo)
    part = message(photo=[SIZED], media_group_id="7")
    assert group_of(read_update(body_of({"update_id": 5, "message": part}), bot="shop")) == "7"


ANYTHING: Any = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=5),
    st.just([]), st.just({}), st.just([{}]),
)  # fmt: skip
ENTITIES: Any = st.lists(
    st.fixed_dictionaries(
        {
            "type": st.sampled_from(["bold", "bot_command", "text_link", "pre", "later"]),
            "offset": st.integers(-1, 9),
            "length": st.integers(0, 9),
        },
        optional={"url": st.text(max_size=3), "language": st.text(max_size=3)},
    ),
    max_size=3,
)
USERS: Any = st.fixed_dictionaries(
    {"id": st.integers(), "is_bot": st.booleans(), "first_name": st.text(max_size=3)},
    optional={
        "last_name": st.text(max_size=3),
        "username": st.text(max_size=3),
        "language_code": st.sampled_from(["", "en", "ru"]),
        "is_premium": st.just(True),
        "later": ANYTHING,
    },
)
CHATS: Any = st.fixed_dictionaries(
    {
        "id": st.integers(),
        "type": st.sampled_from(["private", "group", "supergroup", "channel", "later"]),
    },
    optional={name: st.text(max_size=3) for name in ("title", "first_name", "last_name")},
)
FIELDS: Any = {
    "text": st.text(max_size=9),
    "entities": ENTITIES,
    "photo": st.lists(st.just(SIZED), max_size=2),
    "caption": st.text(max_size=3),
    "edit_date": st.integers(-1, 10**12),
    "reply_to_message": st.just(message(text="before")),
    "media_group_id": st.text(max_size=3),
    "link_preview_options": st.just({"is_disabled": True}),
    "reply_markup": st.just({"inline_keyboard": [[{"text": "A", "callback_data": "a"}]]}),
    "later": ANYTHING,
}
MESSAGES: Any = st.fixed_dictionaries(
    {
        "message_id": st.integers(),
        "from": st.sampled_from([ANN, BO]) | USERS,
        "chat": st.sampled_from([PRIVATE, GROUP]) | CHATS,
        "date": st.just(WHEN) | st.integers(-1, 10**13),
    },
    optional=FIELDS,
)
PRESSES: Any = st.fixed_dictionaries(
    {"id": st.text(max_size=3), "from": USERS, "chat_instance": st.just("1")},
    optional={"data": st.text(max_size=3), "message": MESSAGES, "inline_message_id": st.just("i")},
)
UPDATES: Any = st.fixed_dictionaries(
    {"update_id": st.integers(0, 2**40)}, optional={"message": MESSAGES, "callback_query": PRESSES}
)


@settings(max_examples=300, deadline=None)
@given(update=UPDATES)
def test_any_message_and_press_is_read_alike(update: dict[str, Any]) -> None:
    """Whatever is in it, and whatever is not."""
    assert_alike(body_of(update))


@settings(max_examples=300, deadline=None)
@given(update=UPDATES, at=st.integers(0, 40), wrong=ANYTHING)
def test_what_is_wrong_in_it_is_refused_alike(update: dict[str, Any], at: int, wrong: Any) -> None:
    """One value anywhere is of another type, or is gone."""
    update = deepcopy(update)
    places = list(_places(update))
    held, key = places[at % len(places)]
    if wrong is None and isinstance(held, dict):
        held.pop(key)
    else:
        held[key] = wrong
    assert_alike(body_of(update))


def _places(value: Any) -> Any:
    """Every place within a value, as what holds it and under which key."""
    entries = list(value.items() if isinstance(value, dict) else enumerate(value))
    for key, inner in entries:
        yield value, key
        if isinstance(inner, dict | list):
            yield from _places(inner)


@pytest.mark.parametrize("more", [{}, {"invented": {"deep": [1]}}])
def test_an_update_is_written_though_nobody_looked_at_its_native(more: dict[str, Any]) -> None:
    """With every key that Telegram sent, known or not."""
    told = {
        "message_id": 5, "date": 1, "chat": {"id": 7, "type": "private", "first_name": "Ann"},
        "from": {"id": 7, "is_bot": False, "first_name": "Ann"}, "text": "hi", **more,
    }  # fmt: skip
    read = read_update(json.dumps({"update_id": 1, "message": told}).encode(), bot="b")
    written = json.loads(encode(read))
    assert written["native"] == told
    assert (written["id"], written["text"], written["person"]["name"]) == ("1", "hi", "Ann")
    assert json.loads(msgspec.json.encode(read, enc_hook=repr))["text"] == "hi"
