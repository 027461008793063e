"""Every command by name; what a command needs is imported when it runs, so that help is quick."""

import sys
from collections.abc import Sequence

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

It reads the settings, imports apps, modules and middlewares, compiles every handler, sees whether
modules provide what handlers ask for, and holds the catalogues of words against each other and
against the code: keys that a language lacks, that code names and no catalogue has, that nobody
uses. The exit code is 1 when something is wrong.

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
    "graph": (
        "graph:graph",
        """Write what leads where in each bot as a Mermaid chart, and tell what is wrong with it.

Actions, forms, timers and links are read from the code; nothing runs. Told are what nothing leads
to, screens without a way on, buttons to apps that the bot does not have, missing words, and
buttons whose arguments do not fit. With --check the exit code is 1 when something is wrong.

$ posthouse graph > bots.mmd
$ posthouse graph --bot shop --format json
$ posthouse graph --check
""",
    ),
    "simulate": (
        "simulate:simulate",
        """Be a Telegram for bots under test: a Bot API server on this machine.

The first line printed is its address. With --person you are that person: a line is said to the
first bot, [Label] presses a button, and what the bot answers is printed.

$ posthouse simulate --port 8081 --bot 123:secret
$ posthouse simulate --bot 123:secret --person 77
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
    "ban": (
        "people:ban",
        """Let no bot of the site hear a person on their messenger, and send them nothing more.

$ posthouse ban telegram:1234 --reason "sells the same car every day"
""",
    ),
    "unban": (
        "people:unban",
        "Let a person be heard again.\n\n$ posthouse unban telegram:1234\n",
    ),
    "bans": (
        "people:bans",
        "List who is banned, since when and why.\n\n$ posthouse bans\n",
    ),
    "forget": (
        "people:forget",
        """Erase what is kept about a person, over every table, and tell how much it was.

Conversations, drafts, messages and the like go; of completed forms go the personal fields and the
name. A ban stays, and so does what was published. It cannot be undone: look first, and export.

$ posthouse forget telegram:1234 --dry-run
$ posthouse forget telegram:1234
$ posthouse forget telegram:1234 --bot shop
""",
    ),
    "export": (
        "people:export",
        """Write what is kept about a person as JSON.

$ posthouse export telegram:1234 > ann.json
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
    "bots": (
        "Bots in the database, beside those of the settings file: many, and changed while all run.",
        {
            "list": (
                "bots:list_",
                "List all bots and how they are.\n\n$ posthouse bots list\n",
            ),
            "add": (
                "bots:add",
                "Add a bot. Its token is asked for, or read from standard input.\n\n"
                "$ posthouse bots add shop --apps shop --set webhook=https://bots.example.org\n"
                "$ posthouse bots add shop --apps shop.app:app,help < token.txt\n",
            ),
            "change": (
                "bots:change",
                "Change a bot's apps, settings or token; it goes on with what is new.\n\n"
                '$ posthouse bots change shop --set title="The shop"\n'
                "$ posthouse bots change shop --token\n",
            ),
            "disable": (
                "bots:disable",
                "Stop a bot until it is enabled.\n\n$ posthouse bots disable shop\n",
            ),
            "enable": (
                "bots:enable",
                "Let a bot run again.\n\n$ posthouse bots enable shop\n",
            ),
            "remove": (
                "bots:remove",
                "Take a bot away for good, its webhook too.\n\n$ posthouse bots remove shop\n",
            ),
            "rotate": (
                "bots:rotate",
                "Encrypt every token anew, under the first key of POSTHOUSE_KEY.\n\n"
                "$ POSTHOUSE_KEY=NEW,OLD posthouse bots rotate\n",
            ),
            "key": (
                "bots:key",
                "Print a new key for POSTHOUSE_KEY.\n\n$ posthouse bots key\n",
            ),
        },
    ),
    "broadcast": (
        "Send one message to many: posthouse broadcast BOT --to all --text 'Hello'.",
        {
            "send": (
                "broadcast:send",
                "Send a message to many, and follow it until it is over; `send` may be left out."
                "\n\nCtrl-C stops following: the site goes on sending. In a pipe only the outcome "
                "is printed.\n\n"
                "$ posthouse broadcast shop --to all --text 'We are open again'\n"
                "$ posthouse broadcast shop --to language:uk --file news.md --photo shop.jpg\n"
                "$ posthouse broadcast shop --to active:30 --file news.md --dry-run\n"
                "$ posthouse broadcast shop --to role:staff --text 'Meeting' --at 18:00\n",
            ),
            "list": (
                "broadcast:list_",
                "List broadcasts, the newest first.\n\n$ posthouse broadcast list\n",
            ),
            "show": (
                "broadcast:show",
                "Show how a broadcast stands.\n\n$ posthouse broadcast show 3\n"
                "$ posthouse broadcast show 3 --follow\n",
            ),
            "pause": (
                "broadcast:pause",
                "Hold a broadcast up; what has not left stays.\n\n$ posthouse broadcast pause 3\n",
            ),
            "resume": (
                "broadcast:resume",
                "Let a broadcast go on, or begin before its time.\n\n"
                "$ posthouse broadcast resume 3\n",
            ),
            "cancel": (
                "broadcast:cancel",
                "End a broadcast; what was sent stays.\n\n$ posthouse broadcast cancel 3\n",
            ),
            "edit": (
                "broadcast:edit",
                "Change what a broadcast says, for those who have it, too.\n\n"
                "$ posthouse broadcast edit 3 --text 'We are open again, from 9 to 5'\n",
            ),
            "retract": (
                "broadcast:retract",
                "End a broadcast, and delete what was sent where the messenger lets a bot do that."
                "\n\n$ posthouse broadcast retract 3\n",
            ),
        },
    ),
    "publishers": (
        "Where the items of topics come from: feeds, data of other services, what is handed in.",
        {
            "list": (
                "publishers:list_",
                "List all publishers, when each was looked at, and how it is.\n\n"
                "$ posthouse publishers list\n",
            ),
            "fetch": (
                "publishers:fetch",
                "Look at a publisher's source now, whenever it is due.\n\n"
                "$ posthouse publishers fetch news\n",
            ),
            "pause": (
                "publishers:pause",
                "Look at a publisher's source no more until it is resumed.\n\n"
                "$ posthouse publishers pause news\n",
            ),
            "resume": (
                "publishers:resume",
                "Let a publisher go on that was paused, or that stopped since its source is gone."
                "\n\n$ posthouse publishers resume news\n",
            ),
        },
    ),
    "roles": (
        "Who may do what with a bot, beside what the settings say: list, add or remove roles.",
        {
            "list": (
                "people:roles_list",
                "List who was granted which role.\n\n$ posthouse roles list\n",
            ),
            "add": (
                "people:roles_add",
                "Give a person a role with a bot.\n\n"
                "$ posthouse roles add telegram:1234 staff --bot shop\n",
            ),
            "remove": (
                "people:roles_remove",
                "Take a role away from a person.\n\n"
                "$ posthouse roles remove telegram:1234 staff --bot shop\n",
            ),
        },
    ),
    "plans": (
        "Who may do what for a while.",
        {
            "list": (
                "plans:list_",
                "List who has which plan, those first whose plan ends first.\n\n"
                "$ posthouse plans list\n$ posthouse plans list --plan cars\n",
            ),
            "grant": (
                "plans:grant",
                "Give a person a plan, from now or from the end of what they have.\n\n"
                "$ posthouse plans grant telegram:1234 cars\n",
            ),
            "revoke": (
                "plans:revoke",
                "Take a plan away from a person.\n\n$ posthouse plans revoke telegram:1234 cars\n",
            ),
        },
    ),
    "webhook": (
        "What Telegram knows of the webhooks of its bots.",
        {
            "status": (
                "webhook:status",
                "Show each bot's webhook, what waits there, and the last error.\n\n"
                "$ posthouse webhook status\n$ posthouse webhook status shop\n",
            ),
            "set": (
                "webhook:set_",
                "Set the webhook of one bot, or of all that have one in their settings.\n\n"
                "$ posthouse webhook set shop\n",
            ),
            "delete": (
                "webhook:delete",
                "Delete the webhook of one bot, or of all; a site that runs sets it again.\n\n"
                "$ posthouse webhook delete shop\n",
            ),
        },
    ),
    "telegram": (
        "Work with what Telegram sends.",
        {
            "decode": (
                "telegram:decode",
                "Read recorded updates, one a line, and write them back with the same keys.\n\n"
                "A line that is no update is named on standard error and left out.\n\n"
                "$ posthouse telegram decode updates.jsonl --out again.jsonl\n",
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
            _spelt_out(words), exit_on_error=False, print_error=True, result_action="return_value"
        )
    except CycloptsError:
        return 2
    return result if isinstance(result, int) else 0


def _spelt_out(words: list[str]) -> list[str]:
    """Return `broadcast BOT` as `broadcast send BOT`."""
    if len(words) > 1 and words[0] == "broadcast":
        known = {*_GROUPS["broadcast"][1], "--help", "-h", "--version"}
        if words[1] not in known:
            return ["broadcast", "send", *words[1:]]
    return words


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
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("posthouse")
    except PackageNotFoundError:
        return "from a source tree"
