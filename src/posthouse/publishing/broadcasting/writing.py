"""What staff are asked for a broadcast: a form whose preview is the very message."""

from enum import Enum
from typing import Any

from posthouse.dialogs.forms.fields import ask, choose
from posthouse.dialogs.forms.form import Form
from posthouse.errors import MistakeError
from posthouse.model.media import Photo
from posthouse.model.reply import Reply
from posthouse.model.text import Text
from posthouse.model.values import Url
from posthouse.publishing.broadcasting.audience import MOST_DAYS, Whom, whom
from posthouse.turn.action import link_button

LONGEST = 4000
LONGEST_LABEL = 64


class PosthouseAudience(Enum):
    """Whom staff can write to; its labels are in the catalogues."""

    ALL = "all"
    ACTIVE = "active"
    LANGUAGE = "language"
    TOPIC = "topic"
    ROLE = "role"


def _is(sort: PosthouseAudience) -> Any:
    return lambda form: form.audience is sort


def _fits(sort: str) -> Any:
    def fits(value: object) -> bool:
        try:
            whom(f"{sort}:{value}")
        except MistakeError:
            return False
        return True

    return fits


class PosthouseBroadcast(Form):
    """A message to many."""

    words: Text = ask(max_length=LONGEST)
    photo: Photo | None = ask(default=None)
    label: str | None = ask(default=None, max_length=LONGEST_LABEL, single_line=True)
    url: Url | None = ask(default=None, when=lambda form: form.label is not None)
    audience: PosthouseAudience = choose(columns=1)
    days: int = ask(default=30, ge=1, le=MOST_DAYS, when=_is(PosthouseAudience.ACTIVE))
    language: str = ask(default="en", when=_is(PosthouseAudience.LANGUAGE), check=_fits("language"))
    topic: str = ask(default="news", when=_is(PosthouseAudience.TOPIC), check=_fits("topic"))
    role: str = ask(default="staff", when=_is(PosthouseAudience.ROLE), check=_fits("role"))

    def preview(self) -> Reply:
        """Return the very message."""
        photos = () if self.photo is None else (self.photo,)
        labelled = self.label is not None and self.url is not None
        buttons = ((link_button(str(self.label), str(self.url)),),) if labelled else ()
        return Reply(self.words, photos=photos, rows=buttons)

    def whom(self) -> Whom:
        """Return to whom it goes."""
        values: dict[str, object] = {
            "all": "",
            "active": self.days,
            "language": self.language,
            "topic": self.topic,
            "role": self.role,
        }
        sort = self.audience.value
        return whom(f"{sort}:{values[sort]}" if sort != "all" else sort)
