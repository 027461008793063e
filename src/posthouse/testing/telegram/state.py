"""What a pretended Telegram knows: bots, people, chats, messages, files."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from posthouse.testing.telegram.wire import Json

SERVICE_ID = 777000
"""The account that forwards channel posts to the discussion group."""
SERVICE_USER: Json = {"id": SERVICE_ID, "is_bot": False, "first_name": "Telegram"}

_PERMISSIONS = (
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_react_to_messages",
    "can_edit_tag",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
)
ADMIN_RIGHTS = (
    "is_anonymous",
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_send_welcome_messages",
)
GROUP_RIGHTS = ("can_pin_messages", "can_manage_topics", "can_manage_tags")
CHANNEL_RIGHTS = ("can_post_messages", "can_edit_messages", "can_manage_direct_messages")


_FRAME = frozenset(
    {"message_id", "from", "sender_chat", "chat", "date", "edit_date", "entities", "reply_markup"}
)


def all_permissions(*, allowed: bool = True) -> dict[str, bool]:
    """What a member of a group may do, all of it or nothing."""
    return dict.fromkeys(_PERMISSIONS, allowed)


class Account:
    """Somebody on Telegram: a person or a bot."""

    def __init__(self, user: Json) -> None:
        self.user = user
        self.avatars: list[int] = []
        """Files of profile photos, the newest first."""

    @property
    def id(self) -> int:
        """The id."""
        return int(self.user["id"])

    @property
    def username(self) -> str:
        """The name after the @, or nothing."""
        return str(self.user.get("username", ""))

    def __repr__(self) -> str:
        return f"<{self.user['first_name']} {self.id}>"


class Person(Account):
    """A human being."""

    def __init__(self, user: Json) -> None:
        super().__init__(user)
        self.is_deactivated = False
        self.blocked: set[int] = set()
        """Bots that may not write to this person any more."""
        self.strangers: set[int] = set()
        """Bots that may not write to this person yet."""


class Bot(Account):
    """A bot: its token, what it is set up with, what it was asked."""

    def __init__(self, user: Json, token: str, *, has_privacy: bool) -> None:
        super().__init__(user)
        self.token = token
        self.has_privacy = has_privacy
        """Whether it sees only what is meant for it in groups, as bots do at first."""
        self.is_logged_out = False
        self.is_closed = False
        self.commands: dict[tuple[str, str], list[Json]] = {}
        """By scope (as canonical JSON) and language."""
        self.texts: dict[tuple[str, str], str] = {}
        """Name, description, short description, by which and language."""
        self.menus: dict[int, Json] = {}
        """Menu buttons by private chat; 0 is the default."""
        self.rights: dict[bool, Json] = {}
        """Rights proposed when it is made administrator, for channels and for the rest."""

    def as_me(self) -> Json:
        """The answer of getMe."""
        return {
            **self.user,
            "can_join_groups": True,
            "can_read_all_group_messages": not self.has_privacy,
            "supports_inline_queries": True,
            "supports_guest_queries": False,
            "can_connect_to_business": False,
            "has_main_web_app": False,
            "has_topics_enabled": False,
            "allows_users_to_create_topics": False,
            "can_manage_bots": False,
            "supports_join_request_queries": False,
        }


class Member:
    """How somebody stands in a chat."""

    def __init__(self, status: str = "member", **details: Any) -> None:
        self.status = status
        """One of creator, administrator, member, restricted, left and kicked."""
        self.details: Json = details
        """Rights, title, until_date."""

    @property
    def is_inside(self) -> bool:
        """Whether the chat's messages reach them."""
        return self.status in {"creator", "administrator", "member"} or (
            self.status == "restricted" and bool(self.details.get("is_member"))
        )

    @property
    def is_admin(self) -> bool:
        """Whether they help to run the chat."""
        return self.status in {"creator", "administrator"}

    def may(self, right: str) -> bool:
        """Whether they have a right of administrators."""
        return self.status == "creator" or (self.is_admin and bool(self.details.get(right)))

    def as_json(self, user: Json) -> Json:
        """The ChatMember of a user."""
        found = {"status": self.status, "user": user, **self.details}
        if self.status == "kicked":
            found.setdefault("until_date", 0)
        return found


class Message:
    """One message of a chat, as everybody in it sees it."""

    def __init__(self, chat: "Chat", body: Json, author: int) -> None:
        self.chat = chat
        self.body = body
        self.author = author
        """Id of the account that wrote it, also where the chat's name is shown instead."""
        self.reactions: dict[int, list[Json]] = {}
        """By who reacted."""
        self.payload = ""
        """What the bot gave with an invoice; only it sees it."""
        self.stamp = 0
        """When it was written or changed, in the world's numbers."""
        self.keyboard: Json | None = None
        """The keyboard it showed instead of the one for typing, or took away."""

    @property
    def id(self) -> int:
        """Its number in the chat."""
        return int(self.body["message_id"])

    @property
    def content(self) -> str:
        """Its text or caption."""
        return str(self.body.get("text", self.body.get("caption", "")))

    @property
    def kinds(self) -> list[str]:
        """What it is beside its words: photo, poll, pinned_message."""
        return [key for key in self.body if key not in _FRAME]

    def __repr__(self) -> str:
        return f"<message {self.id} in {self.chat}: {self.content[:30]!r}>"


