"""Filling: the forms of one bot, and who is asked first when a person writes.

How this works: messages in private chats come here before the apps. Where a form is being filled in
and the message is no command, it is the answer; everything else goes to the apps as ever. Presses
come from the forms' own actions. `Sitting` decides what happens to a draft, `Visit` draws it.
"""

from collections.abc import Callable
from datetime import timedelta

from posthouse.dialogs.filling import tokens
from posthouse.dialogs.filling.answers import joined
from posthouse.dialogs.filling.drafts import APP, NOTHING, Drafts, Subject
from posthouse.dialogs.filling.pages import CANCEL, MENU, RESUME
from posthouse.dialogs.filling.previewing import look
from posthouse.dialogs.filling.registering import Registered
from posthouse.dialogs.filling.sitting import MISFIT, MOVED, SAME, Sitting, Step
from posthouse.dialogs.filling.submitting import submit
from posthouse.dialogs.filling.visit import Around, Visit
from posthouse.dialogs.filling.worst import check_lengths
from posthouse.dialogs.forms.offers import Pick, Voice
from posthouse.errors import MistakeError
from posthouse.model.capabilities import Capabilities
from posthouse.model.chat import ChatKind
from posthouse.model.reply import SILENT, Answer, Reply
from posthouse.model.text import Text
from posthouse.model.update import AlbumMessage, Edit, Message, TextMessage
from posthouse.routing.commands import Unknown
from posthouse.routing.dispatch import START, Dispatcher
from posthouse.routing.handled import Claim, Handled
from posthouse.turn.action import link_button
from posthouse.turn.turn import Turn

EXPIRES_S = timedelta(days=30).total_seconds()
"""When a draft that nobody touches is given up, unless its form says something else."""
_CANCEL, _HELP = "cancel", "help"


