"""Items as they are kept, read for searches; and those of them that a condition finds."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import or_, select, tuple_

from posthouse.dialogs.forms.form import Form
from posthouse.dialogs.forms.lists import SubForms
from posthouse.dialogs.forms.numbers import Amounts
from posthouse.dialogs.forms.places import Places
from posthouse.publishing.items import ITEM, LIVE, Item, item_of
from posthouse.publishing.searches.conditions import Condition
from posthouse.publishing.searches.values import Facts, plain_item
from posthouse.storage.publishing import item
from posthouse.storage.schema import account

_PAGE = 200
MOST_LOOKED_AT = 5000
"""Items that one look goes through, the newest ones."""


def facts_of(item_type: Any, plain: Any) -> Facts:
    """Return an item, as it is kept, as facts to compare with conditions."""
    if isinstance(item_type, type) and issubclass(item_type, Form):
        return Facts(_answers(item_type, plain))
    if item_type not in (dict, Any):
        try:
            return Facts(plain_item(msgspec.convert(plain, item_type, strict=False)))
        except (msgspec.ValidationError, TypeError):  # kept before its type was changed
            pass
    return Facts(plain_item(plain))


def _answers(form: type[Form], plain: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(plain_item(plain))
    for field in form.form_fields:
        value, kind = found.get(field.name), field.kind
        if not isinstance(value, list):
            continue
        if isinstance(kind, Places):
            found[field.name] = dict(zip(("id", "name", "region"), value, strict=False))
        elif isinstance(kind, Amounts):
            found[field.name] = dict(zip(("amount", "currency"), value, strict=False))
        elif isinstance(kind, SubForms):
            found[field.name] = [_answers(kind.form, each) for each in value]
    return found


Fetch = Callable[[Any], Awaitable[Sequence[Any]]]


class Look:
    """A look at the newest items of a topic, without those that are over or one's own."""

    def __init__(
        self, fetch: Fetch, topic: str, item_type: Any, *, now: float, account: int, person: str
    ) -> None:
        self._fetch = fetch
        self._topic, self._item_type = topic, item_type
        self._now, self._account, self._person = now, account, person

    async def newest(self, condition: Condition, *, since: float, most: int) -> list[Item]:
        """Return what a condition finds of the items published since, the newest first."""
        found: list[Item] = []
        last: Item | None = None
        for _ in range(0, MOST_LOOKED_AT, _PAGE):
            page = await self._page(since, last)
            for each in page:
                if each.is_live(self._now) and condition.holds(
                    facts_of(self._item_type, each.plain)
                ):
                    found.append(each)
                    if len(found) == most:
                        return found
            if len(page) < _PAGE:
                break
            last = page[-1]
        return found

    async def count(self, condition: Condition, *, since: float) -> int:
        """Return how many of the items published since a condition finds."""
        return len(await self.newest(condition, since=since, most=MOST_LOOKED_AT))

    async def _page(self, since: float, last: Item | None) -> list[Item]:
        c = item.c
        # Persons are the messenger's: what somebody published with another bot is their own, too.
        here = select(account.c.messenger).where(account.c.id == self._account).scalar_subquery()
        beside = select(account.c.id).where(account.c.messenger == here)
        by_others = or_(
            c.person.is_(None),
            c.person != self._person,
            (c.account != self._account) & c.account.not_in(beside),
        )
        wanted = [c.topic == self._topic, c.state == LIVE, c.published >= since, by_others]
        order = c.published.desc(), c.id.desc()
        if last is not None:
            wanted.append(tuple_(c.published, c.id) < tuple_(last.published, last.id))
        found = select(*ITEM).where(*wanted).order_by(*order).limit(_PAGE)
        return [item_of(row) for row in await self._fetch(found)]
