"""Moderation: a card for each post, deletion, bans, alerts; everything is written down."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from posthouse.model.reply import SILENT, Answer, Screen
from posthouse.model.text import Text, link, mention, text
from posthouse.people.banning import ban
from posthouse.posts.board import Board, number_of
from posthouse.posts.records import (
    LIVE,
    MOVED,
    PUBLISHED,
    REMOVED,
    SENDING,
    Entry,
    Post,
    change_entry,
    change_post,
    chat_of_delivery,
    entries,
    entry_of,
    note,
    post_of,
    posts,
    still_there,
)
from posthouse.posts.redrawing import reopen, shown_by
from posthouse.posts.voices import PostVoice
from posthouse.storage.schema import audit, entry, post, role
from posthouse.turn.action import link_button
from posthouse.turn.turn import Turn

BAD = ("rejected", "expired", "unknown")
"""Ends of a deletion after which the message is there still, maybe."""
BAN_REACHES = timedelta(hours=24)
"""How old posts of somebody who is banned are deleted, too."""


class Moderating:
    """Shows posts to staff and does what they decide."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._show = board.action("card", self.show)
        self._remove = board.action("remove", self.remove)
        self._removed = board.action("removed", self.removed)
        self._ban = board.action("ban", self.ban)

    def alert(self, turn: Turn, key: str, **values: Any) -> None:
        """Tell staff that something went wrong, where they have a chat."""
        if self._board.terms.moderation is not None:
            words = PostVoice(turn).say(key, **values)
            turn.send(words, to=turn.named(self._board.terms.moderation))

    def card(self, turn: Turn, of: Entry, found: Post) -> int | None:
        """Send the card of a post that is out; return its delivery key."""
        if self._board.terms.moderation is None:
            return None
        screen = shown_by(turn, self._screen(turn, of, found), self._show, found.id)
        return turn.send(screen, to=turn.named(self._board.terms.moderation)).key

    # --- actions

    async def show(self, turn: Turn, id: str) -> Screen | Answer:
        """Show a card again."""
        found, of = await self._found(turn, id)
        if found is None or of is None:
            return SILENT
        return await self._shows(turn, of, found)

    async def remove(self, turn: Turn, id: str) -> Screen | Answer:
        """Delete a post, and lock its entry."""
        found, of = await self._found(turn, id)
        if found is None or of is None:
            return SILENT
        if of.standing != PUBLISHED:
            turn.notify(turn.say("posthouse-post-removed-already", number=number_of(of)))
            return await self._shows(turn, of, found)
        is_going = await self._take_down(turn, of, card=found)
        note(turn, "remove", of=of.id, about=of.person)
        return self._doing(turn, of, found, "removed", is_going=is_going)

    async def removed(self, turn: Turn, id: str, card: str) -> Answer:
        """Say on the card how the deletion of a message ended."""
        found, outcome = await post_of(turn, id), turn.outcome
        carded = found if card == id else await post_of(turn, card)
        of = await entry_of(turn, found.entry) if found is not None else None
        about = await entry_of(turn, carded.entry) if carded is not None else None
        if found is None or carded is None or of is None or about is None or outcome is None:
            return SILENT
        done = await self._deeds(turn, about)
        if outcome.state in BAD and not outcome.is_gone:
            error = outcome.error or outcome.state
            key, number = "posthouse-post-undeleted", number_of(found)
            done = text(done, "\n", PostVoice(turn).say(key, number=number, error=error))
            note(turn, "not deleted", of=about.id, about=of.person, detail=f"{number} {error}")
        await reopen(turn, carded.card, self._show, carded.id)
        return shown_by(turn, self._screen(turn, about, carded, done), self._show, carded.id)

    async def ban(self, turn: Turn, id: str) -> Screen | Answer:
        """Ban the author of a post, and delete what that person published lately."""
        found, of = await self._found(turn, id)
        if found is None or of is None:
            return SILENT
        if await self._is_protected(turn, of):
            turn.notify(turn.say("posthouse-staff-ban-staff", name=of.name))
            return await self._shows(turn, of, found)
        reason = f"#{number_of(of)}: {turn.person.name}"
        if not await ban(turn, of.person, reason, note=False):
            turn.notify(turn.say("posthouse-post-banned-already", name=of.name))
            return await self._shows(turn, of, found)
        since = (turn.now - BAN_REACHES).timestamp()
        of_person = select(entry.c.id).where(
            entry.c.account == turn.account, entry.c.person == of.person
        )
        recent = await posts(
            turn,
            post.c.live,
            post.c.entry.in_(of_person),
            (post.c.created >= since) | (post.c.entry == of.id),
        )
        taken = await self._take_down_all(turn, recent, card=found)
        note(turn, "ban", of=of.id, about=of.person, detail=", ".join(taken))
        return self._doing(turn, of, found, "banned", is_going=bool(taken))

    # --- inside

    async def _found(self, turn: Turn, id: str) -> tuple[Post | None, Entry | None]:
        if not self._board.is_staff(turn):
            turn.notify(turn.say("posthouse-post-staff-only"))
            return None, None
        found = await post_of(turn, id)
        of = await entry_of(turn, found.entry) if found is not None else None
        if of is None:
            turn.notify(turn.say("posthouse-post-lost"))
        return found, of

    async def _is_protected(self, turn: Turn, of: Entry) -> bool:
        """Whether an author is staff: who tries a form out is not to be locked out by it."""
        if of.person == turn.person.id:
            return True
        staff = select(role.c.role).where(
            role.c.bot == turn.persons.bot,
            role.c.person == of.person,
            role.c.role.in_(self._board.terms.staff),
        )
        return bool(await turn.fetch(staff))

    async def _take_down_all(self, turn: Turn, found: Sequence[Post], *, card: Post) -> list[str]:
        """Delete posts of any form of this account; return how they are listed."""
        ids = {each.entry for each in found}
        owners = await entries(turn, entry.c.id.in_(ids))
        for of in owners:
            if of.standing == PUBLISHED:
                await self._take_down(turn, of, card=card)
        for each in found:
            if each.card is not None and each.id != card.id and each.card != card.card:
                words = PostVoice(turn).say("posthouse-post-removed", number=number_of(each))
                place = await chat_of_delivery(turn, each.card, turn.chat)
                turn.sent(each.card, to=place).edit(words)
        return [f"#{number_of(each)}" for each in found]

    async def _take_down(self, turn: Turn, of: Entry, *, card: Post) -> bool:
        """Lock an entry and delete its messages; return whether there were any."""
        change_entry(turn, of, standing=REMOVED)
        is_going = False
        for each in await still_there(turn, of):
            change_post(turn, each, status=REMOVED, live=False)
            if each.status in (LIVE, SENDING, MOVED):
                place = self._board.place_of(turn, each)
                turn.sent(each.delivery, to=place).delete().then(self._removed, each.id, card.id)
                is_going = True
            if each.album is not None:  # of another form, maybe, with a group of its own
                group = self._board.terms.extra_photos
                place = turn.chat if group is None else turn.named(group)
                place = await chat_of_delivery(turn, each.album, place)
                turn.sent(each.album, to=place).delete()
        if self._board.terms.tells_removal:
            voice = PostVoice(turn, of.language)
            words = voice.say("posthouse-post-removed", number=number_of(of))
            turn.send(words, to=self._board.chat_of(turn, of))
        return is_going

    async def _shows(self, turn: Turn, of: Entry, found: Post) -> Screen:
        done = await self._deeds(turn, of)
        return shown_by(turn, self._screen(turn, of, found, done), self._show, found.id)

    def _doing(self, turn: Turn, of: Entry, found: Post, what: str, *, is_going: bool) -> Screen:
        """Show that messages are being deleted; what became of them is shown when it is known."""
        voice = PostVoice(turn)
        at = f"{turn.now.astimezone(turn.zone):%Y-%m-%d %H:%M}"
        done = voice.say(f"posthouse-post-{what}-by", name=turn.person.name, at=at)
        if is_going:
            done = voice.say("posthouse-post-removing")
        return shown_by(turn, self._screen(turn, of, found, done), self._show, found.id)

    async def _deeds(self, turn: Turn, of: Entry) -> Text:
        """Return a line for each thing that staff did to an entry."""
        wanted = (
            select(audit.c.deed, audit.c.name, audit.c.at, audit.c.detail)
            .where(audit.c.entry == of.id)
            .order_by(audit.c.at, audit.c.id)
        )
        voice, lines = PostVoice(turn), []
        for row in await turn.fetch(wanted):
            at = f"{datetime.fromtimestamp(row.at, turn.zone):%Y-%m-%d %H:%M}"
            if row.deed == "remove":
                lines.append(voice.say("posthouse-post-removed-by", name=row.name, at=at))
            elif row.deed == "ban":
                lines.append(voice.say("posthouse-post-banned-by", name=row.name, at=at))
                lines.append(voice.say("posthouse-post-ban-list", posts=row.detail))
            elif row.deed == "not deleted":
                number, _, error = row.detail.partition(" ")
                key = "posthouse-post-undeleted"
                lines.append(voice.say(key, number=number, error=error))
        return Text("\n").join(lines)

    def _screen(self, turn: Turn, of: Entry, found: Post, done: Text | None = None) -> Screen:
        voice, board = PostVoice(turn), self._board
        number = f"#{number_of(found)}"
        words = voice.say(
            "posthouse-post-card",
            number=link(number, found.link) if found.link else number,
            name=mention(of.name, of.person),
            form=board.form.__name__,
        )
        screen = Screen(text(words, "\n", done) if done else words)
        if not done and of.standing == PUBLISHED and found.link is not None:
            screen = screen.row(link_button(str(voice.say("posthouse-post-open")), found.link))
        if done:
            return screen
        remove = board.button(voice.say("posthouse-post-remove"), "remove", found.id)
        banning = board.button(voice.say("posthouse-post-ban"), "ban", found.id)
        question = voice.say("posthouse-post-ban-sure", name=of.name)
        return screen.row(remove, banning.confirm(question))
