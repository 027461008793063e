"""Every update Telegram ever sent, and some it has yet to send, becomes what handlers take."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from posthouse.adapters.telegram.api import types as tg
from posthouse.adapters.telegram.inbound import ALWAYS, allowed_updates, read_update
from posthouse.adapters.telegram.origins import MESSENGER
from posthouse.adapters.telegram.outbound import kind_of, place_of
from posthouse.adapters.telegram.updates import (
    CheckoutAsked,
    InlineChosen,
    InlineQueried,
    JoinRequested,
    MemberChanged,
    OtherUpdate,
    PollAnswered,
    ShippingAsked,
)
from posthouse.adapters.telegram.usual import press_id, query_of
from posthouse.errors import DecodeError
from posthouse.model.chat import ChatKind
from posthouse.model.text import Span, Text
from posthouse.model.update import (
    ChatUpdate,
    ContactMessage,
    Deletion,
    Edit,
    FileMessage,
    LocationMessage,
    Message,
    OtherMessage,
    PhotoMessage,
    Press,
    Reaction,
    Status,
    StatusKind,
    TextMessage,
    ThreadOpened,
    TimerDue,
    Update,
)

DATA = Path(__file__).parents[3] / "data" / "telegram"
ANN = {"id": 7, "is_bot": False, "first_name": "Ann", "last_name": "Lee", "language_code": "de"}
BO = {"id": 8, "is_bot": False, "first_name": "Bo"}
PRIVATE = {"id": 7, "type": "private", "first_name": "Ann", "last_name": "Lee"}
GROUP = {"id": -1001, "type": "supergroup", "title": "Shop"}
CHANNEL = {"id": -1002, "type": "channel", "title": "News"}
FILE = {"file_id": "F1", "file_unique_id": "u"}
SIZED = {**FILE, "width": 4, "height": 3}
WHEN = 1_700_000_000
AT = datetime.fromtimestamp(WHEN, UTC)


def read(**payload: Any) -> Any:
    """Decode one update."""
    return read_update(json.dumps({"update_id": 5, **payload}).encode(), bot="shop")


def message(**more: Any) -> dict[str, Any]:
    """A message as Telegram sends it."""
    return {"message_id": 3, "from": ANN, "chat": PRIVATE, "date": WHEN, **more}


def corpus(*names: str) -> list[dict[str, Any]]:
    """All updates of some files."""
    lines = "\n".join((DATA / f"{name}.jsonl").read_text("utf-8").strip() for name in names)
    found = [json.loads(line) for line in lines.split("\n")]
    return [line.get("update", line) for line in found]


ALL = ("updates", "updates_generated", "updates_future", "updates_legacy", "messages_wrapped")
KINDS: dict[str, type[ChatUpdate] | tuple[type[ChatUpdate], ...]] = {
    "message": (Message, Status),
    "channel_post": (Message, Status),
    "edited_message": Edit,
    "edited_channel_post": Edit,
    "callback_query": Press,
    "message_reaction": Reaction,
    "inline_query": InlineQueried,
    "chosen_inline_result": InlineChosen,
    "poll_answer": PollAnswered,
    "pre_checkout_query": CheckoutAsked,
    "shipping_query": ShippingAsked,
    "my_chat_member": MemberChanged,
    "chat_member": MemberChanged,
    "chat_join_request": JoinRequested,
}


def tells_where(update: dict[str, Any]) -> bool:
    """Whether messages say in which chat they are; some fixtures do not."""
    return "id" in update.get("message", {"chat": {"id": 1}}).get("chat", {})


def payload_name(update: dict[str, Any]) -> str:
    """Telegram's word for what an update is."""
    return next((name for name in update if name != "update_id"), "")


