"""How often a bot may call Telegram: per chat, per group and in all."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from posthouse.adapters.telegram.api import methods as call, types as tg
from posthouse.adapters.telegram.rates import FROZEN_WITHIN_S, Rates, RateSettings, chat_of, cost_of
from posthouse.model.media import File, Photo
from posthouse.model.outgoing import Content, DeliveryClass, Operation, Outgoing
from posthouse.ports.adapter import Delivery
from posthouse.testing import FakeClock

PERSON, GROUP, CHANNEL = "7", "-1001", "@news"


@pytest.fixture
def clock() -> FakeClock:
    """A clock that the test moves."""
    return FakeClock()


@pytest.fixture
def rates(clock: FakeClock) -> Rates:
    """The usual rates."""
    return Rates(RateSettings(), clock)


def delivery(
    chat: str = PERSON,
    *,
    operation: Operation = Operation.SEND,
    media: int = 0,
    klass: DeliveryClass = DeliveryClass.ANSWER,
) -> Delivery:
    """A delivery to a chat."""
    photos = tuple(Photo(key=f"p{n}", width=1, height=1) for n in range(media // 2))
    files = tuple(File(key=f"f{n}", name="f", size_bytes=1) for n in range(media - len(photos)))
    outgoing = Outgoing(operation=operation, content=Content(photos=photos, files=files))
    return Delivery(id=1, chat=chat, klass=klass, outgoing=outgoing)


def sent_at_once(rates: Rates, chats: list[str]) -> int:
    """How many of some deliveries may go now."""
    return sum(rates.wait_s(delivery(chat)) == 0 for chat in chats)


async def sent_in(rates: Rates, clock: FakeClock, seconds: float, chat: str) -> int:
    """How many deliveries to one chat go in a while, each as soon as it may."""
    end, count = clock.monotonic() + seconds, 0
    while clock.monotonic() < end:
        wait_s = rates.wait_s(delivery(chat))
        if wait_s:
            await clock.advance(timedelta(seconds=min(wait_s, end - clock.monotonic())))
        else:
            count += 1
    return count


# --- how much


async def test_a_person_gets_three_at_once_and_then_one_a_second(
    rates: Rates, clock: FakeClock
) -> None:
    """Of messages, edits and deletes together."""
    assert sent_at_once(rates, [PERSON] * 5) == 3
    assert 0 < rates.wait_s(delivery(operation=Operation.EDIT)) <= 3
    assert 0 < rates.wait_s(delivery(operation=Operation.DELETE)) <= 3
    assert rates.wait_s(delivery("8")) == 0
    assert 57 <= await sent_in(rates, clock, 60, PERSON) <= 63


@pytest.mark.parametrize("chat", [GROUP, CHANNEL, f"{GROUP}/4", f"{CHANNEL}/4"])
async def test_a_group_gets_twenty_in_a_minute(rates: Rates, clock: FakeClock, chat: str) -> None:
    """And so does a channel; the topics of a forum share them."""
    assert await sent_in(rates, clock, 60, chat) == 20
    assert rates.wait_s(delivery(chat.partition("/")[0] + "/99")) == 0  # the next minute
    assert await sent_in(rates, clock, 59, chat) <= 19


async def test_a_bot_sends_thirty_in_a_second(rates: Rates, clock: FakeClock) -> None:
    """To all chats together, and again a second later."""
    chats = [str(number) for number in range(100)]
    assert sent_at_once(rates, chats) == 30
    await clock.advance(timedelta(seconds=1))
    assert sent_at_once(rates, chats) == 30


async def test_an_album_counts_as_many_as_it_has(rates: Rates, clock: FakeClock) -> None:
    """Two albums of ten fill a group's minute."""
    assert rates.wait_s(delivery(GROUP, media=10)) == 0
    assert rates.wait_s(delivery(GROUP)) > 0
    await clock.advance(timedelta(seconds=3))
    assert rates.wait_s(delivery(GROUP, media=10)) == 0
    await clock.advance(timedelta(seconds=3))
    assert 50 < rates.wait_s(delivery(GROUP)) <= 60
    assert rates.wait_s(delivery("8", media=10)) == 0


