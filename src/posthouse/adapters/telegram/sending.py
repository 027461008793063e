"""Carrying out deliveries: one call each, and what becomes of its answer."""

import logging
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from posthouse.adapters.telegram.albums import album_edits, is_album_edit, kept_ids, left_over
from posthouse.adapters.telegram.api import methods as call
from posthouse.adapters.telegram.api.base import InputFile, TelegramMethod
from posthouse.adapters.telegram.api.encoding import Call, encode_call, encode_reply, with_method
from posthouse.adapters.telegram.client import TelegramClient
from posthouse.adapters.telegram.failures import NoMessageError, NotModifiedError
from posthouse.adapters.telegram.outbound import (
    Source,
    as_caption,
    bare_key,
    to_method,
    words_reply,
)
from posthouse.errors import RejectedError
from posthouse.model.media import File, Photo, is_kept
from posthouse.model.outgoing import Content, Operation, Outgoing
from posthouse.ports.media import Media

log = logging.getLogger("posthouse.telegram")

_NEVER_RIDE: Final = ("get", "setWebhook", "deleteWebhook", "close", "logOut")
"""Telegram ignores these in the reply to a webhook (telegram-bot-api, WebhookActor.cpp)."""


class _Sent(msgspec.Struct):
    """What is of interest in a message that was sent."""

    message_id: int
    chat: "_Where | None" = None
    photo: tuple["_File", ...] = ()
    document: "_File | None" = None
    video: "_File | None" = None
    audio: "_File | None" = None
    voice: "_File | None" = None
    animation: "_File | None" = None
    video_note: "_File | None" = None


class _Where(msgspec.Struct):
    id: int
    username: str | None = None


class _File(msgspec.Struct):
    file_id: str


_sent = msgspec.json.Decoder(_Sent | bool | list[_Sent]).decode


class Sending:
    """Carries out the deliveries of one bot."""

    def __init__(self, client: TelegramClient) -> None:
        self._client = client
        self.names: dict[str, str] = {}
        """Public names of the chats that were sent to, by their raw ids."""

    async def carry_out(self, chat: str, outgoing: Outgoing, media: Media) -> str | None:
        """Make the call and return the ids of the messages it sent; raises as the client does.

        Args:
            chat: Raw id of the chat.
            outgoing: What to do there.
            media: What the site keeps for what is to be uploaded.
        """
        content = outgoing.content
        if outgoing.method is not None:
            raw = await self._client.raw_call(Call(outgoing.method, outgoing.parameters))
            return _ids(_messages(raw) or [])
        known: dict[str, str | InputFile] = {}
        if content.photos or content.files:
            known = await _known(content, media)

        def source(shown: Photo | File) -> str | InputFile:
            found = known.get(shown.key)
            return bare_key(shown.key) if found is None else found

        if is_album_edit(outgoing):
            return await self._change_album(chat, outgoing, source, media)
        method = to_method(chat, outgoing, source)
        try:
            sent = await self._sent(method)
        except NotModifiedError:
            return outgoing.message_id
        except RejectedError as error:
            if isinstance(method, call.EditMessageText) and "no text in the message" in str(error):
                sent = await self._sent(as_caption(method))
            elif _is_moot(outgoing.operation, error):
                log.info("nothing to do any more: %s", error)
                return None
            else:
                raise
        if any(isinstance(value, InputFile) for value in known.values()):
            _keep_natives(_media_of(content), sent, media)
        return _ids(sent)

    async def _change_album(
        self, chat: str, outgoing: Outgoing, source: Source, media: Media
    ) -> str:
        """Edit message by message, which may be begun anew at any time; return their ids."""
        items = _media_of(outgoing.content)
        for item, method in zip(items, album_edits(chat, outgoing, source), strict=True):
            try:
                sent = await self._sent(method)
            except NotModifiedError:
                continue
            _keep_natives([item], sent, media)
        rest = left_over(chat, outgoing)
        if rest is not None:
            try:
                await self._client.raw_call(encode_call(rest))
            except NoMessageError as error:
                log.info("nothing to do any more: %s", error)
        return kept_ids(outgoing)

    async def _sent(self, method: TelegramMethod[Any]) -> list[_Sent]:
        raw = await self._client.raw_call(encode_call(method))
        sent = _messages(raw)
        if sent is None:
            log.warning("%s was answered with what is no message", method.api_name)
        elif sent and (where := sent[0].chat) is not None and where.id < 0:
            if where.username:
                self.names[str(where.id)] = where.username
            else:
                self.names.pop(str(where.id), None)
        return sent or []


def riding(chat: str, outgoing: Outgoing) -> bytes | None:
    """Return a delivery as the reply to a webhook request; None when it cannot be one."""
    words = words_reply(chat, outgoing)  # nearly always
    if words is not None:
        return words
    media = _media_of(outgoing.content)
    if len(media) > 1 or is_album_edit(outgoing) or any(is_kept(each.key) for each in media):
        return None
    if outgoing.method is not None:
        if outgoing.method.startswith(_NEVER_RIDE):
            return None
        return with_method(outgoing.method, outgoing.parameters)
    return encode_reply(to_method(chat, outgoing, lambda each: bare_key(each.key)))


async def _known(content: Content, media: Media) -> dict[str, str | InputFile]:
    """Return what stands for the content that the site keeps: Telegram's key, or the file."""
    known: dict[str, str | InputFile] = {}
    for each in _media_of(content):
        if not is_kept(each.key):
            continue
        form = "photo" if isinstance(each, Photo) else "file"
        native = await media.native(each.key, form=form)
        name = each.name if isinstance(each, File) else "photo"
        known[each.key] = native or InputFile(
            await media.path(each.key), name, media_type=each.mime
        )
    return known


def _keep_natives(shown: Sequence[Photo | File], sent: Sequence[_Sent], media: Media) -> None:
    """Remember under which keys Telegram has what was just uploaded."""
    for each, message in zip(shown, sent, strict=False):
        if not is_kept(each.key):
            continue
        if isinstance(each, Photo):
            if message.photo:
                native = message.photo[-1].file_id
                media.keep_native(each.key, native, form="photo")
            continue
        for kind in ("document", "video", "audio", "voice", "animation", "video_note"):
            file = getattr(message, kind)
            if file is not None:
                media.keep_native(each.key, file.file_id, form="file")
                break


def _messages(raw: bytes) -> list[_Sent] | None:
    """Return the messages in the result of a call, None when it is something else."""
    try:
        sent = _sent(raw)
    except msgspec.DecodeError:
        return None
    if isinstance(sent, bool):
        return []
    return sent if isinstance(sent, list) else [sent]


def _ids(messages: Sequence[_Sent]) -> str | None:
    return ",".join(str(each.message_id) for each in messages) or None


def _is_moot(operation: Operation, error: RejectedError) -> bool:
    """Whether what was refused is so already: a message that is gone, a press nobody waits for."""
    if operation is Operation.DELETE:
        return isinstance(error, NoMessageError)
    return operation is Operation.ANSWER


def _media_of(content: Content) -> list[Photo | File]:
    return [*content.photos, *content.files]
