"""How Telegram refuses: its sentences, word for word, each with where it comes from.

The letter is a file of the official server (C Client.cpp, W WebhookActor.cpp, M
ClientManager.cpp) or of its library (MM MessagesManager.cpp, MC MessageContent.cpp, ME
MessageEntity.cpp), the number a line of it, where known. "cloud" is a sentence that Telegram's
data centres make and that is known from what clients see, not from a source. "own" is a sentence of
this simulator, for what the real server would silently take.
"""

from typing import Any

_CODES = {
    "Bad Request": 400,
    "Logged out": 400,
    "Unauthorized": 401,
    "Forbidden": 403,
    "Not Found": 404,
    "Conflict": 409,
    "Request Entity Too Large": 413,
    "Too Many Requests": 429,
    "Internal Server Error": 500,
}


class RefusalError(Exception):
    """A method is refused: an answer with `ok` false."""

    def __init__(
        self, description: str, *, code: int | None = None, parameters: dict[str, Any] | None = None
    ) -> None:
        super().__init__(description)
        self.description = description
        self.code = code or _CODES.get(description.split(":", 1)[0], 400)
        self.parameters = parameters or {}

    def answer(self) -> dict[str, Any]:
        """The body of the answer."""
        found: dict[str, Any] = {
            "ok": False,
            "error_code": self.code,
            "description": self.description,
        }
        if self.parameters:
            found["parameters"] = self.parameters
        return found


def refuse(description: str, **parameters: Any) -> RefusalError:
    """A refusal whose code follows from its first words; raise it."""
    return RefusalError(description, parameters=parameters)


def too_many(retry_after_s: int) -> RefusalError:
    """The refusal of who asks too often; C71-205."""
    return refuse(f"Too Many Requests: retry after {retry_after_s}", retry_after=retry_after_s)


def migrated(chat_id: int) -> RefusalError:
    """The refusal of a group that became a supergroup; C migrate_to_chat_id."""
    return refuse(
        "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=chat_id
    )


# --- the way in

UNAUTHORIZED = "Unauthorized"  # M, unknown token
INVALID_TOKEN = "Unauthorized: invalid token specified"  # noqa: S105  M, a token that cannot be one
NOT_FOUND = "Not Found"  # M, a path that is none
METHOD_NOT_FOUND = "Not Found: method not found"  # C, on_cmd
LOGGED_OUT = "Logged out"  # C
ALREADY_CLOSED = "Bad Request: the bot has already been closed"  # C

# --- chats and people

CHAT_ID_EMPTY = "Bad Request: chat_id is empty"  # C check_chat
CHAT_NOT_FOUND = "Bad Request: chat not found"  # C check_chat
USER_NOT_FOUND = "Bad Request: user not found"  # C check_user
INVALID_USER_ID = "Bad Request: invalid user_id specified"  # C get_user_id
PARTICIPANT_INVALID = "Bad Request: PARTICIPANT_ID_INVALID"  # cloud
BLOCKED = "Forbidden: bot was blocked by the user"  # C on_send_message_error
DEACTIVATED = "Forbidden: user is deactivated"  # C
CANNOT_BEGIN = "Forbidden: bot can't initiate conversation with a user"  # C
NO_BOT_TO_BOT = "Forbidden: the bot can't send messages to the bot"  # C
KICKED = "Forbidden: bot was kicked from the {kind} chat"  # C check_chat_access
NO_MEMBER = "Forbidden: bot is not a member of the {kind} chat"  # C check_chat_access
NO_RIGHT_TO_SEND = "Bad Request: not enough rights to send text messages to the chat"  # MM
NO_RIGHT_TO_POST = "Bad Request: need administrator rights in the channel chat"  # C
NO_RIGHTS = "Bad Request: not enough rights"  # C
NO_RIGHT_TO_RESTRICT = "Bad Request: not enough rights to restrict/unrestrict chat member"  # MM
NO_RIGHT_TO_PIN = "Bad Request: not enough rights to manage pinned messages in the chat"  # MM
MEMBERS_HIDDEN = "Bad Request: member list is inaccessible"  # MM
ADMIN_REQUIRED = "Bad Request: CHAT_ADMIN_REQUIRED"  # cloud
OWNER_STAYS = "Bad Request: can't remove chat owner"  # MM
ADMIN_STAYS = "Bad Request: user is an administrator of the chat"  # cloud
SELF_RESTRICT = "Bad Request: can't restrict self"  # MM
WRONG_CHAT_KIND = "Bad Request: method is available only for supergroups"  # MM
NOT_FOR_CHANNELS = "Bad Request: method is available for supergroup and channel chats only"  # C
NOT_IN_PRIVATE = "Bad Request: chat member status can't be changed in private chats"  # MM
PRIVATE_HAS_NO_ADMINS = "Bad Request: there are no administrators in the private chat"  # C
TITLE_EMPTY = "Bad Request: title can't be empty"  # MM
TITLE_UNCHANGED = "Bad Request: chat title is not modified"  # cloud
DESCRIPTION_UNCHANGED = "Bad Request: chat description is not modified"  # cloud

