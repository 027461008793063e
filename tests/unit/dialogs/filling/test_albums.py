"""Albums where only forms ask for them: collected in private chats, left as they come elsewhere."""

from posthouse import App
from posthouse.dialogs.forms.fields import ask
from posthouse.dialogs.forms.form import Form
from posthouse.model.media import Photo
from posthouse.model.update import AlbumMessage, PhotoMessage
from posthouse.testing import play

TWO = [(640, 480), (320, 240)]


class Trip(Form):
    """A trip."""

    photos: tuple[Photo, ...] = ask("Photos?", default=())


def trips() -> App:
    """An app with a form that takes photos, and a handler of single ones."""
    app = App("trips")
    app.form(Trip)

    @app.on
    async def photo(message: PhotoMessage) -> str:
        return f"{message.photo.width} wide"

    return app


async def test_in_a_group_the_parts_of_an_album_come_at_once_and_alone() -> None:
    """No form is asked there, so nobody waits for the rest of it."""
    async with play(trips()) as site:
        ann = site.person("Ann", chat="room")
        told = await ann.sends_album(TWO, wait=False)
        await site.settle()
        assert [message.text for message in ann.screen if not message.author] == [
            "640 wide",
            "320 wide",
        ]
        assert all(one.settled == ["done"] for one in told)


async def test_in_a_private_chat_they_are_one_answer() -> None:
    """Where forms are filled in."""
    async with play(trips()) as site:
        ann = site.person("Ann")
        await ann.says("hello")
        await ann.sends_album(TWO)
        assert "Photos so far: 2 of at most 10." in ann.sees


async def test_a_handler_of_albums_gets_them_everywhere() -> None:
    """The form beside it changes nothing."""
    app = trips()

    @app.on
    async def album(message: AlbumMessage) -> str:
        return f"{len(message.photos)} together"

    async with play(app) as site:
        ann = site.person("Ann", chat="room")
        await ann.sends_album(TWO)
        assert ann.answers == ["2 together"]
