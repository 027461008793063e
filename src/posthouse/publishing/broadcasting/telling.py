"""What staff are told in a chat: how far a broadcast is, who is left out, how long it takes."""

from posthouse.model.text import Text, text
from posthouse.publishing.broadcasting.audience import Count
from posthouse.publishing.broadcasting.rows import Broadcast
from posthouse.publishing.broadcasting.tally import Tally
from posthouse.turn.turn import Turn

KEY = "posthouse-broadcast"
"""What the keys of its words begin with."""
BAR = 20
"""Characters of a whole bar."""


def progress(turn: Turn, of: Broadcast, tally: Tally, standing: str) -> Text:
    """Tell how far a broadcast is, or how it ended."""
    total = max(tally.total, of.total or 0)
    head = turn.say(f"{KEY}-{standing}", id=of.id, title=of.title)
    if not total:  # it is about to be planned
        return head
    counts = turn.say(
        f"{KEY}-counts",
        sent=tally.sent,
        failed=tally.failed,
        unknown=tally.unknown,
        left=max(total - tally.done, 0),
    )
    if standing not in ("running", "paused"):
        return text(head, "\n", counts)
    full = round(BAR * tally.done / total) if total else 0
    bar = f"{'▓' * full}{'░' * (BAR - full)} {tally.done}/{total}"
    words = text(head, "\n", bar, "\n", counts)
    took_s = turn.now.timestamp() - of.created
    if standing == "running" and tally.done and tally.left and took_s > 0:
        words = text(words, "\n", takes(turn, tally.left * took_s / tally.done))
    return words


def left_out(turn: Turn, count: Count) -> Text:
    """Tell on a line of its own who is left out; nothing where nobody is."""
    if not count.left_out:
        return Text("")
    each = [
        text(turn.say(f"{KEY}-why-{why.replace(' ', '-')}"), ": ", str(many))
        for why, many in count.left_out.items()
    ]
    return text("\n", turn.say(f"{KEY}-left-out", listed=Text(", ").join(each)))


def takes(turn: Turn, seconds: float) -> Text:
    """Tell how long something takes."""
    hours, minutes = divmod(max(1, round(seconds / 60)), 60)
    return turn.say(f"{KEY}-takes", hours=hours, minutes=minutes)
