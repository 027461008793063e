"""What was asked of the simulator, for tests to look at."""

from msgspec import Struct, field


class Entry(Struct, kw_only=True):
    """One request and its answer."""

    method: str
    bot: int
    """Id of the bot that asked; 0 where no bot has the token."""
    parameters: dict[str, str] = field(default_factory=dict)
    """As they came: every parameter is a text."""
    files: dict[str, str] = field(default_factory=dict)
    """Names of files, by the parameter that carried them."""
    at_s: float = 0.0
    """Seconds of the simulator's clock."""
    via: str = "request"
    """`request`, or `webhook` for what an answer to a webhook asked."""
    status: int = 0
    """HTTP status of the answer; 0 until it is given."""
    description: str = ""
    """What a refusal said."""
    fault: str = ""
    """The fault that was played, if any."""


class Journal:
    """Every request, the oldest first."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []

    def __len__(self) -> int:
        return len(self.entries)

    def of(self, method: str, *, bot: int | None = None) -> list[Entry]:
        """The requests of one method."""
        return [one for one in self.entries if one.method == method and bot in {None, one.bot}]

    def methods(self) -> list[str]:
        """The methods that were called, in order."""
        return [one.method for one in self.entries]

    def refused(self) -> list[Entry]:
        """What was refused."""
        return [one for one in self.entries if one.description]

    def clear(self) -> None:
        """Forget everything so far."""
        self.entries.clear()
