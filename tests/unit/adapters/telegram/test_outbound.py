"""Each operation becomes the call that shows it best, and every call is one the Bot API takes."""

import json
from typing import Any

import pytest
from hypothesis import given, strategies as st
from msgspec.structs import replace

from posthouse.adapters.telegram.api import methods as call, types as tg
from posthouse.adapters.telegram.api.base import InputFile, TelegramMethod
from posthouse.adapters.telegram.api.encoding import encode_call
from posthouse.adapters.telegram.api.specification import FieldSpec, TypeNode, specification
from posthouse.adapters.telegram.outbound import (
    BROADCAST,
    GROUP,
    PRIVATE,
    as_caption,
    bare_key,
    chat_id,
    kind_of,
    permalink,
    to_method,
)
from posthouse.errors import RejectedError
from posthouse.model.capabilities import Level
from posthouse.model.media import File, Photo
from posthouse.model.outgoing import Content, Key, Operation, Outgoing
from posthouse.model.splitting import parts
from posthouse.model.text import Text, bold, link, mention, text

PHOTO = Photo(key="AgAD1", width=2, height=1)
OTHER = Photo(key="AgAD2", width=1, height=2)
WORDS = text("Hi \U0001f600 ", bold("there"))
ENTITIES = [tg.MessageEntity(type="bold", offset=6, length=5)]
CAPTION = {"caption": WORDS.plain, "caption_entities": ENTITIES}
KINDS = ["document", "video", "audio", "voice", "animation", "video_note"]


def file(kind: str = "document", name: str = "BQAD1") -> File:
    """A file that Telegram knows, of a kind."""
    key = name if kind == "document" else f"{kind}/{name}"
    return File(key=key, name="f.bin", size_bytes=1)


def known(media: Photo | File) -> str:
    """Telegram's own id."""
    return bare_key(media.key)


def made(outgoing: Outgoing | Content, chat: str = "7") -> TelegramMethod[Any]:
    """The call for an operation."""
    if isinstance(outgoing, Content):
        outgoing = Outgoing(content=outgoing)
    return to_method(chat, outgoing, known)


def edit(content: Content, message: str | None = "5") -> Outgoing:
    """An edit of a message."""
    return Outgoing(operation=Operation.EDIT, content=content, message_id=message)


# --- what the specification says of a call


def mistakes(method: TelegramMethod[Any]) -> list[str]:
    """What is wrong with a call's JSON; nothing, if all is well."""
    encoded = encode_call(method)
    spec = specification().method(encoded.method)
    assert spec is not None
    return _object(encoded.method, spec.parameters, json.loads(encoded.body))


def _object(where: str, fields: tuple[FieldSpec, ...], found: dict[str, Any]) -> list[str]:
    wrong = [f"{where}: {name} is unknown" for name in found.keys() - {f.name for f in fields}]
    for field in fields:
        here = f"{where}.{field.name}"
        if field.name not in found:
            wrong += [f"{here} is missing"] if field.required else []
            continue
        value = found[field.name]
        wrong += _value(here, field.node, value)
        if field.const is not None and value != field.const:
            wrong.append(f"{here} is not {field.const}")
        if field.range is not None and not field.range[0] <= value <= field.range[1]:
            wrong.append(f"{here} is out of range")
        if field.length is not None:
            size = len(value.encode() if field.length_unit == "bytes" else value)
            if not field.length[0] <= size <= field.length[1]:
                wrong.append(f"{here} has {size} of {field.length}")
    return wrong


PYTHON = {"int": int, "float": (int, float), "str": str, "bool": bool, "true": bool}


def _value(where: str, node: TypeNode, value: Any) -> list[str]:
    if node.kind == "union":
        return min((_value(where, member, value) for member in node.of), key=len)
    if node.kind == "array":
        if not isinstance(value, list):
            return [f"{where} is no array"]
        (inner,) = node.of
        return [w for at, item in enumerate(value) for w in _value(f"{where}[{at}]", inner, item)]
    if node.kind == "primitive":
        return [] if _is_primitive(node.name, value) else [f"{where}: {value!r} is no {node.name}"]
    return _named(where, node.name, value)


def _is_primitive(name: str, value: Any) -> bool:
    right: bool = isinstance(value, PYTHON[name])  # type: ignore[arg-type]
    return right and (name in {"bool", "true"}) is isinstance(value, bool)


