"""The command line as people use it: what it prints, where, and its exit codes."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib import invalidate_caches
from pathlib import Path
from typing import NamedTuple

import pytest
from rich.console import Console

from posthouse.cli import main
from posthouse.cli.output import Output

APP = """
from posthouse import App, Rest, TextMessage, Turn
from posthouse.types import Press

app = App("tea")

@app.command
async def remind(turn: Turn, after: int, what: Rest) -> str:
    return what

@app.on(where=lambda message: message.text == "fail")
async def fail(message: TextMessage) -> str:
    raise ValueError("no tea left")

@app.on
async def echo(message: TextMessage) -> str:
    return message.text

@app.on
async def pressed(press: Press) -> str:
    return "?"
"""
SETTINGS = """
[bots.tea]
messenger = "console"
apps = ["tea_cli_app:app"]
"""


class Ran(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str


Posthouse = Callable[..., Ran]


@pytest.fixture
def posthouse(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Iterator[Posthouse]:
    """A function that runs a command in this process, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    known, path = set(sys.modules), list(sys.path)

    def run(*words: str) -> Ran:
        invalidate_caches()
        capfd.readouterr()
        code = main(words)
        out, err = capfd.readouterr()
        return Ran(code, out, err)

    yield run
    sys.path[:] = path
    for name in set(sys.modules) - known:
        if name.startswith("tea_") or name == "shop":
            del sys.modules[name]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with settings and an app."""
    (tmp_path / "posthouse.toml").write_text(SETTINGS)
    (tmp_path / "tea_cli_app.py").write_text(APP)
    return tmp_path


def alone(*words: str, stdin: str = "", cwd: Path) -> Ran:
    """Run a command in a process of its own."""
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from posthouse.cli import main; sys.exit(main())",
            *words,
        ],
        input=stdin,
        capture_output=True,
        text=True,
        cwd=cwd,
        timeout=45,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


# --- help and typing errors


def test_help_lists_every_command(posthouse: Posthouse) -> None:
    """With what each does."""
    ran = posthouse("--help")
    assert ran.code == 0
    for name in ("new", "run", "check", "console", "demo", "explain", "quarantine", "replay",
                 "outbox", "migrate"):  # fmt: skip
        assert f"{name}: " in ran.out


@pytest.mark.parametrize(
    "command",
    ["new", "run", "check", "console", "demo", "explain", "replay", "migrate", "quarantine list",
     "quarantine show", "quarantine replay", "quarantine drop", "outbox list", "outbox requeue",
     "outbox cancel"],
)  # fmt: skip
def test_every_command_shows_examples(posthouse: Posthouse, command: str) -> None:
    """Help that teaches."""
    ran = posthouse(*command.split(), "--help")
    assert ran.code == 0
    assert f"$ posthouse {command}" in ran.out


def test_help_loads_neither_the_engine_nor_the_adapters() -> None:
    """So it is there at once."""
    code = (
        "import sys; from posthouse.cli import main; main(['--help']); "
        "print([m for m in sys.modules if m.startswith(('posthouse.engine', 'posthouse.adapters', "
        "'sqlalchemy', 'starlette', 'uvicorn'))], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == "[]\n"


@pytest.mark.parametrize("words", [["bogus"], ["run", "--bogus"], ["explain"], ["replay", "x"]])
def test_a_command_typed_wrong_ends_with_2(posthouse: Posthouse, words: list[str]) -> None:
    """And says what was wrong."""
    ran = posthouse(*words)
    assert ran.code == 2
    assert ran.out + ran.err
    assert "Traceback" not in ran.err


def test_the_version_is_told(posthouse: Posthouse) -> None:
    """Of the installed package."""
    assert posthouse("--version").out.strip()


def test_python_m_posthouse_is_the_command(posthouse: Posthouse) -> None:
    """For those whose scripts are not on the path."""
    call = [sys.executable, "-m", "posthouse", "--version"]
    done = subprocess.run(call, capture_output=True, text=True, check=True)

    assert done.stdout == posthouse("--version").out


# --- new


def test_a_new_project_runs_at_once(posthouse: Posthouse, tmp_path: Path) -> None:
    """It passes its own check, answers, and its test passes."""
    ran = posthouse("new", "my-shop")
    assert ran.code == 0
    assert "cd my-shop" in ran.out
    folder = tmp_path / "my-shop"
    assert {path.name for path in folder.iterdir()} == {
        ".gitignore", "README.md", "my_shop.py", "posthouse.toml", "test_my_shop.py"}  # fmt: skip
    assert not [p for p in folder.iterdir() if "@" in p.read_text().replace("@app", "")]
    checked = alone("check", cwd=folder)
    assert (checked.code, checked.err) == (0, "")
    tested = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", "-p", "no:cacheprovider"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert tested.returncode == 0, tested.stdout
    talked = alone("console", stdin="/count\n1\nhello\n", cwd=folder)
    assert talked.out.endswith(
        "Pressed 0 times.\n[1] +1\n(edited) Pressed 1 times.\n[1] +1\nhello\n"
    )


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("1shop", "cannot name a project"),
        ("json", "try json_bot"),
        ("posthouse", "try posthouse_bot"),
        ("class", "try class_bot"),
    ],
)
def test_a_name_that_would_not_work_is_refused(posthouse: Posthouse, name: str, says: str) -> None:
    """Before anything is written."""
    ran = posthouse("new", name)
    assert (ran.code, ran.out) == (1, "")
    assert says in ran.err
    assert not Path(name).exists()


def test_a_folder_with_something_in_it_is_left_alone(posthouse: Posthouse, project: Path) -> None:
    """Nothing is overwritten."""
    ran = posthouse("new", "shop", "--folder", str(project))
    assert ran.code == 1
    assert "not empty" in ran.err
    assert not (project / "shop.py").exists()


# --- check


def test_check_tells_what_is_fine(posthouse: Posthouse, project: Path) -> None:
    """And ends with 0."""
    ran = posthouse("check")
    assert ran == Ran(
        0,
        "✓ settings and imports: posthouse.toml, 1 bot\n"
        "✓ bot tea on console: 4 handlers, 0 actions; /remind; sends are blind\n"
        "✓ 0 modules: everything that handlers ask for is provided (0 asked)\n"
        "✓ site: 1 bot in start order, 0 named chats\n",
        "",
    )


def test_check_tells_every_mistake(posthouse: Posthouse, project: Path) -> None:
    """With file and line, and ends with 1."""
    (project / "posthouse.toml").write_text(SETTINGS + 'persn = "x"\n[site]\nprot = 1\n')
    ran = posthouse("check")
    assert (ran.code, ran.err) == (1, "")
    assert "✗ 2 mistakes in posthouse.toml:" in ran.out
    assert "posthouse.toml:5: bots.tea.persn" in ran.out
    assert "posthouse.toml:7: site.prot" in ran.out


def test_check_tells_what_no_module_provides(posthouse: Posthouse, project: Path) -> None:
    """As the start would."""
    with (project / "tea_cli_app.py").open("a") as more:
        more.write(
            "\nfrom posthouse import use\nclass Shop: pass\n"
            "@app.command\nasync def buy(turn: Turn, *, shop: Shop = use()) -> str:\n"
            "    return ''\n"
        )
    ran = posthouse("check")
    assert ran.code == 1
    assert "✗ " in ran.out
    assert "Shop" in ran.out


def test_check_tells_of_bots_that_name_spokes_that_are_not_there(
    posthouse: Posthouse, project: Path
) -> None:
    """What only the whole site shows."""
    (project / "posthouse.toml").write_text(SETTINGS + 'spokes = ["other"]\n')
    ran = posthouse("check")
    assert ran.code == 1
    assert "'other'" in ran.out


def test_a_missing_settings_file_is_one_sentence(posthouse: Posthouse) -> None:
    """With the ways out, without a traceback."""
    ran = posthouse("check")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("posthouse: posthouse.toml does not exist; ")
    assert len(ran.err.splitlines()) == 1


CANARY = "canary-7f3a"


def test_a_secret_is_never_printed(
    posthouse: Posthouse, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even where the user's own code puts it into an error, with its traceback."""
    monkeypatch.setenv("TEA_TOKEN", CANARY)
    with (project / "tea_cli_app.py").open("a") as more:
        more.write("\nimport os\nraise ValueError('the token is ' + os.environ['TEA_TOKEN'])\n")
    (project / "posthouse.toml").write_text(SETTINGS + 'token = "${TEA_TOKEN}"\n')
    for words in (["check"], ["--debug", "run"], ["console", "--debug"]):
        ran = posthouse(*words)
        assert ran.code == 1
        assert "the token is •••" in ran.out + ran.err
        assert CANARY not in ran.out + ran.err
        assert ("Traceback" in ran.err) is ("--debug" in words)


