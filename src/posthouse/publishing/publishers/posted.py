"""`EntriesPublisher`: the posts of a form become items, in the transactions that change them."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from msgspec.structs import replace

from posthouse.dialogs.forms.form import Form
from posthouse.errors import SetupError
from posthouse.model.chat import Chat
from posthouse.model.media import Photo
from posthouse.model.reply import Button, Reply
from posthouse.model.state import State
from posthouse.model.text import Text, Words, text
from posthouse.posts.board import Board
from posthouse.posts.publish import Publish
from posthouse.posts.records import Entry, Post
from posthouse.posts.rendering import restored
from posthouse.posts.voices import PostVoice
from posthouse.publishing.publishers.publisher import Publisher
from posthouse.publishing.topic import Topic
from posthouse.turn.turn import Turn

FormT = TypeVar("FormT", bound=Form)
MOST_TITLE = 80


class EntriesPublisher(Publisher[FormT]):
    """Publishes the entries of a form, once their posts are out.

    ```python
    ADS = Topic("ads", Ad, title="Cars for sale", delay=timedelta(seconds=10))

    app.publisher(EntriesPublisher(Ad, topic=ADS))
    ```

    An item shows what the post shows, with a button that opens the post where it has an address;
    override `render` to show something else. Its author does not get it. An entry in a state that
    is not among `states`, or that was withdrawn or removed, reaches nobody any more.

    Args:
        form: The form, published by the app.
        topic: Where its items go, unless the class says.
        states: In which states an entry is an item; in all that end nothing when left out.
        title: Returns one line for lists; the beginning of the post when left out.
        name: What it is called on the command line.
    """

    def __init__(
        self,
        form: type[FormT],
        *,
        topic: Topic[FormT] | None = None,
        states: Iterable[State] = (),
        title: Callable[[FormT], Words] | None = None,
        name: str | None = None,
    ) -> None:
        self.form = form
        self._title = title
        self.states = frozenset(state.name for state in states)
        super().__init__(name or f"entries-{form.__name__.lower()}", topic=topic)

    @property
    def is_polled(self) -> bool:
        """Whether it is looked at: no, turns bring its items."""
        return False

    def prepare(self) -> None:
        """Check that its topic takes such entries; raises SetupError."""
        if self.topic.item_type is not self.form:
            known = getattr(self.topic.item_type, "__name__", self.topic.item_type)
            raise SetupError(
                f"publisher {self.name}: the items of topic {self.topic.name!r} are {known}, not "
                f"{self.form.__name__}"
            )

    def bind(self, app: Any) -> None:
        """Follow the posts of the form in an app; raises SetupError when it does not publish it."""
        entry = app.forms.get(self.form)
        publish = None if entry is None else entry.hooks.get("publish")
        if not isinstance(publish, Publish):
            raise SetupError(
                f"publisher {self.name}: the app {app.name} does not publish {self.form.__name__}; "
                f"write @{app.name}.form(publish=Publish(...)) above it, or name the publisher in "
                f"the app that publishes it"
            )
        self.prepare()
        board: Board = publish.flows[app.name, self.form].board
        unknown = self.states - {state.name for state in board.terms.states}
        if unknown:
            raise SetupError(
                f"publisher {self.name}: {self.form.__name__} has no state {sorted(unknown)[0]!r}"
            )
        board.followers.append(_Follower(self, board))

    def render(self, item: FormT) -> Words | Reply:
        """Return what recipients see, where that is not the post."""
        raise NotImplementedError(f"{type(self).__name__} shows the post itself")

    def title(self, item: FormT) -> str:
        """Return one line for lists; nothing where that is how its post begins."""
        return super().title(item) if self._title is None else str(self._title(item))


class _Follower:
    """Publishes the entries of one board."""

    def __init__(self, publisher: EntriesPublisher[Any], board: Board) -> None:
        self._publisher = publisher
        self._board = board

    async def follow(self, turn: Turn, found: Entry, out: Post) -> None:
        """Publish what became of an entry, with the turn in which it did."""
        from posthouse.publishing.items import (  # noqa: PLC0415  SQLAlchemy is heavy
            NewItem,
            plain_of,
            put,
            withdraw,
        )

        publisher, at = self._publisher, turn.now.timestamp()
        topic = publisher.topic
        if not self._is_item(found):
            for statement in withdraw(topic.name, found.id, at):
                turn.execute(statement)
            turn.on_commit(topic.tell)
            return
        form = restored(publisher.form, found.plain)
        shown = await turn.keep(self._shown(turn, found, out, form))
        expires = publisher.expires(form)
        new = NewItem(
            topic=topic.name,
            key=found.id,
            body=plain_of(form),
            shown=shown,
            title=publisher.title(form) or _title(shown.words),
            link=out.link,
            account=found.account,
            person=found.person,
            entry=found.id,
            expires=None if expires is None else expires.timestamp(),
        )
        for statement in put(new, at):
            turn.execute(statement)
        turn.on_commit(topic.tell)

    def _is_item(self, found: Entry) -> bool:
        if not found.person:
            return False  # its author is forgotten, and most of its answers
        if self._publisher.states:
            return found.state in self._publisher.states
        return not self._board.state_of(found).ends

    def _shown(self, turn: Turn, found: Entry, out: Post, form: Form) -> Reply:
        if type(self._publisher).render is not EntriesPublisher.render:
            own = self._publisher.render(form)
            return own if isinstance(own, Reply) else Reply(own)
        place: Chat = self._board.place_of(turn, out)
        reply = self._board.shown(turn, found, place, link=out.link, form=form).reply
        photos: tuple[Photo, ...] = reply.photos[:1]  # an album could bear no button
        reply = replace(reply, photos=photos, rows=())
        if out.link is None:
            return reply
        label = PostVoice(turn).say("posthouse-publishing-open")
        return replace(reply, rows=((Button(label=str(label), url=out.link),),))


def _title(words: Words) -> str:
    first = next((line for line in str(text(words)).splitlines() if line.strip()), "")
    shown = Text(" ".join(first.split()))
    return str(shown if len(shown) <= MOST_TITLE else shown.cut(MOST_TITLE - 1) + "…")
