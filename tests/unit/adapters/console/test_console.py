"""The console messenger: a person in a terminal, as seen from both sides."""

import asyncio
import os
import pty
import struct
import sys
import zlib
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from posthouse.adapters.console import ConsoleAdapter
from posthouse.adapters.console.client import StandardTerminal
from posthouse.adapters.console.wire import Input, plain, rendered, size, understand
from posthouse.errors import (
    DecodeError,
    NotSentError,
    OverloadedError,
    RejectedError,
    SettingsError,
)
from posthouse.model.media import File, Photo
from posthouse.model.outgoing import Content, Key, Operation, Outgoing
from posthouse.model.text import Text, bold, link, text
from posthouse.model.update import FileMessage, PhotoMessage, Press, TextMessage, Update
from posthouse.payloads import Keys
from posthouse.ports.adapter import Certainty, Delivery, Host, Incoming, OnSettled, Settled
from posthouse.ports.clock import SystemClock


class FakeTerminal:
    """A terminal whose person is the test."""

    def __init__(self, *, styled: bool = False) -> None:
        self.styled = styled
        self.typing = False
        self.shown: list[str] = []
        self.lines: asyncio.Queue[str | None] = asyncio.Queue()
        self.closed = False

    def open(self) -> None:
        """Nothing to open."""

    async def read_line(self) -> str | None:
        """The next typed line."""
        return await self.lines.get()

    def write(self, text: str) -> None:
        """Remember what was shown."""
        self.shown.append(text)

    def close(self) -> None:
        """Remember that it was closed."""
        self.closed = True


class FakeReceiver:
    """An engine that keeps what it gets."""

    def __init__(self) -> None:
        self.taken: list[Incoming] = []
        self.settle: list[OnSettled] = []
        self.full = False
        self.more = asyncio.Event()

    def receive(self, incoming: Incoming, on_settled: OnSettled | None = None) -> None:
        """Keep an update."""
        if self.full:
            raise OverloadedError("the inbox is full")
        self.taken.append(incoming)
        self.more.set()
        if on_settled is not None:
            self.settle.append(on_settled)

    def malformed(self, update_id: str, body: bytes, **_: Any) -> None:
        """Nothing a person types is malformed."""
        raise AssertionError(body)

    def moved(self, before: str, after: str) -> None:
        """The console's chat never moves."""
        raise AssertionError(before, after)


class NoDatabase:
    """The console keeps nothing of its own."""

    async def fetch(self, statement: Any) -> Sequence[Any]:
        """Never called."""
        raise AssertionError(statement)

    async def execute(self, *statements: Any) -> None:
        """Never called."""
        raise AssertionError(statements)


class Console:
    """An adapter with everything around it."""

    def __init__(self, folder: Path, **more: Any) -> None:
        self.terminal = FakeTerminal(styled=more.pop("styled", False))
        self.receiver = FakeReceiver()
        self.ended = asyncio.Event()
        self.adapter = ConsoleAdapter(more, terminal=self.terminal, on_end=self.ended.set)
        self.host = Host(
            bot="tea",
            title="Tea shop",
            chats={"board": "b-1"},
            settings=more,
            receiver=self.receiver,
            database=NoDatabase(),
            clock=SystemClock(),
            keys=Keys([b"k" * 32]),
            folder=folder,
        )

    async def types(self, *lines: str) -> list[Update]:
        """Type lines and return the updates of them, decoded."""
        before = len(self.receiver.taken)
        for line in lines:
            self.terminal.lines.put_nowait(line)
        async with asyncio.timeout(15):
            while len(self.receiver.taken) - before < len(lines):
                self.receiver.more.clear()
                await self.receiver.more.wait()
        return [self.adapter.decode(taken.body) for taken in self.receiver.taken[before:]]

    async def sends(self, outgoing: Outgoing, *, id: int = 1, chat: str = "console") -> str | None:
        """Deliver one operation."""
        return await self.adapter.deliver(Delivery(id=id, chat=chat, outgoing=outgoing))


