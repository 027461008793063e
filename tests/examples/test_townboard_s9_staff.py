"""S9: what staff do about posts and people, on Telegram; payments are not part of it."""

from pathlib import Path

from tests.examples.town import Town, advertised, requested, shown


async def test_only_staff_may_delete(town: Town) -> None:
    """Somebody of the group without the role is told so, and nothing happens."""
    await advertised(town)
    await town.sim.person("Guest").joins(town.admin)
    guest = town.staff("Guest")
    await guest.decides("#1", "Delete")
    assert guest.popped_up == "Only staff can do that."
    assert len(shown(town.cars)) == 1


async def test_staff_delete_a_post(town: Town) -> None:
    """The message goes, the author is told, the card says who did it and when, and that is all."""
    ivan = await advertised(town)
    sell = ivan.remembers("It is sold")
    boss = town.staff()
    await boss.person.until(lambda: "Delete" in boss.person.buttons, what="the card")
    remove = boss.remembers("Delete")
    await boss.decides("#1", "Delete")
    await town.sim.until(lambda: shown(town.cars) == [], what="the deletion")
    await boss.person.until(
        lambda: any("Deleted by Boss" in one.content for one in boss.person.screen), what="the card"
    )
    await ivan.person.until(lambda: "removed by staff" in ivan.prompt, what="the news")
    await remove.pressed()
    await sell.pressed()
    await ivan.person.until(lambda: "removed by staff" in ivan.prompt, what="the same answer")
    deletions = town.sim.journal.of("deleteMessage")
    assert len([one for one in deletions if one.parameters["chat_id"] == str(town.cars.id)]) == 1


async def test_a_ban_holds_in_both_bots(tmp_path: Path) -> None:
    """The posts of the last day go; then nothing is answered, also in the middle of a form."""
    async with Town(tmp_path) as town:
        async with town.running():
            ivan = await advertised(town)
            await advertised(town, "Olha")
            mending = town.owner()
            await mending.begins("Ask for a repair")
            boss = town.staff()
            await boss.decides("#1", "Ban the author")
            await (await boss.finds("Yes")).pressed()
            await town.sim.until(lambda: len(shown(town.cars)) == 1, what="the deletion")
            assert shown(town.cars)[0].content.startswith("#2")
            await boss.person.until(
                lambda: any("banned by Boss" in one.content for one in boss.person.screen),
                what="the card",
            )
            await ivan.person.says("hi")
            await mending.person.says("Ivan")
            olha = town.seller("Olha")
            await olha.says("hi", "Here cars find")
            assert ivan.answers == []
            assert mending.answers == []
        async with town.running():
            await ivan.person.says("/start")
            olha = town.seller("Olha")
            await olha.says("hi", "Here cars find")
            assert ivan.answers == []


async def test_requests_have_cards_of_their_own(town: Town) -> None:
    """Both boards share a group of staff, and each bot minds its own cards."""
    await advertised(town)
    await requested(town, "Olha")
    cards = await town.posts(town.admin, 2)
    assert {card.author for card in cards} == {town.bazaar.id, town.repairs.id}
    card = next(card for card in cards if card.author == town.repairs.id)
    boss = town.staff()
    await boss.person.until(lambda: boss._on_card("#1", "Delete") is not None, what="the cards")
    old = next(
        button
        for button in card.body["reply_markup"]["inline_keyboard"][-1]
        if button["text"] == "Delete"
    )
    boss.person._press(card, old)
    await town.sim.until(lambda: shown(town.works) == [], what="the deletion")
    assert len(shown(town.cars)) == 1


async def test_what_staff_delete_by_hand(town: Town) -> None:
    """A sale of an ad whose message is gone is told, and may be put up again before."""
    ivan = await advertised(town)
    (post,) = await town.posts(town.cars)
    town.cars.messages.pop(post.id)
    await ivan.presses("It is sold", "?")
    await ivan.presses("Yes", "sold")
    await ivan.person.until(lambda: "not there any more" in ivan.prompt, what="the news")
