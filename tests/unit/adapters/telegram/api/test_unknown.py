"""Keys, kinds and values that came later than this version."""

import copy
import json
import pickle
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings, strategies as st

from posthouse.adapters.telegram.api.codec import decode_object, decode_update
from posthouse.adapters.telegram.api.encoding import encode, encode_call
from posthouse.adapters.telegram.api.methods import EditMessageReplyMarkup
from posthouse.adapters.telegram.api.types import (
    CallbackQuery,
    InaccessibleMessage,
    Message,
    RichTextBold,
    Update,
    User,
)
from posthouse.adapters.telegram.api.unknown import Unknown, unknown_keys

PERSON = {"id": 7, "is_bot": False, "first_name": "Ada"}
CHAT = {"id": 7, "type": "private", "first_name": "Ada"}
KEYS = {"inline_keyboard": [[{"text": "A", "callback_data": "a"}]]}
MESSAGE = {"message_id": 1, "from": PERSON, "chat": CHAT, "date": 5, "reply_markup": KEYS}


def press(**more: Any) -> dict[str, Any]:
    """An update about a pressed button, with further keys in its payload."""
    inner = {"id": "1", "from": PERSON, "chat_instance": "c", "message": MESSAGE, **more}
    return {"update_id": 3, "callback_query": inner}


def decoded(update: dict[str, Any]) -> Update:
    """The update, read."""
    return decode_update(json.dumps(update).encode())


def payload(update: dict[str, Any]) -> CallbackQuery:
    """The pressed button of an update, read."""
    found = decoded(update).callback_query
    assert found is not None
    return found


def objects_in(value: Any) -> list[dict[str, Any]]:
    """Every JSON object in a value, itself first."""
    if isinstance(value, dict):
        return [value, *(inner for item in value.values() for inner in objects_in(item))]
    return (
        [inner for item in value for inner in objects_in(item)] if isinstance(value, list) else []
    )


any_json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_unknown_key_anywhere_is_kept(data: st.DataObject) -> None:
    """It is an attribute, it is written back, and the known keys do not suffer."""
    update = copy.deepcopy(press())
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.sampled_from(objects_in(update)))
        key = "new_" + data.draw(st.text("abcdefgh_", min_size=1, max_size=6))
        place[key] = data.draw(any_json)

    found = decoded(update)

    assert json.loads(encode(found)) == update
    assert isinstance(found.callback_query, CallbackQuery)
    assert found.callback_query.from_.id == 7
    for key, value in update["callback_query"]["from"].items():
        assert json.loads(encode_any(getattr(found.callback_query.from_, key))) == value


def encode_any(value: Any) -> bytes:
    """A kept value as JSON again."""
    return msgspec.json.encode(value, enc_hook=lambda unknown: json.loads(encode(unknown)))


def test_an_object_with_unknown_keys_is_still_of_its_type() -> None:
    """Known and unknown keys are attributes side by side."""
    found = payload(press(new={"deep": [{"class": 1}]}))

    assert type(found) is not CallbackQuery
    assert isinstance(found, CallbackQuery)
    assert type(found.from_) is User
    assert found.new.deep[0].class_ == 1  # type: ignore[attr-defined]  # unknown to this version
    assert unknown_keys(found) == {"new": Unknown({"deep": [{"class": 1}]})}
    assert unknown_keys(found.from_) == {}
    with pytest.raises(AttributeError, match="CallbackQuery has no field or key 'newer'"):
        found.newer  # type: ignore[attr-defined]  # noqa: B018


def test_an_unknown_update_is_an_update() -> None:
    """With its payload as an object that keeps what it has."""
    found = decoded({"update_id": 9, "brand_new": {"from": PERSON, "n": None}})

    new = found.brand_new  # type: ignore[attr-defined]  # unknown to this version
    assert isinstance(new, Unknown)
    assert (new.from_.first_name, new["from"]["id"], new.n) == ("Ada", 7, None)
    assert (list(new), len(new), "n" in new, "x" in new) == (["from", "n"], 2, True, False)
    with pytest.raises(AttributeError, match="no key 'x'; it has: from, n"):
        new.x  # noqa: B018


