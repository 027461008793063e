"""Answers that are a number or an amount of money."""

from decimal import Decimal
from typing import Any

import pytest

from posthouse.dialogs.filling.voice import BotVoice
from posthouse.dialogs.forms.fields import ask
from posthouse.dialogs.forms.form import Form
from posthouse.errors import FormError
from posthouse.model.values import Money
from posthouse.words.catalogue import Catalogue
from tests.unit.dialogs.forms.given import Keys, empty, fault, kind_in, photo, sticker, text, value


class Numbers(Form):
    whole: int = ask()
    mileage: int = ask(ge=0, le=100_000, unit="thousand km")
    exact: Decimal = ask()
    weight: Decimal = ask(ge=Decimal("0.5"), decimals=2, unit="kg")
    price: Money = ask(ge=0, le=Decimal(10**9), unit="USD")
    fee: Money = ask(unit="JPY")
    gift: Money = ask()
    built: int = ask(ge=1800, le=2030)
    members: int = ask(grouped=True)
    account: int = ask(grouped=False)


def read(name: str, given: Any) -> Any:
    """What a field makes of something."""
    return kind_in(Numbers, name).read(given, None, empty(Numbers))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("5", 5), ("-5", -5), ("+5", 5), ("\u22125", -5), ("007", 7), ("5.0", 5), ("5,00", 5),
        ("1 234 567", 1234567), ("1\u00a0234\u00a0567", 1234567), ("1\u202f234", 1234),
        ("1\u2009234", 1234), ("1'234", 1234), ("1’234", 1234), ("1,234,567", 1234567),
        ("1.234.567", 1234567), ("1,234", 1234), ("1.234", 1234), ("12,34,567", 1234567),
        ("1️⃣2️⃣", 12), ("٣٤", 34), ("\uff11\uff12", 12), ("৫", 5), ("10" + "0" * 29, 10**30),
        (" 5 ", 5),
    ],
)  # fmt: skip
def test_whole_numbers(written: str, expected: int) -> None:
    """With every usual separator of thousands, and digits of every script."""
    found = value(read("whole", text(written)))
    assert found == expected
    assert type(found) is int


@pytest.mark.parametrize(
    "written",
    ["inf", "-Infinity", "nan", "1e3", "1E400", "1_0", "0x10", "🔟", "½", "²", "five", "", "5 5",
     "12 34", "1,2,3", "1 234,567 8", "1,234 567", "--5", "5-", ".", ",", "5.", "1..2", "()", "5km",
     "9" * 50, "5" * 100_000, "Ⅳ", "五", "1'23", "1 234'567", "1 23 456"],
)  # fmt: skip
def test_no_numbers(written: str) -> None:
    """A proper word about what is expected, whatever was typed."""
    assert fault(read("whole", text(written))) == ("expected-number-any", {})


def test_what_is_no_text_is_no_number() -> None:
    """A photo with a number under it neither."""
    for given in (photo(), sticker()):
        assert fault(read("whole", given))[0] == "expected-number-any"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("5,5", "5.5"), ("5.50", "5.50"), (".5", "0.5"), ("0,125", "0.125"), ("1 234,5", "1234.5"),
        ("1,234.56", "1234.56"), ("1.234,56", "1234.56"), ("1'234.5", "1234.5"),
        ("\u0663\u066b\u0665", "3.5"),
        ("12345,678", "12345.678"), ("0.1000", "0.1000"), ("1.234.567,891", "1234567.891"),
        ("1234567890123456789012345678901234567.89", "1234567890123456789012345678901234567.89"),
    ],
)  # fmt: skip
def test_decimal_numbers_are_exact(written: str, expected: str) -> None:
    """With a comma or a point, to the last digit."""
    assert value(read("exact", text(written))) == Decimal(expected)


def test_a_number_that_can_be_two_is_asked_again() -> None:
    """A guess would be wrong by a thousand; where fewer digits can follow, it is no question."""
    for written in ("1,500", "1.500"):
        values = {"whole": "1500", "broken": "1.5000"}
        assert fault(read("exact", text(written))) == ("number-ambiguous", values)
        assert value(read("weight", text(written))) == 1500
    assert fault(read("exact", text("-1,500")))[1]["whole"] == "-1500"
    assert value(read("exact", text("1.5000"))) == Decimal("1.5")


def test_the_range_and_the_digits_are_told() -> None:
    """With the bounds that there are."""
    between = {"least": 0, "most": 100_000}
    assert fault(read("mileage", text("100001"))) == ("number-between", between)
    assert fault(read("mileage", text("-1"))) == ("number-between", between)
    assert fault(read("mileage", text("x"))) == ("expected-number-between", between)
    assert fault(read("mileage", text("5,5"))) == ("number-whole", {})
    assert fault(read("weight", text("0,4"))) == ("number-least", {"least": Decimal("0.5")})
    assert fault(read("weight", text("1.2345"))) == ("number-decimals", {"most": 2})
    assert value(read("mileage", text("100 000"))) == 100_000


