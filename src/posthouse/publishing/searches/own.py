"""What persons see of their searches: the list of all, one of them, and what it finds right now."""

from datetime import timedelta
from typing import Any

import msgspec

from posthouse.dialogs.filling.drafts import APP, Drafts, Subject
from posthouse.dialogs.filling.registering import Registered, filling_of
from posthouse.dialogs.forms.fields import kebab
from posthouse.dialogs.forms.form import form_of, kept_of, plain_of
from posthouse.errors import ActionError
from posthouse.model.reply import SILENT, Answer, Button, Screen
from posthouse.model.text import Text, Words, link, text
from posthouse.publishing.gating.gates import kept_of as gates_kept
from posthouse.publishing.items import Item
from posthouse.publishing.searches.conditions import Condition, encode_condition
from posthouse.publishing.searches.hook import SearchHook
from posthouse.publishing.searches.reading import Look
from posthouse.publishing.searches.records import (
    ACTIVE,
    ENDED,
    PAUSED,
    Search,
    add_search,
    change_search,
    searches_of,
)
from posthouse.publishing.searches.saved import SavedSearch
from posthouse.turn.action import Action, button
from posthouse.turn.gates import Entrance
from posthouse.turn.turn import Turn

FRESH = timedelta(days=3)
MOST_FRESH = 10
_LONGEST = 60


