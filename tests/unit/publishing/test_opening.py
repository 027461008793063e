"""Publishing that cannot be opened whole leaves nothing behind."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from posthouse.errors import SetupError
from posthouse.ports.adapter import Endpoint
from posthouse.publishing.gating.keeping import keep_gates
from posthouse.publishing.searches.hook import SearchHook
from posthouse.publishing.searches.keeper import keep_searches
from posthouse.testing import play
from tests.unit.publishing.fanning import got, paper, publish, publishing, subscribe, topic


def tasks() -> Counter[str]:
    """The names of what runs for publishing."""
    names = (task.get_name() for task in asyncio.all_tasks())
    return Counter(name for name in names if name.startswith(("publishing:", "searches on")))


@pytest.mark.parametrize("fails", ["a part", "the web server"])
async def test_what_fails_to_open_can_be_opened_again(
    monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    """Its check, commands, listeners and tasks are gone, so the next attempt has no double."""
    of, left = topic(), [fails]
    hook = SearchHook(of, gates=(), most=None, name=None)

    def parts(publishing: Any) -> None:
        keep_gates(publishing)
        keep_searches(publishing, hook)
        if left == ["a part"]:
            raise SetupError(left.pop())

    app = paper(of, parts)
    later, app.beside.publishing[:] = [*app.beside.publishing], []
    async with play(app) as site:
        await subscribe(site, "ann")
        before = site.engine.commands.known()
        mount = site.life.site.web.mount

        async def refuses(endpoints: Sequence[Endpoint]) -> None:
            if left:
                raise SetupError(left.pop())
            await mount(endpoints)

        monkeypatch.setattr(site.life.site.web, "mount", refuses)
        app.beside.publishing.extend(later)
        with pytest.raises(SetupError, match=fails):
            await publishing(site)
        assert site.engine.commands.known() == before
        assert (hook.listeners, of.listeners, tasks()) == (set(), set(), Counter())
        await publishing(site)
        await publish(site, "a", "hello")
        assert got(site, "ann") == ["hello"]
        assert set(tasks().values()) == {1}
