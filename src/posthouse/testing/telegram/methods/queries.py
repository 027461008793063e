"""Answers to presses and other queries."""

from typing import Any

from posthouse.testing.telegram import refusals
from posthouse.testing.telegram.call import Call, Handler
from posthouse.testing.telegram.refusals import refuse
from posthouse.testing.telegram.state import Query

ANSWERABLE_S = {"answerPreCheckoutQuery": 10.0, "answerInlineQuery": 30.0}
PRESS_S = 150.0
MOST_RESULTS = 50


def _query(call: Call, name: str) -> Query:
    """The query a call answers; each can be answered once and not for long."""
    query = call.world.queries.get(call.text(name))
    now_s = call.world.clock.monotonic()
    lasts_s = ANSWERABLE_S.get(call.method, PRESS_S)
    if query is None or query.bot != call.bot.id or query.answer is not None:
        raise refuse(refusals.QUERY_TOO_OLD)
    if now_s - query.asked_s > lasts_s:
        raise refuse(refusals.QUERY_TOO_OLD)
    return query


def answer_callback_query(call: Call) -> bool:
    """Answer a press: end its waiting sign, maybe with a notice."""
    query = _query(call, "callback_query_id")
    query.answer = {
        "text": call.text("text"),
        "show_alert": call.flag("show_alert"),
        "url": call.text("url"),
    }
    call.world.changed()
    return True


def _results(call: Call) -> None:
    if len(call.json("results", [])) > MOST_RESULTS:
        raise refuse(refusals.RESULTS_TOO_MANY)


def answer_query(call: Call) -> Any:
    """Answer a shipping, pre-checkout or inline query."""
    name = {
        "answerShippingQuery": "shipping_query_id",
        "answerPreCheckoutQuery": "pre_checkout_query_id",
        "answerInlineQuery": "inline_query_id",
    }[call.method]
    query = _query(call, name)
    _results(call)
    given = dict(call.arguments.texts)
    given.pop(name, None)
    query.answer = {key: call.json(key, value) for key, value in given.items()}
    if call.method == "answerPreCheckoutQuery" and call.flag("ok"):
        call.world.pay(query)
    call.world.changed()
    return True


METHODS: dict[str, Handler] = {
    "answerCallbackQuery": answer_callback_query,
    "answerShippingQuery": answer_query,
    "answerPreCheckoutQuery": answer_query,
    "answerInlineQuery": answer_query,
}
