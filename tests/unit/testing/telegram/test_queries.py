"""People ask inline and pay; bots answer in time or not at all."""

import pytest
from bot_client import Client

from posthouse.testing import FakeClock
from posthouse.testing.telegram import SimPerson, Simulator

BILL = {
    "title": "Tea",
    "description": "hot",
    "payload": "order 5",
    "currency": "XTR",
    "prices": [{"label": "Tea", "amount": 5}],
}


@pytest.fixture
def ann(sim: Simulator) -> SimPerson:
    """Somebody."""
    return sim.person("Ann")


async def test_a_bot_offers_what_it_found(bot: Client, ann: SimPerson, clock: FakeClock) -> None:
    """Within thirty seconds, at most fifty results."""
    query = await ann.asks("tea")
    (update,) = await bot("getUpdates")
    asked = update["inline_query"]
    assert (asked["query"], asked["from"]["id"]) == ("tea", ann.id)
    text = {"message_text": "tea"}
    result = {"type": "article", "id": "1", "title": "Tea", "input_message_content": text}
    too_many = {"inline_query_id": asked["id"], "results": [result] * 51}
    assert "RESULTS_TOO_MUCH" in await bot.refusal("answerInlineQuery", **too_many)
    await bot("answerInlineQuery", inline_query_id=asked["id"], results=[result])
    assert query.answer is not None
    assert query.answer["results"][0]["title"] == "Tea"
    late = await ann.asks("cake")
    await clock.advance(31)
    assert "query is too old" in await bot.refusal(
        "answerInlineQuery", inline_query_id=late.body["id"], results=[]
    )


async def test_a_payment_ends_with_a_receipt(bot: Client, ann: SimPerson) -> None:
    """The bot agrees, then both see it; stars are given back once."""
    sent = await bot("sendInvoice", chat_id=ann.id, **BILL)
    assert sent["invoice"]["total_amount"] == 5
    await ann.pays()
    (update,) = await bot("getUpdates")
    asked = update["pre_checkout_query"]
    assert asked["invoice_payload"] == "order 5"
    await bot("answerPreCheckoutQuery", pre_checkout_query_id=asked["id"], ok=True)
    (update,) = await bot("getUpdates", offset=update["update_id"] + 1)
    paid = update["message"]["successful_payment"]
    assert (paid["total_amount"], paid["invoice_payload"]) == (5, "order 5")
    back = {"user_id": ann.id, "telegram_payment_charge_id": paid["telegram_payment_charge_id"]}
    assert await bot("refundStarPayment", **back)
    assert "CHARGE_NOT_FOUND" in await bot.refusal("refundStarPayment", **back)


async def test_a_bot_may_decline(bot: Client, ann: SimPerson) -> None:
    """Then nothing is paid."""
    await bot("sendInvoice", chat_id=ann.id, **BILL)
    query = await ann.pays()
    await bot(
        "answerPreCheckoutQuery",
        pre_checkout_query_id=query.body["id"],
        ok=False,
        error_message="sold out",
    )
    assert query.answer == {"ok": False, "error_message": "sold out"}
    assert ann.screen[-1].kinds == ["invoice"]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"prices": []}, "at least one price"),
        ({"prices": BILL["prices"] * 2}, "STARS_INVOICE_INVALID"),
        ({"currency": "EUR"}, "PAYMENT_PROVIDER_INVALID"),
        ({"payload": ""}, "allowed are 1 to 128"),
    ],
)
async def test_a_wrong_invoice_is_refused(
    change: dict[str, object], why: str, bot: Client, ann: SimPerson
) -> None:
    """In a message and in a link."""
    assert why in await bot.refusal("sendInvoice", chat_id=ann.id, **{**BILL, **change})
    assert why in await bot.refusal("createInvoiceLink", **{**BILL, **change})
    assert (await bot("createInvoiceLink", **BILL)).startswith("https://t.me/$")


async def test_nobody_pays_without_an_invoice(ann: SimPerson) -> None:
    """It says so."""
    with pytest.raises(AssertionError, match="Ann sees no invoice"):
        await ann.pays()