def _named(where: str, name: str, value: Any) -> list[str]:
    if (union := specification().union(name)) is not None:
        members = tuple(TypeNode("reference", member) for member in union.members)
        return _value(where, TypeNode("union", of=members), value)
    if name == "InputFile":
        return [] if isinstance(value, str) else [f"{where} is no file"]
    kind = specification().type(name)
    assert kind is not None, name
    return _object(where, kind.fields, value) if isinstance(value, dict) else [f"{where}: {name}"]


def test_the_check_finds_mistakes() -> None:
    """Missing, wrong, too long, and unknown alike; or it would prove nothing."""
    assert mistakes(call.SendMessage(chat_id=7, text="x" * 4097)) == [
        "sendMessage.text has 4097 of (1, 4096)"
    ]
    assert mistakes(call.SendMessage(chat_id=7.5, text="x")) == [  # type: ignore[arg-type]
        "sendMessage.chat_id: 7.5 is no int"
    ]
    wrong = call.SendMediaGroup(chat_id=7, media=[tg.InputMediaAnimation(media="x")])  # type: ignore[list-item]
    assert mistakes(wrong) == ["sendMediaGroup.media[0].type is not audio"]


# --- sending


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (Content(text=Text("Hi")), call.SendMessage(chat_id=7, text="Hi")),
        (Content(text=WORDS), call.SendMessage(chat_id=7, text=WORDS.plain, entities=ENTITIES)),
        (Content(photos=(PHOTO,)), call.SendPhoto(chat_id=7, photo="AgAD1")),
        (
            Content(text=WORDS, photos=(PHOTO,)),
            call.SendPhoto(
                chat_id=7, photo="AgAD1", caption=WORDS.plain, caption_entities=ENTITIES
            ),
        ),
        (Content(files=(file(),)), call.SendDocument(chat_id=7, document="BQAD1")),
        (Content(files=(file("video"),)), call.SendVideo(chat_id=7, video="BQAD1")),
        (Content(files=(file("audio"),)), call.SendAudio(chat_id=7, audio="BQAD1")),
        (Content(files=(file("animation"),)), call.SendAnimation(chat_id=7, animation="BQAD1")),
        (Content(files=(file("video_note"),)), call.SendVideoNote(chat_id=7, video_note="BQAD1")),
        (
            Content(text=Text("Hi"), files=(file("voice"),)),
            call.SendVoice(chat_id=7, voice="BQAD1", caption="Hi"),
        ),
        (
            Content(text=WORDS, photos=(PHOTO, OTHER)),
            call.SendMediaGroup(
                chat_id=7,
                media=[
                    tg.InputMediaPhoto(
                        media="AgAD1", caption=WORDS.plain, caption_entities=ENTITIES
                    ),
                    tg.InputMediaPhoto(media="AgAD2"),
                ],
            ),
        ),
        (
            Content(files=(file("video"), file("video", "BQAD2"))),
            call.SendMediaGroup(
                chat_id=7,
                media=[tg.InputMediaVideo(media="BQAD1"), tg.InputMediaVideo(media="BQAD2")],
            ),
        ),
        (
            Content(files=(file("audio"), file("audio", "BQAD2"))),
            call.SendMediaGroup(
                chat_id=7,
                media=[tg.InputMediaAudio(media="BQAD1"), tg.InputMediaAudio(media="BQAD2")],
            ),
        ),
        (
            Content(text=Text("Hi"), files=(file(), file(name="BQAD2"))),
            call.SendMediaGroup(
                chat_id=7,
                media=[
                    tg.InputMediaDocument(media="BQAD1", caption="Hi"),
                    tg.InputMediaDocument(media="BQAD2"),
                ],
            ),
        ),
    ],
)
def test_what_is_sent(content: Content, expected: TelegramMethod[Any]) -> None:
    """One call shows it all, with the words as caption where there is media."""
    assert made(content) == expected
    assert mistakes(expected) == []


