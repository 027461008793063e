"""posthouse.routing.arguments, through commands: what people type becomes arguments."""

from collections.abc import Callable
from datetime import timedelta
from enum import Enum
from typing import Annotated, Any, Literal

import pytest

from posthouse.app import App
from posthouse.errors import RouteError
from posthouse.model.chat import Chat, Person
from posthouse.model.text import Text, mention, text
from posthouse.model.update import TextMessage
from posthouse.routing.arguments import Rest
from posthouse.routing.dispatch import Dispatcher
from posthouse.routing.reading import PERSON, READERS, REST, Reader
from posthouse.testing import play
from posthouse.turn.turn import Turn
from posthouse.words.catalogue import Catalogue


class Region(Enum):
    NORTH = "North"
    SOUTH = "South"


@pytest.fixture
def answer_of(ask: Callable[..., Any]) -> Callable[..., Any]:
    """Register one command and return its answer to a text."""

    async def run(fn: Callable[..., Any], typed: str | Text) -> Any:
        app = App("shop")
        app.command(fn)
        return await ask(Dispatcher("post", [app]), typed)

    return run


async def test_arguments_are_read_from_the_signature(answer_of: Callable[..., Any]) -> None:
    """The sketch's own example."""

    async def remind(turn: Turn, after: timedelta, what: Rest) -> str:
        return f"{turn.person.name} {after} {what}"

    assert await answer_of(remind, "/remind 20m  green  tea ") == "Ann 0:20:00 green  tea"


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        (
            "/remind 20x tea",
            "after is “20x”, but should be a duration (10s, 20m, 1h30m, 2d, 1w, PT1H30M).",
        ),
        ("/remind", "after is missing: a duration (10s, 20m, 1h30m, 2d, 1w, PT1H30M)."),
        ("/remind 20m", "what is missing: some words."),
    ],
)
async def test_a_wrong_argument_is_answered_with_what_was_expected(
    answer_of: Callable[..., Any], typed: str, answer: str
) -> None:
    """Which argument, what was typed, what was expected, the usage and an example."""

    def remind(after: timedelta, what: Rest) -> str:
        raise AssertionError

    usage = "Usage: /remind <after: duration> <what…>\nExample: /remind 20m some words"
    assert await answer_of(remind, typed) == f"{answer}\n{usage}"


async def test_too_many_words_are_answered_likewise(answer_of: Callable[..., Any]) -> None:
    """A command without arguments has no example to give."""

    def page(number: int = 1) -> str:
        return str(number)

    def menu() -> str:
        raise AssertionError

    assert await answer_of(page, "/page 1 2 3") == (
        "That is more than I need: “2 3”.\nUsage: /page [number: whole number]\nExample: /page 3"
    )
    assert await answer_of(menu, "/menu now") == "That is more than I need: “now”.\nUsage: /menu"


async def test_left_out_arguments_take_their_defaults(answer_of: Callable[..., Any]) -> None:
    """An optional last argument without a default is None."""

    def find(what: str, where: Region = Region.NORTH, page: int | None = None) -> str:
        return f"{what} {where.value} {page}"

    def maybe(rest: Rest | None) -> str:
        return str(rest)

    assert await answer_of(find, '/find "green tea"') == "green tea North None"
    assert await answer_of(find, "/find tea south 3") == "tea South 3"
    assert await answer_of(maybe, "/maybe") == "None"
    assert await answer_of(maybe, "/maybe so, then") == "so, then"


async def test_a_tuple_takes_all_remaining_words(answer_of: Callable[..., Any]) -> None:
    """Without a default at least one is needed."""

    def add(numbers: tuple[int, ...]) -> str:
        return str(sum(numbers))

    assert await answer_of(add, "/add 1 2 3") == "6"
    assert "numbers is “x”" in await answer_of(add, "/add 1 x")
    assert await answer_of(add, "/add") == (
        "numbers is missing: a whole number (3, -12).\n"
        "Usage: /add <numbers: whole number…>\nExample: /add 3"
    )