class Filling:
    """Fills in the forms of one bot.

    Args:
        dispatcher: Knows the bot's apps, and is asked where no form is.
        able: Returns what can be sent to a chat.
        voice: Says what previews say; with it the lengths of what is published are checked, and
            FormError is raised for what can become too long.
        expires_s: After how long untouched a draft is given up.
        country: Two letters of the country that local phone numbers are from.
    """

    def __init__(
        self,
        dispatcher: Dispatcher,
        able: Callable[[str], Capabilities],
        *,
        voice: Voice | None = None,
        expires_s: float = EXPIRES_S,
        country: str | None = None,
    ) -> None:
        self.forms: dict[str, Registered] = {
            entry.name: entry for router in dispatcher.routers for entry in router.forms.values()
        }
        """Forms by `app.Form`."""
        self._dispatcher = dispatcher
        self._around = Around(
            forms=self.forms,
            able=able,
            expires_s=expires_s,
            country=country,
            has_home=dispatcher.home is not None and dispatcher.home.home,
        )
        if voice is not None:
            check_lengths(self.forms.values(), able(""), voice)

    # --- what persons write

    async def take(self, turn: Turn, update: Message | Edit) -> Handled:
        """Take a message as the answer to what is asked, or leave it to the apps."""
        dispatch = self._dispatcher.dispatch
        if turn.chat.kind is not ChatKind.PRIVATE:
            return await dispatch(turn)
        drafts = turn.conversations.get(Drafts, app=APP)
        visit = Visit(turn, self._around) if drafts.focus else None
        entry = None if visit is None else visit.asked()
        if visit is None or entry is None:
            return await self._idle(turn, update)
        said = visit.expired(entry)
        if said is not None:
            return _above(said, await dispatch(turn), entry)
        if isinstance(update, Edit):
            handled = await dispatch(turn)
            key = "posthouse-form-edited"
            return handled if handled.claims else _claimed(entry, visit.voice.say(key))
        if isinstance(update, TextMessage) and update.text[:1] == "/":
            command = self._dispatcher.command_in(update)
            if command is not None:
                return await self._command(visit, entry, update, command.name)
        turn.route, turn.limit_s = entry.name, None
        return _claimed(entry, await self._answer(visit, entry, update))

    async def _idle(self, turn: Turn, update: Message | Edit) -> Handled:
        """Leave what nobody asked for to the apps; /cancel is answered all the same."""
        if not (isinstance(update, TextMessage) and update.text.startswith("/cancel")):
            return await self._dispatcher.dispatch(turn)
        handled = await self._dispatcher.dispatch(turn, apps_only=True)
        if handled.claims:
            return handled
        return Handled([Claim("", "cancel", turn.say("posthouse-form-nothing"))])

    async def _answer(self, visit: Visit, entry: Registered, message: Message) -> Answer:
        sitting = visit.sit(entry)
        if sitting.is_lost:
            return visit.after(entry, sitting, Step(visit.voice.say(MISFIT)), typed=True)
        if isinstance(message, AlbumMessage) and message.amends and not sitting.takes_photos:
            return visit.voice.say("posthouse-form-late")
        if isinstance(message, TextMessage):
            token = visit.typed(entry, sitting, message.text)
            if token is not None:
                return await self._pick(visit, entry, sitting, token, typed=True)
        if sitting.draft.page or sitting.field is None:
            sitting.draft.revision += 1
            await look(visit, entry, sitting)
            return visit.show(entry, sitting, visit.voice.say("posthouse-form-press"))
        step = await sitting.give(message)
        await look(visit, entry, sitting)
        return visit.after(entry, sitting, step, typed=True)

    async def _command(
        self, visit: Visit, entry: Registered, message: TextMessage, name: str
    ) -> Handled:
        """Take a command while something is asked: it is never an answer."""
        if name == START:
            sitting = visit.sit(entry)
            if sitting.answered:
                return _claimed(entry, visit.turn_page(entry, sitting, RESUME))
            return _claimed(entry, visit.after(entry, sitting, MOVED, typed=True))
        if name == _CANCEL:
            answer = await self._pick(visit, entry, visit.sit(entry), tokens.CANCEL, typed=True)
            return _claimed(entry, answer)
        handled = await self._dispatcher.dispatch(visit.turn, apps_only=True)
        if name == _HELP:
            return _above(visit.help(entry), handled, entry)
        if handled.claims:
            return handled
        near = self._dispatcher.unknown(message) or Unknown(
            "posthouse-unknown-command", {"command": name}
        )
        return _claimed(entry, visit.voice.say(near.key, **near.values))

    # --- what they press

    async def start(self, turn: Turn, entry: Registered, *, about: Subject = NOTHING) -> Answer:
        """Begin a form, or offer to go on with its open draft.

        One about something else is given up for it.
        """
        if turn.chat.kind is not ChatKind.PRIVATE:
            return self._elsewhere(turn, entry, about.id)
        visit = Visit(turn, self._around)
        present = visit.drafts.open.get(entry.name)
        said = visit.expired(entry) if present is not None else None
        if present is not None and said is None and present.about != about.id:
            visit.drafts.end(entry.name, "restarted")
        if entry.name not in visit.drafts.open:
            visit.open(entry, about=about)
        sitting = visit.sit(entry)
        if sitting.answered:
            return visit.turn_page(entry, sitting, RESUME)
        return joined(said, visit.after(entry, sitting, MOVED, typed=False))

    async def show(self, turn: Turn, entry: Registered, draft: int) -> Answer:
        """Show where a draft stands, or what became of it."""
        visit = Visit(turn, self._around)
        over = self._over(visit, entry, draft)
        if over is not None:
            return over
        sitting = visit.sit(entry)
        await look(visit, entry, sitting)
        return visit.show(entry, sitting)

    async def press(
        self, turn: Turn, entry: Registered, draft: int, revision: int, token: str
    ) -> Answer:
        """Take a press; one on an older question shows the present one and changes nothing."""
        visit = Visit(turn, self._around)
        over = self._over(visit, entry, draft)
        if over is not None:
            return over
        sitting = visit.sit(entry)
        if revision != sitting.draft.revision:
            await look(visit, entry, sitting)
            return visit.show(entry, sitting)
        return await self._pick(visit, entry, sitting, token, typed=False)

    def _over(self, visit: Visit, entry: Registered, draft: int) -> Answer:
        """Say of a draft that it is over, and return what is shown then; None for one that is not.

        That is said over the chat: whoever presses looks at the button, and not at the end.
        """
        present = visit.drafts.open.get(entry.name)
        if present is None or present.id != draft:
            fate = visit.drafts.fate(draft) or "gone"
            visit.turn.notify(visit.voice.say(f"posthouse-form-was-{fate}"))
            return SILENT
        said = visit.expired(entry)
        if isinstance(said, str | Text):
            visit.turn.notify(said)
            return joined(visit.below())
        return None if said is None else joined(said, visit.below())

    async def _pick(
        self, visit: Visit, entry: Registered, sitting: Sitting, token: str, *, typed: bool
    ) -> Answer:
        """Do what a button says."""
        if not token:
            return SILENT
        if not token.startswith("<"):
            step = await sitting.give(Pick(token))
            await look(visit, entry, sitting)
            return visit.after(entry, sitting, step, typed=typed)
        match token:
            case tokens.CANCEL if sitting.answered:
                answer = visit.turn_page(entry, sitting, CANCEL)
            case tokens.CANCEL | tokens.DISCARD:
                answer = visit.cancelled(entry)
            case tokens.ANEW:
                before = visit.drafts.end(entry.name, "restarted")
                visit.open(entry, about=before.subject)
                answer = visit.after(entry, visit.sit(entry), MOVED, typed=typed)
            case tokens.MENU:
                answer = visit.turn_page(entry, sitting, MENU)
            case tokens.SUBMIT if sitting.is_preview:
                answer = await submit(visit, entry, sitting)
            case _:
                step = await _moved(sitting, token)
                await look(visit, entry, sitting)
                answer = visit.after(entry, sitting, step, typed=typed)
        return answer

    def _elsewhere(self, turn: Turn, entry: Registered, about: str) -> Answer:
        """Answer who begins a form among others: it is filled in privately."""
        try:
            url = turn.link(entry.begin, about) if about else turn.link(entry.start)
        except MistakeError:  # no such links here
            return turn.say("posthouse-form-private")
        label = turn.say("posthouse-form-open").plain
        return Reply(turn.say("posthouse-form-private"), rows=((link_button(label, url),),))


async def _moved(sitting: Sitting, token: str) -> Step:
    """Go another way than that of answers."""
    match token:
        case tokens.BACK:
            return sitting.back()
        case tokens.FORWARD:
            return await sitting.forward()
        case tokens.SKIP:
            return await sitting.skip()
        case tokens.PROFILE:
            return await sitting.repeat()
        case tokens.GO_ON:
            return MOVED
    place = token.removeprefix(tokens.EDIT)
    return sitting.edit(int(place)) if place.isdecimal() else SAME


def _claimed(entry: Registered, answer: Answer) -> Handled:
    return Handled([Claim(entry.app, entry.name, answer)])


def _above(said: Answer, handled: Handled, entry: Registered) -> Handled:
    """Return what the apps answered with a sentence before it."""
    return _claimed(entry, joined(said, handled.answer))
