"""Every recorded update is read and written back; every wrong one is refused, and no other."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from posthouse.adapters.telegram.api.codec import decode_update, split_updates
from posthouse.adapters.telegram.api.encoding import encode
from posthouse.errors import DecodeError

Corpus = Callable[[str], list[dict[str, Any]]]
SIZES = {
    "updates": 148,
    "updates_legacy": 103,
    "messages_wrapped": 87,
    "updates_generated": 1000,
    "updates_future": 100,
}


def as_json(update: dict[str, Any]) -> bytes:
    """An update as Telegram sends it."""
    return json.dumps(update, ensure_ascii=False).encode()


@pytest.mark.parametrize("name", SIZES)
def test_every_update_is_written_back_with_the_same_keys_and_values(
    name: str, corpus: Corpus
) -> None:
    """Also those of the past and of the future."""
    updates = corpus(name)

    assert len(updates) == SIZES[name]
    for update in updates:
        assert json.loads(encode(decode_update(as_json(update)))) == update


@pytest.mark.parametrize("name", SIZES)
def test_every_key_of_every_update_is_an_attribute(name: str, corpus: Corpus) -> None:
    """Known or not, at any depth, with the value it came with."""
    for update in corpus(name):
        assert_reachable(decode_update(as_json(update)), update)


def assert_reachable(found: Any, expected: Any) -> None:
    """Compare an object's attributes with the JSON it was made of."""
    if isinstance(expected, dict):
        for key, value in expected.items():
            assert_reachable(getattr(found, "from_" if key == "from" else key), value)
    elif isinstance(expected, list):
        assert len(found) == len(expected)
        for inner, value in zip(found, expected, strict=True):
            assert_reachable(inner, value)
    else:
        assert found == expected


def test_each_wrong_update_is_refused(corpus: Corpus) -> None:
    """One of another type, one with several payloads."""
    wrong = corpus("updates_nonconforming")

    assert len(wrong) == 8
    for update in wrong:
        with pytest.raises(DecodeError):
            decode_update(as_json(update))


def test_a_wrong_update_is_refused_alone(corpus: Corpus) -> None:
    """What getUpdates returns is parted before it is read."""
    good, wrong = corpus("updates")[:2], corpus("updates_nonconforming")[0]

    first, middle, last = split_updates(as_json([good[0], wrong, good[1]]))  # type: ignore[arg-type]  # an array

    assert decode_update(first).update_id == good[0]["update_id"]
    with pytest.raises(DecodeError):
        decode_update(middle)
    assert decode_update(last).update_id == good[1]["update_id"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"update_id":1,"poll":3}', r"Expected an object of type Poll, got an integer - .*poll"),
        (
            b'{"update_id":1,"message":{"message_id":1,"date":1,"chat":{"id":"x","type":"private"}}}',
            r"Expected an integer, got a string - at `\$\.message\.chat\.id`",
        ),
        (
            b'{"update_id":1,"message":{"message_id":1,"date":1,"chat":{"id":1,"type":"private"},'
            b'"entities":[{"type":"bold","offset":0,"length":1},{"type":"bold","offset":true}]}}',
            r"at `\$\.message\.entities\[1\]\.offset`",
        ),
        (b'{"update_id":1.5}', r"Expected an integer, got a number - at `\$\.update_id`"),
        (b'{"message":null}', r"lacks its required key `update_id`"),
        (b"[]", r"Expected an object of type Update, got an array"),
        (b'{"update_id":1,"message":{"entities":{}}}', r"Expected an array, got an object"),
        (b'{"update_id":1,"message_reaction":{"new_reaction":["x"]}}', r"Expected an object, got"),
        (b'{"update_id":1,"message":{"location":{"latitude":"1"}}}', r"Expected a number, got"),
        (b'{"update_id":1,"message":{"has_media_spoiler":1}}', r"Expected true or false, got"),
        (b'{"update_id":1,"message":{"text":null,"chat":null}}', r"type Chat, got null"),
        (b"", r"no JSON"),
        (b'{"update_id":1', r"no JSON"),
        (b'{"update_id":1,"x":"\xff"}', r"no JSON"),
        (b'{"update_id":1,"x":' + b"[" * 100_000, r"nested too deeply"),
    ],
)
def test_a_refusal_names_the_reason_and_the_place(body: bytes, said: str) -> None:
    """So that whoever finds it in the quarantine sees what is wrong."""
    with pytest.raises(DecodeError, match=said):
        decode_update(body)


def test_what_is_no_array_of_updates_is_refused() -> None:
    """An error's body, or none."""
    for body in (b'{"ok":false}', b"", b"[1"):
        with pytest.raises(DecodeError, match="something else than updates"):
            split_updates(body)


def test_a_whole_number_may_be_written_with_a_fraction_of_nothing() -> None:
    """JSON does not tell 1.0 from 1, on either way through the decoder."""
    assert decode_update(b'{"update_id":1.0}').update_id == 1
    assert decode_update(b'{"update_id":1.0,"new":{}}').update_id == 1