@pytest.mark.parametrize(
    ("chat", "expected"),
    [
        ("7", {"chat_id": 7}),
        ("-1001234567890", {"chat_id": -1001234567890}),
        ("@shop", {"chat_id": "@shop"}),
        ("-1001234567890/12", {"chat_id": -1001234567890, "message_thread_id": 12}),
        ("@shop/12", {"chat_id": "@shop", "message_thread_id": 12}),
        ("-1001234567890/d12", {"chat_id": -1001234567890, "direct_messages_topic_id": 12}),
    ],
)
def test_where_it_is_sent(chat: str, expected: dict[str, Any]) -> None:
    """By number or name; a topic is part of the chat's id."""
    words, photo, album = (
        made(content, chat)
        for content in (
            Content(text=Text("Hi")), Content(photos=(PHOTO,)), Content(photos=(PHOTO, OTHER)),
        )
    )  # fmt: skip
    assert words == call.SendMessage(**expected, text="Hi")
    assert photo == call.SendPhoto(**expected, photo="AgAD1")
    for each in (words, photo, album):
        sent = json.loads(encode_call(each).body)
        assert {name: sent[name] for name in expected} == expected
        assert mistakes(each) == []


@pytest.mark.parametrize(
    "chat", ["", "@", "ann", "7/", "7/x", "7/dx", "7/d", "7.5", "1_0", "\u0667"]
)
def test_a_chat_that_is_none_of_telegrams_is_refused(chat: str) -> None:
    """With its id in the error."""
    with pytest.raises(RejectedError, match="is none of Telegram's") as caught:
        made(Content(text=Text("Hi")), chat)
    assert repr(chat) in str(caught.value)


def test_a_mistake_elsewhere_is_not_blamed_on_the_chat() -> None:
    """An error of the source of a file comes through."""

    def broken(_: Photo | File) -> str:
        raise ValueError("the disk is gone")

    with pytest.raises(ValueError, match="the disk is gone"):
        to_method("7", Outgoing(content=Content(photos=(PHOTO,))), broken)


def test_an_answer_to_a_message_is_sent_also_when_that_is_gone() -> None:
    """To the first of an album."""
    for reply_to in ("12", "12,13,14"):
        sent = made(Outgoing(content=Content(text=Text("Hi")), reply_to=reply_to))
        assert sent == call.SendMessage(
            chat_id=7,
            text="Hi",
            reply_parameters=tg.ReplyParameters(message_id=12, allow_sending_without_reply=True),
        )
        assert mistakes(sent) == []
    with pytest.raises(RejectedError, match="message 'm1' is none of Telegram's"):
        made(Outgoing(content=Content(text=Text("Hi")), reply_to="m1"))


def test_a_choice_that_shares_something_is_a_button_of_its_own_kind() -> None:
    """One for the person's number, one for where the person is; the others stay labels."""
    content = Content(
        text=Text("Hi"),
        choices=(("My number",), ("Here", "no")),
        requests=(("My number", "contact"), ("Here", "location")),
    )
    sent = made(content, "7")
    assert mistakes(sent) == []
    assert sent.reply_markup.keyboard == [  # type: ignore[attr-defined]
        [tg.KeyboardButton(text="My number", request_contact=True)],
        [tg.KeyboardButton(text="Here", request_location=True), tg.KeyboardButton(text="no")],
    ]
    assert PRIVATE.requests == {"contact", "location"}
    assert not GROUP.requests


def test_buttons_and_choices() -> None:
    """Under words and under a photo; in a channel there are no choices."""
    rows = ((Key("Buy", "cGF5"), Key("Site", url="https://example.org")), (Key("Back", "YmFjaw"),))
    inline = tg.InlineKeyboardMarkup(
        inline_keyboard=[
            [
                tg.InlineKeyboardButton(text="Buy", callback_data="cGF5"),
                tg.InlineKeyboardButton(text="Site", url="https://example.org"),
            ],
            [tg.InlineKeyboardButton(text="Back", callback_data="YmFjaw")],
        ]
    )
    offered = tg.ReplyKeyboardMarkup(
        keyboard=[[tg.KeyboardButton(text="yes"), tg.KeyboardButton(text="no")]],
        resize_keyboard=True,
    )
    choices = (("yes", "no"),)
    gone = tg.ReplyKeyboardRemove(remove_keyboard=True)
    for content, chat, markup in [
        (Content(text=Text("Hi"), rows=rows), "7", inline),
        (Content(photos=(PHOTO,), rows=rows), "7", inline),
        (Content(text=Text("Hi"), rows=rows), "@shop", inline),
        (Content(text=Text("Hi"), choices=choices), "7", offered),
        (Content(text=Text("Hi"), choices=choices), "@shop", None),
        (Content(text=Text("Hi"), choices=()), "7", gone),
        (Content(text=Text("Hi"), choices=()), "@shop", None),
        (Content(text=Text("Hi")), "7", None),
    ]:
        sent = made(content, chat)
        assert sent.reply_markup == markup  # type: ignore[attr-defined]
        assert mistakes(sent) == []
    assert BROADCAST.choices is Level.DROPPED


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (Content(text=Text("Hi"), files=(file("video_note"),)), "no words under a video note"),
        (Content(files=(file("voice"), file("voice"))), "no voice into an album"),
        (Content(files=(file(), file("animation"))), "no animation into an album"),
    ],
)
def test_what_telegram_cannot_show_is_refused_and_not_shown_in_part(
    content: Content, message: str
) -> None:
    """It is divided before; what was not would lose something."""
    with pytest.raises(RejectedError, match=message):
        made(content)
    for part in parts(content, PRIVATE):
        assert mistakes(made(part)) == []


