"""What the reference leaves out fails here."""

import inspect
import re
import runpy
import tomllib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import msgspec
import pytest
from pages import ROOT, all_pages, blocks_of

import posthouse
from posthouse import errors, plugins, types
from posthouse.adapters.console import adapter as console
from posthouse.adapters.web.settings import WebSettings
from posthouse.cli import commands as command_line
from posthouse.engine.points import Point
from posthouse.settings.schema import BotSettings, SiteSettings

REFERENCE = ROOT / "docs" / "reference"


def page(name: str) -> str:
    """The text of a page of the reference."""
    return (REFERENCE / f"{name}.md").read_text(encoding="utf-8")


def headings(name: str) -> set[str]:
    """The headings of a page."""
    return set(re.findall(r"^#+ (.+)$", page(name), re.MULTILINE))


@pytest.mark.parametrize(
    ("name", "module"),
    [
        ("api", "posthouse"),
        ("publishing", "posthouse.publishing"),
        ("types", "posthouse.types"),
        ("testing", "posthouse.testing"),
    ],
)
def test_every_public_name_has_an_entry(name: str, module: str) -> None:
    """And no entry is there without its name."""
    entries = set(re.findall(r"^### (\w+)$", page(name), re.MULTILINE))

    assert entries == set(import_module(module).__all__)


def test_generated_parts_are_up_to_date() -> None:
    """`python tools/reference.py` writes them."""
    tool = runpy.run_path(str(ROOT / "tools" / "reference.py"))

    assert [path.name for path in tool["outdated"]()] == []


def test_every_public_name_says_what_it_is() -> None:
    """A docstring each, on names that can have one."""
    named = [(posthouse, n) for n in posthouse.__all__] + [(types, n) for n in types.__all__]
    silent = [
        n
        for module, n in named
        if (inspect.isclass(value := getattr(module, n)) or inspect.isfunction(value))
        and not inspect.getdoc(value)
    ]

    assert silent == []


def every_error() -> Iterator[type[BaseException]]:
    """All classes of the tree."""
    for value in vars(errors).values():
        if inspect.isclass(value) and issubclass(value, errors.PosthouseError):
            yield value


def test_every_error_says_what_to_do() -> None:
    """A row each, or a heading for those that are branches."""
    text = page("errors")
    branches = re.findall(r"^## (\w+):", text, re.MULTILINE)
    rows = re.findall(r"^\| `(\w+)` \| [^|]+ \| [^|]+ \|$", text, re.MULTILINE)

    assert {*branches, *rows, "PosthouseError"} == {error.__name__ for error in every_error()}


@pytest.mark.parametrize("settings", [SiteSettings, BotSettings, WebSettings])
def test_every_setting_is_listed(settings: type[msgspec.Struct]) -> None:
    """With its default and its meaning."""
    rows = re.findall(r"^\| `(\w+)` \| [^|]+ \| [^|]+ \|$", page("settings"), re.MULTILINE)

    assert set(settings.__struct_fields__) - {"name", "options"} <= set(rows)


def test_every_setting_of_the_console_is_listed() -> None:
    """With the default that it has."""
    rows = dict(re.findall(r'^\| `(\w+)` \| `"(\w+)"` \|', page("settings"), re.MULTILINE))

    assert console._SETTINGS.items() <= rows.items()


def every_command() -> Iterator[list[str]]:
    """The words of each command."""
    yield from ([name] for name in command_line._COMMANDS)
    for group, (_, inner) in command_line._GROUPS.items():
        yield from ([group, name] for name in inner)


@pytest.mark.parametrize("words", list(every_command()), ids=" ".join)
def test_every_command_and_option_is_listed(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """As `--help` shows them."""
    command_line.main([*words, "--help"])
    options = set(
        re.findall(r"(?<!\S)--[a-z-]+", capsys.readouterr().out.partition("Parameters")[2])
    )

    text = page("command-line")
    assert f"posthouse {' '.join(words)}" in text
    assert {option for option in options if f"`{option}`" not in text} == set()


@pytest.mark.parametrize("group", [plugins.ADAPTERS, plugins.APPS, plugins.MIDDLEWARES])
def test_every_entry_point_of_ours_is_listed(group: str) -> None:
    """In the last table of its page."""
    row = re.findall(rf"^\| `{group}` \| ([^|]+) \|$", page("entry-points"), re.MULTILINE)
    listed = re.findall(r"`(\w+)`", row[-1])

    assert sorted(listed) == sorted(plugins._OWN.get(group, {}))


def test_every_ready_made_middleware_has_a_part() -> None:
    """With its settings."""
    assert set(plugins._OWN[plugins.MIDDLEWARES]) <= headings("middlewares")


def test_every_commit_point_is_listed() -> None:
    """By the name that logs show."""
    assert all(f"| {point.value} |" in page("commit-points") for point in Point)


def test_the_glossary_has_every_word_of_the_design() -> None:
    """One word for one idea, in both places."""
    design = (ROOT / "docs" / "explanation" / "design.md").read_text(encoding="utf-8")
    table = design.partition("## 1. Words")[2].partition("## 2.")[0]
    words = [
        word.strip()
        for row in re.findall(r"^\| ([a-z, ]+) \|", table, re.MULTILINE)
        for word in row.split(",")
    ]
    listed = re.findall(r"^\| ([a-z ]+) \|", page("glossary"), re.MULTILINE)

    assert set(words) <= set(listed)


def test_the_design_draws_every_layer() -> None:
    """As the contract of the imports lists them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = {c["id"]: c for c in project["tool"]["importlinter"]["contracts"]}
    layers = re.findall(r"\w+", " ".join(contracts["layers"]["layers"]))
    design = (ROOT / "docs" / "explanation" / "design.md").read_text(encoding="utf-8")
    drawing = design.partition("src/posthouse/\n")[2].partition("```")[0]

    assert {name for name in layers if not re.search(rf"\b{name}(/|\.py)", drawing)} == set()


def test_every_page_is_in_the_navigation() -> None:
    """A page that nobody can find is no page."""
    config = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    pages = {
        str(path.relative_to(ROOT / "docs"))
        for path in all_pages()
        if path.is_relative_to(ROOT / "docs")
    }

    assert {name for name in pages if name not in config} == set()


def test_every_example_is_shown_on_a_page() -> None:
    """And so it runs with the page."""
    pages = "".join(path.read_text(encoding="utf-8") for path in all_pages())
    examples = [path for path in (ROOT / "examples").rglob("*") if path.suffix in (".py", ".toml")]

    unused = [
        str(path.relative_to(ROOT / "examples"))
        for path in examples
        if f'--8<-- "{path.relative_to(ROOT / "examples")}"' not in pages
    ]
    assert unused == []


def test_every_link_between_files_leads_somewhere() -> None:
    """Also in README and the pages beside it, which the site does not check."""
    broken = [
        f"{path.relative_to(ROOT)}: {target}"
        for path in all_pages()
        for target in _links(path)
        if not (path.parent / target).exists()
    ]
    assert broken == []


def _links(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8")
    for block in blocks_of(path):
        text = text.replace(block.code, "")
    targets = re.findall(r"\]\(([^)\s]+)\)", text)
    return [t.partition("#")[0] for t in targets if "://" not in t and not t.startswith("#")]