@pytest.mark.parametrize("name", ALL)
def test_every_update_is_one_that_handlers_take(name: str) -> None:
    """Of the right kind, with its number, its chat and who acted; the kinds to come as well."""
    for raw in corpus(name):
        if not tells_where(raw):
            with pytest.raises(DecodeError, match=str(raw["update_id"])):
                read_update(json.dumps(raw).encode(), bot="shop")
            continue
        found = read_update(json.dumps(raw).encode(), bot="shop")
        what = payload_name(raw)
        assert isinstance(found, KINDS.get(what, OtherUpdate)), what
        assert found.id.partition("-")[0] == str(raw["update_id"])
        assert found.chat.id
        assert found.person.id
        assert found.person.name
        assert (found.bot, found.chat.bot, found.chat.messenger) == ("shop", "shop", MESSENGER)
        assert found.at.tzinfo is UTC
        if isinstance(found, OtherUpdate):
            assert found.what == (what or "nothing")
        payload = raw.get(what)
        if isinstance(payload, dict) and isinstance(payload.get("chat"), dict):
            assert found.chat.id.partition("/")[0] == str(payload["chat"]["id"])


def test_what_is_wrong_is_refused_alone() -> None:
    """With a DecodeError, which the engine puts into the quarantine."""
    for raw in corpus("updates_nonconforming"):
        with pytest.raises(DecodeError):
            read_update(json.dumps(raw).encode(), bot="shop")


@pytest.mark.parametrize("name", ALL)
def test_every_key_is_an_attribute_of_the_native_object(name: str) -> None:
    """The unknown ones too."""
    for raw in corpus(name):
        payload = raw.get(payload_name(raw))
        if not isinstance(payload, dict) or not tells_where(raw):
            continue
        native = read_update(json.dumps(raw).encode(), bot="shop").native
        assert all(has_keys(native, payload)), payload


def has_keys(native: Any, raw: dict[str, Any]) -> list[bool]:
    """For each key, whether the object has it with its value."""
    out = []
    for key, value in raw.items():
        found = getattr(native, "from_" if key == "from" else key)
        if isinstance(value, dict):
            out.extend(has_keys(found, value))
        elif not isinstance(value, list):
            out.append(found == value or (key == "type" and str(found) == value))
        else:
            out.append(len(found) == len(value))
    return out


# --- messages


def test_a_text_with_its_formatting() -> None:
    """In code points, where Telegram counts UTF-16 units."""
    sent = message(
        text="\U0001f600 bold", entities=[{"type": "bold", "offset": 3, "length": 4}],
        reply_to_message=message(message_id=2, text="x"),
    )  # fmt: skip
    found = read(message=sent)
    assert isinstance(found, TextMessage)
    assert found.text == "\U0001f600 bold"
    assert found.formatted == Text(found.text, (Span(kind="bold", start=2, end=6),))
    assert (found.at, found.message_id, found.reply_to) == (AT, "3", "2")
    assert (found.person.id, found.person.name, found.person.language) == ("7", "Ann Lee", "de")
    assert (found.chat.id, found.chat.kind, found.chat.title) == ("7", ChatKind.PRIVATE, "Ann Lee")
    assert read(message=message(text="x")).formatted is None


def test_a_contact_is_ones_own_only_when_telegram_says_so() -> None:
    """By the account's number in it: a card typed by hand has none, a friend's has another."""
    card = {"phone_number": "380671234567", "first_name": "Ann", "last_name": "Lee"}
    for user_id, is_own in ((ANN["id"], True), (BO["id"], False), (None, False)):
        contact = {**card, **({} if user_id is None else {"user_id": user_id})}
        found = read(message=message(contact=contact))
        assert isinstance(found, ContactMessage)
        assert (found.phone, found.name, found.is_own) == ("380671234567", "Ann Lee", is_own)


