"""From Telegram's updates to those that handlers take; the same for polling and webhooks."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from posthouse.adapters.telegram.api import types as tg
from posthouse.adapters.telegram.api.codec import decode_update
from posthouse.adapters.telegram.api.unknown import unknown_keys
from posthouse.adapters.telegram.entities import from_entities
from posthouse.adapters.telegram.origins import (
    NOBODY,
    acting,
    chat_as_person,
    chat_of,
    moment,
    person_of,
    plain_chat,
    private_chat,
    someone,
    somewhere,
)
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
from posthouse.adapters.telegram.usual import photo_of, press_id, read_usual
from posthouse.errors import DecodeError
from posthouse.model.chat import ChatKind
from posthouse.model.media import File
from posthouse.model.update import (
    ChatUpdate,
    ContactMessage,
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
    is_opened,
)

_FILES: Final = ("document", "video", "audio", "voice", "animation", "video_note")
_ENDINGS: Final = {
    "video": (".mp4", "video/mp4"),
    "audio": (".mp3", "audio/mpeg"),
    "voice": (".ogg", "audio/ogg"),
    "animation": (".mp4", "video/mp4"),
    "video_note": (".mp4", "video/mp4"),
}
"""What a file is when Telegram does not say: how its name ends, and its MIME type."""
_AROUND: Final = frozenset(
    {
        "message_id", "message_thread_id", "direct_messages_topic", "from_", "sender_chat",
        "sender_boost_count", "sender_business_bot", "sender_tag", "receiver_user",
        "ephemeral_message_id", "date", "guest_query_id", "business_connection_id", "chat",
        "forward_origin", "is_topic_message", "is_automatic_forward", "reply_to_message",
        "external_reply", "quote", "reply_to_story", "reply_to_checklist_task_id",
        "reply_to_poll_option_id", "via_bot", "guest_bot_caller_user", "guest_bot_caller_chat",
        "edit_date", "has_protected_content", "is_from_offline", "is_paid_post", "media_group_id",
        "author_signature", "paid_star_count", "text", "entities", "link_preview_options",
        "suggested_post_info", "effect_id", "caption", "caption_entities",
        "show_caption_above_media", "has_media_spoiler", "reply_markup",
    }
)  # fmt: skip
"""Fields of a message that are not what the message is."""
_PAYLOADS: Final = tuple(name for name in tg.Update.__struct_fields__ if name != "update_id")
_CONTENT: Final = tuple(name for name in tg.Message.__struct_fields__ if name not in _AROUND)
_PRESENT: Final = frozenset({"creator", "administrator", "member", "restricted"})


def read_update(body: bytes, *, bot: str) -> ChatUpdate:
    """Decode the body of an update; raises DecodeError."""
    usual = read_usual(body, bot)
    return read_any(body, bot) if usual is None else usual


def read_any(body: bytes, bot: str) -> ChatUpdate:
    """Decode the body of any update, in full; raises DecodeError."""
    native = decode_update(body)
    try:
        return converted(native, bot=bot)
    except DecodeError as error:
        raise DecodeError(f"update {native.update_id} cannot be understood: {error}") from error
    except (AttributeError, LookupError, TypeError, ValueError, OverflowError) as error:
        # Well-formed, and yet not what any update is: a message in no chat, say.
        raise DecodeError(f"update {native.update_id} cannot be understood: {error!r}") from error


def converted(native: tg.Update, *, bot: str) -> ChatUpdate:
    """Return the update that handlers take; raises DecodeError when it tells nothing."""
    number = str(native.update_id)
    message = native.message
    if message is not None:  # nearly always
        return from_message(message, number, bot)
    for name, convert in _CONVERTERS.items():
        payload = getattr(native, name)
        if payload is not None:
            return convert(payload, number, bot)
    return _other(native, number, bot)


def group_of(update: ChatUpdate) -> str | None:
    """Return the id of the album that an update is a part of."""
    if not isinstance(update, PhotoMessage | FileMessage) or not is_opened(update):
        return None  # what is not opened was read by usual.py, which takes no parts of albums
    return getattr(update.native, "media_group_id", None)


def move_of(update: ChatUpdate) -> tuple[str, str] | None:
    """Return the ids before and now of a group that became a supergroup, if that is the news."""
    if not isinstance(update, OtherMessage):
        return None
    after = getattr(update.native, "migrate_to_chat_id", None)
    if after is not None:
        return update.chat.id, str(after)
    before = getattr(update.native, "migrate_from_chat_id", None)
    return None if before is None else (str(before), update.chat.id)


# --- messages


def from_message(message: tg.Message, number: str, bot: str) -> ChatUpdate:
    """Return the update for a message or a channel's post."""
    chat = chat_of(message, bot)
    sender = message.from_
    person = (
        person_of(sender)
        if sender is not None and message.sender_chat is None
        else chat_as_person(message.sender_chat or message.chat)
    )
    at = moment(message.date)
    message_id = str(message.message_id)
    origin = message.forward_origin
    if message.is_automatic_forward and isinstance(origin, tg.MessageOriginChannel):
        return ThreadOpened(
            id=number,
            bot=bot,
            at=at,
            native=message,
            chat=chat,
            person=person,
            message_id=message_id,
            of_chat=str(origin.chat.id),
            of_message=str(origin.message_id),
            of_name=f"@{origin.chat.username}" if origin.chat.username else None,
        )
    answered = message.reply_to_message
    # In a topic everything answers the message that began it.
    is_answer = answered is not None and not (
        message.is_topic_message and answered.message_id == message.message_thread_id
    )
    reply_to = str(answered.message_id) if answered is not None and is_answer else None
    if message.text is not None:
        return TextMessage(
            id=number,
            bot=bot,
            at=at,
            native=message,
            chat=chat,
            person=person,
            message_id=message_id,
            reply_to=reply_to,
            text=message.text,
            formatted=from_entities(message.text, message.entities) if message.entities else None,
        )
    common: dict[str, Any] = {
        "id": number, "bot": bot, "at": at, "native": message, "chat": chat, "person": person,
    }  # fmt: skip
    return _service(message, common) or _media(
        message, {**common, "message_id": message_id, "reply_to": reply_to}
    )


