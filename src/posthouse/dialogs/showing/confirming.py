"""Questions before a press counts: asked in place, answered by whoever was asked."""

from collections.abc import Sequence
from typing import Any

from posthouse.errors import PayloadError
from posthouse.model.reply import STAY, Answer, Button, Reply, Screen, Signal
from posthouse.model.text import Text
from posthouse.payloads import Flag
from posthouse.turn.questions import DIGEST_BYTES, decode_question, person_digest
from posthouse.turn.screen import OpenScreen
from posthouse.turn.turn import Turn


def question(turn: Turn, action: str, packed: bytes, *, flags: Flag) -> Screen:
    """Return the screen that asks whether a press is meant."""
    words = turn.say("posthouse-confirm")
    if Flag.QUESTION in flags:
        asked = decode_question(packed)
        packed, words = asked.args, asked.words
    yes = Button(
        label=turn.say("posthouse-yes").plain,
        action=action,
        encoded=packed,
        only_once=Flag.ONCE in flags,
        asked=turn.person.id,
    )
    no = Button(label=turn.say("posthouse-no").plain, action=STAY)
    return Screen(words).row(yes, no)


def sure_of(turn: Turn, packed: bytes) -> bytes | None:
    """Return the arguments behind a Yes; None when somebody else was asked."""
    if len(packed) < DIGEST_BYTES:
        raise PayloadError("it does not say who was asked")
    if packed[:DIGEST_BYTES] != person_digest(turn.person.id):
        return None
    return packed[DIGEST_BYTES:]


def in_place_of_question(turn: Turn, opened: OpenScreen, answer: Answer) -> Answer:
    """Return an answer that takes the question away: it is shown where the question was."""
    parts: list[Any] = (
        list(answer) if isinstance(answer, Sequence) and not isinstance(answer, str) else [answer]
    )
    if any(isinstance(part, Screen) for part in parts):
        return answer
    at = next((at for at, part in enumerate(parts) if _fits(part)), None)
    shown = turn.say("posthouse-confirmed") if at is None else parts.pop(at)
    screen = Screen(shown)
    if opened.state.path:
        screen = screen.row(Button(label="‹", action=STAY))
    rest = [part for part in parts if part is not None and not isinstance(part, Signal)]
    return [screen, *rest] if rest else screen


def _fits(part: object) -> bool:
    """Whether words can take the place of a question: they have neither media nor choices."""
    if isinstance(part, Reply):
        return bool(part.words) and not (part.photos or part.files) and part.choices is None
    return isinstance(part, str | Text) and bool(part)
