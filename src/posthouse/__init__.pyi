"""What type checkers see of the package; tests/unit/test_public_names.py compares the two."""

from posthouse.app import App as App
from posthouse.model.chat import Chat as Chat, Person as Person
from posthouse.model.markdown import markdown as markdown
from posthouse.model.media import File as File, Photo as Photo
from posthouse.model.reply import (
    PASS as PASS,
    SILENT as SILENT,
    Button as Button,
    Reply as Reply,
    Screen as Screen,
)
from posthouse.model.text import (
    bold as bold,
    code as code,
    italic as italic,
    link as link,
    mention as mention,
    text as text,
)
from posthouse.model.update import (
    AlbumMessage as AlbumMessage,
    Edit as Edit,
    FileMessage as FileMessage,
    Message as Message,
    PhotoMessage as PhotoMessage,
    Press as Press,
    Reaction as Reaction,
    Status as Status,
    TextMessage as TextMessage,
    Update as Update,
)
from posthouse.routing.arguments import Rest as Rest
from posthouse.routing.ready.access import require_role as require_role
from posthouse.site import Bot as Bot, Site as Site
from posthouse.turn.action import Action as Action, button as button, link_button as link_button
from posthouse.turn.conversation import Conversation as Conversation, Scope as Scope
from posthouse.turn.module import Module as Module, provide as provide
from posthouse.turn.turn import Turn as Turn
from posthouse.turn.use import use as use

__all__ = [
    "PASS",
    "SILENT",
    "Action",
    "AlbumMessage",
    "App",
    "Bot",
    "Button",
    "Chat",
    "Conversation",
    "Edit",
    "File",
    "FileMessage",
    "Message",
    "Module",
    "Person",
    "Photo",
    "PhotoMessage",
    "Press",
    "Reaction",
    "Reply",
    "Rest",
    "Scope",
    "Screen",
    "Site",
    "Status",
    "TextMessage",
    "Turn",
    "Update",
    "bold",
    "button",
    "code",
    "italic",
    "link",
    "link_button",
    "markdown",
    "mention",
    "provide",
    "require_role",
    "text",
    "use",
]