# --- explain


def test_explain_tells_who_takes_an_update_and_why(posthouse: Posthouse, project: Path) -> None:
    """One line for every handler, in order."""
    (project / "u.json").write_text('{"kind": "textmessage", "text": "/remind 5 tea"}')
    ran = posthouse("explain", "u.json")
    assert (ran.code, ran.err) == (0, "")
    lines = [line.split("\t") for line in ran.out.splitlines()]
    assert lines[0] == ['TextMessage "/remind 5 tea" for bot tea:']
    assert [line[1:3] for line in lines[2:]] == [
        ["tea.remind", "takes it"],
        ["tea.fail", "does not take it"],
        ["tea.echo", "not asked"],
        ["tea.pressed", "does not take it"],
    ]


def test_explain_reads_what_the_messenger_sends(posthouse: Posthouse, project: Path) -> None:
    """The body as the adapter keeps it, from standard input too."""
    body = {
        "kind": "textmessage", "id": "1", "at": "2026-01-01T00:00:00Z", "bot": "tea",
        "chat": "console", "person": {"id": "you", "name": "Ann"}, "text": "hello",
        "message_id": "5",
    }  # fmt: skip
    ran = alone("explain", "-", stdin=json.dumps(body), cwd=project)
    assert ran.code == 0
    assert "tea.echo\ttakes it" in ran.out


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("tea", "this is not JSON"),
        ("{}", "neither an update of console"),
        ('{"kind": "textmesage"}', "there is no kind 'textmesage'; did you mean textmessage?"),
        ('{"kind": "textmessage", "txt": ""}', "has no 'txt'; did you mean text?"),
        ('{"kind": "textmessage", "text": 5}', "this is no TextMessage"),
        ('{"kind": "textmessage", "chat": 5}', "neither an update of console"),
    ],
)
def test_explain_says_what_is_wrong_with_an_update(
    posthouse: Posthouse, project: Path, body: str, says: str
) -> None:
    """In a sentence."""
    (project / "u.json").write_text(body)
    ran = posthouse("explain", "u.json")
    assert ran.code == 1
    assert says in ran.err