def _media(message: tg.Message, common: Mapping[str, Any]) -> Message:
    if message.photo:
        return PhotoMessage(
            **common, photo=photo_of(message.photo, common["bot"]), caption=message.caption
        )
    for kind in ("animation", *_FILES) if message.animation is not None else _FILES:
        found = getattr(message, kind)
        if found is not None:
            return FileMessage(
                **common, file=_file(kind, found, common["bot"]), caption=message.caption
            )
    if message.contact is not None:
        return _contact(message.contact, common)
    if message.location is not None:
        return _location(message, message.location, common)
    what = next((name for name in _CONTENT if getattr(message, name) is not None), None)
    return OtherMessage(**common, what=what or _unknown_key(message) or "empty")


def _contact(contact: tg.Contact, common: Mapping[str, Any]) -> ContactMessage:
    names = (contact.first_name, contact.last_name)
    # Only a contact from somebody's Telegram account says whose it is.
    is_own = contact.user_id is not None and str(contact.user_id) == common["person"].id
    return ContactMessage(
        **common,
        phone=contact.phone_number,
        name=" ".join(name for name in names if name),
        is_own=is_own,
    )


def _location(
    message: tg.Message, location: tg.Location, common: Mapping[str, Any]
) -> LocationMessage:
    return LocationMessage(
        **common,
        latitude=location.latitude,
        longitude=location.longitude,
        name="" if message.venue is None else message.venue.title,
    )


def _unknown_key(value: tg.Message | tg.Update) -> str | None:
    return next(iter(unknown_keys(value)), None)


def _file(kind: str, file: Any, bot: str) -> File:
    ending, usual = _ENDINGS.get(kind, ("", "application/octet-stream"))
    mime = getattr(file, "mime_type", None) or usual
    name = getattr(file, "file_name", None) or f"{kind}{ending}"
    key = file.file_id if kind == "document" else f"{kind}/{file.file_id}"
    return File(key=key, name=name, size_bytes=file.file_size or 0, mime=mime, bot=bot)


