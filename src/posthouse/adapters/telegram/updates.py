"""What only Telegram tells a bot, as updates that handlers can ask for like all others.

`native` of each holds Telegram's own object: every key it sent is an attribute, known or not.
"""

from posthouse.model.chat import Person
from posthouse.model.update import ChatUpdate, Status


class InlineQueried(ChatUpdate, frozen=True, kw_only=True):
    """Somebody types the bot's name and a query in some chat; answer with AnswerInlineQuery."""

    query_id: str
    query: str
    offset: str
    """Which results to begin with: "" or what the last answer gave as `next_offset`."""


class InlineChosen(ChatUpdate, frozen=True, kw_only=True):
    """Somebody sent one of the bot's inline results; needs /setinlinefeedback at @BotFather."""

    result_id: str
    query: str


class JoinRequested(ChatUpdate, frozen=True, kw_only=True):
    """Somebody asks to join a chat; answer with ApproveChatJoinRequest or the declining one."""

    bio: str = ""
    private_chat: str = ""
    """Raw id of a chat where the bot may write to the person for five minutes."""


class MemberChanged(Status, frozen=True, kw_only=True):
    """The standing of somebody in a chat changed; `person` is who changed it."""

    member: Person
    """Whose standing it is."""
    is_me: bool
    """It is the bot's own."""
    before: str
    """Telegram's word: creator, administrator, member, restricted, left or kicked."""
    after: str


class PollAnswered(ChatUpdate, frozen=True, kw_only=True):
    """Somebody voted in a poll that is not anonymous, or took the vote back."""

    poll_id: str
    options: tuple[int, ...]
    """Numbers of the chosen options, from 0; empty when the vote was taken back."""


class CheckoutAsked(ChatUpdate, frozen=True, kw_only=True):
    """Somebody is about to pay; answer with AnswerPreCheckoutQuery within 10 seconds."""

    query_id: str
    payload: str
    currency: str
    amount: int
    """In the smallest unit of the currency."""


class ShippingAsked(ChatUpdate, frozen=True, kw_only=True):
    """Somebody gave an address to ship to; answer with AnswerShippingQuery."""

    query_id: str
    payload: str


class OtherUpdate(ChatUpdate, frozen=True, kw_only=True):
    """Any other kind of update, known to this version or not; look into `native`."""

    what: str
    """Telegram's own word for it, such as "chat_boost"."""
