"""Fields that are a phone number: typed in any usual manner, or shared by the messenger."""

from typing import Any, ClassVar, Final

from posthouse.dialogs.forms.digits import plain_digits
from posthouse.dialogs.forms.offers import (
    Answered,
    Draft,
    Given,
    Kind,
    Offer,
    Plain,
    Reading,
    Scratch,
    Value,
    Voice,
    Wrong,
)
from posthouse.dialogs.forms.texts import typed
from posthouse.dialogs.forms.wanted import Wanted
from posthouse.model.text import Words
from posthouse.model.update import ContactMessage
from posthouse.model.values import Phone

_MOST: Final = 40
"""Longest text that can be a phone number."""


class Phones(Kind, frozen=True, kw_only=True):
    """A phone number that can exist, kept in international form."""

    sorts: ClassVar[tuple[type[Any], ...]] = (str,)
    country: str | None = None
    """Whose numbers need no country code; None: the bot's own setting."""

    def load(self) -> None:
        """Read how numbers are built; a country's own rules are small, and read when needed."""
        phone_of("+12025550123" if self.country is None else "0", self.country)

    def offer(self, state: Scratch, draft: Draft | None, /) -> Offer:
        """Return the offer to share one's own number."""
        return Offer(request="contact")

    def read(self, given: Given, state: Scratch, draft: Draft | None, /) -> Reading:
        """Return the number that was typed, or the sender's own contact."""
        country = self._country(draft)
        if isinstance(given, ContactMessage):
            if not given.is_own:
                return Wrong("posthouse-phone-foreign", {})
            raw = given.phone.strip()
            # Telegram leaves the plus out.
            phone = phone_of(raw if raw.startswith("+") else f"+{raw}", None)
            phone = phone_of(raw, country) if phone is None else phone
        else:
            phone = phone_of(typed(given) or "", country)
        return self.expected(draft) if phone is None else Answered(phone)

    def expected(self, draft: Draft | None, /) -> Wrong:
        """Return that a number is expected, with an example of the country."""
        country = self._country(draft)
        if country is None:
            return Wrong("posthouse-expected-phone-international", {})
        return Wrong("posthouse-expected-phone", {"example": example_of(country)})

    def show(self, value: Value, voice: Voice, /) -> Words:
        """Return it in groups, as it is dialled from abroad."""
        return shown(str(value))

    def to_plain(self, value: Value, /) -> str:
        """Return it as a plain string."""
        return str(value)

    def from_plain(self, raw: Plain, /) -> Phone:
        """Return the number; raises ValueError for what is none."""
        if not isinstance(raw, str) or not raw.startswith("+") or phone_of(raw, None) != raw:
            raise ValueError(f"{raw!r:.40} is no phone number in international form")
        return Phone(raw)

    def _country(self, draft: Draft | None) -> str | None:
        if self.country is not None or draft is None:
            return self.country
        country: str | None = draft.surroundings.country
        return country if country is None or is_country(country) else None


def phone_of(text: str, country: str | None) -> Phone | None:
    """Return the number that a text is, or None; one without a + is of the country."""
    import phonenumbers

    text = plain_digits(text)
    if not 0 < len(text) <= _MOST or (country is None and not text.startswith(("+", "00"))):
        return None
    if text.startswith("00"):
        text = "+" + text[2:]
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    if number.extension or not phonenumbers.is_valid_number(number):
        return None
    return Phone(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def shown(phone: str) -> str:
    """Return a number in groups, or as it is where it is none."""
    import phonenumbers

    try:
        number = phonenumbers.parse(phone, None)
    except phonenumbers.NumberParseException:
        return phone
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def example_of(country: str) -> str:
    """Return a number of a country as it is dialled there."""
    import phonenumbers

    kind = phonenumbers.PhoneNumberType.MOBILE
    number = phonenumbers.example_number_for_type(country, kind)
    number = phonenumbers.example_number(country) if number is None else number
    if number is None:
        return f"+{phonenumbers.country_code_for_region(country)}"
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)


def is_country(code: str) -> bool:
    """Whether two letters name a country that has phone numbers."""
    import phonenumbers

    return code in phonenumbers.SUPPORTED_REGIONS


def phone_kind(wanted: Wanted) -> Kind:
    """Return the kind of a field that is a phone number."""
    bounds = wanted.bounds("country")
    country = bounds.get("country")
    if country is not None and not (isinstance(country, str) and is_country(country)):
        raise wanted.error(f'country={country!r} is none; give its two capital letters: "UA"')
    return Phones(**bounds)
