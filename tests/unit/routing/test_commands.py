"""posthouse.routing.commands: messages that begin with a slash and a name."""

import pytest

from posthouse.routing.commands import (
    Command,
    command_of,
    end_of_command,
    is_command_name,
    unknown_command,
)
from posthouse.words.catalogue import Catalogue


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("/help", Command("help", "")),
        ("/Help me", Command("help", "")),
        ("/help@PostBot\nme", Command("help", "postbot")),
        ("/помощь", Command("помощь", "")),
        ("help", None),
        (" /help", None),
        ("/", None),
        ("/ help", None),
        ("/he-lp", None),
        ("/usr/bin", None),
        ("/" + "x" * 33, None),
        ("/help@", None),
    ],
)
def test_a_command_begins_the_text(text: str, command: Command | None) -> None:
    """A path or a lone slash is none; capitals do not matter."""
    assert command_of(text) == command


def test_words_begin_after_the_command() -> None:
    """The bot's name belongs to the command."""
    assert end_of_command("/help@bot me") == 9
    assert end_of_command("help") == 0


def test_names_are_in_lower_case() -> None:
    """What is registered can be typed."""
    assert is_command_name("help_2")
    assert not any(map(is_command_name, ("Help", "", "he lp", "x" * 33)))


def test_an_unknown_command_is_answered_with_the_nearest() -> None:
    """The nearest one, else help, else the first ten."""
    many = [f"command{n}" for n in range(11)]

    def said(name: str, *known: str) -> str:
        unknown = unknown_command(name, known)
        return Catalogue().say(unknown.key, "en", **unknown.values).plain

    assert said("remnd", "remind") == "I do not know /remnd. Did you mean /remind?"
    assert said("x", "help") == "I do not know /x. /help tells what I can do."
    assert said("x", "a", "b") == "I do not know /x. I know /a, /b."
    assert said("x", *many).endswith("/command9…")
