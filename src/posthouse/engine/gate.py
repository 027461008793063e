"""The gate: holds what an adapter hands over while it starts, before its lanes are known."""

from posthouse.ports.adapter import Incoming, OnSettled, Receiver


class Gate:
    """The `Receiver` an adapter gets; passes everything on once it is open, in order."""

    def __init__(self) -> None:
        self._receiver: Receiver | None = None
        self._held: list[tuple[Incoming, OnSettled | None]] = []
        self._malformed: list[tuple[str, bytes, str, OnSettled | None]] = []

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

    def open(self, receiver: Receiver) -> None:
        """Pass on what was held, and everything that follows."""
        self._receiver = receiver
        held, self._held = self._held, []
        for incoming, on_settled in held:
            receiver.receive(incoming, on_settled)
        malformed, self._malformed = self._malformed, []
        for update_id, body, reason, on_settled in malformed:
            receiver.malformed(update_id, body, reason=reason, on_settled=on_settled)