# --- changing


@pytest.mark.parametrize(
    ("outgoing", "expected"),
    [
        (
            edit(Content(text=WORDS)),
            call.EditMessageText(chat_id=7, message_id=5, text=WORDS.plain, entities=ENTITIES),
        ),
        (
            edit(Content(text=Text("Hi")), "5,6"),
            call.EditMessageText(chat_id=7, message_id=5, text="Hi"),
        ),
        (
            edit(Content(text=WORDS, photos=(PHOTO,))),
            call.EditMessageMedia(
                chat_id=7,
                message_id=5,
                media=tg.InputMediaPhoto(
                    media="AgAD1", caption=WORDS.plain, caption_entities=ENTITIES
                ),
            ),
        ),
        *[
            (
                edit(Content(text=Text("Hi"), files=(file(kind),))),
                call.EditMessageMedia(
                    chat_id=7, message_id=5, media=media(media="BQAD1", caption="Hi")
                ),
            )
            for kind, media in [
                ("document", tg.InputMediaDocument),
                ("video", tg.InputMediaVideo),
                ("audio", tg.InputMediaAudio),
                ("animation", tg.InputMediaAnimation),
            ]
        ],
        (edit(Content()), call.EditMessageReplyMarkup(chat_id=7, message_id=5)),
        (
            edit(Content(rows=((Key("A", "b"),),))),
            call.EditMessageReplyMarkup(
                chat_id=7,
                message_id=5,
                reply_markup=tg.InlineKeyboardMarkup(
                    inline_keyboard=[[tg.InlineKeyboardButton(text="A", callback_data="b")]]
                ),
            ),
        ),
        (
            Outgoing(operation=Operation.DELETE, message_id="5"),
            call.DeleteMessage(chat_id=7, message_id=5),
        ),
        (
            Outgoing(operation=Operation.DELETE, message_id="5,6"),
            call.DeleteMessages(chat_id=7, message_ids=[5, 6]),
        ),
        (
            Outgoing(operation=Operation.ANSWER, press_id="77-4382bfdwdsb323b2d9"),
            call.AnswerCallbackQuery(callback_query_id="4382bfdwdsb323b2d9"),
        ),
        (
            Outgoing(
                operation=Operation.ANSWER, press_id="77-4-2", content=Content(text=Text("x" * 250))
            ),
            call.AnswerCallbackQuery(callback_query_id="4-2", text="x" * 200),
        ),
    ],
)
def test_what_is_changed(outgoing: Outgoing, expected: TelegramMethod[Any]) -> None:
    """Messages are edited in place, in their topic too, and taken back; presses are answered."""
    assert made(outgoing) == expected == made(outgoing, "7/12")
    assert mistakes(expected) == []


@pytest.mark.parametrize("kind", ["voice", "video_note"])
def test_no_message_becomes_a_voice(kind: str) -> None:
    """Telegram has no such edit."""
    with pytest.raises(RejectedError, match=f"into a {kind}; send a new message"):
        made(edit(Content(files=(file(kind),))))


@pytest.mark.parametrize("operation", [Operation.EDIT, Operation.DELETE])
@pytest.mark.parametrize(
    ("message", "said"), [(None, "has no id"), ("m1", "'m1' is none of Telegram's")]
)
def test_a_message_that_is_none_is_refused(
    operation: Operation, message: str | None, said: str
) -> None:
    """Before anything is called."""
    outgoing = Outgoing(operation=operation, message_id=message, content=Content(text=Text("Hi")))
    with pytest.raises(RejectedError, match=said):
        made(outgoing)


