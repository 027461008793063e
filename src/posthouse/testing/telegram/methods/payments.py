"""Invoices, and what follows when somebody pays."""

from typing import Any

from posthouse.testing.telegram import refusals
from posthouse.testing.telegram.call import Call, Handler
from posthouse.testing.telegram.methods.sending import send
from posthouse.testing.telegram.refusals import refuse
from posthouse.testing.telegram.wire import Json

STARS = "XTR"
MOST_PAYLOAD_BYTES = 128


def _invoice(call: Call) -> Json:
    prices = call.json("prices", [])
    currency = call.text("currency")
    if not prices:
        raise refuse(refusals.PRICES_EMPTY)
    if currency == STARS and len(prices) != 1:
        raise refuse(refusals.STARS_ONE_PRICE)
    if not 1 <= len(call.text("payload").encode()) <= MOST_PAYLOAD_BYTES:
        raise refuse(refusals.PAYLOAD_INVALID)
    if currency != STARS and not call.has("provider_token"):
        raise refuse(refusals.PROVIDER_INVALID)
    return {
        "title": call.text("title"),
        "description": call.text("description"),
        "start_parameter": call.text("start_parameter"),
        "currency": currency,
        "total_amount": sum(int(price["amount"]) for price in prices),
    }


def send_invoice(call: Call) -> Any:
    """Ask for money; the button to pay comes by itself."""
    chat = call.chat_to_write()
    invoice = _invoice(call)
    message = send(call, {"invoice": invoice}, chat=chat)
    message.payload = call.text("payload")
    return call.seen(message.body)


def create_invoice_link(call: Call) -> str:
    """Make a link that leads to an invoice."""
    _invoice(call)
    return f"https://t.me/$sim{call.world.number():08x}"


def refund(call: Call) -> bool:
    """Give stars back; once for each payment."""
    call.account()
    charge = call.text("telegram_payment_charge_id")
    if charge not in call.world.charges:
        raise refuse(refusals.CHARGE_MISSING)
    call.world.charges.remove(charge)
    return True


METHODS: dict[str, Handler] = {
    "sendInvoice": send_invoice,
    "createInvoiceLink": create_invoice_link,
    "refundStarPayment": refund,
}
