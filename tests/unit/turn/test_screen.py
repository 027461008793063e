"""posthouse.turn.screen: what is remembered of a screen."""

from posthouse.turn.screen import (
    LONGEST_PATH,
    LoadedScreen,
    OpenScreen,
    PressNote,
    ScreenState,
    encode_screen,
    screen_key,
)

SHELF, NEXT, PRODUCT = ("shop.shelf", b""), ("shop.shelf", b"2"), ("shop.product", b"7")


def test_the_path_goes_forward_back_and_in_place() -> None:
    """Another page of a screen takes its place; a call that is on the path goes back to it."""
    state = ScreenState()
    for origin in (SHELF, NEXT, PRODUCT):
        state.drawn(origin)
    assert state.path == [NEXT, PRODUCT]
    state.drawn(NEXT)
    state.drawn(None)
    assert state.path == [NEXT]
    assert state.revision == 5


def test_the_path_has_an_end() -> None:
    """The oldest screens are forgotten."""
    state = ScreenState()
    for number in range(LONGEST_PATH + 3):
        state.drawn((f"shop.a{number}", b""))
    assert len(state.path) == LONGEST_PATH
    assert state.path[0] == ("shop.a3", b"")


def test_an_open_screen_is_read_from_its_row() -> None:
    """Or begins anew where there is none."""
    body = encode_screen(ScreenState(revision=3, path=[SHELF]))
    opened = OpenScreen(5, "m1", revision=2, loaded=LoadedScreen(4, body))
    assert (opened.state.revision, opened.state.path, opened.version) == (3, [SHELF], 4)
    assert OpenScreen(5, None, revision=0, loaded=LoadedScreen(0, None)).state == ScreenState()
    assert PressNote("u1", received_s=1.5).answer == 0
    assert sorted([screen_key(300), screen_key(20)]) == [screen_key(20), screen_key(300)]