def test_a_location_is_a_point_and_what_is_there() -> None:
    """A venue is a point with a name."""
    point = {"latitude": 50.45, "longitude": 30.52}
    bare = read(message=message(location=point))
    assert isinstance(bare, LocationMessage)
    assert (bare.latitude, bare.longitude, bare.name) == (50.45, 30.52, "")
    venue = {"location": point, "title": "Opera", "address": "Main street"}
    named = read(message=message(location=point, venue=venue))
    assert isinstance(named, LocationMessage)
    assert named.name == "Opera"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"text": "x"}, TextMessage),
        ({"photo": [SIZED]}, PhotoMessage),
        ({"photo": [SIZED], "caption": "x", "media_group_id": "1"}, PhotoMessage),
        ({"sticker": {**SIZED, "type": "regular", "is_animated": False, "is_video": False}},
         "sticker"),
        ({"location": {"latitude": 1.0, "longitude": 2.0}}, LocationMessage),
        ({"contact": {"phone_number": "1", "first_name": "Ann"}}, ContactMessage),
        ({"dice": {"emoji": "\U0001f3b2", "value": 3}}, "dice"),
        ({"pinned_message": {"chat": PRIVATE, "message_id": 1, "date": 0}}, "pinned_message"),
        ({"group_chat_created": True}, "group_chat_created"),
        ({"migrate_to_chat_id": -100}, "migrate_to_chat_id"),
        ({"forum_topic_closed": {}}, "forum_topic_closed"),
        ({"web_app_data": {"data": "x", "button_text": "y"}}, "web_app_data"),
        ({"successful_payment": {
            "currency": "XTR", "total_amount": 1, "invoice_payload": "p",
            "telegram_payment_charge_id": "t", "provider_payment_charge_id": "c",
        }}, "successful_payment"),
        ({"from_the_future": {"a": 1}}, "from_the_future"),
        ({}, "empty"),
        ({"new_chat_members": [BO]}, StatusKind.JOINED),
        ({"left_chat_member": BO}, StatusKind.LEFT),
        ({"new_chat_title": "x"}, StatusKind.CHAT),
        ({"new_chat_photo": [SIZED]}, StatusKind.CHAT),
        ({"delete_chat_photo": True}, StatusKind.CHAT),
    ],
)  # fmt: skip
def test_what_a_message_is(content: dict[str, Any], expected: object) -> None:
    """By what is in it; what has no type of its own has Telegram's word."""
    for source in ("message", "channel_post"):
        found = read(**{source: message(**content)})
        if isinstance(expected, type):
            assert type(found) is expected
        else:
            assert isinstance(found, Status if isinstance(expected, StatusKind) else OtherMessage)
            assert found.what == expected


@pytest.mark.parametrize(
    ("kind", "more", "name", "mime"),
    [
        ("document", {"file_name": "a.csv", "mime_type": "text/csv", "file_size": 9},
         "a.csv", "text/csv"),
        ("document", {}, "document", "application/octet-stream"),
        ("video", {"width": 1, "height": 1, "duration": 1}, "video.mp4", "video/mp4"),
        ("audio", {"duration": 1, "mime_type": "audio/flac"}, "audio.mp3", "audio/flac"),
        ("audio", {"duration": 1}, "audio.mp3", "audio/mpeg"),
        ("voice", {"duration": 1}, "voice.ogg", "audio/ogg"),
        ("video_note", {"length": 1, "duration": 1}, "video_note.mp4", "video/mp4"),
        ("animation", {"width": 1, "height": 1, "duration": 1}, "animation.mp4", "video/mp4"),
    ],
)  # fmt: skip
def test_files(kind: str, more: dict[str, Any], name: str, mime: str) -> None:
    """Their keys say what they are, so that they are sent again as the same."""
    found = read(message=message(**{kind: {**FILE, **more}}, caption="x"))
    assert isinstance(found, FileMessage)
    assert (found.file.name, found.file.mime, found.caption) == (name, mime, "x")
    assert found.file.key == ("F1" if kind == "document" else f"{kind}/F1")
    assert kind_of(found.file) == kind
    assert (found.file.bot, found.file.size_bytes) == ("shop", more.get("file_size", 0))


def test_an_animation_is_not_the_document_that_comes_with_it() -> None:
    """Telegram sends both, for old bots."""
    both = {"animation": {**SIZED, "duration": 1}, "document": FILE}
    assert read(message=message(**both)).file.key == "animation/F1"