@pytest.fixture
def open_console(tmp_path: Path) -> Callable[..., Any]:
    """A function that opens a console which polls."""

    @asynccontextmanager
    async def opened(**more: Any) -> AsyncIterator[Console]:
        console = Console(tmp_path, **more)
        await console.adapter.start(console.host)
        async with asyncio.TaskGroup() as tasks:
            polling = tasks.create_task(console.adapter.poll())
            try:
                yield console
            finally:
                await console.adapter.stop_polling()
                await polling
                await console.adapter.aclose()

    return opened


def message(words: str | Text = "hi", **more: Any) -> Outgoing:
    """A message to send."""
    return Outgoing(content=Content(text=text(words), **more))


MENU = (
    (Key("Tea", payload="p-tea"), Key("Coffee", payload="p-coffee")),
    (Key("Map", url="https://x.y"),),
)


# --- typing


async def test_a_typed_line_is_a_text_message(open_console: Any) -> None:
    """Word for word, with an id that never comes again."""
    async with open_console(person="Ann") as console:
        first, second = await console.types("  hello, 'you' ", "hello")
        assert isinstance(first, TextMessage)
        assert (first.text, first.person.name, first.chat.messenger) == (
            "  hello, 'you' ",
            "Ann",
            "console",
        )
        assert first.id != second.id
        assert first.at.tzinfo is not None
        assert console.receiver.taken[0].kind == "textmessage"


async def test_a_number_presses_the_button_that_was_shown(open_console: Any) -> None:
    """Numbers belong to the newest message that offers something; others are text."""
    async with open_console() as console:
        await console.sends(message("Menu", rows=MENU), id=7)
        assert console.terminal.shown[-1] == "Menu\n[1] Tea  [2] Coffee\n[3] Map (https://x.y)"
        press, other = await console.types("2", "4")
        assert isinstance(press, Press)
        assert (press.payload, press.message_id) == ("p-coffee", "7")
        assert isinstance(other, TextMessage)
        console.terminal.lines.put_nowait("3")
        await asyncio.sleep(0.01)
        assert console.terminal.shown[-1] == "Map leads to https://x.y"


async def test_ready_answers_are_numbers_until_they_are_taken_away(open_console: Any) -> None:
    """A number sends the answer's words; a plain message leaves them."""
    async with open_console() as console:
        await console.sends(message("What now?", choices=(("Menu", "Help"),)))
        assert console.terminal.shown[-1] == "What now?\n[1] Menu  [2] Help"
        await console.sends(message("by the way"))
        (answer,) = await console.types("2")
        assert answer.text == "Help"
        await console.sends(message("bye", choices=()))
        (answer,) = await console.types("2")
        assert answer.text == "2"


async def test_an_edit_is_shown_again_and_moves_the_numbers(open_console: Any) -> None:
    """Its new buttons count, under the same message."""
    async with open_console() as console:
        message_id = await console.sends(message("Menu", rows=MENU), id=7)
        edit = Outgoing(
            operation=Operation.EDIT,
            message_id=message_id,
            content=Content(text=text("Tea"), rows=((Key("Order", payload="p-order"),),)),
        )
        assert await console.sends(edit, id=8) == "7"
        assert console.terminal.shown[-1] == "(edited) Tea\n[1] Order"
        (press,) = await console.types("1")
        assert (press.payload, press.message_id) == ("p-order", "7")
        done = Outgoing(operation=Operation.EDIT, target=7, content=Content(text=text("Done")))
        await console.sends(done, id=9)
        (answer,) = await console.types("1")
        assert answer.text == "1"


async def test_a_deleted_message_loses_its_numbers(open_console: Any) -> None:
    """A press on what is gone would go nowhere."""
    async with open_console() as console:
        await console.sends(message("Menu", rows=MENU), id=7)
        await console.sends(Outgoing(operation=Operation.DELETE, target=7), id=8)
        assert console.terminal.shown[-1] == "(a message was deleted)"
        (answer,) = await console.types("1")
        assert answer.text == "1"


