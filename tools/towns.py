"""Write the town board's places anew: those of Varelia, a country that does not exist.

Names are put together from stems and endings, each spelled in Latin, Ukrainian and Russian letters.
There is no chance in it: the same script writes the same file, byte by byte.
"""
# ruff: noqa: RUF001  two of the three spellings are Cyrillic on purpose

import csv
from collections.abc import Iterator
from io import StringIO
from itertools import islice
from pathlib import Path
from typing import NamedTuple

FILE = Path(__file__).parents[1] / "examples" / "townboard" / "towns.csv"
PER_REGION = 45


class Name(NamedTuple):
    """A name, or a part of one, in three spellings."""

    latin: str
    ukrainian: str
    russian: str

    @property
    def others(self) -> tuple[str, ...]:
        """The two that are not Latin, each once."""
        return tuple(dict.fromkeys(self[1:]))


def joined(*parts: tuple[str, ...]) -> Name:
    """Return parts of a name in one, spelling by spelling."""
    return Name(*map("".join, zip(*parts, strict=True)))


def names(listed: str) -> tuple[Name, ...]:
    """Return the names of a list: "latin ukrainian russian, ..."."""
    return tuple(Name(*spelled.split()) for spelled in listed.split(","))


REGIONS = names(
    "Ardenia Арденія Ардения, Belsk Бельськ Бельск, Chernava Чернава Чернава, Dunmar Дунмар Дунмар,"
    "Estragor Естрагор Эстрагор, Farlesia Фарлезія Фарлезия, Gorlania Горланія Горлания,"
    "Halvera Гальвера Хальвера, Istrava Істрава Истрава, Jarnovia Ярновія Ярновия,"
    "Kelmaria Кельмарія Кельмария, Lunsk Лунськ Лунск, Mirovar Міровар Мировар,"
    "Nordval Нордваль Нордваль, Orlenia Орленія Орления, Pelagor Пелагор Пелагор,"
    "Quarnia Кварнія Кварния, Rosmara Росмара Росмара, Selvania Сельванія Сельвания,"
    "Tarnovar Тарновар Тарновар, Ulmeria Ульмерія Ульмерия, Vostria Вострія Вострия,"
    "Yasmora Ясмора Ясмора, Zelgava Зельгава Зельгава"
)
STEMS = names(
    "Alv Альв Альв, Bardzh Бардж Бардж, Vorm Ворм Ворм, Hlunt Глунт Глунт, Dobrel Добрел Добрел,"
    "Yevr Євр Евр, Zhask Жаск Жаск, Zelm Зелм Зелм, Ihr Ігр Игр, Kvast Кваст Кваст, Lyst Лист Лыст,"
    "Marsh Марш Марш, Nevr Невр Невр, Ostarl Остарл Остарл, Pluzh Плуж Плуж, Rudl Рудл Рудл,"
    "Svird Свірд Свирд, Tumlyn Тумлин Тумлын, Ushm Ушм Ушм, Fedral Федрал Федрал, Kharm Харм Харм,"
    "Tsvel Цвел Цвел, Chumr Чумр Чумр, Sholv Шолв Шолв, Yulm Юлм Юлм, Yadr Ядр Ядр,"
    "Brystal Бристал Брыстал, Helm Гелм Гелм, Drozhn Дрожн Дрожн, Kolv Колв Колв, Losn Лосн Лосн,"
    "Mezr Мезр Мезр, Orm Орм Орм, Prosk Проск Проск, Stavr Ставр Ставр, Trubl Трубл Трубл,"
    "Verkht Верхт Верхт, Zarl Зарл Зарл, Krum Крум Крум, Bilorn Білорн Белорн"
)
ENDINGS = names(
    "ivka івка овка, yn ин ин, ets ець ец, ynka инка инка, iv ів ов, ove ове ово, yche иче иче,"
    "hrad град град, pil піль поль, ava ава ава, uny уни уны, yshche ище ище, anka анка анка,"
    "ychi ичі ичи, ora ора ора, yliv илів илов, odar одар одар, insk інськ инск, esh еш еш,"
    "ukhy ухи ухи, omyr омир омир, ulia уля уля, aiv аїв аев, ost ост ост, eny ени ены,"
    "arka арка арка, ivtsi івці овцы, yri ирі ири, etin етин етин, osillia осілля оселье"
)
BEFORE = names("Nova Нова Новая, Stara Стара Старая, Velyka Велика Большая, Mala Мала Малая")
AFTER = names("Richna Річна Речная, Lisova Лісова Лесная, Hirska Гірська Горная")
TWINS = names(
    "Lypnyky Липники Липники, Starylis Старіліс Старолес, Verbychi Вербичі Вербичи,"
    "Kamianets-Lis Кам’янець-Ліс Каменец-Лес, Chystopil Чистопіль Чистополье, Mosty Мости Мосты,"
    "Richyshche Річище Речище, Dubovets Дубовець Дубовец"
)
MARKED = names(
    "Žerlava Жерлава Жерлава, Mölden Мельден Мёльден, Čarvaš Чарваш Чарваш,"
    "Łuhoria Лугорія Лугория, Tâlnău Тилнеу Тылнэу, Façil Фасіль Фасиль, Świdlin Свідлін Свидлин,"
    "Élmor Ельмор Эльмор, Órsa Орса Орса"
)
QUOTED = names(
    "Zar{}yane Зар{}яне Зарьяне, Pidv{}yazne Підв{}язне Подвязное, Bur{}yanka Бур{}янка Бурьянка,"
    "Mak{}yavets Мак{}явець Макьявец, Lub{}yany Луб{}яни Лубяны, Sum{}yaty Сум{}яти Сумьяты,"
    "Torp{}yiv Торп{}їв Торпьев, Kov{}yari Ков{}ярі Ковьяры, Hrem{}yach Грем{}яч Гремяч"
)
APOSTROPHES = ("'", "\u2019", "\u02bc")
OLDER = (
    ("sky Posad", "ський Посад", "ский Посад"),
    ("ova Sloboda", "ова Слобода", "ова Слобода"),
    ("yn Khutir", "ин Хутір", "ин Хутор"),
    ("sky Zavod", "ський Завод", "ский Завод"),
    ("yna Brama", "ина Брама", "ина Брама"),
)
BLANK, HYPHEN = (" ", " ", " "), ("-", "-", "-")
COLUMNS = ("id", "name", "region", "synonyms", "weight")


