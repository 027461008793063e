"""The public App: handlers, commands and actions under one name."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any, Concatenate, ParamSpec, TypeVar, overload

from posthouse.dialogs.filling.hooks import SubmitHook
from posthouse.dialogs.filling.registering import Registered, SubmitHandler
from posthouse.dialogs.forms.form import Form
from posthouse.errors import ActionError, FormError, MistakeError, SetupError
from posthouse.model.reply import Answer, Screen
from posthouse.publishing.gating.gates import Gate, check_several
from posthouse.publishing.gating.plan import Plan
from posthouse.publishing.topic import Topic
from posthouse.routing.router import Router, name_of
from posthouse.turn.action import Action
from posthouse.turn.gates import Entrance
from posthouse.turn.turn import Turn
from posthouse.turn.use import where

P = ParamSpec("P")
FormT = TypeVar("FormT", bound=Form)
PublisherT = TypeVar("PublisherT")
SubmitT = TypeVar("SubmitT", bound=Callable[..., Answer | Awaitable[Answer]])


class App(Router):
    """Takes updates and claims or passes them; a bot asks its apps in order."""

    @overload
    def action(
        self, fn: Callable[Concatenate[Turn, P], Awaitable[Screen | Answer] | Screen | Answer], /
    ) -> Action[P]: ...
    @overload
    def action(
        self,
        /,
        *,
        home: bool = False,
        alias: str | tuple[str, ...] = (),
        gates: Sequence[Gate] = (),
    ) -> Callable[
        [Callable[Concatenate[Turn, P], Awaitable[Screen | Answer] | Screen | Answer]], Action[P]
    ]: ...
    def action(
        self,
        fn: Any = None,
        /,
        *,
        home: bool = False,
        alias: str | tuple[str, ...] = (),
        gates: Sequence[Gate] = (),
    ) -> Any:
        """Register a node of the conversation graph that buttons and timers call.

        Args:
            home: it is the bot's first screen.
            alias: names it had before; buttons and timers that are out there know it by these.
            gates: what a person needs, such as `require_member("channel")`; who has it not is told.
        """
        if fn is None:
            return lambda fn: self._add_action(fn, home=home, alias=alias, gates=gates)
        return self._add_action(fn, home=home, alias=alias)

    def _add_action(
        self, fn: Any, *, home: bool, alias: str | tuple[str, ...], gates: Sequence[Gate] = ()
    ) -> Action[Any]:
        if not callable(fn):
            raise ActionError(f"{self.name}: {fn!r} is no function")
        self._require_open(fn)
        name = f"{self.name}.{name_of(fn)}"
        action: Action[Any] = Action(fn, name=name, home=home, gates=self.entrance(gates))
        old = (alias,) if isinstance(alias, str) else alias
        names = (action.name, *(f"{self.name}.{name}" for name in old))
        for name in names:
            if name in self.actions:
                raise ActionError(
                    f"{where(fn)}: {name} is taken by {where(self.actions[name].fn)}; every action "
                    f"of an app has a name of its own"
                )
        self.actions.update(dict.fromkeys(names, action))
        return action

    def entrance(self, gates: Sequence[Gate]) -> Entrance | None:
        """Return what lets through whom all of some gates let through; None without any.

        For the framework: `gates=` of actions, commands, topics and searches come here.
        """
        check_several(gates, self.name)
        if not gates:
            return None
        from posthouse.publishing.gating.registering import entrance_of

        return entrance_of(self, gates)

    def plan(self, plan: Plan, /, *, offer: Action[[]] | None = None) -> Action[[]]:
        """Return the action that shows a person how they stand with a plan, and gives the trial.

        Args:
            plan: Which one.
            offer: Opened by the button with which a person gets the plan for longer.
        """
        from posthouse.publishing.gating.registering import show_plan

        return show_plan(self, plan, offer=offer)

    # --- forms

    @overload
    def form(self, form: type[FormT], /) -> type[FormT]: ...
    @overload
    def form(
        self,
        /,
        *,
        publish: SubmitHook | None = None,
        remind: SubmitHook | None = None,
        expires: timedelta | None = None,
        name: str | None = None,
    ) -> Callable[[type[FormT]], type[FormT]]: ...
    def form(self, form: Any = None, /, **options: Any) -> Any:
        """Register a form that people fill in.

        Args:
            publish: where it is published once it is submitted.
            remind: when its author is reminded of the post.
            expires: after how long untouched a half-filled one is given up; 30 days if left out.
            name: under which its drafts and posts are kept, the class's own if left out; give the
                old one when you rename the class, and nobody loses anything.
        """
        if form is None:
            return lambda form: self._add_form(form, **options)
        return self._add_form(form, **options)

    def start(self, form: type[Form], /) -> Action[[]]:
        """Return the action that begins a form, or goes on with its open draft.

        Raises FormError when it is no form of this app.
        """
        return self._registered(form).start

    def posts(self, form: type[Form], /) -> Action[[]]:
        """Return the action that lists a person's own posts of a form.

        Raises FormError when the form is not published.
        """
        action: Action[[]] | None = self.actions.get(f"{self._registered(form).name}:posts")
        if action is None:
            raise FormError(
                f"{form.__name__} is not published by the app {self.name}; write "
                f"@{self.name}.form(publish=Publish(...)) above it"
            )
        return action

    def submit(self, form: type[Form], /) -> Callable[[SubmitT], SubmitT]:
        """Register a function that takes a form once it is submitted: (turn, form).

        It runs in the turn that ends the draft; what it asks for commits with that, once. Raises
        FormError when it is no form of this app.
        """
        entry = self._registered(form)

        def register(fn: SubmitT) -> SubmitT:
            self._require_open(fn)
            handler = SubmitHandler(fn, app=self.name)
            handler.register(self)
            entry.handlers.append(handler)
            return fn

        return register

    # --- publishing

    def publisher(self, publisher: PublisherT, /) -> PublisherT:
        """Let items come from a publisher, or from one made of a class of its own.

        ```python
        app.publisher(FeedPublisher("https://example.org/feed.xml", topic=NEWS))
        ```

        The site looks at it once, however many apps and bots name it. Returns what it was given, so
        that it stands above a class as well. Raises SetupError when it cannot publish.
        """
        from posthouse.publishing.publishers.publisher import Publisher

        made: Any = publisher() if isinstance(publisher, type) else publisher
        if not isinstance(made, Publisher):
            raise SetupError(f"{self.name}: {publisher!r} is no publisher; subclass Publisher")
        if self.beside.is_publishing:
            raise SetupError(
                f"{self.name}: {made!r} comes too late; name publishers before the site starts"
            )
        made.bind(self)
        self.beside.publishers.append(made)
        return publisher

    def subscribe(
        self,
        topic: Topic[Any],
        /,
        *,
        gates: tuple[Any, ...] = (),
        roles: tuple[str, ...] = (),
        settings_button: bool = True,
    ) -> Action[[]]:
        """Return the action by which a person subscribes to a topic, or changes how.

        Args:
            topic: Whose items they get.
            gates: What it takes, beside what the topic asks for.
            roles: Who may subscribe a group or a channel, beside staff.
            settings_button: Each item has a button that opens the settings.
        """
        from posthouse.publishing.subscriptions.flow import subscribing

        if not isinstance(topic, Topic):
            raise MistakeError(f"{self.name}.subscribe({topic!r}): give a Topic")
        check_several(gates, f"{self.name}.subscribe({topic.name})")
        action: Action[[]] = subscribing(
            self, topic, gates=gates, roles=roles, settings_button=settings_button
        )
        return action

    def subscriptions(self) -> Action[[]]:
        """Return the action that lists a person's own subscriptions and saved searches."""
        from posthouse.publishing.subscriptions.flow import own

        action: Action[[]] = own(self)
        return action

    def search(
        self,
        *,
        topic: Topic[Any],
        gates: tuple[Any, ...] = (),
        most: int | None = None,
        name: str | None = None,
    ) -> Callable[[type[FormT]], type[FormT]]:
        """Register a saved search that people fill in; what it finds comes to them.

        Args:
            topic: Among whose items it searches.
            gates: What it takes to have one, beside what the topic asks for.
            most: Most items a day that one search brings.
            name: What its searches are called, above their list; the title of the topic if left
                out.
        """
        from posthouse.publishing.searches.registering import register_search

        def register(form: type[FormT]) -> type[FormT]:
            registered: type[FormT] = register_search(
                self, form, topic=topic, gates=gates, most=most, name=name
            )
            return registered

        return register

    def searches(self, form: type[Form], /) -> Action[[]]:
        """Return the action that lists a person's own searches; raises FormError for no search."""
        from posthouse.publishing.searches.registering import searches_action

        action: Action[[]] = searches_action(self, form)
        return action

    # --- inside

    def _add_form(
        self,
        form: Any,
        *,
        publish: SubmitHook | None = None,
        remind: SubmitHook | None = None,
        expires: timedelta | None = None,
        name: str | None = None,
    ) -> type[Form]:
        if not (isinstance(form, type) and issubclass(form, Form)):
            raise FormError(f"{self.name}: {form!r} is no form; subclass Form")
        self._require_open(form)
        kept = form.__name__ if name is None else name
        if not kept.isidentifier():
            raise FormError(f"{where(form)}: name={name!r} is no name; write it like a class's")
        taken = f"{self.name}.{kept}"
        same = next((kind for kind, entry in self.forms.items() if entry.name == taken), None)
        if same is not None:
            raise FormError(
                f"{self.name}: {where(form)} has the name of {where(same)}; drafts are kept under "
                f"the form's name, so give each of an app its own"
            )
        if expires is not None and expires <= timedelta(0):
            raise FormError(f"{where(form)}: expires={expires} leaves no time to fill it in")
        named = {"publish": publish, "remind": remind}
        hooks = {name: hook for name, hook in named.items() if hook is not None}
        self.forms[form] = Registered(self, form, hooks=hooks, expires=expires, name=kept)
        for hook in hooks.values():
            hook.bind(self, form)
        return form

    def _registered(self, form: type[Form]) -> Registered:
        entry: Registered | None = self.forms.get(form)
        if entry is None:
            from posthouse.publishing.searches.saved import SavedSearch

            name = getattr(form, "__name__", repr(form))
            is_search = SavedSearch in getattr(form, "__mro__", ())
            decorator = f"@{self.name}.{'search(topic=...)' if is_search else 'form'}"
            raise FormError(
                f"{name} is no form of the app {self.name}; write {decorator} above it first"
            )
        return entry
