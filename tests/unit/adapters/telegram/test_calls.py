"""The client's own methods, one for each of Telegram's, and what type checkers see of them."""

import ast
import inspect
from pathlib import Path
from typing import Any, Literal

import pytest

from posthouse.adapters.telegram.api import calls, methods, types
from posthouse.adapters.telegram.api.base import TelegramMethod
from posthouse.adapters.telegram.api.calls import Calls
from posthouse.adapters.telegram.api.methods import AnswerInlineQuery, GetMe, SendMessage
from posthouse.adapters.telegram.api.specification import specification
from posthouse.adapters.telegram.client import TelegramClient


class Recording(Calls):
    """Keeps what it is asked to call and answers with it."""

    async def call(self, method: TelegramMethod[Any], *, timeout_s: float | None = None) -> Any:
        return method


@pytest.fixture(scope="module")
def stub() -> dict[str, ast.AsyncFunctionDef]:
    """What type checkers read, by name."""
    text = Path(calls.__file__).with_suffix(".pyi").read_text(encoding="utf-8")
    [kind] = [each for each in ast.parse(text).body if isinstance(each, ast.ClassDef)]
    return {each.name: each for each in kind.body if isinstance(each, ast.AsyncFunctionDef)}


def classes() -> dict[str, type[TelegramMethod[Any]]]:
    """All calls, by the names Telegram gives them."""
    return {kind.api_name: kind for kind in (getattr(methods, name) for name in methods.__all__)}


def in_words(name: str) -> str:
    """Write a name as Python's methods are named."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


async def test_a_method_makes_the_call_of_its_class() -> None:
    """With what it is given, and nothing else."""
    client: Any = Recording()

    assert await client.send_message(chat_id=1, text="hi") == SendMessage(chat_id=1, text="hi")
    assert await client.get_me() == GetMe()
    answered = await client.answer_inline_query(inline_query_id="7", results=[])
    assert answered == AnswerInlineQuery(inline_query_id="7", results=[])


async def test_what_a_method_does_not_take_is_refused() -> None:
    """By its own name, and what is missing too."""
    client: Any = Recording()

    with pytest.raises(TypeError, match=r"send_message\(\): Unexpected keyword argument 'chat'"):
        await client.send_message(chat=1, text="hi")
    with pytest.raises(TypeError, match=r"send_message\(\): Missing required argument 'text'"):
        await client.send_message(chat_id=1)


def test_there_is_one_for_each_method_of_the_bot_api(
    stub: dict[str, ast.AsyncFunctionDef],
) -> None:
    """Each leads to its class, has its docstring, and hides nothing that the client is."""
    own = {name for name in vars(TelegramClient) if not name.startswith("_")} | {"call"}
    for name, kind in classes().items():
        method = getattr(TelegramClient, in_words(name))
        assert method.__name__ == in_words(name)
        assert method.__doc__ == kind.__doc__
        assert in_words(name) not in own
    assert stub.keys() == {in_words(each.name) for each in specification().methods}


def test_type_checkers_see_the_parameters_and_the_answer_of_the_class(
    stub: dict[str, ast.AsyncFunctionDef],
) -> None:
    """The same names, the same types, the same ones required."""
    names = {**vars(types), **vars(methods), "Literal": Literal}
    for name, kind in classes().items():
        seen = stub[in_words(name)]
        written = {
            each.arg: (ast.unparse(each.annotation or ast.Constant(None)), default is None)
            for each, default in zip(seen.args.kwonlyargs, seen.args.kw_defaults, strict=True)
        }
        signature = inspect.signature(getattr(Calls, in_words(name)))
        taken = {
            parameter.name: (parameter.annotation, parameter.default is inspect.Parameter.empty)
            for parameter in [*signature.parameters.values()][1:]
        }
        assert written.keys() == taken.keys() == set(kind.__struct_fields__)
        for field, (annotation, is_required) in written.items():
            given, needed = taken[field]
            given = given if not isinstance(given, str) else eval(given, names)
            assert eval(annotation, names) == given, f"{name}.{field}"
            assert is_required == needed
        [base] = kind.__orig_bases__  # type: ignore[attr-defined]  # of a generic class
        assert eval(ast.unparse(seen.returns or ast.Constant(None)), names) == base.__args__[0]
