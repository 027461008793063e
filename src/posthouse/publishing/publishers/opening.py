"""Publishers on a site where publishing runs: their runner, their commands, their addresses."""

from collections.abc import Iterable
from typing import Any

from posthouse.ports.adapter import Endpoint
from posthouse.publishing.publishers.commands import PublisherCommands
from posthouse.publishing.publishers.handing_in import endpoints
from posthouse.publishing.publishers.outgoing import TopicFeeds
from posthouse.publishing.publishers.publisher import Publisher
from posthouse.publishing.publishers.runner import Runner
from posthouse.publishing.service import Publishing


async def open_publishers(publishing: Publishing, publishers: Iterable[Publisher[Any]]) -> Runner:
    """Return an open runner of publishers, whose topics and commands the site then knows.

    Nothing is looked at before its `go`. Raises SetupError when one of them cannot run.
    """
    runner = Runner(
        publishers,
        store=publishing.store,
        writer=publishing.writer,
        clock=publishing.clock,
        supervisor=publishing.supervisor,
    )
    for source in runner.sources.values():
        publishing.add(source.publisher.topic)
    try:
        await runner.open()
    except BaseException:
        await runner.aclose()
        raise
    PublisherCommands(runner).register(publishing.engine.commands)
    return runner


def endpoints_of(publishing: Publishing, runner: Runner) -> list[Endpoint]:
    """Return what a site's web server answers for its publishers and the feeds of its topics."""
    feeds = TopicFeeds(publishing.topics.values(), store=publishing.store, clock=publishing.clock)
    return [*endpoints(runner), *feeds.endpoints]