# --- messages

TEXT_EMPTY = "Bad Request: message text is empty"  # C get_input_message_text
TEXT_BLANK = "Bad Request: text must be non-empty"  # ME fix_formatted_text
RAW_TEXT_TOO_LONG = "Bad Request: text is too long"  # C get_formatted_text
TEXT_TOO_LONG = "Bad Request: message is too long"  # MC4757
CAPTION_TOO_LONG = "Bad Request: message caption is too long"  # MC5241
MARKUP_TOO_LONG = "Bad Request: reply markup is too long"  # cloud
UNSUPPORTED_MODE = "Bad Request: unsupported parse_mode"  # C get_formatted_text
CANT_PARSE = "Bad Request: can't parse entities: {why}"  # C get_formatted_text
CANT_PARSE_ENTITY = "Bad Request: can't parse MessageEntity: {why}"  # C get_text_entity
CANT_PARSE_MARKUP = "Bad Request: can't parse reply keyboard markup JSON object"  # C
CANT_PARSE_BUTTON = "Bad Request: can't parse inline keyboard button: {why}"  # C
BUTTON_NO_TYPE = "Text buttons are unallowed in the inline keyboard"  # C
MARKUP_NO_OBJECT = "Bad Request: object expected as reply markup"  # C get_reply_markup
BUTTON_DATA_INVALID = "Bad Request: BUTTON_DATA_INVALID"  # cloud
BUTTON_URL_INVALID = "Bad Request: BUTTON_URL_INVALID"  # cloud
MESSAGE_ID_MISSING = "Bad Request: message identifier is not specified"  # C get_message_id
NO_MESSAGES = "Bad Request: message identifiers are not specified"  # C get_message_ids
TO_EDIT_MISSING = "Bad Request: message to edit not found"  # C check_message
TO_DELETE_MISSING = "Bad Request: message to delete not found"  # C
TO_FORWARD_MISSING = "Bad Request: message to forward not found"  # C
TO_COPY_MISSING = "Bad Request: message to copy not found"  # C
TO_PIN_MISSING = "Bad Request: message to pin not found"  # C
TO_UNPIN_MISSING = "Bad Request: message to unpin not found"  # C
TO_REACT_MISSING = "Bad Request: message to react not found"  # C
TO_REPLY_MISSING = "Bad Request: message to be replied not found"  # C
THREAD_MISSING = "Bad Request: message thread not found"  # C
POLL_MISSING = "Bad Request: message with poll to stop not found"  # C
NO_POLL = "Bad Request: message is not a poll"  # MM
POLL_CLOSED = "Bad Request: poll has already been closed"  # MM
NOT_MODIFIED = (  # C on_message_edit
    "Bad Request: message is not modified: specified new message content and reply markup are "
    "exactly the same as a current content and reply markup of the message"
)
CANT_EDIT = "Bad Request: message can't be edited"  # C
NO_TEXT_TO_EDIT = "Bad Request: there is no text in the message to edit"  # MM
NO_CAPTION_TO_EDIT = "Bad Request: there is no caption in the message to edit"  # MM
NO_MEDIA_TO_EDIT = "Bad Request: there is no media in the message to edit"  # MM
CANT_DELETE = "Bad Request: message can't be deleted for everyone"  # MM
CANT_DELETE_OLD = "Bad Request: message can't be deleted"  # C
CANT_FORWARD = "Bad Request: the message can't be forwarded"  # MM
CANT_COPY = "Bad Request: the message can't be copied"  # MM
TOO_MANY_IDS = "Bad Request: too many message identifiers specified"  # C
REACTION_INVALID = "Bad Request: REACTION_INVALID"  # cloud
REACTIONS_TOO_MANY = "Bad Request: REACTIONS_TOO_MANY"  # cloud

# --- media

