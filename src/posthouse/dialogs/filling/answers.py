"""Several answers of one turn as one."""

from posthouse.model.reply import SILENT, Answer, Reply, Screen
from posthouse.model.text import Text


def joined(*answers: Answer) -> Answer:
    """Return all that is to be said, in order; SILENT where that is nothing."""
    parts: list[str | Text | Reply | Screen] = []
    for answer in answers:
        if isinstance(answer, list | tuple):
            parts.extend(answer)
        elif isinstance(answer, str | Text | Reply | Screen) and answer != "":
            parts.append(answer)
    if not parts:
        return SILENT
    return parts[0] if len(parts) == 1 else parts