def test_an_unknown_member_of_a_union_is_kept() -> None:
    """Telegram adds kinds of members, reactions and backgrounds."""
    found = decode_object("ChatMember", b'{"status":"ghost","user":{"id":1},"until":[1]}')

    assert isinstance(found, Unknown)
    assert (found.status, found.user.id) == ("ghost", 1)
    assert json.loads(encode(found)) == {"status": "ghost", "user": {"id": 1}, "until": [1]}


def test_an_unknown_value_of_an_enumeration_is_kept() -> None:
    """A chat of a new type is a chat."""
    found = decode_object("Chat", b'{"id":1,"type":"forum"}')

    assert found.type == "forum"
    assert encode(found) == b'{"id":1,"type":"forum"}'


def test_nulls_and_missing_keys_are_written_back_as_they_came() -> None:
    """Old and careless servers send them; a missing text is empty, a missing object None."""
    body = b'{"message_id":null,"text":null,"from":{"id":1}}'
    with pytest.raises(Exception, match="message_id"):
        decode_object("Message", body)

    found = decode_object("Message", b'{"text":null,"from":{"id":1}}')

    assert (found.chat, found.text, found.date, found.from_.first_name) == (None, None, 0, "")
    assert json.loads(encode(found)) == {"text": None, "from": {"id": 1}}


def test_a_message_of_date_0_is_inaccessible_only_where_it_may_be() -> None:
    """Elsewhere it is a message."""
    gone = {"message_id": 1, "chat": CHAT, "date": 0}

    assert isinstance(payload(press(message=gone)).message, InaccessibleMessage)
    assert isinstance(payload(press()).message, Message)
    assert isinstance(decode_object("Message", json.dumps(gone).encode()), Message)


def test_rich_text_is_text_or_objects_or_both() -> None:
    """A union of a string, an array of itself and tagged objects."""
    text = ["a", {"type": "bold", "text": ["b", {"type": "glow", "text": "c"}], "new": 1}]
    body = json.dumps({"type": "paragraph", "text": text}).encode()

    found = decode_object("RichBlock", body)

    assert found.text[0] == "a"
    assert isinstance(found.text[1], RichTextBold)
    assert isinstance(found.text[1].text, list)
    assert isinstance(found.text[1].text[1], Unknown)
    assert json.loads(encode(found)) == json.loads(body)


def test_what_was_kept_goes_into_a_call() -> None:
    """A keyboard with a new kind of button can be sent again."""
    keys = {"inline_keyboard": [[{"text": "A", "callback_data": "a", "glow": {"is": True}}]]}
    message = payload(press(message={**MESSAGE, "reply_markup": keys})).message
    assert isinstance(message, Message)

    call = encode_call(EditMessageReplyMarkup(chat_id=7, reply_markup=message.reply_markup))

    assert json.loads(call.body) == {"chat_id": 7, "reply_markup": keys}


def test_kept_objects_compare_copy_and_pickle() -> None:
    """They are values like the others."""
    found = decoded(press(new={"a": [1]}))

    assert found == decoded(press(new={"a": [1]}))
    assert found != decoded(press(new={"a": [2]}))
    assert copy.deepcopy(found) == found
    assert pickle.loads(pickle.dumps(found)) == found
    assert json.loads(encode(copy.deepcopy(found))) == press(new={"a": [1]})


def test_a_changed_copy_keeps_what_the_original_kept() -> None:
    """A new value of a known field is written, the unknown keys too."""
    found = decode_object("Chat", b'{"id":1,"type":"private","new":2}')

    changed = msgspec.structs.replace(found, title="T")

    assert json.loads(encode(changed)) == {"id": 1, "type": "private", "new": 2, "title": "T"}
