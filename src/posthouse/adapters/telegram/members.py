"""Who is in a chat on Telegram, and where one can join it."""

from posthouse.adapters.telegram.client import TelegramClient
from posthouse.errors import NotSentError, RejectedError, UnreachableError

_INSIDE = ("creator", "administrator", "member")
_NOBODY = ("user not found", "participant_id_invalid", "member not found", "user_not_participant")
"""What Telegram says of somebody whom a chat has never seen."""


async def is_member(client: TelegramClient, chat: str, person: str) -> bool:
    """Return whether somebody is in a chat; raises RejectedError where the bot may not know."""
    try:
        member = await client.get_chat_member(chat_id=_chat(chat), user_id=int(person))
    except UnreachableError:
        raise
    except RejectedError as error:
        if any(words in str(error).lower() for words in _NOBODY):
            return False
        raise
    if member.status == "restricted":
        return bool(getattr(member, "is_member", False))
    return member.status in _INSIDE


async def way_in(client: TelegramClient, chat: str) -> str | None:
    """Return the link of a public chat, or the one that invites to a private one.

    The latter is told only to a bot that may invite.
    """
    bare = chat.partition("/")[0]
    if bare.startswith("@"):
        return f"https://t.me/{bare[1:]}"
    try:
        found = await client.get_chat(chat_id=_chat(chat))
    except (RejectedError, NotSentError, OSError):
        return None
    return f"https://t.me/{found.username}" if found.username else found.invite_link


def _chat(chat: str) -> int | str:
    bare = chat.partition("/")[0]  # a topic has the members of its group
    return bare if bare.startswith("@") else int(bare)
