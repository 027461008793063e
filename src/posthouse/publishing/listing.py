"""An item as one line of a list, such as a digest."""

from posthouse.dialogs.forms.folding import cleaned, on_one_line
from posthouse.model.text import Text, link, text
from posthouse.publishing.items import Item

LONGEST_LINE = 120
"""Characters of an item in a list."""


def line_of(item: Item) -> Text:
    """Return one short line for an item in a list, with its link."""
    words = item.title or item.content.content.text.plain.lstrip().partition("\n")[0]
    title = on_one_line(cleaned(words)) or item.key
    if len(title) > LONGEST_LINE:
        title = cleaned(title[: LONGEST_LINE - 1].rstrip() + "…")
    return text("• ", link(title, item.link) if item.link else title)