class Topic:
    """A topic of a forum."""

    def __init__(self, thread_id: int, name: str, color: int, icon: str) -> None:
        self.thread_id = thread_id
        self.name = name
        self.color = color
        self.icon = icon
        self.is_closed = False
        self.is_hidden = False


class Invite:
    """An invite link."""

    def __init__(self, link: str, creator: Json, details: Json) -> None:
        self.link = link
        self.creator = creator
        self.details = details
        self.is_primary = False
        self.is_revoked = False

    def as_json(self) -> Json:
        """The ChatInviteLink."""
        found = {
            "invite_link": self.link,
            "creator": self.creator,
            "creates_join_request": False,
            "is_primary": self.is_primary,
            "is_revoked": self.is_revoked,
        }
        return found | self.details


class Chat:
    """A private chat with one bot, a group, a supergroup or a channel."""

    def __init__(self, chat_id: int, kind: str, **details: Any) -> None:
        self.id = chat_id
        self.kind = kind
        """One of private, group, supergroup and channel."""
        self.details: Json = details
        """Title, username, first_name, as the Chat of the Bot API has them."""
        self.full: Json = {}
        """What only getChat tells: description, slow_mode_delay and the like."""
        self.members: dict[int, Member] = {}
        self.messages: dict[int, Message] = {}
        self.last_id = 0
        self.pinned: list[int] = []
        self.permissions = all_permissions()
        self.topics: dict[int, Topic] = {}
        self.invites: dict[str, Invite] = {}
        self.join_requests: dict[int, Json] = {}
        self.linked: Chat | None = None
        """A channel's discussion group, a group's channel."""
        self.migrated_to: int | None = None
        self.photo: int | None = None
        self.actions: list[tuple[int, str]] = []
        """Chat actions, such as typing, and who showed them."""
        self.drafts: dict[int, str] = {}
        self.keyboard: Message | None = None
        """The message that showed, or took away, what stands instead of the keyboard for typing."""

    @property
    def title(self) -> str:
        """What people call it."""
        return str(self.details.get("title") or self.details.get("first_name", ""))

    @property
    def is_forum(self) -> bool:
        """Whether it has topics."""
        return bool(self.details.get("is_forum"))

    def as_json(self) -> Json:
        """The Chat, as messages carry it."""
        return {"id": self.id, "type": self.kind, **self.details}

    def member(self, user_id: int) -> Member:
        """How somebody stands here; who was never here has left."""
        return self.members.get(user_id) or Member("left")

    def inside(self) -> list[int]:
        """Ids of everybody in it."""
        return [user_id for user_id, member in self.members.items() if member.is_inside]

    def newest_first(self) -> Iterator[Message]:
        """Its messages, from the newest on."""
        return iter(sorted(self.messages.values(), key=lambda one: -one.id))

    def next_id(self) -> int:
        """A number for a new message."""
        self.last_id += 1
        return self.last_id

    def __repr__(self) -> str:
        return f"{self.kind} chat {self.id}"


class Webhook(Struct, kw_only=True):
    """Where a bot has its updates posted, and how that goes."""

    url: str
    secret: str = ""
    most_connections: int = 40
    has_certificate: bool = False
    ip_address: str = ""
    last_error: str = ""
    last_error_at: int = 0


class Query:
    """A press on a button, and whether it was answered."""

    def __init__(self, bot: int, asked_s: float, body: Json) -> None:
        self.bot = bot
        self.asked_s = asked_s
        self.body = body
        self.answer: Json | None = None


class StoredFile:
    """A file that somebody uploaded."""

    def __init__(self, number: int, kind: str, content: bytes, details: Json) -> None:
        self.number = number
        self.kind = kind
        """photo, document, video, ...: the field of a message that carries it."""
        self.content = content
        self.details = details
        """file_name, mime_type, width, height, duration."""


class Poll:
    """A poll and who voted for what."""

    def __init__(self, body: Json, *, correct: list[int], place: "Message") -> None:
        self.body = body
        self.correct = correct
        self.place = place
        self.votes: dict[int, list[int]] = {}

    def count(self) -> None:
        """Write the votes into the poll."""
        found = Counter(option for options in self.votes.values() for option in options)
        for number, option in enumerate(self.body["options"]):
            option["voter_count"] = found[number]
        self.body["total_voter_count"] = len(self.votes)