def _service(message: tg.Message, common: Mapping[str, Any]) -> ChatUpdate | None:
    if message.new_chat_members:
        return Status(**common, what=StatusKind.JOINED)
    if message.left_chat_member is not None:
        return Status(**common, what=StatusKind.LEFT)
    if message.new_chat_title or message.new_chat_photo or message.delete_chat_photo:
        return Status(**common, what=StatusKind.CHAT)
    return None


def _edited(message: tg.Message, number: str, bot: str) -> ChatUpdate:
    new = from_message(message, number, bot)
    return Edit(
        id=number,
        bot=bot,
        at=moment(message.edit_date or message.date),
        native=message,
        chat=new.chat,
        person=new.person,
        message_id=str(message.message_id),
        text=message.text if message.text is not None else message.caption or "",
    )


# --- presses, reactions, members


def _press(query: tg.CallbackQuery, number: str, bot: str) -> ChatUpdate:
    message, person = query.message, person_of(query.from_)
    return Press(
        id=press_id(number, query.id),
        bot=bot,
        at=moment(None),
        native=query,
        chat=private_chat(person, bot) if message is None else chat_of(message, bot),
        person=person,
        message_id=None if message is None else str(message.message_id),
        payload=query.data or "",
    )


def _reaction(reaction: tg.MessageReactionUpdated, number: str, bot: str) -> ChatUpdate:
    user, actor = reaction.user, reaction.actor_chat
    return Reaction(
        id=number,
        bot=bot,
        at=moment(reaction.date),
        native=reaction,
        chat=plain_chat(reaction.chat, bot),
        person=person_of(user) if user is not None else chat_as_person(actor or reaction.chat),
        message_id=str(reaction.message_id),
        emoji=tuple(_emoji(each) for each in reaction.new_reaction),
    )


def _emoji(reaction: Any) -> str:
    shown = getattr(reaction, "emoji", None) or getattr(reaction, "custom_emoji_id", None)
    return str(shown or reaction.type)


def _member(changed: tg.ChatMemberUpdated, number: str, bot: str, *, is_me: bool) -> ChatUpdate:
    before, after = changed.old_chat_member, changed.new_chat_member
    chat = plain_chat(changed.chat, bot)
    was, now = _is_in(before), _is_in(after)
    if is_me and chat.kind is ChatKind.PRIVATE:
        what = StatusKind.UNBLOCKED if now else StatusKind.BLOCKED
    elif was != now:
        what = StatusKind.JOINED if now else StatusKind.LEFT
    else:
        what = StatusKind.CHAT
    return MemberChanged(
        id=number,
        bot=bot,
        at=moment(changed.date),
        native=changed,
        chat=chat,
        person=person_of(changed.from_),
        what=what,
        member=someone(getattr(after, "user", None)) or person_of(changed.from_),
        is_me=is_me,
        before=str(before.status),
        after=str(after.status),
    )


def _is_in(member: Any) -> bool:
    return member.status in _PRESENT and getattr(member, "is_member", True) is not False


def _join_request(request: tg.ChatJoinRequest, number: str, bot: str) -> ChatUpdate:
    return JoinRequested(
        id=number,
        bot=bot,
        at=moment(request.date),
        native=request,
        chat=plain_chat(request.chat, bot),
        person=person_of(request.from_),
        bio=request.bio or "",
        private_chat=str(request.user_chat_id),
    )


# --- what belongs to no chat: it stands in the person's private one


def _inline(query: tg.InlineQuery, number: str, bot: str) -> ChatUpdate:
    return InlineQueried(
        **_of_person(query, query.from_, number, bot),
        query_id=query.id,
        query=query.query,
        offset=query.offset,
    )


def _chosen(result: tg.ChosenInlineResult, number: str, bot: str) -> ChatUpdate:
    return InlineChosen(
        **_of_person(result, result.from_, number, bot),
        result_id=result.result_id,
        query=result.query,
    )


