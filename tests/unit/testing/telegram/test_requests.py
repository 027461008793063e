"""Requests in every form HTTP has for them."""

import gzip
import io
import json

import aiohttp
import pytest
from bot_client import TOKEN, Client

from posthouse.testing.telegram import Simulator
from posthouse.testing.telegram.multipart import MultipartError, parse
from posthouse.testing.telegram.parameters import TooLargeError, read


@pytest.fixture
def url(sim: Simulator) -> str:
    """Where the bot's methods are."""
    return f"{sim.base_url}/bot{TOKEN}"


async def test_every_form_of_a_request_means_the_same(
    url: str, bot: Client, sim: Simulator
) -> None:
    """Query, form, multipart, JSON with objects and JSON with texts of objects."""
    ann = sim.person("Ann")
    markup = {"inline_keyboard": [[{"text": "A", "callback_data": "a"}]]}
    fields = {"chat_id": str(ann.id), "text": "x", "reply_markup": json.dumps(markup)}
    form = aiohttp.FormData(fields, default_to_multipart=True)
    post = bot.session.post
    bodies = []
    for call in (
        bot.session.get(f"{url}/sendMessage", params=fields),
        post(f"{url}/SENDmessage", data=fields),
        post(f"{url}/sendMessage", data=form),
        post(f"{url}/sendMessage", json={"chat_id": ann.id, "text": "x", "reply_markup": markup}),
        post(f"{url}/test/sendMessage", json=fields),
        post(url, json={**fields, "method": "sendMessage"}),
        post(
            f"{url}/sendMessage",
            data=gzip.compress(json.dumps(fields).encode()),
            headers={"Content-Encoding": "gzip", "Content-Type": "application/json"},
        ),
    ):
        async with call as response:
            assert response.headers["Content-Type"] == "application/json"
            bodies.append((await response.json())["result"])
    assert len({json.dumps(body["reply_markup"]) for body in bodies}) == 1
    assert {body["text"] for body in bodies} == {"x"}
    assert len(ann.screen) == 7


async def test_the_first_mention_wins_and_the_query_comes_first(
    url: str, bot: Client, sim: Simulator
) -> None:
    """What the body says again is passed over."""
    ann = sim.person("Ann")
    async with bot.session.post(
        f"{url}/sendMessage?text=query", json={"chat_id": ann.id, "text": "body"}
    ) as response:
        assert (await response.json())["result"]["text"] == "query"


async def test_broken_json_is_no_error_of_its_own(url: str, bot: Client) -> None:
    """The method runs with what was understood, here nothing."""
    headers = {"Content-Type": "application/json"}
    async with bot.session.post(f"{url}/sendMessage", data=b'{"a"', headers=headers) as response:
        assert response.status == 400
        assert (await response.json())["description"] == "Bad Request: chat_id is empty"


@pytest.mark.parametrize(
    ("path", "status", "description"),
    [
        ("/", 404, "Not Found"),
        (f"/bot{TOKEN}/nope", 404, "Not Found: method not found"),
        ("/bot123:wrong/getMe", 401, "Unauthorized"),
        ("/botnothing/getMe", 401, "Unauthorized: invalid token specified"),
        (f"/bot{TOKEN}", 404, "Not Found"),
        (f"/file/bot{TOKEN}/documents/file_9.txt", 404, "Not Found"),
    ],
)
async def test_a_wrong_address_is_refused(
    path: str, status: int, description: str, bot: Client, sim: Simulator
) -> None:
    """In Telegram's words."""
    async with bot.session.get(sim.base_url + path) as response:
        assert response.status == status
        assert await response.json() == {
            "ok": False,
            "error_code": status,
            "description": description,
        }


async def test_other_verbs_and_encodings_get_empty_answers(url: str, bot: Client) -> None:
    """501 and 415, as the real server has them."""
    async with bot.session.put(f"{url}/getMe") as response:
        assert (response.status, await response.read()) == (501, b"")
    headers = {"Content-Encoding": "br", "Content-Type": "application/json"}
    async with bot.session.post(f"{url}/getMe", data=b"x", headers=headers) as response:
        assert (response.status, await response.read()) == (415, b"")