async def test_nothing_is_counted_that_has_to_wait(rates: Rates, clock: FakeClock) -> None:
    """Asking again and again makes nobody wait longer."""
    assert sent_at_once(rates, [PERSON] * 3) == 3
    waits = {rates.wait_s(delivery()) for _ in range(50)}
    assert len(waits) == 1
    await clock.advance(timedelta(seconds=waits.pop()))
    assert rates.wait_s(delivery()) == 0


def test_the_settings_decide(clock: FakeClock) -> None:
    """A bot that pays Telegram may send more."""
    few = Rates(RateSettings(per_second=2, chat_burst=1), clock)
    assert sent_at_once(few, [PERSON, PERSON, "8", "9"]) == 2
    many = Rates(RateSettings(per_second=1000), clock)
    assert sent_at_once(many, [str(n) for n in range(2000)]) == 1000


# --- who comes first


async def test_answers_go_before_bulk(rates: Rates, clock: FakeClock) -> None:
    """While an answer waits, bulk keeps out of its chat and of the bot's rate."""
    chats = [str(number) for number in range(100, 130)]
    assert sent_at_once(rates, chats) == 30
    wait_s = rates.wait_s(delivery(PERSON))
    assert wait_s > 0
    await clock.advance(timedelta(seconds=wait_s))
    assert rates.wait_s(delivery("9", klass=DeliveryClass.BULK)) > 0
    assert rates.wait_s(delivery(PERSON)) == 0
    await clock.advance(timedelta(seconds=0.1))
    assert rates.wait_s(delivery("9", klass=DeliveryClass.BULK)) == 0


def test_bulk_that_waits_is_given_different_moments(rates: Rates) -> None:
    """So that it does not all come back at once."""
    assert sent_at_once(rates, [str(number) for number in range(30)]) == 30
    waits = [rates.wait_s(delivery(str(n), klass=DeliveryClass.BULK)) for n in range(50, 80)]
    assert all(waits)
    assert len(set(waits)) == len(waits)


def test_an_answer_to_a_press_waits_for_nothing_and_counts_for_nothing(rates: Rates) -> None:
    """Telegram shows no message for it."""
    press = delivery(operation=Operation.ANSWER)
    assert all(rates.wait_s(press) == 0 for _ in range(100))
    assert sent_at_once(rates, [PERSON] * 5) == 3


# --- when Telegram asks to wait


async def test_a_refusal_freezes_the_chat_it_was_about(rates: Rates, clock: FakeClock) -> None:
    """And no other; with its topics."""
    rates.frozen(delivery(f"{GROUP}/4"), 17)
    assert rates.wait_s(delivery(GROUP)) == 17
    assert rates.wait_s(delivery(f"{GROUP}/5")) == 17
    assert rates.wait_s(delivery(PERSON)) == 0
    assert rates.wait_s(delivery("-1002")) == 0
    await clock.advance(timedelta(seconds=17))
    assert rates.wait_s(delivery(GROUP)) == 0
    assert rates.refusals == 1


async def test_three_frozen_chats_freeze_the_bot(rates: Rates, clock: FakeClock) -> None:
    """Then it is the bot that is too fast; its answers to presses wait as well."""
    rates.frozen(delivery("1"), 9)
    rates.frozen(delivery("1"), 9)
    rates.frozen(delivery("2"), 9)
    assert rates.wait_s(delivery("4")) == 0
    rates.frozen(delivery("3"), 9)
    assert rates.wait_s(delivery("4")) == 9
    assert rates.wait_s(delivery(operation=Operation.ANSWER)) == 9
    await clock.advance(timedelta(seconds=9))
    assert rates.wait_s(delivery("4")) == 0


async def test_three_chats_frozen_now_and_then_freeze_no_bot(
    rates: Rates, clock: FakeClock
) -> None:
    """Only those close after each other count."""
    for chat in ("1", "2", "3"):
        rates.frozen(delivery(chat), 60)
        await clock.advance(timedelta(seconds=FROZEN_WITHIN_S / 2 + 0.1))
    assert rates.wait_s(delivery("4")) == 0


