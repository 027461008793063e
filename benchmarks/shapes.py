"""The part of Telegram's types that the sample updates use, as bare msgspec Structs."""

from msgspec import Struct, json


class User(Struct, gc=False):
    id: int
    is_bot: bool
    first_name: str
    last_name: str | None = None
    username: str | None = None
    language_code: str | None = None


class Chat(Struct, gc=False):
    id: int
    type: str
    title: str | None = None
    username: str | None = None
    first_name: str | None = None
    last_name: str | None = None


class Entity(Struct, gc=False):
    offset: int
    length: int
    type: str


class Photo(Struct, gc=False):
    file_id: str
    file_unique_id: str
    width: int
    height: int
    file_size: int | None = None


class Message(Struct, gc=False, rename={"sender": "from"}):
    message_id: int
    date: int
    chat: Chat
    sender: User
    text: str | None = None
    caption: str | None = None
    entities: list[Entity] | None = None
    photo: list[Photo] | None = None


class CallbackQuery(Struct, gc=False, rename={"sender": "from"}):
    id: str
    sender: User
    chat_instance: str
    message: Message
    data: str = ""


class Update(Struct, gc=False):
    update_id: int
    message: Message | None = None
    callback_query: CallbackQuery | None = None


decode = json.Decoder(Update).decode