async def test_a_backslash_sends_a_line_as_it_is(open_console: Any) -> None:
    """So numbers and /quit can be said."""
    async with open_console() as console:
        await console.sends(message("Menu", rows=MENU))
        one, leave = await console.types("\\1", "\\/quit")
        assert (one.text, leave.text) == ("1", "/quit")


@pytest.mark.parametrize(
    ("line", "kind", "value"),
    [
        ("", Input.NOTHING, ""),
        ("\\", Input.NOTHING, ""),
        (" /quit ", Input.QUIT, ""),
        ("3", Input.NUMBER, "3"),
        ("0", Input.TEXT, "0"),
        ("9" * 5000, Input.TEXT, "9" * 5000),
        ("³", Input.TEXT, "³"),
        ("photo  'my tea.png' ", Input.PHOTO, "my tea.png"),
        ("file", Input.TEXT, "file"),
        ("photos of tea", Input.TEXT, "photos of tea"),
    ],
)
def test_what_a_line_means(line: str, kind: Input, value: str) -> None:
    """Every form of a line, with three numbers on the screen."""
    assert understand(line, offers=3) == (kind, value)


# --- photos and files


def png(width: int, height: int) -> bytes:
    """The head of a picture."""
    data = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + data + struct.pack(">I", zlib.crc32(b"IHDR" + data))


async def test_a_photo_is_kept_and_sent_with_its_size(open_console: Any, tmp_path: Path) -> None:
    """A copy goes into the bot's folder, so it is still there after a restart."""
    picture = tmp_path / "my tea.png"
    picture.write_bytes(png(640, 480))
    async with open_console() as console:
        (sent,) = await console.types(f"photo {picture}")
        assert isinstance(sent, PhotoMessage)
        photo = sent.photo
        assert (photo.width, photo.height, photo.size_bytes) == (640, 480, 33)
        assert (tmp_path / photo.key).read_bytes() == picture.read_bytes()
        await console.sends(message("nice", photos=(photo,)))
        assert console.terminal.shown[-1] == (
            f"nice\n[photo 640 × 480, 33 bytes] {tmp_path / photo.key}"
        )


async def test_a_photo_that_is_no_picture_goes_as_a_file(open_console: Any, tmp_path: Path) -> None:
    """And says so."""
    (tmp_path / "tea.txt").write_text("green")
    async with open_console() as console:
        (sent,) = await console.types(f"photo {tmp_path / 'tea.txt'}")
        assert isinstance(sent, FileMessage)
        assert (sent.file.name, sent.file.size_bytes, sent.file.mime) == (
            "tea.txt",
            5,
            "text/plain",
        )
        assert "goes as a file" in console.terminal.shown[-1]
        await console.sends(message("", files=(sent.file,)))
        assert console.terminal.shown[-1].startswith("[file tea.txt, 5 bytes] ")


async def test_a_file_that_is_not_there_is_said_and_nothing_is_sent(open_console: Any) -> None:
    """With the way to send the words."""
    async with open_console() as console:
        console.terminal.lines.put_nowait("file of mine")
        (after,) = await console.types("hello")
        assert after.text == "hello"
        assert "of mine: No such file or directory. To send these words" in "".join(
            console.terminal.shown
        )


async def test_a_foreign_file_key_is_rejected(open_console: Any) -> None:
    """A key never leads out of the bot's folder."""
    async with open_console() as console:
        with pytest.raises(RejectedError, match="not a file of this bot"):
            await console.sends(message("x", files=(File(key="../x", name="x", size_bytes=1),)))
        with pytest.raises(RejectedError):
            await console.sends(message("x", photos=(Photo(key="a/b", width=1, height=1),)))


# --- showing


async def test_other_chats_are_shown_by_name(open_console: Any) -> None:
    """Broadcast chats of the bot are read in the same terminal."""
    async with open_console() as console:
        await console.sends(message("new tea"), chat="b-1")
        await console.sends(message("?"), chat="b-2")
        assert console.terminal.shown[-2:] == ["[board] new tea", "[b-2] ?"]


