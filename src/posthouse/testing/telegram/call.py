"""One call of a method: who calls, with which parameters, and what a method often needs."""

from collections.abc import Awaitable, Callable
from typing import Any

from posthouse.testing.telegram import refusals
from posthouse.testing.telegram.keyboards import read_keyboard
from posthouse.testing.telegram.markup.reading import caption_text, message_text
from posthouse.testing.telegram.multipart import Upload
from posthouse.testing.telegram.parameters import Arguments
from posthouse.testing.telegram.queue import Queue
from posthouse.testing.telegram.refusals import refuse
from posthouse.testing.telegram.state import Account, Bot, Chat, Message
from posthouse.testing.telegram.wire import Json
from posthouse.testing.telegram.world import World


class Call:
    """A call on its way through a method."""

    def __init__(self, world: World, bot: Bot, method: str, arguments: Arguments) -> None:
        self.world = world
        self.bot = bot
        self.method = method
        self.arguments = arguments
        self.note = ""
        """What the answer says beside its result, as `Webhook was set`."""

    # --- parameters

    @property
    def queue(self) -> Queue:
        """The bot's updates."""
        return self.world.queues[self.bot.id]

    def text(self, name: str, default: str = "") -> str:
        """A parameter as text."""
        return self.arguments.text(name, default)

    def number(self, name: str, default: int = 0) -> int:
        """A parameter as an integer."""
        return self.arguments.number(name, default)

    def flag(self, name: str, *, default: bool = False) -> bool:
        """A parameter as yes or no."""
        return self.arguments.flag(name, default=default)

    def json(self, name: str, default: Any = None) -> Any:
        """A parameter as JSON."""
        return self.arguments.json(name, default)

    def has(self, name: str) -> bool:
        """Whether a parameter says something."""
        return self.arguments.has(name)

    def upload(self, name: str) -> Upload | None:
        """A file of the request."""
        return self.arguments.files.get(name)

    # --- who and where

    def chat(self, name: str = "chat_id") -> Chat:
        """The chat a parameter means, which the bot is in."""
        chat = self.world.find_chat(self.bot, self.text(name))
        self.world.check_access(self.bot, chat)
        return chat

    def chat_to_write(self) -> Chat:
        """The chat `chat_id` means, which the bot may write into."""
        chat = self.world.find_chat(self.bot, self.text("chat_id"))
        self.world.check_writing(self.bot, chat)
        return chat

    def administered(self, right: str, refusal: str = refusals.NO_RIGHTS) -> Chat:
        """The chat `chat_id` means, in which the bot has a right of administrators."""
        chat = self.chat()
        if chat.kind == "private" or not chat.member(self.bot.id).may(right):
            raise refuse(refusal)
        return chat

    def account(self, name: str = "user_id") -> Account:
        """Who a parameter means."""
        user_id = self.number(name)
        if user_id <= 0:
            raise refuse(refusals.INVALID_USER_ID)
        found = self.world.account(user_id)
        if found is None:
            raise refuse(refusals.USER_NOT_FOUND)
        return found

    def message(self, chat: Chat, missing: str, name: str = "message_id") -> Message:
        """The message a parameter means; `missing` is the refusal where there is none."""
        if not self.has(name):
            raise refuse(refusals.MESSAGE_ID_MISSING)
        found = chat.messages.get(self.number(name))
        if found is None:
            raise refuse(missing)
        return found

    # --- what a message is made of

    def user(self, user_id: int) -> Json | None:
        """The User of an id, None where nobody has it."""
        found = self.world.account(user_id)
        return None if found is None else found.user

    def read_message_text(self) -> Json:
        """The text the call means."""
        return message_text(
            self.text("text"), self.text("parse_mode"), self.json("entities"), self.user
        )

    def read_caption(self) -> Json:
        """The caption the call means."""
        found = caption_text(
            self.text("caption"), self.text("parse_mode"), self.json("caption_entities"), self.user
        )
        if found and self.flag("show_caption_above_media"):
            found["show_caption_above_media"] = True
        return found

    def read_keyboard(self) -> Json | None:
        """The keyboard the call means."""
        return read_keyboard(self.text("reply_markup"))

    def seen(self, value: Any) -> Any:
        """A value as the calling bot sees it."""
        return self.world.files.as_seen_by(self.bot.id, value)


Handler = Callable[[Call], Any | Awaitable[Any]]
