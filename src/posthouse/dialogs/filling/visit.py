"""The forms of one person in one turn: opened, sat down to, drawn, ended."""

from collections.abc import Callable, Mapping
from datetime import date, datetime

import msgspec

from posthouse.dialogs.filling import keyboards, pages
from posthouse.dialogs.filling.answers import joined
from posthouse.dialogs.filling.drafts import APP, NOTHING, Draft, Drafts, Frame, Subject
from posthouse.dialogs.filling.fitting import overflow, preview_of
from posthouse.dialogs.filling.pages import Page, Row
from posthouse.dialogs.filling.registering import Registered
from posthouse.dialogs.filling.sitting import MISFIT, Sitting, Step
from posthouse.dialogs.filling.typed import LONGEST, token_of
from posthouse.dialogs.filling.voice import Shelf, TurnVoice
from posthouse.dialogs.forms.form import Form
from posthouse.dialogs.forms.offers import Surroundings
from posthouse.model.capabilities import Capabilities
from posthouse.model.reply import SILENT, Answer, Button, Reply, Request, Screen
from posthouse.model.text import Words, text
from posthouse.turn.turn import Turn

QUARTER_S = 900.0
_pack = msgspec.msgpack.Encoder().encode


class Around(msgspec.Struct, frozen=True, kw_only=True):
    """What all visits to one bot's forms share."""

    forms: Mapping[str, Registered]
    """By `app.Form`."""
    able: Callable[[str], Capabilities]
    """What can be sent to a chat, by its id."""
    expires_s: float
    """After how long untouched a draft is given up, unless its form says something else."""
    country: str | None = None
    """Two letters of the country that local phone numbers are from."""
    has_home: bool = False
    """There is a first screen to go back to."""
    shelf: Shelf = msgspec.field(default_factory=dict)
    """What was put together once."""