def test_the_unit_may_be_typed() -> None:
    """Behind the number, in any case."""
    assert value(read("mileage", text("120 Thousand KM"))) == 120
    assert value(read("weight", text("2,5kg"))) == Decimal("2.5")
    assert fault(read("weight", text("kg")))[0] == "expected-number-least"
    assert str(kind_in(Numbers, "weight").show(Decimal("2.5"), Keys())).endswith("unit=kg")
    assert (
        str(kind_in(Numbers, "exact").show(Decimal("2.5"), Keys())) == "posthouse-number number=2.5"
    )


@pytest.mark.parametrize(
    ("name", "written", "amount", "currency"),
    [
        ("price", "5 000", "5000", "USD"), ("price", "$5,000", "5000", "USD"),
        ("price", "5000 usd", "5000", "USD"), ("price", "4.99$", "4.99", "USD"),
        ("price", "1.500", "1500", "USD"), ("price", "12 долларов США", "12", "USD"),
        ("fee", "¥1.500", "1500", "JPY"), ("gift", "50 EUR", "50", "EUR"),
        ("gift", "€4,50", "4.50", "EUR"), ("gift", "100 ₴", "100", "UAH"),
    ],
)  # fmt: skip
def test_money(name: str, written: str, amount: str, currency: str) -> None:
    """The currency of the field, or the one that was typed."""
    assert value(read(name, text(written))) == Money(amount=Decimal(amount), currency=currency)


@pytest.mark.parametrize(
    ("name", "written", "key"),
    [
        ("price", "5000 EUR", "money-other"), ("price", "free", "expected-money-between"),
        ("price", "4.999", "number-between-not"), ("price", "4.9999", "number-decimals"),
        ("fee", "1.5", "number-decimals"), ("gift", "50", "expected-money"),
        ("gift", "50 $", "expected-money"), ("gift", "fifty euros", "expected-money"),
        ("price", "-1", "number-between"), ("price", "10000000000", "number-between"),
        ("price", "inf", "expected-money-between"), ("price", "$5$", "expected-money-between"),
        ("price", "5 mio", "expected-money-between"), ("price", "", "expected-money-between"),
    ],
)  # fmt: skip
def test_no_money(name: str, written: str, key: str) -> None:
    """Another currency, fractions that it has not got, and what is no amount."""
    if key.endswith("-not"):  # three digits behind a point are thousands where only two can be
        assert value(read(name, text(written))).amount == 4999
    else:
        assert fault(read(name, text(written)))[0] == key


def test_money_is_shown_with_its_currency() -> None:
    """Whole amounts without zeros; words of the catalogue get the amount itself."""
    assert str(Money(amount=Decimal("12500.00"), currency="USD")) == "12\u00a0500\u00a0USD"
    assert str(Money(amount=Decimal("1E+6"), currency="USD")) == "1\u00a0000\u00a0000\u00a0USD"
    assert str(Money(amount=Decimal("4.50"), currency="EUR")) == "4.50\u00a0EUR"
    money = Money(amount=Decimal(5), currency="USD")
    assert str(kind_in(Numbers, "price").show(money, Keys())).startswith("posthouse-money money=")


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("whole", "x"), ("whole", True), ("whole", 1.5), ("whole", "1.5"), ("mileage", -1),
        ("exact", "NaN"), ("exact", None), ("weight", "1.234"), ("price", ["1", "EUR"]),
        ("price", "5"), ("price", ["1"]), ("price", ["1", ["USD"]]), ("fee", ["1.5", "JPY"]),
        ("gift", ["1", "XXQ"]), ("price", ["-1", "USD"]),
    ],
)  # fmt: skip
def test_plain_data_that_no_longer_fits_is_refused(name: str, raw: Any) -> None:
    """So a form that a deploy changed asks again."""
    with pytest.raises(ValueError, match=r"."):
        kind_in(Numbers, name).from_plain(raw)


def test_numbers_beyond_64_bits_are_kept_as_texts() -> None:
    """They come back as they were."""
    kind = kind_in(Numbers, "whole")
    for number in (5, 2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 10**39):
        assert kind.from_plain(kind.to_plain(number)) == number
    assert kind.to_plain(2**63) == str(2**63)


@pytest.mark.parametrize("language", ["en", "uk", "ru"])
def test_a_year_is_shown_as_one(language: str) -> None:
    """Thousands are set apart from 10,000 on, unless the field says otherwise."""
    voice = BotVoice(Catalogue(), language)

    def shown(name: str, number: int) -> str:
        return "".join(
            "," if c.isspace() else c for c in str(kind_in(Numbers, name).show(number, voice))
        )

    assert shown("built", 1987) == "1987"
    assert shown("whole", -9999) == "-9999"
    assert shown("whole", 10_000) == "10,000"
    assert shown("members", 1500) == "1,500"
    assert shown("account", 12_345_678) == "12345678"
    assert shown("mileage", 1500) == "1500,thousand,km"
    wrong = read("built", text("1700"))
    assert "1800" in str(wrong.words(voice))
    assert "2030" in str(wrong.words(voice))


def test_only_whole_numbers_can_be_grouped_or_not() -> None:
    """Money and exact numbers are written as the language does it."""
    with pytest.raises(FormError, match="grouped= says nothing about a field of this type"):

        class Wrong(Form):
            price: Money = ask(grouped=False)