def test_the_largest_of_a_photos_sizes_is_taken() -> None:
    """Wherever it stands."""
    large = {**SIZED, "file_id": "F2", "width": 40, "height": 30, "file_size": 99}
    photo = read(message=message(photo=[SIZED, large, SIZED])).photo
    assert (photo.key, photo.width, photo.height, photo.size_bytes) == ("F2", 40, 30, 99)


# --- who and where


def test_a_topic_is_a_chat_of_its_own() -> None:
    """And what answers the message that began the topic answers nothing."""
    began = message(message_id=4, chat=GROUP, forum_topic_created={"name": "T", "icon_color": 1})
    in_topic = {
        "chat": GROUP, "text": "x", "message_thread_id": 4, "is_topic_message": True,
    }  # fmt: skip
    found = read(message=message(**in_topic, reply_to_message=began))
    assert (found.chat.id, found.chat.title, found.reply_to) == ("-1001/4", "Shop", None)
    assert found.chat.kind is ChatKind.GROUP
    answer = read(message=message(**in_topic, reply_to_message=message(message_id=9, text="y")))
    assert answer.reply_to == "9"
    assert place_of(found.chat.id)["message_thread_id"] == 4


def test_a_thread_of_answers_is_no_topic() -> None:
    """And its first message is one that can be answered."""
    first = message(message_id=4, chat=GROUP, text="y")
    sent = message(chat=GROUP, text="x", message_thread_id=4, reply_to_message=first)
    found = read(message=sent)
    assert (found.chat.id, found.reply_to) == ("-1001", "4")


def test_a_conversation_with_a_channel_is_a_chat_of_its_own() -> None:
    """What is sent there needs the number of the conversation."""
    found = read(
        message=message(
            chat={**GROUP, "is_direct_messages": True},
            text="x",
            direct_messages_topic={"topic_id": 7, "user": ANN},
        )
    )
    assert found.chat.id == "-1001/d7"
    where = place_of(found.chat.id)
    assert (where["chat_id"], where["direct_messages_topic_id"]) == (-1001, 7)
    assert where.get("message_thread_id") is None


def test_who_writes_in_a_chats_name_is_that_chat() -> None:
    """Anonymous admins, channels that write in groups, and a channel's own posts."""
    bot = {"id": 1087968824, "is_bot": True, "first_name": "Group"}
    anonymous = read(message=message(**{"from": bot}, chat=GROUP, sender_chat=GROUP, text="x"))
    assert (anonymous.person.id, anonymous.person.name) == ("-1001", "Shop")
    channel = read(message=message(**{"from": bot}, chat=GROUP, sender_chat=CHANNEL, text="x"))
    assert (channel.person.id, channel.person.name) == ("-1002", "News")
    post = {"message_id": 3, "chat": CHANNEL, "sender_chat": CHANNEL, "date": WHEN, "text": "x"}
    found = read(channel_post=post)
    assert isinstance(found, TextMessage)
    assert (found.person.id, found.chat.id) == ("-1002", "-1002")
    assert found.chat.kind is ChatKind.BROADCAST


def test_a_date_that_cannot_be_does_not_stop_a_message() -> None:
    """Some servers send milliseconds."""
    found = read(message=message(text="x", date=1_457_764_198_246))
    assert 2024 <= found.at.year < 9999


# --- presses, reactions, members


def press(**more: Any) -> Any:
    """A press on a button."""
    query = {"id": "q1", "from": BO, "chat_instance": "c", "data": "pay", **more}
    return read(callback_query=query)


def test_a_press_is_in_the_chat_of_its_message() -> None:
    """In a topic too; with an inline message it is between the person and the bot."""
    found = press(message=message(chat=GROUP, message_thread_id=4, is_topic_message=True, text="x"))
    assert (found.chat.id, found.person.id, found.message_id) == ("-1001/4", "8", "3")
    assert (found.payload, query_of(found.id)) == ("pay", "q1")
    assert found.id == press_id("5", "q1")
    assert found.at > AT  # not when the message was written
    gone = press(message={"chat": GROUP, "message_id": 3, "date": 0})
    assert (gone.chat.id, gone.message_id) == ("-1001", "3")
    assert gone.at.year >= 2024
    inline = press(inline_message_id="i")
    assert (inline.chat.id, inline.chat.title, inline.message_id) == ("8", "Bo", None)
    game = press(message=message(text="x"), data=None, game_short_name="g")
    assert (game.payload, game.native.game_short_name) == ("", "g")


