"""Commands on persons, as the site and the command line execute them."""

from posthouse.engine.commands import Commands
from posthouse.people.commands import PeopleCommands
from posthouse.people.crowd import People
from posthouse.ports.clock import Clock
from posthouse.ports.store import Store
from posthouse.ports.writer import Writer


def register(
    commands: Commands, store: Store, writer: Writer, clock: Clock, *, people: People | None = None
) -> None:
    """Let a site, or the command line, execute the commands on persons."""
    executes = PeopleCommands(store, writer, clock=clock, people=people)
    for kind, execute in (
        ("people.ban", executes.ban),
        ("people.unban", executes.unban),
        ("people.grant", executes.grant),
        ("people.revoke", executes.revoke),
    ):
        commands.register(kind, execute)
