"""The journal: which turns and which deliveries were under way when the process died.

How this works: a memory-mapped file beside the database, preallocated, never synced. What a process
wrote into the mapping survives kill -9, because the pages belong to the kernel; it does not survive
a reboot, which is why the header holds the kernel's boot id. A slot is one byte of state, one of
attempts, two of length and the
name: `account:update` for a turn, `account>delivery` for a delivery. Taking and freeing a slot is a
few bytes of memory, so it costs well under a microsecond on the path of every turn.
"""

import mmap
import struct
from hashlib import sha256
from pathlib import Path

from posthouse.ports.records import Mark

MAGIC = b"PHJ1"
SLOT_BYTES = 160
HEADER_BYTES = 64
NAME_BYTES = SLOT_BYTES - 4
SHORT = NAME_BYTES // 4
"""So many characters fit, whatever they are."""

FREE, RUNNING, SENDING, SUSPECT = 0, 1, 2, 3
_tail = struct.Struct("<BH")


class Suspects:
    """What the journal of the process before tells."""

    def __init__(self) -> None:
        self.trusted = False
        """False after a reboot, or without a journal: nothing can be said about single updates."""
        self.turns: dict[str, int] = {}
        """Names of updates that ran when a process died, with how often that has happened."""
        self.sending: set[str] = set()
        """Names of deliveries whose bytes may have left."""


class Journal:
    """Slots for what is under way.

    Args:
        path: The file, or None for a journal in memory that nothing survives.
        slots: How many turns and deliveries may be under way at once.
        boot: The kernel's boot id, for tests.
    """

    def __init__(self, path: Path | None, *, slots: int = 4096, boot: str | None = None) -> None:
        self._path = path
        self._boot = (boot or boot_id()).encode()[:40]
        self.before = _read(path, self._boot) if path else Suspects()
        fresh = path.with_suffix(".new") if path else None
        self._map = _mapped(fresh, HEADER_BYTES + slots * SLOT_BYTES)
        self._map[:4] = MAGIC
        self._map[4 : 4 + len(self._boot)] = self._boot
        self._free = list(range(slots - 1, -1, -1))
        self._suspects: dict[str, int] = {}
        for name, attempts in self.before.turns.items():
            self._suspects[name] = self._take(SUSPECT, name, attempts)
        if path and fresh:
            fresh.replace(path)

    @property
    def trusted(self) -> bool:
        """Whether the journal of the process before could be read."""
        return self.before.trusted

    @property
    def room(self) -> int:
        """How many slots are free."""
        return len(self._free)

    def attempts(self, mark: Mark) -> int:
        """Return how often a process died while this update ran."""
        before = self.before.turns
        return before.get(turn_name(mark), 0) if before else 0

    def was_sending(self, account: int, delivery: int) -> bool:
        """Return whether the process before may have sent this delivery."""
        return f"{account}>{delivery}" in self.before.sending

    def enter(self, mark: Mark) -> int:
        """Note that a turn runs; return its slot."""
        if not self._free:
            return -1
        slot = self._free.pop()
        # As `_take` does; here because every turn comes this way.
        name = f"{mark[0]}:{mark[1]}"
        raw = (name if len(name) <= SHORT else turn_name(mark)).encode()
        start = HEADER_BYTES + slot * SLOT_BYTES
        self._map[start + 1 : start + 4 + len(raw)] = _tail.pack(0, len(raw)) + raw
        self._map[start] = RUNNING
        return slot

    def sending(self, account: int, delivery: int) -> int:
        """Note that a delivery is about to leave; return its slot."""
        return self._take(SENDING, f"{account}>{delivery}")

    def leave(self, slot: int) -> None:
        """Free a slot."""
        if slot >= 0:
            self._map[HEADER_BYTES + slot * SLOT_BYTES] = FREE
            self._free.append(slot)

    def cleared(self, mark: Mark) -> None:
        """Forget a suspect: its attempts are durable elsewhere now, or it is done."""
        name = turn_name(mark)
        self.before.turns.pop(name, None)
        self.leave(self._suspects.pop(name, -1))

    def freeze(self) -> None:
        """For crash tests: leave the file as it is, as a process does that dies now."""
        kept = mmap.mmap(-1, len(self._map))
        kept[:] = self._map[:]
        self._map.close()
        self._map = kept

    def close(self, *, clean: bool) -> None:
        """Let go of the file.

        After a clean end with no suspects awaited an empty journal stays behind.
        """
        if clean:
            for slot in range(len(self._map) // SLOT_BYTES):
                start = HEADER_BYTES + slot * SLOT_BYTES
                if start < len(self._map) and self._map[start] == RUNNING:
                    self._map[start] = FREE
        self._map.close()

    def _take(self, state: int, name: str, attempts: int = 0) -> int:
        if not self._free:
            return -1
        slot = self._free.pop()
        raw = name.encode()
        start = HEADER_BYTES + slot * SLOT_BYTES
        self._map[start + 1 : start + 4 + len(raw)] = _tail.pack(attempts, len(raw)) + raw
        self._map[start] = state  # last, so that a half-written slot is a free one
        return slot


def turn_name(mark: Mark) -> str:
    """Return the name of a turn in the journal: its mark, or the digest of one too long."""
    name = f"{mark[0]}:{mark[1]}"
    return (
        name
        if len(name) <= SHORT or len(name.encode()) <= NAME_BYTES
        else sha256(name.encode()).hexdigest()
    )


def _mapped(path: Path | None, size: int) -> mmap.mmap:
    if path is None:
        return mmap.mmap(-1, size)
    with path.open("w+b") as file:
        file.truncate(size)
        return mmap.mmap(file.fileno(), size)


def _read(path: Path, boot: bytes) -> Suspects:
    out = Suspects()
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return out
    if raw[:4] != MAGIC or raw[4:44].rstrip(b"\0") != boot:
        return out
    out.trusted = True
    for start in range(HEADER_BYTES, len(raw) - SLOT_BYTES + 1, SLOT_BYTES):
        state = raw[start]
        attempts, length = _tail.unpack_from(raw, start + 1)
        if state == FREE or length > NAME_BYTES:
            continue
        name = raw[start + 4 : start + 4 + length].decode(errors="replace")
        if state == SENDING:
            out.sending.add(name)
        else:
            # A suspect that ran again has two slots: the deaths before, and the run that ended in
            # this one.
            out.turns[name] = out.turns.get(name, 0) + attempts + (state == RUNNING)
    return out


def boot_id() -> str:
    """Return what changes at every boot of this machine.

    A constant where the kernel does not tell.
    """
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return "unknown"
