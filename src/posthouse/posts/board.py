"""A form and its terms on one app: what all that happens to its posts has in common."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from msgspec.structs import replace

from posthouse.dialogs.forms.fields import kebab
from posthouse.dialogs.forms.form import Form
from posthouse.dialogs.forms.offers import Surroundings
from posthouse.errors import ActionError
from posthouse.model.chat import Chat, ChatKind
from posthouse.model.reply import Button, Reply
from posthouse.model.state import State
from posthouse.model.text import Text, Words
from posthouse.posts.declare import Remind, Terms
from posthouse.posts.records import LIVE, PUBLISHED, Entry, Post
from posthouse.posts.rendering import Shown, rendered, restored
from posthouse.posts.voices import PostVoice
from posthouse.turn.action import Action, button
from posthouse.turn.turn import Turn


class Publishes(Protocol):
    """The part of an app that posts need."""

    name: str
    actions: dict[str, Action[Any]]
    forms: dict[type[Any], Any]
    """Each with what it was registered as."""

    def form(self, *args: Any, **kwargs: Any) -> Any:
        """Register a form."""

    def start(self, form: type[Any], /) -> Action[[]]:
        """Return the action that begins a form."""

    def on(self, fn: Any, /) -> Any:
        """Register a handler."""


class Follows(Protocol):
    """Wants to know of what becomes of entries, such as to publish items made of them."""

    async def follow(self, turn: Turn, found: Entry, out: Post) -> None:
        """Take note of how an entry stands, and of its post in the first chat, which is out.

        It is told when a post is out, and whenever its entry has changed since; not of entries that
        were withdrawn or removed: their items are withdrawn with them.
        """


class Board:
    """The posts of one form of one app."""

    def __init__(self, app: Publishes, form: type[Form], terms: Terms) -> None:
        self.app = app
        self.form = form
        self.terms = terms
        self.name = name_in(app, form)
        """`app.Form`: entries are kept under it."""
        self.key = kebab(form.__name__)
        """How the keys of its words begin."""
        self.remind: Remind | None = None
        """When authors are reminded of their posts."""
        self.followers: list[Follows] = []

    def __repr__(self) -> str:
        return f"<Board {self.name}>"

    # --- actions

    def action(self, what: str, fn: Callable[..., Any], *, of: str = "") -> Action[Any]:
        """Register what buttons, timers and outcomes call; `of` tells those of one name apart."""
        name = f"{self.name}:{what}{of}"
        if name in self.app.actions:
            raise ActionError(f"{name} is registered already; publish a form once in an app")
        made: Action[Any] = Action(fn, name=name)
        self.app.actions[name] = made
        return made

    def button(self, label: Words, what: str, *args: Any) -> Button:
        """Return a button that calls an action of this board."""
        return button(str(label), self.called(what), *args)

    def app_button(self, label: Words, to: Action[[]]) -> Button:
        """Return a button that calls an action of the app without arguments."""
        return button(str(label), to)

    def key_of(self, form: type[Form]) -> str:
        """Return how the keys of a form's words begin."""
        return kebab(form.__name__)

    def called(self, what: str) -> Action[Any]:
        """Return a registered action."""
        return self.app.actions[f"{self.name}:{what}"]

    # --- who and where

    def chat_of(self, turn: Turn, found: Entry) -> Chat:
        """Return the private chat of an entry's author."""
        return Chat(id=found.chat, bot=turn.update.bot, messenger=turn.chat.messenger)

    def place_of(self, turn: Turn, found: Post) -> Chat:
        """Return the chat that a post is in, which the settings may name otherwise by now."""
        bot, messenger = turn.update.bot, turn.chat.messenger
        return Chat(id=found.chat, bot=bot, messenger=messenger, kind=ChatKind.BROADCAST)

    def is_staff(self, turn: Turn) -> bool:
        """Whether whoever acts may act on posts of others."""
        return not turn.person.roles.isdisjoint(self.terms.staff)

    def may(self, turn: Turn, found: Entry) -> bool:
        """Whether whoever acts may act on an entry."""
        return turn.person.id == found.person or self.is_staff(turn)

    async def follow(self, turn: Turn, found: Entry, posts: Sequence[Post]) -> None:
        """Tell those who follow of an entry, if its post in the first chat is out."""
        first = self.terms.chats[0]
        out = next((each for each in posts if each.place == first and each.status == LIVE), None)
        if out is not None:
            for follower in self.followers:
                await follower.follow(turn, found, out)

    # --- what it shows

    def state_of(self, found: Entry) -> State:
        """Return the state of an entry, the very object that was declared."""
        return self.terms.state(found.state)

    def is_open(self, found: Entry) -> bool:
        """Whether something may still become of an entry."""
        return found.standing == PUBLISHED and not self.state_of(found).ends

    def shown(
        self, turn: Turn, found: Entry, to: Chat, *, link: str | None = None, form: Any = None
    ) -> Shown:
        """Return what the post of an entry shows in a chat.

        Args:
            turn: Whose words count.
            found: The entry, in the state that is to be shown.
            to: The chat.
            link: The post's address, where it is known.
            form: The answers, where they are at hand.
        """
        around = _around(turn, number=found.number, link=link)
        answers = restored(self.form, found.plain) if form is None else form
        able = turn.capabilities(to)
        return rendered(self.terms, answers, around, state=self.state_of(found), able=able)

    def previewed(self, turn: Turn, form: Form) -> Reply:
        """Return what the post of an entry is going to show, with all its photos, to its author."""
        able = turn.capabilities(turn.named(self.terms.chats[0]))
        shown = rendered(self.terms, form, _around(turn), state=self.terms.first, able=able)
        return replace(shown.reply, photos=(*shown.reply.photos, *shown.extra))

    # --- words

    def voice(self, turn: Turn, found: Entry) -> PostVoice:
        """Return the voice that speaks to an entry's author."""
        return PostVoice(turn, found.language)

    def state_name(self, voice: PostVoice, state: str) -> Text:
        """Return what a state is called."""
        key = f"{self.key}-is-{state}"
        return voice.say(key) if voice.has(key) else Text(state.replace("-", " "))

    def start_of(self, form: type[Form]) -> Action[[]]:
        """Return the action that begins a form of the same app."""
        return self.app.start(form)

    def registered_name(self, form: type[Form]) -> str:
        """Return the name under which drafts of a form are kept."""
        return name_in(self.app, form)


def _around(turn: Turn, **more: Any) -> Surroundings:
    """Return what a post says besides its answers: in the bot's language, on its day."""
    today = turn.now.astimezone(turn.zone).date()
    return Surroundings(voice=PostVoice(turn), today=today, **more)


def number_of(found: Entry | Post) -> str:
    """Return a public number as it is shown."""
    return "" if found.number is None else str(found.number)


def name_in(app: Publishes, form: type[Form]) -> str:
    """Return the name under which an app keeps a form's drafts and entries."""
    entry = app.forms.get(form)
    return f"{app.name}.{form.__name__}" if entry is None else str(entry.name)
