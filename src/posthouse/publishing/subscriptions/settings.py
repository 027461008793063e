"""Settings: the screens on which a chat sets one of its subscriptions; each choice acts at once."""

from posthouse.model.reply import SILENT, Answer, Screen
from posthouse.publishing.subscriptions.offers import Offers
from posthouse.publishing.subscriptions.parts import Part, Register, back_to, button_to, ticked
from posthouse.publishing.subscriptions.rows import ACTIVE, ENDED, PAUSED, Own
from posthouse.publishing.subscriptions.schedule import Schedule
from posthouse.publishing.subscriptions.words import told
from posthouse.publishing.topic import Revisions
from posthouse.turn.action import Action
from posthouse.turn.turn import Turn

MOST = (1, 3, 5, 10, 20)
"""So many a day can be chosen, or any number."""
REVISIONS: tuple[Revisions, ...] = ("edit", "again", "ignore")


class Settings(Part):
    """The actions of one app that set a subscription."""

    def __init__(self, action: Register, offers: Offers, listed: Action[[]]) -> None:
        super().__init__(offers, action("show", self.show))
        self.listed = listed
        """Lists all subscriptions of a chat."""
        self.schedule = Schedule(action, offers, self.shows)
        self.manage_action: Action[[int]] = action("manage", self.manage)
        self._most: Action[[int]] = action("most", self.most)
        self._set_most: Action[[int, int]] = action("set-most", self.set_most)
        self._changes: Action[[int]] = action("changes", self.changes)
        self._set_changes: Action[[Revisions, int]] = action("set-changes", self.set_changes)
        self._switch: Action[[int, bool]] = action("switch", self.switch)
        self._end: Action[[int]] = action("end", self.end)

    # --- the subscription as a whole

    async def show(self, turn: Turn, id: int) -> Screen | Answer:
        """Show a subscription and what can be set."""
        found = await self.found(turn, id)
        return SILENT if found is None else await self.whole(turn, found)

    async def manage(self, turn: Turn, id: int) -> Answer:
        """Show the settings under what was sent; that stays as it is."""
        found = await self.found(turn, id)
        if found is not None:
            turn.send(await self.whole(turn, found), apart=True)
        return SILENT

    async def screen(self, turn: Turn, found: Own) -> Screen:
        """Return the screen of a subscription."""
        say, id, is_on = turn.say, found.id, found.state == ACTIVE
        key = "posthouse-subscription-"
        screen = Screen(await told(turn, found, self.offers.plan_of(turn.account, found.reason)))
        screen = screen.row(
            button_to(say(f"{key}when"), self.schedule.when_action, id),
            button_to(say(f"{key}quiet"), self.schedule.quiet_action, id),
        )
        screen = screen.row(
            button_to(say(f"{key}most"), self._most, id),
            button_to(say(f"{key}changes"), self._changes, id),
        )
        switch = say(f"{key}pause" if is_on else f"{key}resume")
        screen = screen.row(
            button_to(say(f"{key}zone"), self.schedule.areas_action, id),
            button_to(switch, self._switch, id, not is_on),
        )
        searched = self.offers.searched(turn.account, found.search)
        if searched is not None:
            screen = screen.row(button_to(say(f"{key}search"), searched, id))
        elif found.search is None:
            sure = say(f"{key}end-sure", title=found.title)
            screen = screen.row(button_to(say(f"{key}end"), self._end, id).confirm(sure))
        screen = screen.row(button_to(say(f"{key}mine"), self.listed))
        turn.shown_by(screen, (self.shows.name, self.shows.encode((id,), {})))
        return screen

    async def switch(self, turn: Turn, id: int, on: bool) -> Screen | Answer:
        """Pause a subscription or let it go on; pressed twice it stays as it is."""
        found = await self.found(turn, id)
        if found is None:
            return SILENT
        if (found.state == ACTIVE) is not on:
            call = (self._switch.name, self._switch.encode((id, on), {}))
            refusal = await self._refusal(turn, found, call) if on else None
            if refusal is not None:
                return refusal
            found = self.changed(turn, found, state=ACTIVE if on else PAUSED, reason="")
        return await self.whole(turn, found)

    async def _refusal(self, turn: Turn, found: Own, again: tuple[str, bytes]) -> Screen | None:
        """Return what to show where a gate of a subscription does not let the person through."""
        entrance = self.offers.entrance(turn.account, found.topic, found.search)
        return None if entrance is None else await entrance.refusal(turn, again)

    async def end(self, turn: Turn, id: int) -> Screen | Answer:
        """End a subscription."""
        found = await self.found(turn, id)
        if found is None:
            return SILENT
        if found.search is None:
            self.changed(turn, found, state=ENDED, reason="ended")
        screen = Screen(turn.say("posthouse-subscription-ended", title=found.title))
        offer = self.offers.of_bot(turn.account).get(found.topic)
        if offer is not None:
            screen = screen.row(button_to(turn.say("posthouse-subscription-again"), offer.action))
        return screen.row(button_to(turn.say("posthouse-subscription-mine"), self.listed))

    # --- how many, and what becomes of changes

    async def most(self, turn: Turn, id: int) -> Screen | Answer:
        """Ask how many a day are enough."""
        found = await self.found(turn, id)
        if found is None:
            return SILENT
        numbers = sorted({*MOST, found.most or MOST[0]})
        items = [(ticked(turn.say("posthouse-subscription-any"), found.most is None), 0)]
        items += [(ticked(str(each), found.most == each), each) for each in numbers]
        screen = Screen(turn.say("posthouse-subscription-ask-most"))
        screen = screen.options(items, self._set_most, id)
        return screen.row(back_to(turn, self.shows, id))

    async def set_most(self, turn: Turn, most: int, id: int) -> Screen | Answer:
        """Let so many come a day at most; 0 for any number."""
        return await self.set(turn, id, most=most if most > 0 else None)

    async def changes(self, turn: Turn, id: int) -> Screen | Answer:
        """Ask what becomes of what was sent and has changed since."""
        found = await self.found(turn, id)
        if found is None:
            return SILENT
        items = [
            (ticked(turn.say(f"posthouse-subscription-do-{each}"), each == found.revisions), each)
            for each in REVISIONS
        ]
        screen = Screen(turn.say("posthouse-subscription-ask-changes"))
        screen = screen.options(items, self._set_changes, id)
        return screen.row(back_to(turn, self.shows, id))

    async def set_changes(self, turn: Turn, revisions: Revisions, id: int) -> Screen | Answer:
        """Choose what becomes of changed items."""
        return await self.set(turn, id, revisions=revisions)
