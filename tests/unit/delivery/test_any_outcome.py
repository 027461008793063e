"""ENGINE 17, 18 and 20 under any mixture of turns, outcomes, waits and crashes."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from posthouse.delivery import shelf
from posthouse.errors import NotSentError
from posthouse.model.outgoing import DeliveryClass, Operation
from posthouse.ports.adapter import Certainty
from posthouse.ports.records import DeliveryState

CHATS = ("ann", "bob")
CLASSES = (DeliveryClass.ANSWER, DeliveryClass.BULK)

steps = st.one_of(
    st.tuples(st.just("send"), st.sampled_from(CHATS), st.sampled_from(CLASSES)),
    st.tuples(st.just("edit"), st.integers(0, 7), st.sampled_from(CLASSES)),
    st.tuples(st.just("delete"), st.integers(0, 7), st.sampled_from(CLASSES)),
    st.tuples(st.just("fail"), st.sampled_from(CHATS), st.sampled_from(CLASSES)),
    st.tuples(st.just("wait"), st.sampled_from((0.0, 0.1, 3.0, 40.0)), st.none()),
    st.tuples(st.sampled_from(("hold", "release", "stall", "go on")), st.none(), st.none()),
    st.tuples(st.just("die"), st.booleans(), st.none()),
)  # fmt: skip
outcomes = st.sampled_from(("sent", "sent", "not sent", "slow down", "lost", "arrived"))


class Story:
    """What was committed, and whether the messenger was told all of it, in order."""

    def __init__(self, post: Any, script: list[str], lost: type[Exception]) -> None:
        self.post = post
        self.script = script
        self.lost = lost
        self.messages: list[tuple[int, str]] = []
        self.committed: dict[int, list[str]] = {}
        """By message: what it was to show, one after another; None when deleted."""
        self.bulk: set[int] = set()
        self.never: set[int] = set()
        self.arrived: list[Any] = []
        self.words = 0

    def plug_in(self) -> None:
        """Let the adapter of a new process follow the script."""
        self.post.line.script = [self._answer(word) for word in self.script]
        self.post.line.arrived = self.arrived

    def _answer(self, word: str) -> Any:
        return {
            "sent": None,
            "not sent": NotSentError("busy"),
            "slow down": NotSentError("slow down", retry_after_s=2.0),
            "lost": OSError("no route"),
            "arrived": self.lost("no answer"),
        }[word]

    async def take(self, step: tuple[str, Any, Any]) -> None:
        """Let one thing happen."""
        post, (what, one, klass) = self.post, step
        match what:
            case "send" | "fail":
                self._turn(what, one, klass)
            case "edit" | "delete" if self.messages:
                key, chat = self.messages[one % len(self.messages)]
                self._operate(what, key, chat, klass)
            case "wait":
                await post.later(one)
            case "hold":
                post.hold()
            case "release":
                await post.release()
            case "stall":
                post.writer.held = True
            case "go on":
                post.writer.held = False
                post.writer.go_on()
            case "die":
                await post.die(reboot=one, opens=False)
                self.plug_in()
                post.outbox.open()

    def _turn(self, what: str, chat: str, klass: DeliveryClass) -> None:
        turn = self.post.turn()
        self.words += 1
        words = str(self.words)
        key = turn.send(words, chat=chat, klass=klass, remember=True)
        if what == "fail":
            self.never.add(key)
            turn.give_up()
            return
        if klass is DeliveryClass.BULK:
            self.bulk.add(key)
        self._submit(turn, lambda: self._sent(key, chat, words))

    def _operate(self, what: str, key: int, chat: str, klass: DeliveryClass) -> None:
        turn = self.post.turn()
        self.words += 1
        words = str(self.words) if what == "edit" else ""
        if what == "edit":
            turn.edit(key, words, chat=chat, klass=klass)
        else:
            turn.delete(key, chat=chat, klass=klass)
            self.messages.remove((key, chat))
        self._submit(turn, lambda: self.committed[key].append(words))

    def _sent(self, key: int, chat: str, words: str) -> None:
        self.committed[key] = [words]
        self.messages.append((key, chat))

    def _submit(self, turn: Any, then: Any) -> None:
        turn.submit()
        done = turn.change.done

        def both(change: Any) -> None:
            done(change)
            then()

        turn.change.done = both

    async def end(self) -> None:
        """Let everything come to its end."""
        post = self.post
        post.line.script.clear()
        post.writer.held = False
        post.writer.go_on()
        await post.release()
        await post.later(4000)

    def shown(self) -> dict[int, str]:
        """What each message shows at the end, told from what arrived."""
        shows: dict[int, str] = {}
        seen: set[int] = set()
        for delivery in self.arrived:
            outgoing, words = delivery.outgoing, delivery.outgoing.content.text.plain
            if delivery.id in seen:
                continue  # the messenger knows the key
            seen.add(delivery.id)
            if outgoing.operation is Operation.SEND:
                shows[delivery.id] = words
            else:
                key = int(outgoing.message_id[1:])
                shows[key] = words
        return shows


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(steps, max_size=40), st.lists(outcomes, max_size=30))
async def test_every_committed_delivery_arrives_in_order_and_nothing_else_does(
    make_post: Any,
    answer_lost: type[Exception],
    story: list[tuple[str, Any, Any]],
    script: list[str],
) -> None:
    """Each message ends up showing its newest content, deleted ones are gone, all is in order."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("posthouse.delivery.outbox.MOST_IN_MEMORY", 3)
        patch.setattr(shelf, "MOST_IN_MEMORY", 3)
        patch.setattr(shelf, "READ_AT_ONCE", 2)
        async with make_post(certainty=Certainty.IDEMPOTENT, pool=2) as post:
            told = Story(post, script, answer_lost)
            told.plug_in()
            for step in story:
                await told.take(step)
            await told.end()
            assert post.rows == {}
            assert post.outbox.waiting == 0
            assert post.outbox._queues.all == {}
            shown = told.shown()
            for key, contents in told.committed.items():
                assert shown.get(key, "") == contents[-1], f"message {key} was to show {contents}"
            assert not told.never & {delivery.id for delivery in told.arrived}
            _in_order(told)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(steps, max_size=40), st.lists(outcomes, max_size=30))