def test_reactions() -> None:
    """All that there are now; of a person, or of one who writes in a chat's name."""
    reaction = {
        "chat": GROUP, "message_id": 3, "date": WHEN, "old_reaction": [],
        "new_reaction": [
            {"type": "emoji", "emoji": "\U0001f44d"},
            {"type": "custom_emoji", "custom_emoji_id": "99"},
            {"type": "paid"},
            {"type": "from_the_future", "x": 1},
        ],
    }  # fmt: skip
    found = read(message_reaction={**reaction, "user": BO})
    assert isinstance(found, Reaction)
    assert found.emoji == ("\U0001f44d", "99", "paid", "from_the_future")
    assert (found.chat.id, found.person.id, found.message_id) == ("-1001", "8", "3")
    anonymous = read(message_reaction={**reaction, "actor_chat": CHANNEL, "new_reaction": []})
    assert (anonymous.person.id, anonymous.emoji) == ("-1002", ())


def member(status: str, **more: Any) -> dict[str, Any]:
    """A member of a status, with the rights that the status asks for."""
    spec = {
        "member": tg.ChatMemberMember, "left": tg.ChatMemberLeft, "kicked": tg.ChatMemberBanned,
        "restricted": tg.ChatMemberRestricted, "administrator": tg.ChatMemberAdministrator,
        "creator": tg.ChatMemberOwner,
    }.get(status)  # fmt: skip
    rights = (
        {} if spec is None else {n: True for n in spec.__struct_fields__ if n[:3] in {"can", "is_"}}
    )
    dates = {"until_date": 0} if status in {"kicked", "restricted"} else {}
    return {"status": status, "user": BO, **rights, **dates, **more}


@pytest.mark.parametrize(
    ("chat", "is_me", "before", "after", "expected"),
    [
        (PRIVATE, True, member("member"), member("kicked"), StatusKind.BLOCKED),
        (PRIVATE, True, member("kicked"), member("member"), StatusKind.UNBLOCKED),
        (GROUP, True, member("left"), member("administrator"), StatusKind.JOINED),
        (GROUP, True, member("member"), member("kicked"), StatusKind.LEFT),
        (GROUP, False, member("left"), member("member"), StatusKind.JOINED),
        (GROUP, False, member("member"), member("left"), StatusKind.LEFT),
        (GROUP, False, member("member"), member("administrator"), StatusKind.CHAT),
        (GROUP, False, member("creator"), member("administrator"), StatusKind.CHAT),
        (GROUP, False, member("member"), member("restricted"), StatusKind.CHAT),
        (GROUP, False, member("member"), member("restricted", is_member=False), StatusKind.LEFT),
        (GROUP, False, member("restricted", is_member=False), member("left"), StatusKind.CHAT),
        (GROUP, False, member("member"), member("from_the_future"), StatusKind.LEFT),
    ],
)
def test_members(
    chat: dict[str, Any], is_me: bool, before: dict[str, Any], after: dict[str, Any], expected: str
) -> None:
    """Who came, who went, who blocked the bot; everything else only changes the chat."""
    changed = {
        "chat": chat, "from": ANN, "date": WHEN,
        "old_chat_member": before, "new_chat_member": after,
    }  # fmt: skip
    found = read(**{"my_chat_member" if is_me else "chat_member": changed})
    assert isinstance(found, MemberChanged)
    assert (found.what, found.is_me, found.at) == (expected, is_me, AT)
    assert (found.before, found.after) == (before["status"], after["status"])
    assert (found.person.id, found.member.id, found.member.name) == ("7", "8", "Bo")


def test_who_asks_to_join() -> None:
    """With where to write to them."""
    request = {"chat": GROUP, "from": BO, "user_chat_id": 80, "date": WHEN, "bio": "hello"}
    found = read(chat_join_request=request)
    assert isinstance(found, JoinRequested)
    assert (found.chat.id, found.person.id) == ("-1001", "8")
    assert (found.bio, found.private_chat) == ("hello", "80")


