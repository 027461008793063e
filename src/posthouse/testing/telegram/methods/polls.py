"""Polls and quizzes."""

from typing import Any

from posthouse.testing.telegram import refusals
from posthouse.testing.telegram.call import Call, Handler
from posthouse.testing.telegram.markup.reading import read_text
from posthouse.testing.telegram.methods.sending import send
from posthouse.testing.telegram.refusals import refuse
from posthouse.testing.telegram.state import Poll
from posthouse.testing.telegram.wire import Json

LEAST_OPTIONS = 1
MOST_OPTIONS = 12
MOST_QUESTION = 300
MOST_OPTION = 100


def send_poll(call: Call) -> Any:
    """Ask everybody something."""
    chat = call.chat_to_write()
    question, entities = read_text(
        call.text("question"),
        call.text("question_parse_mode"),
        call.json("question_entities"),
        call.user,
    )
    if not question:
        raise refuse(refusals.POLL_QUESTION_EMPTY)
    if len(question) > MOST_QUESTION:
        raise refuse(refusals.POLL_QUESTION_LONG.format(most=MOST_QUESTION))
    options = _options(call)
    is_quiz = call.text("type") == "quiz"
    correct = [int(one) for one in call.json("correct_option_ids", [])]
    if is_quiz and (not correct or not all(0 <= one < len(options) for one in correct)):
        raise refuse(refusals.QUIZ_NO_ANSWER)
    body: Json = {
        "id": str(call.world.number() + 10**15),
        "question": question,
        "options": options,
        "total_voter_count": 0,
        "is_closed": call.flag("is_closed"),
        "is_anonymous": call.flag("is_anonymous", default=True),
        "type": "quiz" if is_quiz else "regular",
        "allows_multiple_answers": call.flag("allows_multiple_answers"),
        "allows_revoting": call.flag("allows_revoting", default=not is_quiz),
        "members_only": call.flag("members_only"),
    }
    if entities:
        body["question_entities"] = entities
    if is_quiz:
        body["correct_option_ids"] = correct
    body |= _explained(call)
    for name in ("open_period", "close_date"):
        if call.has(name):
            body[name] = call.number(name)
    message = send(call, {"poll": body}, chat=chat)
    call.world.polls[body["id"]] = Poll(body, correct=correct, place=message)
    return call.seen(message.body)


def _options(call: Call) -> list[Json]:
    given = call.json("options", [])
    if len(given) < LEAST_OPTIONS:
        raise refuse(refusals.POLL_FEW.format(least=LEAST_OPTIONS))
    if len(given) > MOST_OPTIONS:
        raise refuse(refusals.POLL_MANY.format(most=MOST_OPTIONS))
    found = []
    for number, one in enumerate(given):
        option = {"text": one} if isinstance(one, str) else one
        text, entities = read_text(
            str(option.get("text", "")),
            str(option.get("text_parse_mode") or ""),
            option.get("text_entities"),
            call.user,
        )
        if not text:
            raise refuse(refusals.POLL_OPTION_EMPTY)
        if len(text) > MOST_OPTION:
            raise refuse(refusals.POLL_OPTION_LONG.format(most=MOST_OPTION))
        made: Json = {"persistent_id": f"{number}", "text": text, "voter_count": 0}
        found.append(made | ({"text_entities": entities} if entities else {}))
    return found


def _explained(call: Call) -> Json:
    if not call.has("explanation"):
        return {}
    text, entities = read_text(
        call.text("explanation"),
        call.text("explanation_parse_mode"),
        call.json("explanation_entities"),
        call.user,
    )
    return {"explanation": text} | ({"explanation_entities": entities} if entities else {})


def stop_poll(call: Call) -> Any:
    """Close a poll."""
    chat = call.chat()
    message = call.message(chat, refusals.POLL_MISSING)
    if "poll" not in message.body:
        raise refuse(refusals.NO_POLL)
    if message.author != call.bot.id:
        raise refuse("Bad Request: poll can't be stopped")
    poll = call.world.polls[message.body["poll"]["id"]]
    if poll.body["is_closed"]:
        raise refuse(refusals.POLL_CLOSED)
    poll.body["is_closed"] = True
    body = {key: part for key, part in message.body.items() if key != "reply_markup"}
    keyboard = call.read_keyboard()
    message.body = body | {"poll": poll.body} | ({"reply_markup": keyboard} if keyboard else {})
    call.world.emit(call.bot, "poll", poll.body)
    call.world.changed()
    return call.seen(poll.body)


METHODS: dict[str, Handler] = {"sendPoll": send_poll, "stopPoll": stop_poll}
