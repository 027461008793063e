"""Topics: what items are about, who may publish them, and how they reach those who subscribe."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Generic, Literal, TypeAlias, TypeVar, get_origin, is_typeddict

from posthouse.errors import MistakeError
from posthouse.model.reply import Reply
from posthouse.model.text import Words
from posthouse.publishing.gating.gates import check_several
from posthouse.turn.turn import Turn

ItemT = TypeVar("ItemT")
Revisions: TypeAlias = Literal["edit", "again", "ignore"]
KEEP = timedelta(days=90)


class Topic(Generic[ItemT]):
    """What items are about; subscribers get each of its items once.

    ```python
    ADS = Topic("ads", Ad, title="Ads", revisions="edit")
    ```

    Args:
        name: What it is called in the database: small letters, digits, hyphens; do not change it.
        item_type: Of its items: a form, a Struct, a dataclass, or dict.
        title: What subscribers read; the name when left out.
        keep: How long its items, and who got them, are kept.
        revisions: What becomes of those that were sent when an item changes, for subscribers who
            did not choose: "edit" them, send it "again", or "ignore" that.
        may_publish: Roles of whom one has to have to publish in a turn; anyone when left out.
        gates: What a person needs to subscribe, and to get an item.
        feed: The newest items can be read on the site's web server as Atom and JSON Feed.
        delay: How long an item waits before it is sent, so that it can be put right or taken back.
    """

    def __init__(  # noqa: PLR0913  a topic has that many sides; all of them are named
        self,
        name: str,
        item_type: type[ItemT],
        *,
        title: str = "",
        keep: timedelta = KEEP,
        revisions: Revisions = "ignore",
        may_publish: tuple[str, ...] = (),
        gates: tuple[Any, ...] = (),
        feed: bool = False,
        delay: timedelta = timedelta(0),
    ) -> None:
        if not name or not set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-"):
            raise MistakeError(
                f"Topic({name!r}): write its name with small letters, digits and hyphens only"
            )
        if keep <= timedelta(0) or delay < timedelta(0):
            raise MistakeError(f"Topic({name!r}): keep must be positive, delay not negative")
        if revisions not in ("edit", "again", "ignore"):
            raise MistakeError(
                f'Topic({name!r}): revisions is {revisions!r}; give "edit", "again" or "ignore"'
            )
        check_several(gates, f"Topic({name!r})")
        self.name = name
        self.item_type = item_type
        self.title = title or name
        self.keep = keep
        self.revisions: Revisions = revisions
        self.may_publish = may_publish
        self.gates = gates
        self.feed = feed
        self.delay = delay
        self.listeners: set[Callable[[], object]] = set()
        """For the framework: called when an item is committed."""

    def __repr__(self) -> str:
        return f"<Topic {self.name}>"

    def may(self, turn: Turn) -> bool:
        """Whether the person of a turn may publish here."""
        return not self.may_publish or not turn.person.roles.isdisjoint(self.may_publish)

    def publish(
        self,
        turn: Turn,
        item: ItemT,
        *,
        key: str,
        shown: Words | Reply,
        title: str = "",
        link: str | None = None,
        expires: timedelta | None = None,
        entry: str | None = None,
    ) -> None:
        """Publish an item, or change the one with that key, when the turn commits.

        Whoever publishes it does not get it. Nothing happens when it is the same as before. Raises
        MistakeError when the person has none of the roles that may publish, which `may` tells, and
        when the item is of another type than the topic's.

        Args:
            turn: In which it is published.
            item: What searches look at.
            key: What it is known by in this topic.
            shown: What its recipients see.
            title: One line, for lists of several items.
            link: Where there is more of it.
            expires: How long it is worth sending.
            entry: The entry it is made of.
        """
        from posthouse.publishing.items import NewItem, plain_of, put  # noqa: PLC0415  SQLAlchemy

        self._require(turn)
        self._check_type(item)
        now = turn.now.timestamp()
        new = NewItem(
            topic=self.name,
            key=key,
            body=plain_of(item),
            shown=shown,
            title=title,
            link=link,
            account=turn.account,
            person=turn.person.id,
            entry=entry,
            expires=None if expires is None else now + expires.total_seconds(),
        )
        for statement in put(new, now):
            turn.execute(statement)
        turn.on_commit(self.tell)

    def withdraw(self, turn: Turn, key: str) -> None:
        """Take an item back when the turn commits: who has not got it does not get it."""
        from posthouse.publishing.items import withdraw  # noqa: PLC0415  SQLAlchemy is heavy

        self._require(turn)
        for statement in withdraw(self.name, key, turn.now.timestamp()):
            turn.execute(statement)
        turn.on_commit(self.tell)

    def tell(self) -> None:
        """For the framework: let the sites that know this topic look what is to be done."""
        for listener in list(self.listeners):
            listener()

    def _check_type(self, item: object) -> None:
        """Raise MistakeError for an item of another type than the topic's."""
        wanted = get_origin(self.item_type) or self.item_type
        is_class = isinstance(wanted, type) and not is_typeddict(wanted)
        if not is_class or wanted is Any or isinstance(item, wanted):
            return
        raise MistakeError(
            f"topic {self.name}: an item is {_one(wanted)}, this one is {_one(type(item))}"
        )

    def _require(self, turn: Turn) -> None:
        if not self.may(turn):
            raise MistakeError(
                f"topic {self.name}: person {turn.person.id} has none of the roles that may "
                f"publish ({', '.join(self.may_publish)}); ask topic.may(turn) first"
            )


def _one(kind: type) -> str:
    """Return the name of a type with its article."""
    return f"{'an' if kind.__name__[0] in 'AEIOaeio' else 'a'} {kind.__name__}"
