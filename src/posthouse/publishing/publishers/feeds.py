"""`FeedPublisher`: RSS, Atom and JSON Feed."""

import asyncio
from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from posthouse.errors import SetupError
from posthouse.model.reply import Reply
from posthouse.model.text import Text, Words, bold, link
from posthouse.publishing.publishers.entries import FeedEntry, found_in
from posthouse.publishing.publishers.fetching import Page
from posthouse.publishing.publishers.parsing import Parser
from posthouse.publishing.publishers.polled import PagePublisher, Read
from posthouse.publishing.publishers.publisher import Visit

SUMMARY_LENGTH = 500


class FeedPublisher(PagePublisher[FeedEntry]):
    """Publishes the entries of a feed: RSS, Atom or JSON Feed, which it tells by itself.

    ```python
    NEWS = Topic("news", FeedEntry, title="News", revisions="edit")
    app.publisher(FeedPublisher("https://news.example.org/feed.xml", name="news", topic=NEWS))
    ```

    Its arguments are those of `PagePublisher`. An entry is known by its id, else by its link, else
    by its text; one that was edited is a further revision of the same item.
    """

    def prepare(self) -> None:
        """Raise SetupError where feeds cannot be read, or its topic does not take their entries."""
        if self.topic.item_type is not FeedEntry:
            known = getattr(self.topic.item_type, "__name__", self.topic.item_type)
            raise SetupError(
                f"publisher {self.name}: the items of topic {self.topic.name!r} are {known}, not "
                f"FeedEntry; give it a Topic of FeedEntry"
            )
        Parser.require()

    def render(self, item: FeedEntry) -> Words | Reply:
        """Return an entry's title as a link, and its summary."""
        title = item.title or item.link or item.feed
        head: Text = bold(link(title, item.link) if item.link else title) if title else Text("")
        body = shortened(item.summary, SUMMARY_LENGTH)
        return head + "\n\n" + body if title and body else head + body

    async def read(self, page: Page, body: bytes, visit: Visit) -> Read:
        """Return the entries of the feed."""
        parsed = await visit.parser.read(body, kind=page.kind, url=page.url)
        found: Sequence[Any] = await asyncio.to_thread(found_in, parsed.entries)
        # Several feeds may publish in one topic: none of them changes what another one published.
        named = [replace(each, key=f"{self.name}/{each.key}") for each in found]
        return Read(found=named, rest_s=parsed.rest_s)


def shortened(text: str, length: int) -> str:
    """Return the beginning of a text, cut between words."""
    if len(text) <= length:
        return text
    cut = text[: length - 1]
    head, space, _ = cut.rpartition(" ")
    return f"{(head if space and len(head) > length // 2 else cut).rstrip()}…"
