"""What one says of a form's posts: states, transitions, follow-ups, reminders."""

from collections.abc import Callable, Mapping
from datetime import time, timedelta
from pathlib import Path
from typing import Any, Literal, TypeAlias

from msgspec import Struct

from posthouse.errors import ActionError
from posthouse.model.reply import Reply
from posthouse.model.state import State, Transition
from posthouse.model.text import Words

Template: TypeAlias = Callable[[Any], Words | Reply]
"""A function of a form that returns what its post shows."""
Repost: TypeAlias = Literal["delete", "edit", "keep"]


PUBLISHED = State("published")
"""The state of posts for which none was declared."""


class FollowUp(Struct, frozen=True, kw_only=True):
    """A further form about a post: its outcome goes into the post's thread and a second chat."""

    form: type[Any]
    """Filled in like any form; what it shows is its preview."""
    chat: str | None = None
    """Named chat that gets it too; where the post has no thread, that chat alone."""
    again: Literal["add", "edit", "refuse"] = "add"
    """What a second one of the same person does."""


class Remind(Struct, frozen=True, kw_only=True):
    """One message to the author of a post that is still live after a while."""

    after: timedelta
    """How long after the publication, at least."""
    at: time
    """The time of day, in the bot's time zone."""
    template: Template | None = None
    """What it says; a sentence with the post's number when left out."""

    def bind(self, app: Any, form: type[Any]) -> None:
        """Belong to the posts of a form; done by `app.form`. Raises ActionError without any."""
        publish = app.forms[form].hooks.get("publish")
        if publish is None:
            raise ActionError(
                f"{app.name}: remind= of {form.__name__} has nothing to remind of; give publish= "
                f"too"
            )
        publish.reminds(app, form, self)

    async def on_submit(self, turn: Any, draft_id: str, form: Any, *, about: str = "") -> None:
        """Do nothing yet: it begins when the post is out."""


class Terms(Struct, frozen=True, kw_only=True):
    """How the entries of a form are published."""

    chat: str | tuple[str, ...]
    """Named chats of the bot, from its settings, that get the post."""
    number: str
    """Name of the sequence that public numbers come from."""
    template: Template | None = None
    """What the post shows; the form's preview when left out."""
    transitions: tuple[Transition, ...] = ()
    """What may become of a post; the first state of the first one is that of a new post."""
    repost: Repost | None = None
    """What becomes of the old message when the author posts again; None: one may not."""
    withdraw: bool = True
    """The author may take a post back."""
    extra_photos: str | None = None
    """Named chat where the chat's posts are discussed: photos after the first go into the post's
    thread there. Without it, and where a messenger opens no threads, all are in the post."""
    window: timedelta = timedelta(minutes=5)
    """How long a post waits for its thread; then its further photos go into the group beside it."""
    moderation: str | None = None
    """Named chat where staff get a card for each post."""
    staff: tuple[str, ...] = ("staff",)
    """Roles that may use the cards and act on posts of others."""
    tells_removal: bool = True
    """The author is told when staff delete the post."""
    media: Mapping[State, Path] = {}
    """Pictures by state: that of the first is shown by a post that has none of its own, that of
    another takes the place of the post's own."""
    follow_ups: tuple[FollowUp, ...] = ()

    def __post_init__(self) -> None:
        """Raise ActionError for what contradicts itself."""
        if not self.chats:
            raise ActionError("Publish(chat=()) names no chat; name one of the bot's chats")
        for state in self.states:
            same = [other for other in self.states if other.name == state.name]
            if len(same) > 1:
                raise ActionError(
                    f"Publish(): two states are named {state.name!r}; make one and use it in every "
                    f"transition"
                )
        for step in self.transitions:
            if step.before.ends:
                raise ActionError(
                    f"Publish(): {step.before.name!r} ends the post, so nothing follows on it; "
                    f"leave out ends=True, or the step to {step.after.name!r}"
                )
        for state in self.media:
            if state not in self.states:
                raise ActionError(
                    f"Publish(media=...) has a picture for {state.name!r}, which no transition "
                    f"leads to"
                )

    @property
    def chats(self) -> tuple[str, ...]:
        """The named chats that get the post."""
        return (self.chat,) if isinstance(self.chat, str) else self.chat

    @property
    def first(self) -> State:
        """The state of a new post."""
        if self.transitions:
            return self.transitions[0].before
        return next(iter(self.media), PUBLISHED)

    @property
    def states(self) -> tuple[State, ...]:
        """Every state, the first one first."""
        steps = [state for step in self.transitions for state in (step.before, step.after)]
        return tuple(dict.fromkeys([self.first, *steps]))

    def state(self, name: str) -> State:
        """Return a state by its name; one that is not declared any more ends nothing."""
        return next((state for state in self.states if state.name == name), State(name))

    def steps_from(self, state: State) -> tuple[State, ...]:
        """Return the states that a post may come into."""
        return tuple(step.after for step in self.transitions if step.before == state)

    @property
    def named_chats(self) -> tuple[str, ...]:
        """Every named chat that the bot's settings must have."""
        follow_ups = [each.chat for each in self.follow_ups]
        wanted = [*self.chats, self.extra_photos, self.moderation, *follow_ups]
        return tuple(dict.fromkeys(name for name in wanted if name is not None))
