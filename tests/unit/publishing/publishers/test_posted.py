"""`EntriesPublisher`: posts become items with the turns that change them."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from posthouse import App, Form, Photo, Publish, Reply, State, TextMessage, Turn, ask
from posthouse.errors import SetupError
from posthouse.publishing import EntriesPublisher, Topic
from posthouse.publishing.items import ITEM, Item, item_of
from posthouse.storage.publishing import item
from posthouse.storage.schema import media_use
from posthouse.testing import TestSite, play
from tests.unit.posts.boards import PNG

OPEN, HELD, GONE = State("open"), State("held"), State("gone", ends=True)


def board(**options: Any) -> tuple[App, Topic[Any], type[Form]]:
    """Return an app that publishes things to give away, and the topic they are items of."""
    app = App("board")
    steps = (OPEN >> HELD, HELD >> OPEN, OPEN >> GONE)

    @app.form(publish=Publish(chat="board", number="ad", transitions=steps, repost="keep"))
    class Ad(Form):
        thing: str = ask("What?")
        price: Decimal = ask("How much?", ge=0)

        def preview(self) -> Reply:
            return Reply(f"#{self.number} {self.thing}: {self.price}")

    topic: Topic[Ad] = Topic("ads", Ad)
    app.publisher(EntriesPublisher(Ad, topic=topic, **options))
    return app, topic, Ad


async def items(site: TestSite) -> list[Item]:
    """Return what was published."""
    engine = site.life.site.engine
    return [item_of(row) for row in await engine.store.fetch(select(*ITEM).order_by(item.c.id))]


async def published(site: TestSite, app: App, form: type[Form]) -> Any:
    """Let Ann publish something; return her."""
    ann = site.person("Ann")
    await ann.says("hi")
    for words in ("A lamp", "5"):
        await ann.says(words)
    await ann.presses("Publish")
    return ann


def begins(app: App, form: type[Form]) -> None:
    """Begin the form with any message."""

    @app.on
    async def begin(turn: Turn, message: TextMessage) -> Any:
        return await app.start(form)(turn)


async def test_an_item_is_put_once_the_post_is_out() -> None:
    """It says what the post says, and whose it is; a further state of it is a further revision."""
    app, _, form = board(states=(OPEN, HELD))
    begins(app, form)
    async with play(app, chats={"board": "board"}) as site:
        ann = await published(site, app, form)
        [made] = await items(site)
        assert (made.topic, made.state, made.revision) == ("ads", "live", 1)
        assert made.content.content.text.plain == "#1 A lamp: 5"
        assert made.title == "#1 A lamp: 5"
        assert made.plain == {"thing": "A lamp", "price": "5"}
        assert made.person == "ann"
        assert made.entry == made.key
        await ann.presses("Mark as: gone")
        await ann.presses("Yes")
        [gone] = await items(site)
        assert gone.state == "withdrawn"


async def test_a_post_that_is_withdrawn_takes_its_item_with_it() -> None:
    """Whoever has not got it does not get it any more."""
    app, _, form = board(title=lambda ad: ad.thing)
    begins(app, form)
    async with play(app, chats={"board": "board"}) as site:
        ann = await published(site, app, form)
        [made] = await items(site)
        assert (made.state, made.title) == ("live", "A lamp")
        await ann.presses("Take #1 back")
        await ann.presses("Yes")
        [gone] = await items(site)
        assert gone.state == "withdrawn"


async def test_posting_again_is_a_further_revision() -> None:
    """With the new number."""
    app, _, form = board()
    begins(app, form)
    async with play(app, chats={"board": "board"}) as site:
        ann = await published(site, app, form)
        await ann.presses("Post #1 again")
        [made] = await items(site)
        assert made.revision == 2
        assert made.content.content.text.plain == "#2 A lamp: 5"


def test_mistakes_are_told_where_they_are_made() -> None:
    """A form without posts, a topic of something else, a state that is none."""
    app, topic, form = board()

    class Other(Form):
        thing: str = ask("What?")

    with pytest.raises(SetupError, match=r"does not publish Other; .* in the app that publishes"):
        app.publisher(EntriesPublisher(Other, topic=Topic("others", Other)))
    with pytest.raises(SetupError, match="items of topic 'others' are Other, not Ad"):
        app.publisher(EntriesPublisher(form, topic=Topic("others", Other)))  # type: ignore[arg-type]
    with pytest.raises(SetupError, match="Ad has no state 'sold'"):
        app.publisher(EntriesPublisher(form, topic=topic, states=(State("sold"),)))
    with pytest.raises(SetupError, match="is no publisher; subclass Publisher"):
        app.publisher(object())


async def test_publishers_cannot_be_named_while_a_site_runs() -> None:
    """It would not hear of them."""
    app, topic, form = board()
    async with play(app, chats={"board": "board"}):
        with pytest.raises(SetupError, match="comes too late"):
            app.publisher(EntriesPublisher(form, topic=topic, name="late"))
    app.publisher(EntriesPublisher(form, topic=topic, name="between"))


async def test_own_photos_of_items_are_kept_for_as_long_as_the_item() -> None:
    """`turn.keep` makes them fit to be stored; the sweep of media leaves them alone."""
    app, topic = App("paper"), Topic("news", dict)
    app.beside.publishing.append(lambda publishing: publishing.add(topic))

    @app.on
    async def publish(turn: Turn, message: TextMessage) -> str:
        shown = await turn.keep(Reply(message.text, photos=(Photo.of(PNG),)))
        topic.publish(turn, {}, key=message.text, shown=shown)
        return "published"

    async with play(app) as site:
        await site.person("Ann").says("one")
        [made] = await items(site)
        [photo] = made.content.content.photos
        store = site.life.site.engine.store
        [used] = await store.fetch(select(media_use.c.message, media_use.c.key))
        assert tuple(used) == (-made.id, photo.key)