@pytest.mark.parametrize(
    ("typed", "person", "rest"),
    [
        (
            text("/tell ", mention("Ann Lee", "7"), " hello"),
            Person(id="7", name="Ann Lee"),
            "hello",
        ),
        (text("/tell ", mention("Bo", "8")), Person(id="8", name="Bo"), "-"),
        ("/tell @ann hello you", Person(id="@ann", name="ann"), "hello you"),
        ("/tell 1234 hi", Person(id="1234", name="1234"), "hi"),
        (text("/tell @x ", mention("Bo", "8")), Person(id="@x", name="x"), "Bo"),
    ],
)
async def test_a_person_is_a_mention_or_an_id(
    answer_of: Callable[..., Any], typed: str | Text, person: Person, rest: str
) -> None:
    """A mention may have several words: the messenger tells where it ends."""
    seen: list[Person] = []

    def tell(whom: Person, chat: Chat, what: Rest = "-") -> str:
        seen.append(whom)
        assert chat.id == "c1"
        return what

    assert await answer_of(tell, typed) == rest
    assert seen == [person]


@pytest.mark.parametrize("typed", ["/tell @", '/tell "Ann Lee"', "/tell"])
async def test_what_is_no_person_is_refused(answer_of: Callable[..., Any], typed: str) -> None:
    """Neither an empty name nor several words without a mention."""

    def tell(whom: Person) -> str:
        raise AssertionError

    assert "a mention (@name) or a person's id" in await answer_of(tell, typed)


async def test_names_may_end_in_an_underscore_and_types_be_annotated(
    answer_of: Callable[..., Any],
) -> None:
    """Reserved words of Python stay out of people's sight."""

    def get(from_: Annotated[int, "page"]) -> str:
        return str(from_)

    assert await answer_of(get, "/get 3") == "3"
    assert "Usage: /get <from: whole number>" in await answer_of(get, "/get")


async def test_a_handler_that_takes_the_message_reads_its_words_itself(
    answer_of: Callable[..., Any],
) -> None:
    """No arguments and the message: nothing is too much."""

    def start(message: TextMessage) -> str:
        return message.text

    assert await answer_of(start, "/start deep link") == "/start deep link"


def test_what_cannot_be_an_argument_is_an_error_at_decoration() -> None:
    """The message names file, parameter, the nearest type and what to write."""
    app = App("shop")

    def bad(what: Rest, more: str) -> str:
        raise AssertionError

    def worse(what: tuple[int, str]) -> str:
        raise AssertionError

    def worst(what: int | str) -> str:
        raise AssertionError

    with pytest.raises(RouteError, match=r"test_arguments.*what: it takes all remaining words"):
        app.command(bad)
    with pytest.raises(RouteError, match=r"tuple\[int, str\] is not a type that a command can"):
        app.command(worse)
    with pytest.raises(RouteError, match=r"int \| str is not a type .* worst|int \| str is not"):
        app.command(worst)


@pytest.mark.parametrize("reader", [*READERS.values(), REST, PERSON], ids=lambda r: r.key)
def test_what_developers_read_is_what_people_read(reader: Reader) -> None:
    """The phrases stand in the code and in the catalogues, and are the same."""
    words = Catalogue()
    assert words.say(reader.key, "en").plain == reader.expected
    for attribute in reader.spoken:
        assert words.say(f"{reader.key}.{attribute}", "en").plain == getattr(reader, attribute)
    for language in ("uk", "ru"):
        assert words.say(reader.key, language).plain != reader.expected


async def test_people_are_told_in_their_language() -> None:
    """What is wrong, the usage and an example; what has to be typed as it is stays as it is."""
    app = App("shop")

    @app.command
    async def brew(turn: Turn, size: Literal["small", "large"], cups: int, note: Rest) -> None:
        raise AssertionError

    async with play(app) as site:
        ann, olia = site.person("Ann"), site.person("Olia", language="uk")
        await olia.says("/brew small багато")
        assert olia.sees == (
            "cups: «багато» не підходить, тут має бути ціле число (3, -12).\n"
            "Як писати: /brew <size: small|large> <cups: ціле число> <note…>\n"
            "Приклад: /brew small 3 кілька слів"
        )
        await olia.says("/brew huge")
        assert olia.sees.startswith(
            "size: «huge» не підходить, тут має бути одне з: small, large.\n"
        )
        await olia.says("/brew small")
        assert olia.sees.startswith("Немає cups: тут має бути ціле число (3, -12).\n")
        await ann.says("/brew small")
        assert ann.sees.startswith("cups is missing: a whole number (3, -12).\nUsage: ")
