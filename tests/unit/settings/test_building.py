"""From settings to a site: what they name is imported, and every mistake told with its line."""

import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from importlib import invalidate_caches
from pathlib import Path
from typing import Any

import pytest

from posthouse import plugins
from posthouse.adapters.console import ConsoleAdapter
from posthouse.app import App
from posthouse.errors import SettingsError
from posthouse.ports.store import DAY_S, Retention
from posthouse.settings.building import build, parts_of
from posthouse.settings.reading import read
from posthouse.site import Site

Build = Callable[..., Site]

APP = '''
from posthouse.app import App
from posthouse.turn.module import Module

app = App("tea")

class Prices(Module):
    """Knows prices."""

prices = Prices()

async def polite(update, call_next):
    return await call_next(update)

def process(update):
    return None

class Strict:
    def __init__(self, *, level: int, token: str = "") -> None:
        self.level = level

    async def __call__(self, update, call_next):
        return await call_next(update)

number = 5
'''


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with an app in it, first on the path, as the command line does it."""
    known = set(sys.modules)
    path = list(sys.path)
    (tmp_path / "tea_app.py").write_text(APP)
    monkeypatch.chdir(tmp_path)
    sys.path.insert(0, str(tmp_path))
    invalidate_caches()
    yield tmp_path
    sys.path[:] = path
    for name in set(sys.modules) - known:
        if name.startswith(("tea_", "pigeon")):
            del sys.modules[name]


def parts(text: str) -> dict[str, Any]:
    """What a settings text gives to the site."""
    file = Path("posthouse.toml")
    file.write_text(text, encoding="utf-8")
    return parts_of(*read(file, environ={}))


def mistakes(text: str) -> list[str]:
    """What is said about a text, a mistake a line."""
    with pytest.raises(SettingsError) as caught:
        parts(text)
    lines = str(caught.value).splitlines()[1:]
    return [line.strip().removeprefix("posthouse.toml:") for line in lines]


GOOD = """
[site]
storage = "sqlite:tea.db"
secrets = ["one", "two"]
modules = ["tea_app:prices", "tea_app:Prices"]
middlewares = ["tea_app:polite", "throttle", "tea_app:Strict"]
outbound = ["tea_app:polite"]
limit = "5s"
keep_media = "7d"
folder = "data"

[bots.tea]
messenger = "console"
apps = ["tea_app:app", "tea_app:process"]
chats = { board = "b" }
title = "Tea"
person = "Ann"

[middlewares."tea_app:Strict"]
level = "3"
"""


def test_everything_that_settings_name_is_there(project: Path) -> None:
    """Objects, classes, functions, plug-ins and options."""
    found = parts(GOOD)
    assert [type(module).__name__ for module in found["modules"]] == ["Prices", "Prices"]
    polite, throttle, strict = found["middlewares"]
    assert (polite.__name__, type(throttle).__name__, strict.level) == ("polite", "Throttle", 3)
    assert [outbound.__name__ for outbound in found["outbound"]] == ["polite"]
    assert (found["storage"], found["secrets"]) == ("sqlite:tea.db", ["one", "two"])
    assert (found["limit_s"], found["folder"]) == (5.0, Path("data"))
    assert found["keep"] == Retention(media_s=7 * DAY_S)
    (bot,) = found["bots"]
    assert (bot.name, bot.title, bot.chats["board"].id) == ("tea", "Tea", "b")
    assert isinstance(bot.adapter, ConsoleAdapter)
    assert isinstance(bot.apps[0], App)


def test_a_site_comes_out(project: Path) -> None:
    """The same as from Python."""
    file = project / "posthouse.toml"
    file.write_text(GOOD)
    site = build(*read(file, environ={}))
    assert isinstance(site, Site)
    assert site.folder == project / "data"


def test_what_cannot_be_imported_is_told_with_near_misses(project: Path) -> None:
    """Module, attribute, kind and form: each at its own line, those of reading among them."""
    (project / "tea_broken.py").write_text("x = 1\n\nraise ValueError('no tea')\n")
    (project / "tea_syntax.py").write_text("def :\n")
    (project / "tea_import.py").write_text("import not_there_at_all\n")
    (project / "tea_pack").mkdir()
    (project / "tea_pack" / "__init__.py").touch()
    (project / "tea_pack" / "leaves.py").touch()
    said = mistakes(
        """[site]
