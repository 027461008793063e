"""The group commit, as everything below the engine sees it."""

from typing import Protocol

from posthouse.ports.changes import Change, Verdict, Write


class Writer(Protocol):
    """Commits changes in the order they are given, many in one transaction."""

    def submit(self, change: Change) -> None:
        """Queue a change; its `done` is called in the loop once the verdict is durable.

        Never waits.
        """

    def note(self, write: Write) -> None:
        """Queue a single write that nobody waits for and that cannot fail.

        It rides in the next transaction.
        """

    async def write(self, change: Change) -> Verdict:
        """Queue a change and wait for its verdict."""