async def test_the_answer_to_a_press_is_shown(open_console: Any) -> None:
    """When it has words."""
    async with open_console() as console:
        await console.sends(Outgoing(operation=Operation.ANSWER, press_id="1"))
        answer = Outgoing(
            operation=Operation.ANSWER, press_id="1", content=Content(text=text("ordered"))
        )
        assert await console.sends(answer) is None
        assert console.terminal.shown[1:] == ["· ordered"]


def test_styles_are_shown_where_the_terminal_can() -> None:
    """Nested ones too; elsewhere the text is literal and links keep their address."""
    words = text("a ", bold(text("b ", link("c", "https://x.y"))), " <b>&")
    assert rendered(words, styled=False) == "a b c (https://x.y) <b>&"
    assert rendered(words, styled=True) == (
        "a \x1b[1mb \x1b[0m\x1b[1;4mc\x1b[0m (https://x.y) <b>&"
    )
    assert rendered(text(link("https://x.y", "https://x.y")), styled=False) == "https://x.y"
    assert rendered(Text(), styled=True) == ""


def test_a_text_cannot_command_the_terminal() -> None:
    """Escape sequences of strangers are shown, not obeyed."""
    assert plain("a\x1b]0;x\x07\r\nb\tc\x9b") == "a�]0;x��\nb\tc�"
    assert "\x1b[31m" not in rendered(text(bold("\x1b[31mred")), styled=True)


@pytest.mark.parametrize(
    ("size_bytes", "shown"), [(999, "999 bytes"), (34_100, "34 kB"), (5_210_000, "5.2 MB")]
)
def test_sizes_are_shown_as_people_read_them(size_bytes: int, shown: str) -> None:
    """In thousands."""
    assert size(size_bytes) == shown


# --- the life of an adapter


async def test_the_end_of_the_input_waits_until_everything_is_durable(tmp_path: Path) -> None:
    """Only then is the site told, which delivers the answers and stops."""
    console = Console(tmp_path)
    assert await console.adapter.start(console.host) == "console:tea"
    async with asyncio.TaskGroup() as tasks:
        polling = tasks.create_task(console.adapter.poll())
        await console.types("a", "b")
        console.terminal.lines.put_nowait(None)
        await asyncio.sleep(0.01)
        assert not console.ended.is_set()
        console.receiver.settle[0](Settled.DONE)
        await asyncio.sleep(0)
        assert not console.ended.is_set()
        console.receiver.settle[1](Settled.INBOX)
        await polling
    assert console.ended.is_set()
    await console.adapter.aclose()
    await console.adapter.aclose()
    assert console.terminal.closed


async def test_quit_ends_like_the_end_of_the_input(tmp_path: Path) -> None:
    """Typed on a line of its own."""
    console = Console(tmp_path)
    await console.adapter.start(console.host)
    console.terminal.lines.put_nowait("/quit")
    await console.adapter.poll()
    assert console.ended.is_set()


async def test_lines_from_a_pipe_wait_for_the_answer_before_them(open_console: Any) -> None:
    """So that a number means the button in that answer; a person may type ahead."""
    async with open_console() as console:
        answered = asyncio.Event()
        console.adapter.pause = answered.wait
        console.terminal.lines.put_nowait("/menu")
        console.terminal.lines.put_nowait("1")
        await asyncio.sleep(0.01)
        assert len(console.receiver.taken) == 1
        await console.sends(message("Menu", rows=MENU))
        answered.set()
        await asyncio.sleep(0.01)
        assert [taken.kind for taken in console.receiver.taken] == ["textmessage", "press"]
        answered.clear()
        console.terminal.typing = True
        await console.types("a", "b")
        assert len(console.receiver.taken) == 4


async def test_a_line_that_cannot_be_taken_is_said(open_console: Any) -> None:
    """The person sees it and may type it again."""
    async with open_console() as console:
        console.receiver.full = True
        console.terminal.lines.put_nowait("hello")
        await asyncio.sleep(0.01)
        assert console.terminal.shown[-1] == "This was not taken: the inbox is full"