def test_explain_ends_with_1_when_nobody_takes_it(posthouse: Posthouse, project: Path) -> None:
    """For scripts."""
    (project / "u.json").write_text('{"kind": "reaction", "emoji": ["👍"]}')
    ran = posthouse("explain", "u.json")
    assert ran.code == 1
    assert "No handler takes it." in ran.out
    assert posthouse("explain", "nowhere.json").err.startswith("posthouse: nowhere.json cannot be")


def test_one_of_several_bots_must_be_named(posthouse: Posthouse, project: Path) -> None:
    """With the names there are."""
    (project / "posthouse.toml").write_text(SETTINGS + SETTINGS.replace("bots.tea", "bots.mint"))
    (project / "u.json").write_text('{"kind": "textmessage", "text": "x"}')
    assert "say which bot with --bot; there are mint, tea" in posthouse("explain", "u.json").err
    assert "did you mean mint?" in posthouse("explain", "u.json", "--bot", "mnt").err
    assert posthouse("explain", "u.json", "--bot", "mint").code == 0


# --- repairing


def test_without_a_database_there_is_nothing_to_repair(posthouse: Posthouse, project: Path) -> None:
    """And none is made."""
    for words in (["quarantine", "list"], ["outbox", "list"], ["replay", "--all"], ["migrate"]):
        ran = posthouse(*words)
        assert ran.code == 1
        assert "there is no database at" in ran.err
    assert not (project / "posthouse.db").exists()


def test_settings_without_a_file_cannot_be_repaired(posthouse: Posthouse, project: Path) -> None:
    """Memory forgets by itself."""
    (project / "posthouse.toml").write_text(SETTINGS + '[site]\nstorage = "memory:"\n')
    assert "this works on a database file" in posthouse("quarantine", "list").err


def test_what_was_set_aside_is_listed_shown_replayed_and_dropped(
    posthouse: Posthouse, project: Path
) -> None:
    """While no site runs the command line does it itself."""
    alone("console", stdin="fail\nfail\n", cwd=project)
    listed = posthouse("quarantine", "list")
    rows = [line.split("\t") for line in listed.out.splitlines()]
    assert [(r[2], r[3], r[4], r[5]) for r in rows[1:3]] == [
        ("tea", "textmessage", "raised", "ValueError: no tea left")
    ] * 2
    first, second = rows[2][0], rows[1][0]
    shown = posthouse("quarantine", "show", first)
    assert "ValueError: no tea left" in shown.out
    assert '"text":"fail"' in shown.out
    assert posthouse("quarantine", "replay", first).out == "1 update replayed.\n"
    assert posthouse("quarantine", "drop", second).out == f"Update {second} dropped.\n"
    assert posthouse("quarantine", "list").out == "Nothing is set aside.\n"
    for words in (["quarantine", "show", "99"], ["replay", "99"]):
        ran = posthouse(*words)
        assert ran.code == 1
        assert "nothing is set aside under number 99" in ran.err