class OwnSearches:
    """The searches of one form of one app."""

    def __init__(self, app: Any, form: type[SavedSearch[Any]], hook: SearchHook) -> None:
        self.name = f"{app.name}.{form.__name__}"
        """`app.Form`: rows are kept under it."""
        self._key = kebab(form.__name__)
        self._app, self._form, self._hook = app, form, hook
        self._entry: Registered = app.forms[form]
        self.list_action = self._action("searches", self.list)
        self.show_action = self._action("search", self.show)
        self._toggle = self._action("switch", self.toggle)
        self._edit = self._action("change", self.edit)
        self._fresh = self._action("fresh", self.fresh)
        self._end = self._action("end", self.end)

    def __repr__(self) -> str:
        return f"<OwnSearches {self.name}>"

    def _action(self, what: str, fn: Any) -> Action[Any]:
        name = f"{self.name}:{what}"
        if name in self._app.actions:
            raise ActionError(f"{name} is registered already; register a search once in an app")
        made: Action[Any] = Action(fn, name=name)
        self._app.actions[name] = made
        return made

    # --- a search that was filled in

    async def told(self, turn: Turn, form: SavedSearch[Any], span: timedelta) -> Words:
        """Return how many items it would have found lately."""
        look, since = self._look(turn), (turn.now - span).timestamp()
        count = await look.count(form.condition(), since=since)
        return turn.say("posthouse-search-week", count=count)

    async def keep(self, turn: Turn, form: SavedSearch[Any], *, about: str = "") -> Answer:
        """Write a search down, or change the one that was edited; show what it finds right now."""
        condition, answers = form.condition(), msgspec.msgpack.encode(plain_of(form))
        title = self._title(turn, form)
        before = await self._found(turn, int(about)) if about else None
        if about and before is None:
            return SILENT  # it was deleted meanwhile, which was said
        if before is not None:
            body = encode_condition(condition)
            values = {"answers": answers, "condition": body, "title": title, "state": ACTIVE}
            found = change_search(turn, before, **values, reason="")
        else:
            found = self._add(turn, answers, title, condition)
        turn.on_commit(lambda: self._hook.tell(found.id, condition))
        words = text(turn.say("posthouse-search-saved"), "\n\n", await self._finds(turn, condition))
        return self._screen(turn, found, words)

    def _add(self, turn: Turn, answers: bytes, title: str, condition: Condition) -> Search:
        hook, topic = self._hook, self._hook.topic
        made = Search(
            id=turn.new_key(),
            topic=topic.name,
            account=turn.account,
            chat=turn.chat.id,
            person=turn.person.id,
            search=self.name,
            answers=answers,
            title=title,
            state=ACTIVE,
            version=1,
        )
        gates = gates_kept((*topic.gates, *hook.gates))
        add_search(turn, made, condition, most=hook.most, revisions=topic.revisions, gates=gates)
        return made

    # --- actions

    async def list(self, turn: Turn) -> Screen:
        """List a person's own searches, the newest first."""
        found = await searches_of(turn, self.name)
        if not found:
            screen = Screen(turn.say("posthouse-search-none"))
        else:
            head = turn.say("posthouse-search-list", name=self._hook.name or self._hook.topic.title)
            items = [(self._line(turn, each), each.id) for each in found]
            screen = Screen(head).options(items, self.show_action)
        return screen.row(button(str(self._new(turn)), self._entry.start)).home()

    async def show(self, turn: Turn, id: int) -> Screen | Answer:
        """Show one search."""
        found = await self._found(turn, id)
        return SILENT if found is None else self._screen(turn, found).back()

    async def toggle(self, turn: Turn, id: int, on: bool) -> Screen | Answer:
        """Switch a search on or off; pressed twice it stays as it is."""
        found = await self._found(turn, id)
        if found is None:
            return SILENT
        if (found.state == ACTIVE) is not on:
            refusal = await self._refusal(turn, found, self._toggle, id, True) if on else None
            if refusal is not None:
                return refusal
            found = change_search(turn, found, state=ACTIVE if on else PAUSED, reason="")
        return self._screen(turn, found).back()

    async def edit(self, turn: Turn, id: int) -> Screen | Answer:
        """Ask a search's form with its present answers; it stays as it is until that is done."""
        found = await self._found(turn, id)
        if found is None:
            return SILENT
        refusal = await self._refusal(turn, found, self._edit, id)
        if refusal is not None:
            return refusal
        entry, drafts = self._entry, turn.conversations.get(Drafts, app=APP)
        about, filling = Subject(id=str(id)), filling_of(turn)
        opened = drafts.open.get(entry.name)
        if opened is not None and opened.about == about.id:
            return await filling.start(turn, entry, about=about)
        answer = await filling.start(turn, entry, about=about)
        draft = drafts.open.get(entry.name)
        if draft is None:  # forms are filled in privately
            return answer
        kept = kept_of(self._form, found.plain)
        draft.frame.answers = {
            each.name: each.to_plain(kept[each.name])
            for each in self._form.form_fields
            if each.name in kept
        }
        if len(draft.frame.answers) == len(self._form.form_fields):
            draft.frame.asking = ""
        return await filling.show(turn, entry, draft.id)

    async def fresh(self, turn: Turn, id: int) -> Screen | Answer:
        """Show what a search finds among the items of the last days."""
        found = await self._found(turn, id)
        if found is None:
            return SILENT
        form = self._restored(found)
        if form is None:
            return turn.say("posthouse-search-misfit")
        return Screen(await self._finds(turn, form.condition())).back()

    async def end(self, turn: Turn, id: int) -> Screen | Answer:
        """Delete a search, and show those that are left."""
        found = await self._found(turn, id)
        if found is None:
            return SILENT
        change_search(turn, found, state=ENDED, reason="deleted")
        turn.on_commit(lambda: self._hook.tell(id, None))
        label = turn.say("posthouse-search-mine")
        return Screen(turn.say("posthouse-search-ended")).row(button(str(label), self.list_action))

    # --- inside

    async def _found(self, turn: Turn, id: int) -> Search | None:
        found = next(iter(await searches_of(turn, self.name, id=id)), None)
        if found is None:
            turn.notify(turn.say("posthouse-search-lost"))
        return found

    async def _refusal(
        self, turn: Turn, found: Search, action: Action[Any], *args: Any
    ) -> Screen | None:
        """Return what a gate shows to whom it does not let switch a search on by an action."""
        entrance: Entrance | None = self._entry.start.gates
        if entrance is None or found.state == ACTIVE:
            return None
        return await entrance.refusal(turn, (action.name, action.encode(args, {})))

    def _restored(self, found: Search) -> SavedSearch[Any] | None:
        try:
            return form_of(self._form, found.plain)
        except ValueError:  # the form was changed since
            return None

    async def _finds(self, turn: Turn, condition: Condition) -> Text:
        """Return the freshest items that a condition finds, with their links."""
        since = (turn.now - FRESH).timestamp()
        found = await self._look(turn).newest(condition, since=since, most=MOST_FRESH)
        if not found:
            return text(turn.say("posthouse-search-nothing"))
        lines = [text("• ", _item(each)) for each in found]
        return text(turn.say("posthouse-search-fresh"), "\n", Text("\n").join(lines))

    def _look(self, turn: Turn) -> Look:
        topic, now = self._hook.topic, turn.now.timestamp()
        return Look(
            turn.fetch,
            topic.name,
            topic.item_type,
            now=now,
            account=turn.account,
            person=turn.person.id,
        )

    def _screen(self, turn: Turn, found: Search, words: Words | None = None) -> Screen:
        say, is_on = turn.say, found.state == ACTIVE
        state = say(f"posthouse-search-{found.state}")
        told = words or say("posthouse-search-is", title=found.title, state=state)
        switch = say("posthouse-search-off" if is_on else "posthouse-search-on")
        rows: list[Button] = [
            button(str(switch), self._toggle, found.id, not is_on),
            button(str(say("posthouse-search-change")), self._edit, found.id),
            button(str(say("posthouse-search-look")), self._fresh, found.id),
            button(str(say("posthouse-search-end")), self._end, found.id).confirm(
                say("posthouse-search-end-sure", title=found.title)
            ),
        ]
        if words is not None:
            rows.append(button(str(say("posthouse-search-mine")), self.list_action))
        screen = Screen(told)
        for each in rows:
            screen = screen.row(each)
        turn.shown_by(screen, (self.show_action.name, self.show_action.encode((found.id,), {})))
        return screen

    def _line(self, turn: Turn, found: Search) -> str:
        mark = "✓" if found.state == ACTIVE else "–"
        return f"{mark} {found.title}"

    def _new(self, turn: Turn) -> Words:
        own = f"{self._key}-new"
        return turn.say(own if turn.has_words(own) else "posthouse-search-new")

    def _title(self, turn: Turn, form: SavedSearch[Any]) -> str:
        title = " ".join(str(form.heading()).split())
        if not title:
            return str(turn.say("posthouse-search-everything"))
        return title if len(title) <= _LONGEST else title[: _LONGEST - 1].rstrip() + "…"


def _item(found: Item) -> Text:
    shown = found.title or found.content.content.text.plain.partition("\n")[0] or found.key
    title = shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1].rstrip() + "…"
    return Text(title) if found.link is None else link(title, found.link)
