"""Calls as JSON and as forms, replies to a webhook, and every method there is."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from posthouse.adapters.telegram.api import methods, types
from posthouse.adapters.telegram.api.base import InputFile, TelegramMethod
from posthouse.adapters.telegram.api.codec import decode_answer, decode_object, decode_result
from posthouse.adapters.telegram.api.encoding import encode, encode_call, encode_reply
from posthouse.adapters.telegram.api.methods import (
    EditMessageText,
    GetChatAdministrators,
    GetMe,
    SendMediaGroup,
    SendMessage,
    SendPhoto,
)
from posthouse.adapters.telegram.api.specification import (
    FieldSpec,
    MethodSpec,
    TypeNode,
    parse_type,
    specification,
)
from posthouse.errors import DecodeError, InvalidReplyError

MAXIMUM_DEPTH = 3


def sample(node: TypeNode, depth: int = 0) -> Any:
    """A value of a type, with every field while it is not too deep."""
    if node.kind == "primitive":
        return {"int": 1, "float": 1.5, "str": "s", "bool": True, "true": True}[node.name]
    if node.kind == "array":
        return [sample(node.of[0], depth)]
    if node.kind == "union":
        return sample(node.of[-1], depth)
    if node.name == "InputFile":
        return InputFile(b"content", "a.txt")
    if union := specification().union(node.name):
        return sample(parse_type(union.members[-1 if depth < MAXIMUM_DEPTH else 0]), depth)
    spec = specification().type(node.name)
    assert spec is not None
    kind = getattr(types, node.name)
    wanted = [field for field in spec.fields if field.required or depth < MAXIMUM_DEPTH]
    return kind(**arguments(wanted, kind.__struct_config__.tag_field, depth + 1))


def arguments(fields: list[FieldSpec], tag: str | None, depth: int) -> dict[str, Any]:
    """Values for fields, by the names Python has for them."""
    return {
        "from_" if field.name == "from" else field.name: field.const
        or (field.values or (None,))[0]
        or sample(field.node, depth)
        for field in fields
        if field.name != tag
    }


def made(spec: MethodSpec) -> TelegramMethod[Any]:
    """A call of a method with every parameter it has."""
    kind = getattr(methods, spec.name[0].upper() + spec.name[1:])
    call: TelegramMethod[Any] = kind(**arguments(list(spec.parameters), None, 0))
    return call


def test_every_method_can_be_made_and_written() -> None:
    """With all of its parameters, under the names Telegram has for them."""
    for spec in specification().methods:
        call = encode_call(made(spec))

        assert call.method == spec.name
        assert set(json.loads(call.body)) == {field.name for field in spec.parameters}, spec.name
        assert call.fields().keys() == json.loads(call.body).keys()
        assert all(file.name == "a.txt" for file in call.files.values())


def test_every_type_is_written_and_read_again() -> None:
    """With all of its fields; only a file is no JSON."""
    for spec in specification().types:
        if spec.name == "InputFile":
            continue
        body = encode(sample(TypeNode("reference", spec.name)))

        assert set(json.loads(body)) == {field.name for field in spec.fields}, spec.name
        found = decode_object(spec.name, body)
        assert json.loads(encode(found)) == json.loads(body), spec.name


def test_a_parameter_that_is_left_out_is_not_sent() -> None:
    """And required ones cannot be left out."""
    assert encode_call(SendMessage(chat_id=1, text="hi")).body == b'{"chat_id":1,"text":"hi"}'
    with pytest.raises(TypeError, match="text"):
        SendMessage(chat_id=1)  # type: ignore[call-arg]  # what a type checker refuses too


def test_files_stand_beside_the_call() -> None:
    """In its body a name stands for each."""
    photo = types.InputMediaPhoto(media=InputFile(b"1", "a.jpg"), caption="A")
    video = types.InputMediaVideo(media=InputFile(Path("/films/b.mp4")), thumbnail=InputFile(b"2"))

    call = encode_call(SendMediaGroup(chat_id="@news", media=[photo, video]))

    media = [
        {"type": "photo", "media": "attach://file0", "caption": "A"},
        {"type": "video", "media": "attach://file1", "thumbnail": "attach://file2"},
    ]
    assert json.loads(call.body) == {"chat_id": "@news", "media": media}
    assert [file.name for file in call.files.values()] == ["a.jpg", "b.mp4", "file"]
    fields = call.fields()
    assert fields["chat_id"] == "@news"
    assert json.loads(fields["media"]) == media


def test_a_form_has_text_as_it_is_and_the_rest_as_json() -> None:
    """As Telegram reads parameters of a form."""
    keys = types.InlineKeyboardMarkup(
        inline_keyboard=[[types.InlineKeyboardButton(text='"A"', callback_data="a")]]
    )
    call = SendMessage(chat_id=1, text='say "é"\n', protect_content=True, reply_markup=keys)

    assert encode_call(call).fields() == {
        "chat_id": "1",
        "text": 'say "é"\n',
        "protect_content": "true",
        "reply_markup": '{"inline_keyboard":[[{"text":"\\"A\\"","callback_data":"a"}]]}',
    }


async def _chunks() -> AsyncIterator[bytes]:
    yield b"chunk"


def test_a_file_says_what_it_is() -> None:
    """Never what is in it."""
    assert repr(InputFile(b"secret", "a.txt")) == "InputFile(bytes, 'a.txt')"
    assert (
        repr(InputFile(_chunks(), media_type="text/plain")) == "InputFile(async_generator, 'file')"
    )


def test_a_reply_to_a_webhook_names_its_method() -> None:
    """Beside its parameters; files do not go into it."""
    assert json.loads(encode_reply(SendMessage(chat_id=1, text="hi"))) == {
        "method": "sendMessage",
        "chat_id": 1,
        "text": "hi",
    }
    assert encode_reply(GetMe()) == b'{"method":"getMe"}'
    with pytest.raises(InvalidReplyError, match="sendPhoto uploads a file"):
        encode_reply(SendPhoto(chat_id=1, photo=InputFile(b"")))


def test_an_object_with_a_file_is_no_json() -> None:
    """Nothing is written in the place of the file."""
    with pytest.raises(InvalidReplyError, match="send it with a method's call"):
        encode(types.InputMediaPhoto(media=InputFile(b"")))


def test_what_is_not_telegrams_is_not_written() -> None:
    """The error names the type."""
    with pytest.raises(TypeError, match="object is nothing that the Bot API takes"):
        encode_call(SendMessage(chat_id=1, text=object()))  # type: ignore[arg-type]  # wrong on purpose


USER = b'{"id":1,"is_bot":true,"first_name":"b","new":1}'


def test_an_answer_is_read_as_what_its_method_returns() -> None:
    """Unknown keys are kept there too."""
    answer = decode_answer(b'{"ok":true,"result":' + USER + b"}")

    me = decode_result(GetMe(), answer.result)

    assert answer.ok
    assert isinstance(me, types.User)
    assert me.first_name == "b"
    assert me.new == 1  # type: ignore[attr-defined]  # unknown to this version
    [member] = decode_result(
        GetChatAdministrators, b'[{"status":"administrator","user":' + USER + b"}]"
    )
    assert isinstance(member, types.ChatMemberAdministrator)
    assert decode_result(EditMessageText, b"true") is True
    with pytest.raises(DecodeError, match="Expected Message or true, got a string"):
        decode_result(EditMessageText, b'"x"')


def test_an_answer_says_why_and_for_how_long() -> None:
    """The parameters are read; nulls that some servers send do not disturb."""
    body = (
        b'{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 3",'
        b'"parameters":{"retry_after":3},"more":null}'
    )

    answer = decode_answer(body)

    assert (answer.ok, answer.error_code) == (False, 429)
    assert answer.parameters is not None
    assert answer.parameters.retry_after == 3
    fine = decode_answer(b'{"ok":true,"result":true,"description":null,"error_code":null}')
    assert (fine.description, fine.parameters) == (None, None)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"result":1}', b'{"ok":true,"res'])
def test_what_is_no_answer_is_refused(body: bytes) -> None:
    """A proxy's page, half an answer."""
    with pytest.raises(DecodeError, match="no answer of the Bot API"):
        decode_answer(body)


def test_methods_are_values() -> None:
    """Frozen, comparable, and changed by a copy."""
    call = SendMessage(chat_id=1, text="a")

    assert call == SendMessage(chat_id=1, text="a")
    assert msgspec.structs.replace(call, text="b").text == "b"
    with pytest.raises(AttributeError):
        call.text = "b"  # type: ignore[misc]  # what a type checker refuses too
