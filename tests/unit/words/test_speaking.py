"""Which language a turn speaks: the person's, the chosen one, the bot's where many listen."""

from pathlib import Path

import pytest

from posthouse.app import App
from posthouse.errors import SetupError
from posthouse.model.chat import ChatKind
from posthouse.model.text import bold
from posthouse.model.update import TextMessage
from posthouse.ready.language import app as language
from posthouse.testing import play
from posthouse.turn.turn import Turn


@pytest.fixture
def greeter(tmp_path: Path) -> App:
    """An app that greets in English, Ukrainian and Russian."""
    words = tmp_path / "words"
    words.mkdir()
    for tag, hello in (("en", "Hello"), ("uk", "Вітаю"), ("ru", "Здравствуйте")):
        source = f"hello = {hello}, {{ $name }}!"
        (words / f"{tag}.ftl").write_text(source, encoding="utf-8")
    app = App("greeter", words=words)

    @app.command
    async def fail(turn: Turn) -> str:
        raise RuntimeError

    @app.on(where=lambda message: not message.text.startswith("/"))
    async def greet(turn: Turn, message: TextMessage) -> object:
        return turn.say("hello", name=bold(turn.person.name))

    return app


async def test_the_person_decides_alone_and_the_bot_in_company(greeter: App) -> None:
    """By what the messenger tells; somebody with another language gets the bot's own."""
    async with play(greeter, options={"language": "ru"}) as site:
        for name, tag, said in (
            ("Ann", "en-GB", "Hello, Ann!"),
            ("Оля", "uk", "Вітаю, Оля!"),
            ("Marie", "fr", "Здравствуйте, Marie!"),
        ):
            person = site.person(name, language=tag)
            await person.says("hi")
            assert person.sees == said
        many = site.person("Ann", chat="town", kind=ChatKind.GROUP)
        await many.says("hi")
        assert many.sees == "Здравствуйте, Ann!"


@pytest.mark.parametrize("storage", ["memory:", "sqlite:words.db"])
async def test_a_person_chooses_a_language(greeter: App, storage: str) -> None:
    """By its own name; it holds at once, after a restart, and until it is taken back."""
    async with play(greeter, language, storage=storage) as site:
        ann = site.person("Ann", language="en")
        await ann.says("/language")
        assert ann.sees == "Which language do you prefer?"
        await ann.presses("Українська")
        assert ann.sees == "Відтепер я говорю українською."
        await site.restart()
        await ann.says("hi")
        assert ann.sees == "Вітаю, Ann!"
        await ann.says("/nonsense")
        assert ann.sees == "Я не знаю команди /nonsense. Я знаю: /fail, /language."
        await ann.says("/language")
        await ann.presses("Мова мого месенджера")
        await ann.says("hi")
        assert ann.sees == "Hello, Ann!"


async def test_the_apology_is_in_the_persons_language(greeter: App) -> None:
    """Also where a handler raised before it said anything."""
    async with play(greeter, strict=False) as site:
        olia = site.person("Оля", language="uk")
        await olia.says("/fail")
        assert olia.sees.startswith("Перепрошуємо, тут щось пішло не так")


async def test_a_language_nobody_speaks_cannot_be_chosen(greeter: App) -> None:
    """A mistake of the handler, which names those there are."""
    app = App("chooser")

    @app.command
    async def choose(turn: Turn, tag: str) -> str:
        turn.speak(tag)
        return "chosen"

    async with play(app, greeter, strict=False) as site:
        await site.person("Ann").says("/choose fr")
        assert "speak en, ru, uk" in site.quarantine[0].detail


async def test_a_folder_without_words_stops_the_bot_at_the_start(tmp_path: Path) -> None:
    """With a sentence that says what belongs there."""
    with pytest.raises(SetupError, match=r"put files such as en\.ftl there"):
        async with play(App("empty", words=tmp_path / "nowhere")):
            pass
