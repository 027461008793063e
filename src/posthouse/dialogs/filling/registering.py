"""A form as an app knows it: its actions, its expiry, and who takes it when it is submitted."""

import inspect
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Protocol

from posthouse.dialogs.filling.drafts import NOTHING, Drafts, Subject
from posthouse.dialogs.filling.hooks import Previews, SubmitHook
from posthouse.dialogs.filling.plan import plan_of
from posthouse.dialogs.forms.form import Form
from posthouse.errors import MistakeError, RouteError
from posthouse.model.reply import Answer, Screen
from posthouse.model.update import AlbumMessage, Edit, Message
from posthouse.routing.router import Router
from posthouse.turn.action import Action
from posthouse.turn.conversation import is_conversation
from posthouse.turn.turn import Turn
from posthouse.turn.use import Needed, uses_of, where


class Filler(Protocol):
    """Fills in the forms of a bot."""

    async def start(self, turn: Turn, entry: "Registered", *, about: Subject = NOTHING) -> Answer:
        """Begin a form, or offer to go on with its open draft."""

    async def show(self, turn: Turn, entry: "Registered", draft: int) -> Answer:
        """Show where a draft stands, or what became of it."""

    async def press(
        self, turn: Turn, entry: "Registered", draft: int, revision: int, token: str
    ) -> Answer:
        """Take a press on a button of a draft."""


class SubmitHandler:
    """A function that `@app.submit` registered."""

    def __init__(self, fn: Callable[..., Any], *, app: str) -> None:
        """Look at its signature; raises RouteError where it cannot be called."""
        self.fn = fn
        self._app = app
        marked = uses_of(fn)
        self._conversations = {n: kind for n, kind in marked.items() if is_conversation(kind)}
        self._uses = {n: kind for n, kind in marked.items() if n not in self._conversations}
        try:
            inspect.signature(fn).bind(None, None, **dict.fromkeys(marked))
        except TypeError:
            raise RouteError(
                f"{where(fn)}: a submit handler takes the turn and the form; what modules provide "
                f"stands after a bare *, such as (turn: Turn, form: Ad, *, shop: Shop = use())"
            ) from None

    def register(self, router: Router) -> None:
        """Let the app's bots know what it needs."""
        router.beside.scopes.update(kind.scope for kind in self._conversations.values())
        router.beside.needs.extend(
            Needed(where(self.fn), name, kind) for name, kind in self._uses.items()
        )

    async def __call__(self, turn: Turn, form: Form) -> Answer:
        """Run it."""
        filled: dict[str, Any] = {}
        if self._uses or self._conversations:
            filled = dict(await turn.provide(self._uses)) if self._uses else {}
            for name, kind in self._conversations.items():
                filled[name] = turn.conversations.get(kind, app=self._app)
        result: Any = self.fn(turn, form, **filled)
        while inspect.isawaitable(result):
            result = await result
        return result  # type: ignore[no-any-return]  # checked where it becomes an answer


class Registered:
    """A form of an app."""

    def __init__(
        self,
        router: Router,
        form: type[Form],
        *,
        hooks: Mapping[str, SubmitHook],
        expires: timedelta | None,
        name: str,
    ) -> None:
        """Make its actions and tell the app what it needs; raises RouteError."""
        self.name = f"{router.name}.{name}"
        """`app.Form`: drafts are kept under it, and what buttons call begins with it."""
        self.form = form
        self.app = router.name
        self.plan = plan_of(form)
        self.hooks = hooks
        """What takes it before the app's own handlers: "publish", "remind"."""
        publish: Any = hooks.get("publish")
        self.previews = publish if isinstance(publish, Previews) else None
        """What knows how the form will be shown, if not the form itself."""
        self.handlers: list[SubmitHandler] = []
        self.expires_s = None if expires is None else expires.total_seconds()
        """After how long untouched a draft is given up; None for the site's time."""
        self.start: Action[[]] = Action(self._start, name=f"{self.name}:start")
        self.begin = Action(self._begin, name=f"{self.name}:about")
        """Begins the form about something, such as a post: hooks get to know what."""
        self.show: Action[[int]] = Action(self._show, name=f"{self.name}:draft")
        self.press: Action[[int, int, str]] = Action(self._press, name=f"{self.name}:answer")
        for action in (self.start, self.begin, self.show, self.press):
            router.actions[action.name] = action
        beside = router.beside
        beside.scopes.add(Drafts.scope)
        beside.kinds.update((Message, Edit))
        if self.plan.takes_photos:
            beside.kinds.add(AlbumMessage)
        beside.greeting = beside.greeting or self.start

    def __repr__(self) -> str:
        return f"<Registered {self.name}>"

    async def _start(self, turn: Turn) -> Screen | Answer:
        """Begin the form, or go on with its open draft."""
        return await filling_of(turn).start(turn, self)

    async def _begin(
        self, turn: Turn, about: str, number: int | None = None, link: str | None = None
    ) -> Screen | Answer:
        """Begin the form about something, or go on with its open draft about that."""
        return await filling_of(turn).start(turn, self, about=Subject(about, number, link))

    async def _show(self, turn: Turn, draft: int) -> Screen | Answer:
        """Show where a draft stands."""
        return await filling_of(turn).show(turn, self, draft)

    async def _press(self, turn: Turn, draft: int, revision: int, token: str) -> Screen | Answer:
        """Take a press on a button of a draft."""
        return await filling_of(turn).press(turn, self, draft, revision, token)


def filling_of(turn: Turn) -> Filler:
    """Return what fills in the forms of the turn's bot; raises MistakeError."""
    filler: Filler | None = turn.forms
    if filler is None:
        raise MistakeError(
            "a form can only be filled in with a bot whose apps have one; add the app that has "
            "the form to the bot's apps"
        )
    return filler