Called = tuple[str, tuple[str, ...]]
"""A name and its synonyms."""


class Place(NamedTuple):
    """A row of the file."""

    id: str
    name: str
    region: str
    synonyms: tuple[str, ...]
    weight: int


def places() -> Iterator[Place]:
    """Return all places, region by region, the capital of each first."""
    common = _common()
    for at, region in enumerate(REGIONS):
        code = region.latin[:3].lower()
        capital, synonyms = next(common)
        of_region = (
            f"{region.latin} region",
            f"область {region.ukrainian}",
            f"{region.russian} обл.",
        )
        yield Place(f"{code}-1", capital, region.latin, (*synonyms[:2], *of_region), 400_000 - at)
        odd = list(_odd(at))
        rest = islice(common, PER_REGION - 1 - len(odd))
        for number, (name, synonyms) in enumerate([*odd, *rest], start=2):
            size = 90_000 // (number * number) + (at * 37 + number * 101) % 700 + 60
            yield Place(f"{code}-{number}", name, region.latin, synonyms, size)


def _odd(at: int) -> Iterator[Called]:
    """Return what is odd in a region: names of two regions, apostrophes, accents, two words."""
    if at < 2 * len(TWINS):
        yield _called(TWINS[at % len(TWINS)])
        yield _called(TWINS[(at + 3) % len(TWINS)])
    if at < len(QUOTED):
        sign = APOSTROPHES[at % len(APOSTROPHES)]
        yield _called(Name(*(spelled.format(sign) for spelled in QUOTED[at])))
    if at < len(MARKED):
        yield _called(MARKED[at])
    place = joined(STEMS[at * 7 % len(STEMS)], ENDINGS[9])
    yield _called(joined(BEFORE[at % 4], BLANK, place))
    yield _called(joined(BEFORE[(at + 1) % 4], BLANK, place))
    yield _called(joined(place, HYPHEN, AFTER[at % 3]), f"{place.latin} {AFTER[at % 3].latin}")


def _common() -> Iterator[Called]:
    """Return each stem with each ending; many have an older or a homely name besides."""
    rounds = len(STEMS) * len(ENDINGS)
    for at in range(rounds):
        # Neighbours differ in both; 120 is the least number both lengths divide.
        stem, ending = STEMS[at % len(STEMS)], ENDINGS[(at + at // 120) % len(ENDINGS)]
        name, turn = joined(stem, ending), (at + at // 40) % 5
        if turn == 0:
            older = joined(STEMS[(at * 7 + at // 40) % len(STEMS)], OLDER[at // 5 % len(OLDER)])
            yield _called(name, older.latin, older.russian)
        elif turn == 1:
            yield _called(name, joined(stem, ("yk", "ик", "ик")).russian)
        elif turn == 2:  # noqa: PLR2004  one in five has no other name
            yield name.latin, ()
        else:
            yield _called(name)


def _called(name: Name, *more: str) -> Called:
    return name.latin, (*name.others, *more)


def written() -> str:
    """Return the file's text."""
    out = StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(COLUMNS)
    for place in places():
        rows.writerow([*place[:3], "|".join(place.synonyms), place.weight])
    return out.getvalue()


if __name__ == "__main__":
    FILE.write_text(written(), encoding="utf-8", newline="")