@pytest.mark.parametrize("press", [None, "", "77", "77-"])
def test_a_press_without_a_query_cannot_be_answered(press: str | None) -> None:
    """Nobody waits for it."""
    with pytest.raises(RejectedError, match="cannot be answered"):
        made(Outgoing(operation=Operation.ANSWER, press_id=press))


def test_an_edit_of_words_can_become_one_of_a_caption() -> None:
    """For a message that turns out to have media."""
    found = made(edit(Content(text=WORDS, rows=((Key("A", "b"),),))))
    assert isinstance(found, call.EditMessageText)
    caption = as_caption(found)
    assert (caption.chat_id, caption.message_id) == (7, 5)
    assert (caption.caption, caption.caption_entities) == (WORDS.plain, ENTITIES)
    assert caption.reply_markup == found.reply_markup
    assert mistakes(caption) == []


# --- all of it


def test_kinds_and_keys() -> None:
    """A key says what the file is, unless it is one that Telegram itself made."""
    for kind in KINDS:
        assert kind_of(file(kind)) == kind
        assert bare_key(file(kind).key) == "BQAD1"
    assert kind_of(file(name="odd/BQAD1")) == "document"
    assert bare_key("odd/BQAD1") == "odd/BQAD1"
    assert chat_id("7/12") == 7


def test_files_are_uploaded_with_their_call() -> None:
    """And the call is right with a file in it as with an id."""

    def upload(media: Photo | File) -> InputFile:
        return InputFile(b"data", media.name if isinstance(media, File) else "photo")

    for content in (
        Content(photos=(PHOTO, OTHER)), Content(files=(file(),)), Content(photos=(PHOTO,)),
    ):  # fmt: skip
        for outgoing in (Outgoing(content=content), edit(content)):
            method = to_method("7", outgoing, upload)
            assert encode_call(method).files
            assert mistakes(method) == []


PHOTOS = st.lists(st.sampled_from([PHOTO, OTHER]), max_size=12)
FILES = st.lists(st.sampled_from([file(kind) for kind in KINDS]), max_size=12)
ROWS = st.sampled_from([(), ((Key("Buy", "x" * 64),),), ((Key("Site", url="https://e.org"),),)])
TEXTS = st.integers(1, 6000).map(
    lambda n: text("\U0001f600" * n, bold("b"), link("l", "https://e.org"), mention("Ann", "7"))
)


@given(
    chat=st.sampled_from(["7", "-100123", "@shop", "-100123/4", "-100123/d4"]),
    content=st.builds(
        Content,
        text=TEXTS,
        photos=PHOTOS.map(tuple),
        files=FILES.map(tuple),
        rows=ROWS,
        choices=st.sampled_from([None, (), (("yes",), ("no",))]),
    ),
    reply_to=st.sampled_from([None, "3", "3,4"]),
)
def test_every_call_is_one_the_bot_api_takes(
    chat: str, content: Content, reply_to: str | None
) -> None:
    """Whatever is sent, once it is divided; no call needs more than one."""
    for part in parts(content, PRIVATE):
        sent = to_method(chat, Outgoing(content=part, reply_to=reply_to), known)
        assert mistakes(sent) == []
        if isinstance(sent, call.SendMediaGroup):
            assert 2 <= len(sent.media) <= 10
            kinds = {type(item) for item in sent.media}
            assert len(kinds) == 1
        if not part.files or kind_of(part.files[0]) not in {"voice", "video_note"}:
            changed = to_method(chat, replace(edit(part), reply_to=None), known)
            assert mistakes(changed) == []


@pytest.mark.parametrize(
    ("chat", "message", "name", "address"),
    [
        ("@board", "5", None, "https://t.me/board/5"),
        ("-1001234", "5,6", "board", "https://t.me/board/5"),
        ("-1001234/9", "5", None, "https://t.me/c/1234/5"),
        ("-1234", "5", None, None),
        ("77", "5", None, None),
    ],
)
def test_addresses_of_messages(
    chat: str, message: str, name: str | None, address: str | None
) -> None:
    """Public chats have one for all, supergroups and channels one for members, others none."""
    assert permalink(chat, message, name=name) == address