async def test_nothing_can_be_delivered_before_the_start() -> None:
    """Such a delivery is simply repeated later."""
    with pytest.raises(NotSentError):
        await ConsoleAdapter({}).deliver(Delivery(id=1, chat="console", outgoing=message()))


async def test_the_profile_is_honest(open_console: Any) -> None:
    """A terminal knows no duplicates, cannot be asked and repeats nothing."""
    profile = ConsoleAdapter.profile
    assert (profile.certainty, profile.on_unknown) == (Certainty.BLIND, "resend")
    assert profile.repeats_s == {"*": 0.0}
    async with open_console() as console:
        with pytest.raises(NotSentError):
            await console.adapter.confirm(Delivery(id=1, chat="console", outgoing=message()))
        assert console.adapter.endpoints() == ()
        assert console.adapter.capabilities("console").payload_bytes > 64


@pytest.mark.parametrize("body", [b"", b"{}", b'{"kind":"x"}', b"\xff"])
def test_a_body_that_is_not_ours_does_not_decode(body: bytes) -> None:
    """As after a change of the messenger of a bot."""
    with pytest.raises(DecodeError):
        ConsoleAdapter({}).decode(body)


def test_wrong_settings_are_all_told() -> None:
    """With near misses."""
    with pytest.raises(SettingsError) as caught:
        ConsoleAdapter({"persn": "x", "language": "", "colour": 1})
    assert str(caught.value).splitlines()[1:] == [
        "persn: no such setting; did you mean person?",
        "language: must be a text that is not empty",
        "colour: no such setting; there are language, person",
    ]


# --- a real terminal and a real pipe


async def test_lines_come_from_a_pipe_and_its_end_is_seen() -> None:
    """The last line needs no line break; bytes that are no UTF-8 do not stop it."""
    read, write = os.pipe()
    with os.fdopen(read) as source, open(os.devnull, "w") as target:  # noqa: ASYNC230, PTH123
        terminal = StandardTerminal(source, target)
        terminal.open()
        terminal.open()
        os.write(write, b"one\ntw")
        assert await terminal.read_line() == "one"
        os.write(write, b"o\xff\n\nlast")
        os.close(write)
        assert [await terminal.read_line() for _ in range(5)] == ["two�", "", "last", None, None]
        terminal.close()
        terminal.close()


async def test_a_pipe_that_stays_open_does_not_hold_up_the_stop() -> None:
    """The reading thread ends when asked."""
    read, write = os.pipe()
    with os.fdopen(read) as source, open(os.devnull, "w") as target:  # noqa: ASYNC230, PTH123
        terminal = StandardTerminal(source, target)
        terminal.open()
        terminal.close()
        assert await terminal.read_line() is None
    os.close(write)


@pytest.mark.usefixtures("traced")
async def test_in_a_terminal_lines_are_edited_and_the_modes_are_put_back(tmp_path: Path) -> None:
    """In a process of its own, on a pseudo-terminal."""
    code = """
import asyncio, sys, termios
from posthouse.adapters.console.client import StandardTerminal
async def main():
    before = termios.tcgetattr(0)
    terminal = StandardTerminal()
    terminal.open()
    line = await terminal.read_line()
    terminal.write(f"got {line!r}")
    terminal.close()
    print("same modes:", termios.tcgetattr(0) == before)
asyncio.run(main())
"""
    main, inner = pty.openpty()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, stdin=inner, stdout=inner, stderr=inner
    )
    os.close(inner)
    seen = ""
    while "> " not in seen:
        seen += (await asyncio.to_thread(os.read, main, 1000)).decode()
    os.write(main, b"teax\x7f\n")
    while "same modes" not in seen:
        seen += (await asyncio.to_thread(os.read, main, 1000)).decode()
    assert await process.wait() == 0
    os.close(main)
    assert "got 'tea'" in seen
    assert "same modes: True" in seen