prot = 1
modules = ["tea_app:app"]
middlewares = [
  "throtle",
  "tea_app:number",
]

[bots.tea]
messenger = "consol"
apps = [
  "tea_ap:app",
  "tea_app:ap",
  "tea_app",
  "tea_broken:app",
  "tea_syntax:app",
  "tea_import:app",
  "tea_pack.leavs:app",
  "tea_app:number",
  "nothing at all:app",
]
"""
    )
    assert said == [
        "2: site.prot: no such setting; did you mean port?",
        "3: site.modules[0]: tea_app:app is an App; a module is a subclass of Module, or an object "
        "of one",
        "5: site.middlewares[0]: there is no middleware 'throtle'; did you mean throttle?",
        "6: site.middlewares[1]: tea_app:number is an int; a middleware is called with "
        "(update, call_next)",
        "10: bots.tea.messenger: there is no messenger 'consol'; did you mean console?",
        f"12: bots.tea.apps[0]: there is no module tea_ap, neither in {project} nor installed; "
        "did you mean tea_app?",
        f"13: bots.tea.apps[1]: the module tea_app ({project}/tea_app.py) has no 'ap'; "
        "did you mean app?",
        "14: bots.tea.apps[2]: there is no app 'tea_app'; "
        'to import one write module:object, as in "tea_app:app"',
        f"15: bots.tea.apps[3]: importing tea_broken failed at {project}/tea_broken.py:3: "
        "ValueError: no tea",
        f"16: bots.tea.apps[4]: importing tea_syntax failed at {project}/tea_syntax.py:1: "
        "SyntaxError: invalid syntax (tea_syntax.py, line 1)",
        f"17: bots.tea.apps[5]: importing tea_import failed at {project}/tea_import.py:1: "
        "ModuleNotFoundError: No module named 'not_there_at_all'",
        "18: bots.tea.apps[6]: the package tea_pack has no module leavs; "
        "did you mean tea_pack.leaves?",
        "19: bots.tea.apps[7]: tea_app:number is an int; an app is an App, or a function or an "
        "object with process(update)",
        '20: bots.tea.apps[8]: "nothing at all:app" is not a module and an object, '
        'as in "shop.app:app"',
    ]


def test_a_handler_that_cannot_be_routed_is_told_with_the_line_of_its_file(project: Path) -> None:
    """Not with the line of ours that noticed it."""
    source = "from posthouse import App\n\napp = App('tea')\n\n@app.on\ndef echo(message): ...\n"
    (project / "tea_route.py").write_text(source, encoding="utf-8")

    [told] = mistakes('[bots.tea]\nmessenger = "web"\napps = ["tea_route:app"]\n')

    assert f"importing tea_route failed at {project}/tea_route.py:5: RouteError:" in told


def test_what_an_adapter_says_is_shown_at_its_key(project: Path) -> None:
    """With a near miss among the settings that all bots have."""
    said = mistakes(
        '[bots.tea]\nmessenger = "console"\napps = ["tea_app:app"]\n\npersn = "x"\ntitel = "y"\n'
    )
    assert said == [
        "5: bots.tea.persn: no such setting; did you mean person?",
        "6: bots.tea.titel: no such setting; there are language, person; "
        "of all bots' settings, did you mean title?",
    ]


def test_what_a_middleware_says_is_shown_at_its_key(project: Path) -> None:
    """Missing, unknown and of the wrong type."""
    said = mistakes(
        """[site]
middlewares = ["tea_app:Strict"]
[bots.tea]
messenger = "console"
apps = ["tea_app:app"]
[middlewares."tea_app:Strict"]
levl = 3
token = 5.5
"""
    )
    assert said[0].startswith('6: middlewares."tea_app:Strict": level is missing')
    assert said[1].startswith('7: middlewares."tea_app:Strict".levl: unknown setting')


CANARY = "canary-7f3a"


def test_a_secret_of_a_middleware_is_not_shown(project: Path) -> None:
    """Options with secret names arrive as Secret, and print as such."""
    text = f"""[site]
