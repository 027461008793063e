"""Posthouse: durable, ordered messenger bots.

Every name below is imported from its module when it is first used, so that `import posthouse` costs
next to nothing and only what a program uses is loaded.
"""

from importlib import import_module
from typing import Any

_COMMON = {
    "App": "posthouse.app",
    "Bot": "posthouse.site",
    "Site": "posthouse.site",
    "Turn": "posthouse.turn.turn",
    "TextMessage": "posthouse.model.update",
    "Photo": "posthouse.model.media",
    "File": "posthouse.model.media",
    "Reply": "posthouse.model.reply",
    "Rest": "posthouse.routing.arguments",
    "PASS": "posthouse.model.reply",
    "SILENT": "posthouse.model.reply",
    "text": "posthouse.model.text",
    "bold": "posthouse.model.text",
    "italic": "posthouse.model.text",
    "code": "posthouse.model.text",
    "link": "posthouse.model.text",
}
_ADVANCED = {
    "Screen": "posthouse.model.reply",
    "button": "posthouse.turn.action",
    "link_button": "posthouse.turn.action",
    "Conversation": "posthouse.turn.conversation",
    "Scope": "posthouse.turn.conversation",
    "Module": "posthouse.turn.module",
    "provide": "posthouse.turn.module",
    "use": "posthouse.turn.use",
    "strike": "posthouse.model.text",
    "hashtag": "posthouse.model.text",
    "mention": "posthouse.model.text",
    "markdown": "posthouse.model.markdown",
    "require_role": "posthouse.routing.ready.access",
}
_FORMS = {
    "Form": "posthouse.dialogs.forms.form",
    "ask": "posthouse.dialogs.forms.fields",
    "choose": "posthouse.dialogs.forms.fields",
    "computed": "posthouse.dialogs.forms.fields",
    "Publish": "posthouse.posts.publish",
    "State": "posthouse.model.state",
    "Remind": "posthouse.posts.declare",
    "FollowUp": "posthouse.posts.declare",
    "Personal": "posthouse.ports.personal",
}
_PUBLISHING = {
    "Publisher": "posthouse.publishing.publishers.publisher",
    "SavedSearch": "posthouse.publishing.searches.saved",
}
_HOMES = _COMMON | _ADVANCED | _FORMS | _PUBLISHING

__all__ = [*_HOMES]  # noqa: PLE0604  the keys are strings


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(_unknown(name))
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})


def _unknown(name: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, _HOMES, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return f"module 'posthouse' has no attribute {name!r}{hint}"