class Visit:
    """A person who fills in forms, during one turn."""

    __slots__ = ("around", "drafts", "now_s", "told", "turn", "voice")

    def __init__(self, turn: Turn, around: Around) -> None:
        self.turn = turn
        self.around = around
        self.drafts = turn.conversations.get(Drafts, app=APP)
        self.voice = TurnVoice(turn, around.shelf)
        self.told: Words | None = None
        """What stands under the preview beside the answers."""
        self.now_s = turn.now_s

    # --- drafts

    def asked(self) -> Registered | None:
        """Return the form being asked; those that no app has any more are asked no longer."""
        drafts = self.drafts
        while (name := drafts.asked) is not None:
            entry = self.around.forms.get(name)
            if entry is not None and name in drafts.open:
                return entry
            drafts.leave(name)
        return None

    def open(self, entry: Registered, *, about: Subject = NOTHING) -> Draft:
        """Begin a form."""
        key, now_s = self.turn.new_key(), self.now_s
        draft = Draft(key, Frame(), began=now_s, touched=now_s, about=about.id)
        draft.number, draft.link = about.number, about.link
        self.drafts.put(entry.name, draft)
        return draft

    def expired(self, entry: Registered) -> Words | Reply | None:
        """Give up a draft that nobody touched for too long; return what to say of it."""
        draft = self.drafts.open[entry.name]
        after_s = self.around.expires_s if entry.expires_s is None else entry.expires_s
        if self.now_s - draft.touched <= after_s:
            return None
        answered = len(draft.frame.answers)
        self.drafts.end(entry.name, "expired")
        said = self.voice.say("posthouse-form-expired", count=answered)
        return Reply(said, choices=()) if draft.keyboard else said

    def sit(self, entry: Registered) -> Sitting:
        """Sit down to a form's open draft, and ask it from now on."""
        draft = self.drafts.open[entry.name]
        draft.touched = self.now_s
        self.drafts.ask(entry.name)
        return Sitting(
            entry.plan,
            draft,
            around=Surroundings(
                voice=self.voice,
                today=self._today(),
                country=self.around.country,
                number=draft.number,
                link=draft.link,
            ),
            voice=self.voice,
            profile=self.drafts.profile,
        )

    # --- what to show

    def after(self, entry: Registered, sitting: Sitting, step: Step, *, typed: bool) -> Answer:
        """Return what to show after a step; a message of ours that is new makes older ones old."""
        if not step.drawn:
            return step.said or SILENT
        sitting.draft.page = ""
        if typed or step.moved:
            sitting.draft.revision += 1
        return self.show(entry, sitting, step.said, arrives=step.moved)

    def turn_page(self, entry: Registered, sitting: Sitting, page: str) -> Answer:
        """Show something else instead of the question."""
        sitting.draft.page = page
        sitting.draft.revision += 1
        return self.show(entry, sitting)

    def show(
        self,
        entry: Registered,
        sitting: Sitting,
        said: Words | None = None,
        *,
        arrives: bool = False,
    ) -> Answer:
        """Return what a draft shows where it stands.

        Args:
            entry: The form.
            sitting: Its draft.
            said: A sentence to put above.
            arrives: It was not there before, so that a preview shows its pictures, too.
        """
        page = self.page(sitting)
        if page is None:
            form = sitting.built()
            if form is not None:
                return self._preview(entry, sitting, form, said=said, arrives=arrives)
            said = self.voice.say(MISFIT)
            page = self.page(sitting)
        return SILENT if page is None else self._drawn(entry, sitting.draft, page, said)

    def page(self, sitting: Sitting) -> Page | None:
        """Return the page a draft shows, or None for the preview."""
        match sitting.draft.page:
            case pages.CANCEL:
                return pages.cancelling(sitting)
            case pages.RESUME:
                return pages.resuming(sitting)
        field = sitting.field
        if field is not None:
            return pages.question(sitting, field)
        return pages.menu(sitting) if sitting.draft.page == pages.MENU else None

    def typed(self, entry: Registered, sitting: Sitting, words: str) -> str | None:
        """Return the token of the button whose label was typed."""
        if len(words) > LONGEST:
            return None
        field = sitting.field
        if field is not None and not sitting.draft.page:
            return token_of(words, pages.offered(sitting, field))
        page = self.page(sitting)
        return token_of(words, self._deciding(entry) if page is None else page.rows)

    def below(self) -> Answer:
        """Return the question of the form that is asked again when the one above it ended."""
        entry = self.asked()
        if entry is None:
            return None
        said = self.expired(entry)
        if said is not None:
            return joined(said, self.below())
        sitting = self.sit(entry)
        sitting.draft.revision += 1
        return self.show(entry, sitting, arrives=True)

    def cancelled(self, entry: Registered) -> Answer:
        """Give up a form; return what to say of it, and what is asked then."""
        draft = self.drafts.end(entry.name, "cancelled")
        screen = Screen(self.voice.say("posthouse-form-cancelled"))
        below = self.below()
        if below is None and self.around.has_home:
            screen = screen.home(self.voice.say("posthouse-form-home").plain)
        able = self.around.able(self.turn.chat.id)
        return joined(keyboards.taking_away(self.turn, draft, screen, able), below)

    def help(self, entry: Registered) -> Words:
        """Return what is expected, and how to get out of a form."""
        sitting = self.sit(entry)
        field = sitting.field
        say = self.voice.say
        if field is None or sitting.draft.page:
            return text(say("posthouse-form-press"), "\n", say("posthouse-form-help"))
        expected = field.kind.expected(sitting.level.view).words(self.voice)
        return text(expected, "\n", say("posthouse-form-help"))

    def previewed(self, entry: Registered, form: Form) -> Reply:
        """Return what a finished form shows: what will be published, if it will be."""
        if entry.previews is not None:
            return entry.previews.previewed(self.turn, form)
        return preview_of(form, self.around.able(self.turn.chat.id))

    # --- inside

    def _today(self) -> date:
        """Return the day where the bot lives; every zone's day begins at a quarter of an hour."""
        quarter, shelf = self.now_s // QUARTER_S, self.around.shelf
        known: tuple[float, date] | None = shelf.get("today")
        if known is None or known[0] != quarter:
            day = datetime.fromtimestamp(self.now_s, self.turn.zone).date()
            known = shelf["today"] = (quarter, day)
        return known[1]

    def _preview(
        self, entry: Registered, sitting: Sitting, form: Form, *, said: Words | None, arrives: bool
    ) -> Answer:
        able = self.around.able(self.turn.chat.id)
        rows = self._deciding(entry)
        reply = self.previewed(entry, form)
        told = "" if self.told is None else text("\n\n", self.told)
        if is_plain(reply, able) and said is None:
            words = text(reply.words, told) if told else reply.words
            return self._drawn(entry, sitting.draft, Page(words, rows))
        words = self.voice.say("posthouse-form-decide") if said is None else said
        words = text(words, told) if told else words
        if not arrives:
            return self._drawn(entry, sitting.draft, Page(words, rows))
        if self.turn.screen is not None:
            self.turn.screen.moves = True  # the buttons stand below what they are about
        reply = keyboards.above(sitting.draft, reply)
        return joined(reply, self._drawn(entry, sitting.draft, Page(words, rows)))

    def _deciding(self, entry: Registered) -> list[Row]:
        return pages.deciding(self.voice, publishes="publish" in entry.hooks)

    def _drawn(
        self, entry: Registered, draft: Draft, page: Page, said: Words | None = None
    ) -> Answer:
        """Return a page as a screen, or as a message with ready answers where it asks for one."""
        words = page.words if said is None else text(said, "\n\n", page.words)
        what = page.request
        able = self.around.able(self.turn.chat.id)
        if what is not None and what in able.requests:
            share = Request(self.voice.say(f"posthouse-form-{what}").plain, what)
            ready = [[label for label, _ in row] for row in page.rows]
            return keyboards.offered(draft, words, share, ready)
        action, id, revision = entry.press.name, draft.id, draft.revision
        rows = tuple(
            [
                tuple(
                    [
                        Button(label=label, action=action, encoded=_pack((id, revision, token)))
                        for label, token in row
                    ]
                )
                for row in page.rows
            ]
        )
        screen = Screen(words, rows, typed=page.typed)
        shown = keyboards.taking_away(self.turn, draft, screen, able)
        if isinstance(shown, Screen):
            self.turn.shown_by(shown, (entry.show.name, _pack((id,))))
        return shown


def is_plain(reply: Reply, able: Capabilities) -> bool:
    """Whether a preview is one text, under which buttons can stand."""
    return not (reply.photos or reply.files or reply.rows) and overflow(reply, able) <= 0