# --- edits, inline queries, polls, payments


def test_edits() -> None:
    """Of a text or a caption, at the moment of the edit."""
    edited = message(text="new", edit_date=WHEN + 60)
    found = read(edited_message=edited)
    assert isinstance(found, Edit)
    assert (found.text, found.message_id) == ("new", "3")
    assert (found.at - AT).total_seconds() == 60
    assert read(edited_message=message(photo=[SIZED], caption="c")).text == "c"
    assert read(edited_channel_post=message(chat=CHANNEL, photo=[SIZED])).text == ""
    assert read(edited_message=message(chat=GROUP, left_chat_member=BO)).text == ""


def test_inline_queries() -> None:
    """Between the person and the bot, wherever they are typed."""
    found = read(inline_query={"id": "q", "from": ANN, "query": "tea", "offset": "20"})
    assert isinstance(found, InlineQueried)
    assert (found.query_id, found.query, found.offset) == ("q", "tea", "20")
    assert (found.chat.id, found.person.id) == ("7", "7")
    chosen = read(chosen_inline_result={"result_id": "r", "from": ANN, "query": "tea"})
    assert isinstance(chosen, InlineChosen)
    assert (chosen.result_id, chosen.query) == ("r", "tea")


def test_polls() -> None:
    """Votes of persons and of chats; the state of a poll belongs to nobody."""
    found = read(poll_answer={"poll_id": "p", "user": ANN, "option_ids": [0, 2]})
    assert isinstance(found, PollAnswered)
    assert (found.poll_id, found.options, found.person.id) == ("p", (0, 2), "7")
    of_chat = read(poll_answer={"poll_id": "p", "voter_chat": CHANNEL, "option_ids": []})
    assert (of_chat.person.id, of_chat.chat.id, of_chat.options) == ("-1002", "-1002", ())
    (poll,) = [u for u in corpus("updates_generated") if "poll" in u][:1]
    state = read_update(json.dumps(poll).encode(), bot="shop")
    assert isinstance(state, OtherUpdate)
    assert (state.what, state.person.name) == ("poll", "Telegram")


def test_payments() -> None:
    """What must be answered has what the answer needs."""
    checkout = {
        "id": "q", "from": ANN, "currency": "EUR", "total_amount": 995, "invoice_payload": "o1",
    }  # fmt: skip
    found = read(pre_checkout_query=checkout)
    assert isinstance(found, CheckoutAsked)
    assert (found.query_id, found.payload) == ("q", "o1")
    assert (found.currency, found.amount) == ("EUR", 995)
    address = dict.fromkeys(
        ("country_code", "state", "city", "street_line1", "street_line2", "post_code"), "x"
    )
    shipping = {"id": "q", "from": ANN, "invoice_payload": "o1", "shipping_address": address}
    asked = read(shipping_query=shipping)
    assert isinstance(asked, ShippingAsked)
    assert (asked.query_id, asked.payload, asked.native.shipping_address.city) == ("q", "o1", "x")


# --- what has no type of its own


def test_an_update_of_a_kind_to_come_is_where_it_says() -> None:
    """With every key in `native`."""
    found = read(
        from_the_future={
            "chat": {**GROUP, "rank": 3}, "user": {"id": 9, "first_name": "Cy"}, "date": WHEN,
        }
    )  # fmt: skip
    assert isinstance(found, OtherUpdate)
    assert (found.what, found.chat.id, found.chat.title) == ("from_the_future", "-1001", "Shop")
    assert (found.person.id, found.person.name, found.at) == ("9", "Cy", AT)
    assert found.native.chat.rank == 3
    for odd in ("text", 7, [1], {"chat": "x"}, {"user": {"id": "x"}}):
        nowhere = read(from_the_future=odd)
        assert (nowhere.what, nowhere.chat.id) == ("from_the_future", MESSENGER)


