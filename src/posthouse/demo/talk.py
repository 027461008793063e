"""Greeting, reminders, photos, files, the board, and an echo for everything else."""

from datetime import timedelta

from posthouse import App, Reply, Rest, TextMessage, Turn, bold, code, text
from posthouse.types import Edit, FileMessage, PhotoMessage

app = App("talk")

LONGEST = timedelta(days=30)
CHOICES = (("Menu", "/remind 10s tea"), ("/post Hello, everybody!", "Help"))


@app.command("start", "help", help="what to try here")
def start(turn: Turn) -> Reply:
    """Greet and say what there is."""
    words = text(
        "Hello, ", bold(turn.person.name), "! I am the Posthouse demo. Try this:\n",
        "• write anything, and it comes back\n",
        "• ", code("/menu"), " opens a tea shop\n",
        "• ", code("/remind 10s tea"), " reminds you, even if I am restarted meanwhile\n",
        "• send a photo or a file\n",
        "• ", code("/post some words"), " puts them on the board for all to see\n",
        "• open a second window: that is another person",
    )  # fmt: skip
    return Reply(words, choices=CHOICES)


@app.on(where=lambda message: message.text == "Help")
def help_choice(turn: Turn, message: TextMessage) -> Reply:
    """Greet again, when the ready answer was chosen."""
    return start(turn)


@app.command(help="remind you later: /remind 10s tea")
def remind(turn: Turn, after: timedelta, what: Rest) -> str:
    """Set a timer that outlives a restart."""
    if not timedelta(0) < after <= LONGEST:
        return f"I can remember things for up to {LONGEST.days} days."
    turn.later(after, remember, what)
    return f"I will remind you in {spoken(after)}: {what}"


@app.action
async def remember(turn: Turn, what: str) -> str:
    """Say what was to be remembered."""
    return f"⏰ {what}"


@app.command(help="put words on the board: /post Hello")
def post(turn: Turn, words: Rest) -> str:
    """Publish in the broadcast chat."""
    turn.send(text(bold(turn.person.name), ": ", words), to=turn.named("board"))
    return "It is on the board now."


@app.on
def photo(message: PhotoMessage) -> Reply:
    """Send a photo back with its size."""
    found = message.photo
    words = f"{found.width} × {found.height}, {size(found.size_bytes)}"
    return Reply(words, photos=(found,))


@app.on
def file(message: FileMessage) -> str:
    """Tell a file's name and size."""
    return f"{message.file.name}, {size(message.file.size_bytes)}"


@app.on
def edited(edit: Edit) -> str:
    """Notice a change."""
    return f"You changed that to: {edit.text}"


@app.on
def echo(message: TextMessage) -> str:
    """Send words back as they are."""
    return message.text


def size(size_bytes: int) -> str:
    """Return a size as people say it: "34 kB"."""
    kilobyte = 1000
    if size_bytes < kilobyte:
        return f"{size_bytes} bytes"
    if size_bytes < kilobyte**2:
        return f"{size_bytes / kilobyte:.0f} kB"
    return f"{size_bytes / kilobyte**2:.1f} MB"


def spoken(after: timedelta) -> str:
    """Return a duration as people say it: "1 hour 30 minutes"."""
    seconds = round(after.total_seconds())
    said = []
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1)):
        count, seconds = divmod(seconds, length)
        if count:
            said.append(f"{count} {unit}{'s' * (count != 1)}")
    return " ".join(said) or "a moment"
