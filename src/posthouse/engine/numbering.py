"""Buttons where a messenger has none: a numbered list under the text."""

from msgspec.structs import replace

from posthouse.model.outgoing import Content
from posthouse.model.reply import INERT, Button
from posthouse.model.text import Text, link, text
from posthouse.turn.front import Choice


def numbered(content: Content, *, slashed: bool = False) -> tuple[Content, tuple[Choice, ...]]:
    """Write the buttons of a content under its text, and return what their numbers stand for.

    Args:
        content: With buttons; those that carry nothing yet count too.
        slashed: Number them `/1`, because a plain number may be an answer.
    """
    choices: list[Choice] = []
    lines: list[Text] = []
    for key in (key for row in content.rows for key in row):
        if key.url is not None:
            lines.append(link(key.label, key.url))
            continue
        choices.append(Choice(key.label, key.payload or ""))
        number = f"/{len(choices)}" if slashed else f"{len(choices)}."
        lines.append(Text(f"{number} {key.label}"))
    listed = Text("\n").join(lines)
    words = text(content.text, "\n\n", listed) if content.text and listed else content.text + listed
    return replace(content, text=words, rows=()), tuple(choices)


def is_choice(button: Button) -> bool:
    """Whether a button is one that a person may choose, and no heading."""
    return button.action != INERT