def test_what_says_nothing_is_taken() -> None:
    """A kind whose content was left out is no reason to set anything aside."""
    found = read()
    assert isinstance(found, OtherUpdate)
    assert (found.what, found.native.update_id) == ("nothing", 5)


def test_what_does_not_say_where_is_refused() -> None:
    """With its number, so that it can be found in the quarantine."""
    with pytest.raises(DecodeError, match="update 5 cannot be understood: it is in a chat without"):
        read(message={"message_id": 3, "date": WHEN, "chat": {}, "text": "x"})
    with pytest.raises(DecodeError, match="update 5 cannot be understood"):
        read(message={"message_id": 3, "date": WHEN, "text": "x"})
    odd = {**PRIVATE, "id": 0}
    assert read(message=message(chat=odd, text="x")).chat.id == "0"


def test_a_message_to_a_business_is_in_the_business_chat() -> None:
    """And of the one who wrote it."""
    found = read(business_message=message(text="x", business_connection_id="b"))
    assert isinstance(found, OtherUpdate)
    assert (found.what, found.chat.id, found.person.id) == ("business_message", "7", "7")
    assert (found.at, found.native.text) == (AT, "x")


# --- what to ask Telegram for


@pytest.mark.parametrize(
    ("kinds", "more"),
    [
        (set(), set()),
        ({TimerDue, Deletion}, set()),
        ({Press}, set()),
        ({TextMessage}, {"channel_post"}),
        ({Message}, {"channel_post"}),
        ({Edit}, {"edited_message", "edited_channel_post"}),
        ({Reaction}, {"message_reaction"}),
        ({InlineQueried, InlineChosen}, {"inline_query", "chosen_inline_result"}),
        ({PollAnswered}, {"poll_answer"}),
        ({CheckoutAsked, ShippingAsked}, {"pre_checkout_query", "shipping_query"}),
        ({MemberChanged}, {"chat_member"}),
        ({Status}, {"channel_post", "chat_member"}),
        ({JoinRequested}, {"chat_join_request"}),
    ],
)
def test_only_what_handlers_ask_for_is_received(kinds: set[type[Update]], more: set[str]) -> None:
    """And always messages, presses and the bot's own standing."""
    assert set(allowed_updates(frozenset(kinds))) == ALWAYS | more


@pytest.mark.parametrize("kind", [Update, ChatUpdate, OtherUpdate])
def test_a_handler_of_everything_receives_everything(kind: type[Update]) -> None:
    """All that this version knows, each once."""
    names = allowed_updates(frozenset({kind, TextMessage}))
    assert len(names) == len(set(names)) == len(tg.Update.__struct_fields__) - 1
    assert "update_id" not in names


def test_every_kind_of_update_that_is_asked_for_is_converted() -> None:
    """The two tables of the module agree."""
    asked = {
        name: kind
        for kind in (*KINDS.values(),)
        for name in allowed_updates(frozenset(kind if isinstance(kind, tuple) else {kind}))
    }
    assert asked.keys() >= KINDS.keys()


def test_a_channels_post_in_its_group_opens_a_thread() -> None:
    """Only when Telegram forwarded it by itself: whoever forwards it by hand says something."""
    origin = {"type": "channel", "chat": CHANNEL, "message_id": 5, "date": WHEN}
    post = {
        "message_id": 9,
        "date": WHEN,
        "chat": GROUP,
        "from": {"id": 777000, "is_bot": False, "first_name": "Telegram"},
        "sender_chat": CHANNEL,
        "forward_origin": origin,
        "text": "An ad",
    }

    def read(message: dict[str, Any]) -> Update:
        return read_update(json.dumps({"update_id": 1, "message": message}).encode(), bot="b")

    found = read({**post, "is_automatic_forward": True})
    assert isinstance(found, ThreadOpened)
    assert (found.chat.id, found.message_id) == ("-1001", "9")
    assert (found.of_chat, found.of_message) == ("-1002", "5")
    assert isinstance(read(post), TextMessage)
    assert "message" in allowed_updates(frozenset({ThreadOpened}))
