"""Tokens in the database are encrypted under POSTHOUSE_KEY, and nothing else opens them."""

import pytest

from posthouse.bots.sealing import TokenKeys, new_key, split_keys
from posthouse.errors import SetupError
from posthouse.model.secret import Secret

TOKEN = "123456:AAcanaryThatSingsToNobody"


def test_what_is_sealed_opens_again_and_shows_nothing() -> None:
    """Neither the bytes nor any repr hold it, and twice the same is never the same."""
    keys = TokenKeys([new_key()])
    sealed = keys.seal({"token": TOKEN}, bot="shop")
    assert keys.open(sealed, bot="shop") == {"token": Secret(TOKEN)}
    assert TOKEN.encode() not in sealed
    assert sealed != keys.seal({"token": TOKEN}, bot="shop")
    assert TOKEN not in repr(keys.open(sealed, bot="shop")) + repr(keys)


def test_an_older_key_opens_until_all_is_sealed_anew() -> None:
    """The newest seals, every one of them opens."""
    old, new = new_key(), new_key()
    sealed = TokenKeys([old]).seal({"token": TOKEN}, bot="shop")
    both = TokenKeys(split_keys(f"{new}, {old}"))
    assert both.open(sealed, bot="shop")["token"].reveal() == TOKEN
    assert not both.is_newest(sealed)
    anew = both.seal({"token": TOKEN}, bot="shop")
    assert both.is_newest(anew)
    assert TokenKeys([new]).open(anew, bot="shop")["token"].reveal() == TOKEN


def test_a_wrong_key_a_missing_one_and_a_damaged_row_are_told_apart() -> None:
    """Each says what to do, and none shows the token."""
    keys = TokenKeys([new_key()])
    sealed = keys.seal({"token": TOKEN}, bot="shop")
    with pytest.raises(SetupError, match="encrypted under another key than POSTHOUSE_KEY"):
        TokenKeys([new_key()]).open(sealed, bot="shop")
    with pytest.raises(SetupError, match="POSTHOUSE_KEY is not set"):
        TokenKeys([]).open(sealed, bot="shop")
    with pytest.raises(SetupError, match="damaged"):
        keys.open(sealed[:-1] + bytes([sealed[-1] ^ 1]), bot="shop")
    with pytest.raises(SetupError, match="another bot's"):
        keys.open(sealed, bot="bank")
    with pytest.raises(SetupError, match="needs POSTHOUSE_KEY"):
        TokenKeys([]).seal({"token": TOKEN}, bot="shop")


@pytest.mark.parametrize("given", ["", "secret", "c2hvcnQ=", "ä" * 44])
def test_what_is_no_key_is_refused_without_being_shown(given: str) -> None:
    """A password that somebody chose is no key either."""
    with pytest.raises(SetupError, match="posthouse bots key") as caught:
        TokenKeys([given])
    assert not given or given not in str(caught.value)
