"""The example of an evening with a waiting list."""

from signup import SEATS, Guests, app

from posthouse.testing import FakePerson, TestSite, play


async def booked(site: TestSite, name: str, *diet: str) -> FakePerson:
    """Let somebody sign up."""
    guest = site.person(name)
    await guest.says("hi")
    await guest.presses("Sign up")
    await guest.says(name)
    for each in diet:
        await guest.presses(f"☐ {each}")
    await guest.presses("Done" if diet else "Skip")
    await guest.presses("Send")
    return guest


async def test_who_leaves_lets_the_next_one_in() -> None:
    """Twenty seats; the one who waits is told, and nobody else."""
    async with play(app, modules=[Guests()]) as site:
        guests = [await booked(site, f"Guest {number}") for number in range(SEATS)]
        late = await booked(site, "Late", "nuts")
        assert late.sees == "You are on the list, Late."
        await late.says("hi")
        assert late.sees == "You wait, no. 1."
        await guests[3].says("hi")
        assert guests[3].sees == "You have a seat."
        await guests[3].presses("Leave")
        assert guests[3].sees == "Give your place away?"
        await guests[3].presses("Yes")
        assert guests[3].sees == "You are off the list."
        assert late.sees == "A seat is free now, and it is yours."
        assert guests[4].sees != "A seat is free now, and it is yours."
        await guests[3].presses("Back")
        assert guests[3].sees == f"So many come: {SEATS}"


async def test_what_is_eaten_is_shown_before_it_is_sent() -> None:
    """The preview lists the answers."""
    async with play(app, modules=[Guests()]) as site:
        ann = site.person("Ann")
        await ann.says("hi")
        await ann.presses("Sign up")
        await ann.says("Ann")
        await ann.presses("☐ nuts")
        await ann.presses("☐ milk")
        await ann.presses("Done")
        assert ann.sees == "Name: Ann\nDiet: nuts, milk"
