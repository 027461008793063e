"""Every command by name; what a command needs is imported when it runs, so that help is quick."""

import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version

from cyclopts import App, CycloptsError

from posthouse.cli.output import Output, current
from posthouse.errors import PosthouseError

DEBUG = "--debug"
INTERRUPTED = 130

_HELP = """Durable messenger bots: one process, many bots, nothing lost.

try it  posthouse demo
begin   posthouse new shop; cd shop; posthouse run
look    posthouse check, posthouse console, posthouse explain FILE
repair  posthouse quarantine list, posthouse outbox list

`posthouse COMMAND --help` shows examples. With --debug an error shows its traceback.
"""
_HERE = "posthouse.cli"
_COMMANDS = {
    "demo": (
        "running:demo",
        """Serve the demo bot and its chat page until Ctrl-C.

$ posthouse demo
$ posthouse demo --port 9000 --folder /tmp/demo
""",
    ),
    "new": (
        "creating:new",
        """Start a project that runs at once: settings, an app, a test.

$ posthouse new shop
$ posthouse new shop --folder ~/bots/shop
""",
    ),
    "run": (
        "running:run",
        """Run the site of this folder until Ctrl-C.

Stopping finishes what runs and keeps what waits; a second Ctrl-C does not wait.

$ posthouse run
$ posthouse run --settings production.toml
""",
    ),
    "check": (
        "checking:check",
        """Look for mistakes in settings and code, without running anything.

It reads the settings, imports apps, modules and middlewares, compiles every handler, and sees
whether modules provide what handlers ask for. The exit code is 1 when something is wrong.

$ posthouse check
""",
    ),
    "console": (
        "running:console",
        """Talk to a bot of the site in this terminal; its buttons are numbers.

The bot runs here instead of on its messenger, and remembers you in the site's database. Input
from a pipe works too; the command ends when everything was answered.

$ posthouse console
$ posthouse console --bot shop
$ echo "/remind 10s tea" | posthouse console
""",
    ),
    "explain": (
        "explaining:explain",
        """Tell which handler takes an update, and why the others do not. No handler runs.

The update is JSON as the bot's messenger sends it, or Posthouse's own form, where everything but
the kind may be left out. The exit code is 1 when no handler takes it.

$ posthouse explain update.json --bot shop
$ echo '{"kind": "textmessage", "text": "/remind 5m tea"}' | posthouse explain -
""",
    ),
    "replay": (
        "repairing:replay",
        """Handle again what was set aside: one update, or all in the order they came.

$ posthouse quarantine list
$ posthouse replay 7
$ posthouse replay --all
""",
    ),
    "migrate": (
        "repairing:migrate",
        """Bring the database to this version's schema.

`posthouse run` does it by itself at the start. Stop the site first.

$ posthouse migrate
""",
    ),
}
_GROUPS = {
    "quarantine": (
        "See what was set aside: list, show, replay or drop updates.",
        {
            "list": (
                "repairing:quarantine_list",
                "List what was set aside, the newest first.\n\n$ posthouse quarantine list\n",
            ),
            "show": (
                "repairing:quarantine_show",
                "Show one update with its error and body.\n\n$ posthouse quarantine show 7\n",
            ),
            "replay": (
                "repairing:quarantine_replay",
                "Handle one update again, after what waits in its chat.\n\n"
                "$ posthouse quarantine replay 7\n",
            ),
            "drop": (
                "repairing:quarantine_drop",
                "Forget one update for good.\n\n$ posthouse quarantine drop 7\n",
            ),
        },
    ),
    "outbox": (
        "See what did not arrive: list, requeue or cancel deliveries.",
        {
            "list": (
                "repairing:outbox_list",
                "List deliveries that were rejected, have expired, or whose end nobody knows.\n\n"
                "$ posthouse outbox list\n",
            ),
            "requeue": (
                "repairing:outbox_requeue",
                "Send one delivery again; one with an unknown end may then appear twice.\n\n"
                "$ posthouse outbox requeue 42\n",
            ),
            "cancel": (
                "repairing:outbox_cancel",
                "Give one delivery up.\n\n$ posthouse outbox cancel 42\n",
            ),
        },
    ),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return 0 when it is fine, 1 failed, 2 typed wrong, 130 interrupted."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    debug = DEBUG in words
    output = Output()
    current.set(output)
    try:
        return _run([word for word in words if word != DEBUG])
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001  the last place: everything ends here as a sentence
        return _told(output, error, debug=debug)


def _run(words: list[str]) -> int:
    try:
        result = make_app()(
            words, exit_on_error=False, print_error=True, result_action="return_value"
        )
    except CycloptsError:
        return 2
    return result if isinstance(result, int) else 0


def make_app() -> App:
    """Return the command line with every command in it."""
    app = App(name="posthouse", help=_HELP, version=_version, help_format="plaintext")
    if not sys.stdout.isatty():
        app.help_formatter = "plain"
    _add(app, _COMMANDS)
    for name, (help_text, commands) in _GROUPS.items():
        group = App(name=name, help=help_text)
        _add(group, commands)
        app.command(group)
    return app


def _add(app: App, commands: dict[str, tuple[str, str]]) -> None:
    for name, (place, help_text) in commands.items():
        app.command(f"{_HERE}.{place}", name=name, help=help_text)


def _told(output: Output, error: Exception, *, debug: bool) -> int:
    errors = list(_leaves(error))
    if debug or not all(isinstance(leaf, PosthouseError) for leaf in errors):
        output.traceback(error)
    for leaf in errors:
        known = isinstance(leaf, PosthouseError)
        output.problem(str(leaf) if known else f"{type(leaf).__name__}: {leaf}")
    return 1


def _leaves(error: BaseException) -> Sequence[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        return [leaf for inner in error.exceptions for leaf in _leaves(inner)]
    return [error]


def _version() -> str:
    try:
        return version("posthouse")
    except PackageNotFoundError:
        return "from a source tree"