def _poll_answer(answer: tg.PollAnswer, number: str, bot: str) -> ChatUpdate:
    common = _of_person(answer, answer.user, number, bot)
    if answer.user is None and answer.voter_chat is not None:
        common["chat"] = plain_chat(answer.voter_chat, bot)
        common["person"] = chat_as_person(answer.voter_chat)
    return PollAnswered(**common, poll_id=answer.poll_id, options=tuple(answer.option_ids))


def _checkout(query: tg.PreCheckoutQuery, number: str, bot: str) -> ChatUpdate:
    return CheckoutAsked(
        **_of_person(query, query.from_, number, bot),
        query_id=query.id,
        payload=query.invoice_payload,
        currency=query.currency,
        amount=query.total_amount,
    )


def _shipping(query: tg.ShippingQuery, number: str, bot: str) -> ChatUpdate:
    return ShippingAsked(
        **_of_person(query, query.from_, number, bot),
        query_id=query.id,
        payload=query.invoice_payload,
    )


def _other(native: tg.Update, number: str, bot: str) -> ChatUpdate:
    """Return the update for a kind that has no type of its own, or that came after this version."""
    known = (n for n in _PAYLOADS if getattr(native, n) is not None)
    name = next(known, None) or _unknown_key(native)
    # One with nothing but its number is no mistake: a kind whose content was left out, say.
    payload = native if name is None else getattr(native, name)
    person = acting(payload)
    return OtherUpdate(
        id=number,
        bot=bot,
        at=moment(getattr(payload, "date", None)),
        native=payload,
        chat=somewhere(payload, person, bot),
        person=person,
        what=name or "nothing",
    )


def _of_person(native: object, user: tg.User | None, number: str, bot: str) -> dict[str, Any]:
    person = NOBODY if user is None else person_of(user)
    return {
        "id": number, "bot": bot, "at": moment(None), "native": native, "person": person,
        "chat": private_chat(person, bot),
    }  # fmt: skip


_CONVERTERS: Final[Mapping[str, Callable[[Any, str, str], ChatUpdate]]] = {
    "callback_query": _press,
    "edited_message": _edited,
    "channel_post": from_message,
    "edited_channel_post": _edited,
    "message_reaction": _reaction,
    "inline_query": _inline,
    "chosen_inline_result": _chosen,
    "poll_answer": _poll_answer,
    "pre_checkout_query": _checkout,
    "shipping_query": _shipping,
    "my_chat_member": lambda changed, number, bot: _member(changed, number, bot, is_me=True),
    "chat_member": lambda changed, number, bot: _member(changed, number, bot, is_me=False),
    "chat_join_request": _join_request,
}

_SOURCES: Final[Mapping[type[ChatUpdate], tuple[str, ...]]] = {
    Message: ("message", "channel_post"),
    ThreadOpened: ("message",),
    Edit: ("edited_message", "edited_channel_post"),
    Press: ("callback_query",),
    Reaction: ("message_reaction",),
    InlineQueried: ("inline_query",),
    InlineChosen: ("chosen_inline_result",),
    PollAnswered: ("poll_answer",),
    CheckoutAsked: ("pre_checkout_query",),
    ShippingAsked: ("shipping_query",),
    MemberChanged: ("my_chat_member", "chat_member"),
    JoinRequested: ("chat_join_request",),
    Status: ("message", "channel_post", "my_chat_member"),
}
ALWAYS: Final = frozenset({"message", "my_chat_member", "callback_query"})
"""Received whatever the routes are: answers, blocking and unblocking, and buttons."""


def allowed_updates(kinds: "frozenset[type[Any]]") -> list[str]:
    """Return the names of the updates a bot needs, for the classes its handlers ask for.

    A handler that asks for a base, such as `ChatUpdate`, or for OtherUpdate gets everything.
    """
    wanted = set(ALWAYS)
    for kind in kinds:
        if issubclass(kind, TimerDue):
            continue
        if issubclass(OtherUpdate, kind):
            return [*_PAYLOADS]
        nearest = next((base for base in kind.__mro__ if base in _SOURCES), kind)
        for source, names in _SOURCES.items():
            if issubclass(source, nearest):
                wanted.update(names)
    return [name for name in _PAYLOADS if name in wanted]