NO_MEDIA = "Bad Request: there is no {kind} in the request"  # C get_input_file
WRONG_FILE_OR_URL = (
    "Bad Request: wrong file identifier/HTTP URL specified"  # C on_send_message_error
)
WRONG_FILE_ID = "Bad Request: wrong file_id or the file is temporarily unavailable"  # C get_file
INVALID_FILE_ID = "Bad Request: invalid file_id"  # C get_file
URL_FAILED = "Bad Request: failed to get HTTP URL content"  # C on_send_message_error
FILE_EMPTY = "Bad Request: file must be non-empty"  # td FileManager.cpp
FILE_TOO_BIG = "Bad Request: file is too big"  # C15814
ENTITY_TOO_LARGE = "Request Entity Too Large"  # cloud, front end
IMAGE_FAILED = "Bad Request: IMAGE_PROCESS_FAILED"  # cloud
PHOTO_DIMENSIONS = "Bad Request: PHOTO_INVALID_DIMENSIONS"  # cloud
WRONG_FILE_KIND = "Bad Request: can't use file of type {there} as {wanted}"  # td FileManager.cpp
ALBUM_EMPTY = "Bad Request: there are no messages to send"  # MM
ALBUM_TOO_LONG = "Bad Request: too many messages to send as an album"  # MM
ALBUM_MIXED = "Bad Request: can't use the media of the specified type in the album"  # MC5326
ALBUM_TYPE = 'Bad Request: type "{kind}" can\'t be used in sendMediaGroup'  # C
CANT_PARSE_MEDIA = "Bad Request: can't parse media JSON object"  # C get_input_message_contents
ATTACHED_MISSING = "Bad Request: {kind} isn't specified"  # C get_input_media

# --- polls, queries, topics, invitations, commands

QUERY_TOO_OLD = (  # C on_answer_callback_query
    "Bad Request: query is too old and response timeout expired or query ID is invalid"
)
RESULTS_TOO_MANY = "Bad Request: RESULTS_TOO_MUCH"  # cloud
POLL_FEW = "Bad Request: poll must have at least {least} options"  # MC
POLL_MANY = "Bad Request: poll can't have more than {most} options"  # MC
POLL_QUESTION_EMPTY = "Bad Request: poll question must be non-empty"  # MC
POLL_QUESTION_LONG = "Bad Request: poll question length must not exceed {most}"  # MC
POLL_OPTION_EMPTY = "Bad Request: poll options length must be non-empty"  # MC
POLL_OPTION_LONG = "Bad Request: poll options length must not exceed {most}"  # MC
QUIZ_NO_ANSWER = "Bad Request: wrong correct option ID specified"  # MC
NO_FORUM = "Bad Request: the chat is not a forum"  # MM
TOPIC_MISSING = "Bad Request: TOPIC_ID_INVALID"  # cloud
TOPIC_UNCHANGED = "Bad Request: TOPIC_NOT_MODIFIED"  # cloud
TOPIC_CLOSED = "Bad Request: TOPIC_CLOSED"  # cloud
TOPIC_NAME_EMPTY = "Bad Request: topic name is empty"  # MM
INVITE_MISSING = "Bad Request: INVITE_HASH_EXPIRED"  # cloud
JOIN_MISSING = "Bad Request: HIDE_REQUESTER_MISSING"  # cloud
COMMAND_INVALID = "Bad Request: BOT_COMMAND_INVALID"  # cloud
COMMAND_DESCRIPTION = "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID"  # cloud
CANT_PARSE_COMMANDS = "Bad Request: can't parse commands JSON object"  # C get_bot_commands
CANT_PARSE_SCOPE = "Bad Request: can't parse BotCommandScope: {why}"  # C get_bot_command_scope
LANGUAGE_INVALID = "Bad Request: invalid language code specified"  # C
DICE_EMOJI = "Bad Request: wrong emoji specified"  # cloud

# --- payments

PRICES_EMPTY = "Bad Request: there must be at least one price"  # C get_labeled_price_parts
STARS_ONE_PRICE = "Bad Request: STARS_INVOICE_INVALID"  # cloud
PAYLOAD_INVALID = "Bad Request: INVOICE_PAYLOAD_INVALID"  # cloud
PROVIDER_INVALID = "Bad Request: PAYMENT_PROVIDER_INVALID"  # cloud
CHARGE_MISSING = "Bad Request: CHARGE_NOT_FOUND"  # cloud

# --- updates

CONFLICT_POLLING = (  # C get_updates
    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is "
    "running"
)
CONFLICT_SET_WEBHOOK = "Conflict: terminated by setWebhook request"  # C
CONFLICT_WEBHOOK = (  # C get_updates
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete "
    "the webhook first"
)
BAD_WEBHOOK = "Bad Request: bad webhook: {why}"  # W
SECRET_TOO_LONG = "Bad Request: secret token is too long"  # noqa: S105  C, a sentence
SECRET_CHARACTERS = "Bad Request: secret token contains unallowed characters"  # noqa: S105  C

# --- own sentences

OWN_MISSING = 'Bad Request: parameter "{name}" of {method} is required'  # own
OWN_UNKNOWN = 'Bad Request: {method} has no parameter "{name}"{hint}'  # own
OWN_TYPE = 'Bad Request: parameter "{name}" of {method}: {why}'  # own
OWN_NOT_HERE = "Bad Request: the simulator cannot do {method}"  # own
OWN_LENGTH = (  # own
    'Bad Request: parameter "{name}" of {method} has {length} {unit}; allowed are {least} to {most}'
)
