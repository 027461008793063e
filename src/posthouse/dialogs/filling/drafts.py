"""What is kept of half-filled forms: the drafts of one person with one bot, and what was said last.

How this works: all drafts of a person stand in one conversation, in that person's private chat with
the bot. It is loaded with the turn anyway, and its row's key is what makes two open drafts of one
form impossible. Answers are kept as plain values, by the names of their fields, so that a form that
a deploy has changed keeps those that still fit. The newest form in `focus` is the one being asked;
when it ends, the one below goes on.
"""

from typing import Any

from msgspec import Struct, field

from posthouse.turn.conversation import Conversation

APP = ""
"""The app under whose name drafts are kept: no app can have this name."""
REMEMBERED = 12
"""Ended drafts whose buttons still tell what became of them; older ones are just gone."""


class Frame(Struct, omit_defaults=True, array_like=True):
    """The answers to one form: those of the form itself, or of one of a list within it."""

    answers: dict[str, Any] = {}
    """Plain values by field; None for one that was skipped."""
    asking: str = ""
    """The field being asked, empty where the answers are looked over."""
    scratch: Any = None
    """What the field being asked remembers: a search, a month, photos so far."""
    edits: bool = False
    """The field was chosen from the preview, where an answer leads back to."""
    inner: "Frame | None" = None
    """The sub-form being filled, of the list that is being asked."""


class Draft(Struct, omit_defaults=True, array_like=True):
    """A half-filled form."""

    id: int
    """Unique and never used again: buttons of another draft are told by it."""
    frame: Frame
    began: float
    """When it was begun, as a Unix time."""
    touched: float
    """When it was last answered or looked at."""
    revision: int = 0
    """How often it was asked or drawn; buttons of older prompts carry an older number."""
    keyboard: bool = False
    """Ready answers are shown instead of typing, which have to be taken away."""
    about: str = ""
    """What it is about, in the words of whoever began it, such as the id of an entry."""
    page: str = ""
    """What is shown instead of the question, such as a menu; empty for the question itself."""
    number: int | None = None
    """Public number of the post that it is about."""
    link: str | None = None
    """Address of that post."""

    @property
    def subject(self) -> "Subject":
        """What it is about."""
        return Subject(self.about, self.number, self.link)


class Subject(Struct, frozen=True):
    """What a form is filled in about, such as a post."""

    id: str = ""
    """In the words of whoever began it; empty for nothing."""
    number: int | None = None
    link: str | None = None


NOTHING = Subject()


class Ended(Struct, array_like=True):
    """A draft that is over."""

    id: int
    how: str
    """How it ended: "submitted", "cancelled", "expired" or "restarted"."""


class Drafts(Conversation):
    """The half-filled forms of one person, and what this person answered before."""

    focus: list[str] = field(default_factory=list)
    """Forms, as `app.Form`, that are being filled, the one being asked last."""
    open: dict[str, Draft] = field(default_factory=dict)
    """Drafts by form."""
    ended: list[Ended] = field(default_factory=list)
    """The drafts that ended last, newest last."""
    profile: dict[str, Any] = field(default_factory=dict)
    """What was last submitted in fields marked with `profile=True`, as plain values by field."""

    @property
    def asked(self) -> str | None:
        """The form being asked now."""
        return self.focus[-1] if self.focus else None

    def put(self, name: str, draft: Draft) -> None:
        """Open a draft and ask it from now on."""
        self.open[name] = draft
        self.ask(name)

    def ask(self, name: str) -> None:
        """Ask a form that is open from now on."""
        if self.focus and self.focus[-1] == name:
            return
        self.leave(name)
        self.focus.append(name)

    def leave(self, name: str) -> None:
        """No longer ask a form; its draft stays."""
        if name in self.focus:
            self.focus.remove(name)

    def end(self, name: str, how: str) -> Draft:
        """Close a draft; the form below is asked again."""
        draft = self.open.pop(name)
        self.leave(name)
        self.ended.append(Ended(draft.id, how))
        del self.ended[:-REMEMBERED]
        return draft

    def fate(self, draft: int) -> str:
        """Return how a draft ended, or "" where that is no longer known."""
        return next((ended.how for ended in self.ended if ended.id == draft), "")