def test_replay_wants_a_number_or_all(posthouse: Posthouse, project: Path) -> None:
    """Not both and not neither."""
    for words in (["replay"], ["replay", "7", "--all"]):
        assert "say which update" in posthouse(*words).err


def test_failed_deliveries_are_listed(posthouse: Posthouse, project: Path) -> None:
    """And commands on one that is not there say so."""
    alone("console", stdin="hello\n", cwd=project)
    assert posthouse("outbox", "list").out == "Every delivery arrived, or still waits.\n"
    for words in (["outbox", "requeue", "99"], ["outbox", "cancel", "99"]):
        ran = posthouse(*words)
        assert ran.code == 1
        assert "99" in ran.err


@pytest.mark.usefixtures("traced")
def test_a_running_site_executes_what_the_command_line_asks(
    posthouse: Posthouse, project: Path
) -> None:
    """It owns the file; the command is a row that it takes and answers."""
    alone("console", stdin="fail\n", cwd=project)
    site = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys; from posthouse.cli import main; sys.exit(main())",
            "run",
        ],
        cwd=project,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert site.stdout is not None
    try:
        assert "Running: tea (console)" in site.stdout.readline() + site.stdout.readline()
        ran = posthouse("quarantine", "replay", "1")
        assert (ran.out, ran.err) == ("1 update replayed.\n", "")
        assert "owns the database" in posthouse("migrate").err
        assert posthouse("quarantine", "list").code == 0
    finally:
        site.terminate()
        site.communicate(timeout=30)
    assert site.returncode == 0


def test_migrate_says_that_the_schema_is_there(posthouse: Posthouse, project: Path) -> None:
    """Also when nothing was to do."""
    alone("console", stdin="hello\n", cwd=project)
    assert posthouse("migrate").out.endswith("posthouse.db has this version's schema.\n")


# --- running


@pytest.mark.usefixtures("traced")
def test_the_console_answers_what_comes_from_a_pipe(project: Path) -> None:
    """And ends with the input."""
    ran = alone("console", "--bot", "tea", stdin="hello\n/remind 5 tea\n", cwd=project)
    assert ran.code == 0
    assert ran.out.splitlines()[1:] == ["hello", "tea"]


@pytest.mark.usefixtures("traced")
def test_the_demo_says_where_it_is_and_stops_at_a_signal(tmp_path: Path) -> None:
    """The page answers, and Ctrl-C leaves no traceback."""
    import signal
    from urllib.request import urlopen

    demo = subprocess.Popen(
        [sys.executable, "-c", "import sys; from posthouse.cli import main; sys.exit(main())",
         "demo", "--port", "0"],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert demo.stdout is not None
    line = demo.stdout.readline()
    assert line.startswith("Posthouse is at http://127.0.0.1:")
    with urlopen(line.split()[-1], timeout=30) as page:
        assert page.status == 200
    again = alone("demo", "--port", line.rpartition(":")[2].strip(), "--folder", "b", cwd=tmp_path)
    assert again.code == 1
    assert "is in use by another program" in again.err
    assert "Traceback" not in again.err
    demo.send_signal(signal.SIGINT)
    _, err = demo.communicate(timeout=30)
    assert demo.returncode == 0
    assert "Traceback" not in err
    assert (tmp_path / ".posthouse-demo" / "demo.db").exists()


# --- output


def test_a_table_is_drawn_in_a_terminal_and_plain_in_a_pipe(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Tabs between columns, one line a row."""
    rows = [("a", "b\nc"), ("d", "e")]
    Output().table(("x", "y"), rows)
    assert capsys.readouterr().out == "x\ty\na\tb c\nd\te\n"
    Output(Console(force_terminal=True, width=40)).table(("x", "y"), rows, marked=[1])
    drawn = capsys.readouterr().out
    assert "─" in drawn
    assert "\x1b[32m" in drawn


def test_log_records_are_masked_with_their_tracebacks(posthouse: Posthouse, tmp_path: Path) -> None:
    """The last look before they are written."""
    code = f"""
import logging
from posthouse.cli.output import Output
output = Output()
output.hide(["{CANARY}", "abc"])
output.log("info")
try:
    raise ValueError("{CANARY}")
except ValueError:
    logging.getLogger("posthouse.x").exception("it is %s, abc", "{CANARY}")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert CANARY not in done.stderr.replace(f'"{CANARY}"', "")
    assert "it is •••, abc" in done.stderr
    assert "ValueError: •••" in done.stderr
