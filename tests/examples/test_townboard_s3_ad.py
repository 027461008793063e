"""S3: an ad on Telegram with an album, a price band, haggling and a name that two towns have."""

import pytest

from tests.examples.town import AD, TOWN, Town, advertised, shown


async def test_phone_and_mileage_are_checked(town: Town) -> None:
    """What cannot be a number is told; what can is kept in one form."""
    ivan = town.seller()
    await ivan.begins("Sell a car")
    await ivan.fills("Ivan")
    for wrong in ("123", "123+45678", "+380 67 123 45 67 89 01", "call me"):
        await ivan.says(wrong, "phone number")
        assert "2 of 9" in ivan.prompt
    await ivan.fills("+38 (067) 123-45-67", "Škoda Fabia")
    for wrong in ("abc", "-1", "100001", "inf", "nan", "1e400", "٣x"):
        await ivan.says(wrong, "100,000")
        assert "4 of 9" in ivan.prompt
    await ivan.fills("120.7", "5 000", "Fixed price", "Runs well", "Skip", *TOWN)
    assert "120 thousand km" in ivan.prompt
    assert "+380671234567" in ivan.prompt


@pytest.mark.parametrize(
    ("typed", "shown_as", "band"),
    [
        ("5 000", "5\xa0000\xa0USD", "#to5000"),
        ("1,000", "1\xa0000\xa0USD", "#to1000"),
        ("1000.01", "1\xa0000.01\xa0USD", "#to2500"),
        ("10000", "10\xa0000\xa0USD", "#to10000"),
        ("10001", "10\xa0001\xa0USD", "#above10000"),
        ("$ 0", "0\xa0USD", "#to1000"),
    ],
)
async def test_a_price_falls_into_one_band(
    town: Town, typed: str, shown_as: str, band: str
) -> None:
    """However it is typed; bounds belong to the lower band."""
    ivan = town.seller()
    await ivan.begins("Sell a car")
    await ivan.fills("Ivan", "067 123-45-67", "Škoda Fabia", "120", typed, "Fixed price", "Fine")
    await ivan.fills("Skip", *TOWN)
    assert shown_as in ivan.prompt
    assert f"#000 {band}\n" in ivan.prompt


async def test_a_price_that_is_none_is_told(town: Town) -> None:
    """Too little, too much, no number, an emoji, another currency: told, and asked again."""
    ivan = town.seller()
    await ivan.begins("Sell a car")
    await ivan.fills("Ivan", "067 123-45-67", "Škoda Fabia", "120")
    for wrong in ("-0.5", "inf", "nan", "1e400", str(10**12), str(10**30), "5️⃣x", "cheap", "50 EUR"):
        await ivan.says(wrong, "5 of 9")
        assert "5 of 9" in ivan.prompt
        assert "USD" in " ".join(ivan.answers) or "range" in " ".join(ivan.answers)
    await ivan.fills("900")
    assert "May people haggle?" in ivan.prompt


async def test_haggling_is_chosen_anew(town: Town) -> None:
    """What is shown is the last choice."""
    ivan = town.seller()
    await ivan.begins("Sell a car")
    await ivan.fills("Ivan", "067 123-45-67", "Škoda Fabia", "120", "900")
    await ivan.says("perhaps", "choose one of the options")
    await ivan.fills("Open to offers", "‹ Back")
    assert "Now: Open to offers" in ivan.prompt
    await ivan.fills("Fixed price", "Fine", "Skip", *TOWN)
    assert "900\xa0USD · Fixed price" in ivan.prompt
    assert "offers" not in ivan.prompt


async def test_photos_come_one_by_one_and_as_albums(town: Town) -> None:
    """One prompt for each album; nine fit, and whoever sends more is told."""
    ivan = town.seller()
    await ivan.begins("Sell a car")
    await ivan.fills(*AD)
    await ivan.sends(3)
    assert "Photos so far: 3 of at most 9" in ivan.prompt
    assert len(ivan.answers) == 1
    await ivan.sends(1)
    assert "Photos so far: 4 of at most 9" in ivan.prompt
    await ivan.says("look", "send photos, at most 9")
    await ivan.sends(6)
    assert "I left out 1" in ivan.prompt
    assert "Photos so far: 9 of at most 9" in ivan.prompt
    await ivan.sends(1)
    assert "no more fit" in ivan.prompt
    await ivan.fills("Done")
    assert "In which town" in ivan.prompt


async def test_two_towns_of_one_name(town: Town) -> None:
    """Both are offered with their regions; the one that is chosen stands in the post."""
    ivan = town.seller()
    await ivan.begins("Sell a car")
    await ivan.fills(*AD, "Skip", "lypnyky")
    offered = [label for label in ivan.person.buttons if label.startswith("Lypnyky")]
    assert len(offered) >= 2
    assert len(set(offered)) == len(offered)
    await ivan.fills(offered[1])
    region = offered[1].removeprefix("Lypnyky (").removesuffix(")")
    await ivan.publishes()
    (post,) = await town.posts(town.cars)
    assert f"Lypnyky #{region}" in post.content


async def test_an_album_goes_below_the_post(town: Town) -> None:
    """The first photo is the post's; the others answer its automatic forward, once."""
    await advertised(town, photos=4)
    (post,) = await town.posts(town.cars)
    assert post.content.splitlines() == [
        "#1 #to5000", "Škoda Fabia, 2014", "Runs well", "120 thousand km",
        "5\xa0000\xa0USD · Open to offers", "Žerlava #Ardenia", "Ivan, +380671234567",
    ]  # fmt: skip
    talk = await town.posts(town.talk, 4)
    forward, album = talk[0], talk[1:]
    assert forward.body["is_automatic_forward"] is True
    assert len({photo.body["media_group_id"] for photo in album}) == 1
    assert {photo.body["reply_to_message"]["message_id"] for photo in album} == {forward.id}
    (card,) = await town.posts(town.admin)
    assert "#1" in card.content
    assert len(shown(town.talk)) == 4


async def test_the_second_of_two_photos_goes_alone(town: Town) -> None:
    """No album of one."""
    await advertised(town, photos=2)
    forward, photo = await town.posts(town.talk, 2)
    assert "media_group_id" not in photo.body
    assert photo.body["reply_to_message"]["message_id"] == forward.id


async def test_an_album_that_fails_arrives_later_and_once(town: Town) -> None:
    """Telegram fails twice; the photos come all the same, in the same thread."""
    talk_id = str(town.talk.id)
    town.sim.faults.add("too_many", method="sendMediaGroup", chat_id=talk_id, times=2)
    await advertised(town, photos=4)
    talk = await town.posts(town.talk, 4)
    assert {photo.body["reply_to_message"]["message_id"] for photo in talk[1:]} == {talk[0].id}
    tried = town.sim.journal.of("sendMediaGroup")
    assert len([call for call in tried if call.parameters["chat_id"] == talk_id]) == 3
    assert len(shown(town.talk)) == 4