middlewares = ["tea_app:Strict"]
[bots.tea]
messenger = "console"
apps = ["tea_app:app"]
token = "{CANARY}"
[middlewares."tea_app:Strict"]
level = "x"
token = "{CANARY}"
"""
    said = mistakes(text)
    assert said
    assert CANARY not in "".join(said)


# --- another package

PIGEON = {
    "pyproject.toml": """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[project]
name = "@NAME@"
version = "1.0"
[project.entry-points."posthouse.adapters"]
pigeon = "@MODULE@:Pigeon"
[project.entry-points."posthouse.apps"]
coo = "@MODULE@:app"
[project.entry-points."posthouse.middlewares"]
feathers = "@MODULE@:Feathers"
broken = "@MODULE@:Nothing"
""",
    "@MODULE@.py": """
from posthouse.adapters.console import ConsoleAdapter
from posthouse.app import App

app = App("coo")

class Pigeon(ConsoleAdapter):
    def __init__(self, settings):
        super().__init__({})
        self.loft = settings["loft"]

class Feathers:
    def __init__(self, *, colour: str = "white"):
        self.colour = colour

    async def __call__(self, update, call_next):
        return await call_next(update)
""",
}


@pytest.fixture(scope="session")
def pigeons(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Two packages, built as wheels and unpacked as an installer does it."""
    out: dict[str, Path] = {}
    for name in ("posthouse-pigeon", "posthouse-dove"):
        source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("site")
        module = name.replace("-", "_").replace("posthouse", "pigeon")
        for file, text in PIGEON.items():
            words = text.replace("@NAME@", name).replace("@MODULE@", module)
            source.joinpath(file.replace("@MODULE@", module)).write_text(words)
        with source.joinpath("pyproject.toml").open("a") as more:
            more.write(f'[tool.hatch.build.targets.wheel]\nonly-include = ["{module}.py"]\n')
        built = subprocess.run(
            [sys.executable, "-c", "import hatchling.build as b; print(b.build_wheel('.'))"],
            cwd=source,
            check=True,
            capture_output=True,
            text=True,
        )
        zipfile.ZipFile(source / built.stdout.split()[-1]).extractall(target)
        out[name] = target
    return out


PIGEON_SETTINGS = """[site]
middlewares = ["feathers"]
[bots.tea]
messenger = "pigeon"
apps = ["coo", "tea_app:app"]
loft = "north"
[middlewares.feathers]
colour = "grey"
"""


def test_plugins_of_an_installed_package_are_found(project: Path, pigeons: dict[str, Path]) -> None:
    """Adapter, app and middleware, by their entry points."""
    sys.path.append(str(pigeons["posthouse-pigeon"]))
    invalidate_caches()
    found = parts(PIGEON_SETTINGS)
    assert found["bots"][0].adapter.loft == "north"
    assert found["bots"][0].apps[0].name == "coo"
    assert found["middlewares"][0].colour == "grey"
    assert "pigeon" in plugins.names_of(plugins.ADAPTERS)


def test_a_broken_plugin_names_its_package(project: Path, pigeons: dict[str, Path]) -> None:
    """The user cannot mend it, but can report or remove it."""
    sys.path.append(str(pigeons["posthouse-pigeon"]))
    invalidate_caches()
    said = mistakes(PIGEON_SETTINGS.replace("feathers", "broken"))
    assert "the middleware 'broken' of posthouse-pigeon: the module pigeon_pigeon" in said[0]


def test_two_packages_with_the_same_name_are_refused(
    project: Path, pigeons: dict[str, Path]
) -> None:
    """Which one is meant is not for us to guess."""
    sys.path.extend(map(str, pigeons.values()))
    invalidate_caches()
    said = mistakes(PIGEON_SETTINGS)
    assert any(
        "posthouse-dove and posthouse-pigeon both bring a messenger 'pigeon'" in s for s in said
    )
