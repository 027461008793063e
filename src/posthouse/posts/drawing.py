"""The part of a bot's graph that posts are: states, cards, reminders, and the ways between.

All of this is done by code of the framework, which is the same for every form; only the terms tell
what a form's posts can do.
"""

from collections.abc import Callable

from posthouse.dialogs.forms.form import Form
from posthouse.dialogs.nodes import Drawn, Edge, Kind, Node
from posthouse.model.state import State
from posthouse.posts.declare import FollowUp, Remind, Terms


def drawn(
    form: str,
    terms: Terms,
    remind: Remind | None,
    named: Callable[[type[Form]], str],
    *,
    where: str,
) -> Drawn:
    """Return what becomes of the posts of a form.

    Args:
        form: The form's name, as `app.Form`.
        terms: How it is published.
        remind: When authors are reminded.
        named: Returns the same of its follow-ups.
        where: The form's place in the code.
    """
    drawing = _Drawing(form, terms, named, where)
    drawing.states()
    drawing.author(remind)
    drawing.staff()
    for each in terms.follow_ups:
        drawing.follow_up(each)
    return drawing.drawn()


class _Drawing:
    """The graph of one form's posts, being drawn."""

    def __init__(
        self, form: str, terms: Terms, named: Callable[[type[Form]], str], where: str
    ) -> None:
        self._named = named
        self._terms = terms
        self._where = where
        self._form = form
        self._box = f"{self._form} and its posts"
        self._open = [state for state in terms.states if not state.ends]
        self._nodes: dict[str, Node] = {}
        self._edges: list[Edge] = []

    def drawn(self) -> Drawn:
        """Return what was drawn."""
        forms = (self._form, *(self._named(each.form) for each in self._terms.follow_ups))
        inside = dict.fromkeys(forms, self._box)
        return Drawn(tuple(self._nodes.values()), tuple(self._edges), inside)

    def states(self) -> None:
        """Draw the states, and what brings a post from one into another."""
        terms = self._terms
        for state in terms.states:
            self._node(self._of(state), "state", state.name)
        self._edge(self._form, self._of(terms.first), "publish", f"publish in {_all(terms.chats)}")
        for step in terms.transitions:
            label = f"to {step.after.name}"
            self._edge(self._of(step.before), self._of(step.after), "button", label)

    def author(self, remind: Remind | None) -> None:
        """Draw what the author of a post can do with it."""
        mine, due = f"{self._form}:posts", f"{self._form}:remind"
        self._node(mine, "list", "own posts")
        self._edge(mine, self._form, "button", "new")
        for state in self._terms.states:
            self._edge(mine, self._of(state), "options")
            self._edge(self._of(state), self._form, "button", "new")
        if remind is not None:
            self._node(due, "reminder", f"reminder at {remind.at:%H:%M}")
        for state in self._open:
            name = self._of(state)
            if self._terms.repost is not None:
                self._edge(name, name, "button", "again")
            if self._terms.withdraw:
                taken = self._node(f"{self._form}: taken back", "end", "taken back")
                self._edge(name, taken, "button", "take back")
            if remind is not None:
                self._edge(name, due, "timer", f"{remind.after.days} days later")

    def staff(self) -> None:
        """Draw the card that staff get when a post is out."""
        if self._terms.moderation is not None:
            card = self._node(f"{self._form}:card", "card", f"card in {self._terms.moderation}")
            gone = self._node(f"{self._form}: deleted by staff", "end", "deleted by staff")
            self._edge(self._of(self._terms.first), card, "card")
            for label in ("delete", "ban the author"):
                self._edge(card, gone, "button", label)

    def follow_up(self, each: FollowUp) -> None:
        """Draw a form about a post, and where its outcome goes."""
        name = self._named(each.form)
        for state in self._terms.states:
            self._edge(self._of(state), name, "button", "follow up")
        places = ("thread",) if each.chat is None else ("thread", each.chat)
        out = self._node(f"{name} is out", "end", f"in {_all(places)}")
        self._edge(name, out, "publish")

    # --- inside

    def _of(self, state: State) -> str:
        return f"{self._form} is {state.name}"

    def _node(self, name: str, kind: Kind, title: str) -> str:
        self._nodes[name] = Node(name, kind, self._where, inside=self._box, title=title)
        return name

    def _edge(self, source: str, target: str, how: str, label: str = "") -> None:
        self._edges.append(Edge(source, target, how, label))


def _all(names: tuple[str, ...]) -> str:
    return " and ".join(names)