async def test_it_is_calm_when_nobody_had_to_wait_for_a_while(
    rates: Rates, clock: FakeClock
) -> None:
    """In a chat that is not frozen."""
    assert rates.is_calm(PERSON, 10)
    rates.frozen(delivery(GROUP), 60)
    assert not rates.is_calm(PERSON, 10)
    await clock.advance(timedelta(seconds=10))
    assert rates.is_calm(PERSON, 10)
    assert not rates.is_calm(f"{GROUP}/4", 10)
    await clock.advance(timedelta(seconds=50))
    assert rates.is_calm(f"{GROUP}/4", 10)


# --- calls


async def test_calls_of_handlers_count_as_deliveries_do(rates: Rates, clock: FakeClock) -> None:
    """They wait by themselves until they may go."""
    begun = clock.monotonic()
    done: list[float] = []

    async def send() -> None:
        for _ in range(5):
            await rates.pass_through(call.SendMessage(chat_id=7, text="x"), clock)
            done.append(clock.monotonic() - begun)

    async with asyncio.TaskGroup() as group:
        group.create_task(send())
        await clock.advance(timedelta(seconds=0))
        assert (done, rates.wait_s(delivery(PERSON)) > 0) == ([0, 0, 0], True)
        await clock.advance(timedelta(seconds=3))
    assert done == [0, 0, 0, 3, 3]


async def test_calls_that_show_nothing_wait_only_when_frozen(
    rates: Rates, clock: FakeClock
) -> None:
    """As many as one likes."""
    typing = call.SendChatAction(chat_id=7, action="typing")
    for _ in range(100):
        await rates.pass_through(typing, clock)
        await rates.pass_through(call.GetMe(), clock)
    assert sent_at_once(rates, [PERSON] * 5) == 3
    rates.refused(typing, 8)
    began = clock.monotonic()
    async with asyncio.TaskGroup() as group:
        task = group.create_task(rates.pass_through(typing, clock))
        await rates.pass_through(call.GetMe(), clock)
        await clock.advance(timedelta(seconds=7))
        assert not task.done()
        await clock.advance(timedelta(seconds=1))
    assert clock.monotonic() - began == 8


def test_a_refused_call_about_no_chat_freezes_the_bot(rates: Rates) -> None:
    """There is nothing else it could be about."""
    rates.refused(call.GetMe(), 4)
    assert rates.wait_s(delivery(PERSON)) == 4


MEDIA: list[Any] = [tg.InputMediaPhoto(media="x")] * 4


@pytest.mark.parametrize(
    ("method", "chat", "cost"),
    [
        (call.SendMessage(chat_id=7, text="x"), "7", 1),
        (call.SendMessage(chat_id="@news", text="x"), "@news", 1),
        (call.SendMediaGroup(chat_id=-1, media=MEDIA), "-1", 4),
        (call.ForwardMessages(chat_id=7, from_chat_id=8, message_ids=[1, 2, 3]), "7", 3),
        (call.CopyMessages(chat_id=7, from_chat_id=8, message_ids=[1, 2]), "7", 2),
        (call.CopyMessage(chat_id=7, from_chat_id=8, message_id=1), "7", 1),
        (call.EditMessageText(chat_id=7, message_id=1, text="x"), "7", 1),
        (call.EditMessageText(inline_message_id="i", text="x"), None, 1),
        (call.DeleteMessages(chat_id=7, message_ids=[1, 2, 3]), "7", 1),
        (call.StopPoll(chat_id=7, message_id=1), "7", 1),
        (call.EditForumTopic(chat_id=-1, message_thread_id=2, name="x"), "-1", 0),
        (call.DeleteForumTopic(chat_id=-1, message_thread_id=2), "-1", 0),
        (call.DeleteChatPhoto(chat_id=-1), "-1", 0),
        (call.SendChatAction(chat_id=7, action="typing"), "7", 0),
        (call.SetMyCommands(commands=[]), None, 0),
        (call.DeleteMyCommands(), None, 0),
        (call.DeleteWebhook(), None, 0),
        (call.GetUpdates(), None, 0),
        (call.AnswerCallbackQuery(callback_query_id="q"), None, 0),
    ],
)
def test_what_a_call_counts_for(method: Any, chat: str | None, cost: int) -> None:
    """Messages that people see, in the chat where they see them."""
    assert (chat_of(method), cost_of(method)) == (chat, cost)
