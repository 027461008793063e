"""What type checkers see of the package; tests/unit/test_public_names.py compares the two."""

from posthouse.app import App as App
from posthouse.dialogs.forms.fields import ask as ask, choose as choose, computed as computed
from posthouse.dialogs.forms.form import Form as Form
from posthouse.model.markdown import markdown as markdown
from posthouse.model.media import File as File, Photo as Photo
from posthouse.model.reply import (
    PASS as PASS,
    SILENT as SILENT,
    Reply as Reply,
    Screen as Screen,
)
from posthouse.model.state import State as State
from posthouse.model.text import (
    bold as bold,
    code as code,
    hashtag as hashtag,
    italic as italic,
    link as link,
    mention as mention,
    strike as strike,
    text as text,
)
from posthouse.model.update import (
    TextMessage as TextMessage,
)
from posthouse.ports.personal import Personal as Personal
from posthouse.posts.declare import FollowUp as FollowUp, Remind as Remind
from posthouse.posts.publish import Publish as Publish
from posthouse.publishing.publishers.publisher import Publisher as Publisher
from posthouse.publishing.searches.saved import SavedSearch as SavedSearch
from posthouse.routing.arguments import Rest as Rest
from posthouse.routing.ready.access import require_role as require_role
from posthouse.site import Bot as Bot, Site as Site
from posthouse.turn.action import button as button, link_button as link_button
from posthouse.turn.conversation import Conversation as Conversation, Scope as Scope
from posthouse.turn.module import Module as Module, provide as provide
from posthouse.turn.turn import Turn as Turn
from posthouse.turn.use import use as use

__all__ = [
    "PASS",
    "SILENT",
    "App",
    "Bot",
    "Conversation",
    "File",
    "FollowUp",
    "Form",
    "Module",
    "Personal",
    "Photo",
    "Publish",
    "Publisher",
    "Remind",
    "Reply",
    "Rest",
    "SavedSearch",
    "Scope",
    "Screen",
    "Site",
    "State",
    "TextMessage",
    "Turn",
    "ask",
    "bold",
    "button",
    "choose",
    "code",
    "computed",
    "hashtag",
    "italic",
    "link",
    "link_button",
    "markdown",
    "mention",
    "provide",
    "require_role",
    "strike",
    "text",
    "use",
]
