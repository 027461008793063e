"""What one may say of posts, and what is refused when it is said."""

from datetime import time, timedelta
from pathlib import Path

import pytest

from posthouse import App, Form, Photo, Publish, Remind, State, ask
from posthouse.errors import ActionError, FormError
from posthouse.posts.declare import PUBLISHED, FollowUp, Terms

OPEN, SHUT, GONE = State("open"), State("shut", ends=True), State("gone", ends=True)


class Note(Form):
    """A note."""

    words: str = ask("Which?")


class Long(Form):
    """Much text under a picture."""

    one: str = ask("One?", max_length=700)
    two: str = ask("Two?", max_length=400)
    photo: Photo | None = ask("Photo?", default=None)


class Stretching(Long):
    """The same, one of them elastic."""

    three: str = ask("Three?", elastic=True)


def test_the_first_state_is_that_of_the_first_transition() -> None:
    """All states are known by name, in order."""
    terms = Terms(chat="a", number="n", transitions=(OPEN >> SHUT, OPEN >> GONE))
    assert terms.first is OPEN
    assert terms.states == (OPEN, SHUT, GONE)
    assert terms.state("shut") is SHUT
    assert terms.steps_from(OPEN) == (SHUT, GONE)
    assert terms.state("of old") == State("of old")


def test_without_transitions_there_is_one_state() -> None:
    """It is that of the only picture, if there is one."""
    assert Terms(chat="a", number="n").first is PUBLISHED
    assert Terms(chat="a", number="n", media={OPEN: Path("x")}).first is OPEN


def test_every_named_chat_is_known() -> None:
    """Each once, whatever it is for."""
    terms = Terms(
        chat=("a", "b"),
        number="n",
        extra_photos="c",
        moderation="a",
        follow_ups=(FollowUp(form=Note, chat="d"),),
    )
    assert terms.named_chats == ("a", "b", "c", "d")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"chat": ()}, "names no chat"),
        ({"transitions": (OPEN >> State("open", ends=True),)}, "two states are named 'open'"),
        ({"transitions": (SHUT >> OPEN,)}, "'shut' ends the post"),
        ({"transitions": (OPEN >> SHUT,), "media": {GONE: Path("x")}}, "picture for 'gone'"),
    ],
)
def test_contradictions_are_refused(given: dict[str, object], said: str) -> None:
    """When it is written, not when somebody presses."""
    with pytest.raises(ActionError, match=said):
        Publish(**({"chat": "a", "number": "n"} | given))  # type: ignore[arg-type]


def test_texts_have_to_fit_under_a_picture() -> None:
    """Unless one of them is elastic."""
    with pytest.raises(ActionError, match=r"1100 characters together.*takes 1024.*for one"):
        App("long").form(publish=Publish(chat="a", number="n"))(Long)
    App("long").form(publish=Publish(chat="a", number="n"))(Stretching)


def test_a_reminder_needs_posts() -> None:
    """There would be nothing to remind of."""
    app = App("notes")
    with pytest.raises(ActionError, match="nothing to remind of"):
        app.form(remind=Remind(after=timedelta(days=1), at=time(9)))(Note)


def test_only_published_forms_have_a_list() -> None:
    """The error says what to write."""
    app = App("notes")
    app.form(Note)
    with pytest.raises(FormError, match=r"Note is not published by the app notes"):
        app.posts(Note)
