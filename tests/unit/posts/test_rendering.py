"""What a post shows, without any messenger."""

from pathlib import Path

import pytest

from posthouse import Form, Photo, Reply, State, ask
from posthouse.dialogs.forms.offers import Surroundings
from posthouse.model.capabilities import Capabilities, Level
from posthouse.posts.declare import Terms
from posthouse.posts.rendering import rendered, restored

NEW, OLD = State("new"), State("old", ends=True)
ABLE = Capabilities(text_length=60, caption_length=30)


class Ad(Form):
    """An ad."""

    title: str = ask("What?")
    details: str = ask("Details?", elastic=True)
    photos: tuple[Photo, ...] = ask("Photos?", default=())

    def preview(self) -> Reply:
        """Show it."""
        return Reply(f"{self.title}/{self.details}/{self.state.name}", photos=self.photos)


def photos(count: int) -> tuple[Photo, ...]:
    """Return some photos."""
    return tuple(Photo(key=str(n), width=1, height=1) for n in range(count))


def terms(folder: Path, **more: object) -> Terms:
    """Return terms with a picture for each state."""
    media = {NEW: folder / "new.png", OLD: folder / "old.png"}
    given = {"chat": "a", "number": "n", "transitions": (NEW >> OLD,), "media": media}
    return Terms(**(given | more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("state", "own", "shown"), [(NEW, 0, ""), (NEW, 2, "01"), (OLD, 0, ""), (OLD, 2, "")]
)
def test_a_state_has_its_picture(tmp_path: Path, state: State, own: int, shown: str) -> None:
    """That of the first is for posts without any, that of another takes their place."""
    ad = Ad(title="A", details="b", photos=photos(own))
    reply = rendered(terms(tmp_path), ad, Surroundings(), state=state, able=ABLE).reply
    assert "".join(photo.key for photo in reply.photos) == shown
    assert len(reply.photos) == (len(shown) or 1)


@pytest.mark.parametrize("length", [0, 10, 23, 24, 25, 26, 27, 100])
def test_the_elastic_text_takes_what_is_left(tmp_path: Path, length: int) -> None:
    """It is whole where it fits, else cut so that the post is as long as it may be."""
    ad = Ad(title="A", details="x" * length)
    words = rendered(terms(tmp_path), ad, Surroundings(), state=NEW, able=ABLE).reply.words
    whole = f"A/{'x' * length}/new"
    expected = whole if len(whole) <= 30 else f"A/{'x' * 23}…/new"
    assert str(words) == expected


def test_a_post_without_an_elastic_text_is_cut_at_its_end(tmp_path: Path) -> None:
    """So it can be published in any case."""

    class Plain(Form):
        words: str = ask("Which?")

        def preview(self) -> str:
            return self.words

    reply = rendered(
        terms(tmp_path), Plain(words="y" * 99), Surroundings(), state=NEW, able=ABLE
    ).reply
    assert str(reply.words) == "y" * 29 + "…"


def test_a_text_alone_may_be_longer(tmp_path: Path) -> None:
    """The limit is that of what is really sent."""
    ad = Ad(title="A", details="x" * 40)
    reply = rendered(terms(tmp_path, media={}), ad, Surroundings(), state=NEW, able=ABLE).reply
    assert str(reply.words) == f"A/{'x' * 40}/new"


def test_photos_are_parted_only_where_threads_are_opened(tmp_path: Path) -> None:
    """Elsewhere nobody would see the others."""
    ad = Ad(title="A", details="b", photos=photos(3))
    more = terms(tmp_path, extra_photos="talk")
    together = rendered(more, ad, Surroundings(), state=NEW, able=ABLE)
    assert (len(together.reply.photos), together.extra) == (3, ())
    able = Capabilities(threads=Level.FULL)
    parted = rendered(more, ad, Surroundings(), state=NEW, able=able)
    assert (len(parted.reply.photos), len(parted.extra)) == (1, 2)


def test_a_template_takes_the_place_of_the_preview(tmp_path: Path) -> None:
    """It gets the form as it is shown."""
    more = terms(tmp_path, template=lambda ad: f"{ad.title} {ad.number} {ad.link}")
    around = Surroundings(number=7, link="https://x")
    shown = rendered(more, Ad(title="A", details="b"), around, state=NEW, able=ABLE)
    assert str(shown.reply.words) == "A 7 https://x"


def test_answers_that_no_longer_fit_are_left_out() -> None:
    """A form that a deploy changed still shows what it can."""
    kept = restored(Ad, {"title": 5, "details": "b", "gone": 1})
    assert kept.details == "b"  # type: ignore[attr-defined]
    with pytest.raises(AttributeError):
        _ = kept.title  # type: ignore[attr-defined]