async def test_a_blind_messenger_shows_nothing_twice_and_nothing_is_lost_unseen(
    make_post: Any,
    answer_lost: type[Exception],
    story: list[tuple[str, Any, Any]],
    script: list[str],
) -> None:
    """Every message arrives at most once; what did not is kept as unknown; claims fit the pool."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("posthouse.delivery.outbox.MOST_IN_MEMORY", 3)
        patch.setattr(shelf, "MOST_IN_MEMORY", 3)
        patch.setattr(shelf, "READ_AT_ONCE", 2)
        async with make_post(certainty=Certainty.BLIND, pool=2) as post:
            told = Story(post, script, answer_lost)
            told.plug_in()
            for step in story:
                await told.take(step)
                claimed = post.in_state(DeliveryState.CLAIMED)
                assert len(claimed) <= 2
                assert len({post.rows[key].chat for key in claimed}) == len(claimed)
            await told.end()
            ids = [delivery.id for delivery in told.arrived]
            assert len(ids) == len(set(ids))
            assert not told.never & set(ids)
            assert {row.state for row in post.rows.values()} <= {DeliveryState.UNKNOWN}
            gone = {key for key, contents in told.committed.items() if contents[-1] == ""}
            assert told.committed.keys() - gone <= set(ids) | post.rows.keys()
            assert post.journal.slots == {}


def _in_order(told: Story) -> None:
    """Whatever is not marked late arrived in the order of its chat and class."""
    places: dict[tuple[str, Any], list[int]] = {}
    seen: set[int] = set()
    for delivery in told.arrived:
        if delivery.id in told.committed and delivery.id not in seen and not delivery.late:
            seen.add(delivery.id)
            places.setdefault((delivery.chat, delivery.id in told.bulk), []).append(delivery.id)
    for keys in places.values():
        assert keys == sorted(keys)
