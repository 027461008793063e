"""What `posthouse check` finds in catalogues and in the code that uses them."""

from pathlib import Path

from posthouse.words.checking import asked_in, unknown, unused, wrong_with

CODE = """
def home(turn, key):
    turn.say("shop-welcome", name="x")
    turn.say_in(None, "shop-other")
    say(f"kind-{key}")
    turn.say(key)
    if turn.has_words("shop-maybe"):
        return "shop-not-a-call"
"""


def write(folder: Path, **files: str) -> Path:
    """Make catalogues."""
    for language, source in files.items():
        (folder / f"{language}.ftl").write_text(source, encoding="utf-8")
    return folder


def test_languages_are_held_against_each_other(tmp_path: Path) -> None:
    """Missing and superfluous keys, values nobody gives, messages that cannot be read."""
    folder = write(
        tmp_path,
        en="a = A { $x }\nb = B\n    .label = b\n",
        uk="a = Я { $x } { $y }\nc = Я\nbad = { $x",
    )
    found = list(wrong_with(folder, "en"))
    uk = folder / "uk.ftl"
    assert found[0].startswith(f"{uk}:3: expected")
    assert found[1:] == [
        f"{uk}: lacks b, b.label, which en.ftl has",
        f"{uk}:2: c is not in en.ftl",
        f"{uk}:1: a wants $y, en.ftl does not",
    ]
    assert list(wrong_with(tmp_path / "none", "en")) == [
        f"{tmp_path / 'none'}: no catalogue; put files such as en.ftl there"
    ]


def test_code_is_held_against_the_catalogues(tmp_path: Path) -> None:
    """Keys as literals, beginnings of keys, and nothing that is put together elsewhere."""
    folder = write(tmp_path, en="shop-welcome = Hi\nkind-a = A\nshop-old = Old\nad-car = Car?")
    file = Path("shop.py")
    asked = list(asked_in(CODE, file))
    assert [(each.key, each.line, each.is_prefix) for each in asked] == [
        ("shop-welcome", 3, False),
        ("shop-other", 4, False),
        ("kind-", 5, True),
        ("shop-maybe", 7, False),
    ]
    assert list(unknown(asked, [folder])) == [
        "shop.py:4: no catalogue has the key shop-other",
    ]
    assert list(unused(asked, folder, ["ad-"])) == [f"{folder / 'en.ftl'}: nobody uses shop-old"]


def test_what_the_framework_says_may_be_said_anew(tmp_path: Path) -> None:
    """Such keys are used by the framework; a message may be used by another one, too."""
    folder = write(tmp_path, en="posthouse-sorry = Oh\na = { b }\nb = B")
    asked = list(asked_in('turn.say("a"); turn.say("posthouse-yes")', Path("x.py")))
    assert list(unused(asked, folder, [])) == []
    assert list(unknown(asked, [folder])) == []
