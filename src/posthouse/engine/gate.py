"""The gate: holds what an adapter hands over while it starts, before its lanes are known."""

from posthouse.ports.adapter import Incoming, OnSettled, Receiver


class Gate:
    """The `Receiver` an adapter gets; passes everything on once it is open, in order."""

    def __init__(self) -> None:
        self._receiver: Receiver | None = None
        self._held: list[tuple[Incoming, OnSettled | None]] = []
        self._malformed: list[tuple[str, bytes, str, OnSettled | None]] = []
        self._moved: list[tuple[str, str]] = []

    @property
    def is_open(self) -> bool:
        """Whether what comes is passed on."""
        return self._receiver is not None

    def receive(self, incoming: Incoming, on_settled: OnSettled | None = None) -> None:
        """Hold an update, or pass it on."""
        if self._receiver is None:
            self._held.append((incoming, on_settled))
        else:
            self._receiver.receive(incoming, on_settled)

    def malformed(
        self, update_id: str, body: bytes, *, reason: str, on_settled: OnSettled | None = None
    ) -> None:
        """Hold what cannot be decoded, or pass it on."""
        if self._receiver is None:
            self._malformed.append((update_id, body, reason, on_settled))
        else:
            self._receiver.malformed(update_id, body, reason=reason, on_settled=on_settled)

    def moved(self, before: str, after: str) -> None:
        """Hold that a chat moved, or pass it on."""
        if self._receiver is None:
            self._moved.append((before, after))
        else:
            self._receiver.moved(before, after)

    def open(self, receiver: Receiver) -> None:
        """Pass on what was held, and everything that follows."""
        self._receiver = receiver
        moved, self._moved = self._moved, []
        for before, after in moved:
            receiver.moved(before, after)
        held, self._held = self._held, []
        for incoming, on_settled in held:
            receiver.receive(incoming, on_settled)
        malformed, self._malformed = self._malformed, []
        for update_id, body, reason, on_settled in malformed:
            receiver.malformed(update_id, body, reason=reason, on_settled=on_settled)