async def test_too_many_parameters_get_an_empty_413(url: str, bot: Client) -> None:
    """More than a MiB of text."""
    body = io.BytesIO(json.dumps({"text": "x" * 1_100_000}).encode())
    headers = {"Content-Type": "application/json"}
    async with bot.session.post(f"{url}/sendMessage", data=body, headers=headers) as response:
        assert (response.status, await response.read()) == (413, b"")


async def test_the_simulator_names_wrong_parameters(bot: Client, sim: Simulator) -> None:
    """The real server would pass over them, and the mistake would stay."""
    ann = sim.person("Ann").id
    assert "has no parameter \"reply_to\"; there is 'reply_markup'" in await bot.refusal(
        "sendMessage", chat_id=ann, text="x", reply_to=1
    )
    assert "an integer is needed" in await bot.refusal("getChatMember", chat_id=ann, user_id="Bo")
    assert 'parameter "latitude" of sendLocation is required' in await bot.refusal(
        "sendLocation", chat_id=ann, longitude=1.0
    )
    assert "allowed are 0 to 200" in await bot.refusal(
        "answerCallbackQuery", callback_query_id="1", text="x" * 201
    )
    wrong = {"inline_keyboard": [[{"text": "A", "callback": "a"}]]}
    assert "InlineKeyboardButton has no 'callback'" in await bot.refusal(
        "sendMessage", chat_id=ann, text="x", reply_markup=wrong
    )


async def test_a_lenient_simulator_passes_over_them(bot: Client) -> None:
    """As the real server does."""
    async with Simulator(bots=[TOKEN], is_strict=False) as sim:
        bot.sim = sim
        ann = sim.person("Ann").id
        sent = await bot("sendMessage", chat_id=ann, text="x", reply_to=1)
        assert sent["text"] == "x"
        assert "must be an object" in await bot.refusal("sendMediaGroup", chat_id=ann, media=["x"])


def test_numbers_are_clamped_not_refused() -> None:
    """As the real server does with a limit of a thousand."""
    found = read("limit=1000&timeout=x&flag=Yes&wrong=maybe", {}, b"")
    assert found.number("limit", least=1, most=100) == 100
    assert found.number("timeout", 7) == 7
    assert found.flag("flag")
    assert not found.flag("wrong")


def test_multipart_may_be_written_in_many_ways() -> None:
    """Bare and quoted names, a name in RFC 5987's form, a file that holds line breaks."""
    body = (
        b"--b\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n"
        b"--b\r\nContent-Disposition: form-data; name=\"f\"; filename*=utf-8''%D1%82.txt\r\n"
        b"Content-Type: text/plain\r\n\r\nline\r\n\r\nline\r\n--b--\r\n"
    )
    fields, files = parse('multipart/form-data; boundary="b"', body)
    assert fields == [("a", "1")]
    assert files["f"].name == "т.txt"
    assert files["f"].content == b"line\r\n\r\nline"
    assert files["f"].mime == "text/plain"


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"--b--"),
        ("multipart/form-data; boundary=" + "b" * 71, b"--" + b"b" * 71 + b"--"),
        ("multipart/form-data; boundary=b", b"nothing"),
        ("multipart/form-data; boundary=b", b"--b\r\n\r\nno end"),
    ],
)
def test_multipart_that_is_none_is_an_error(kind: str, body: bytes) -> None:
    """Whoever reads it decides what that means."""
    with pytest.raises(MultipartError):
        parse(kind, body)


def test_more_than_fifty_files_are_too_many() -> None:
    """The real server closes the connection."""
    parts = b"".join(
        b'--b\r\nContent-Disposition: form-data; name="f%d"; filename="x"\r\n\r\nx\r\n' % number
        for number in range(51)
    )
    with pytest.raises(TooLargeError):
        read("", {"content-type": "multipart/form-data; boundary=b"}, parts + b"--b--\r\n")
