"""What a field asks of the kind that is made for it."""

from typing import Any, NamedTuple

from posthouse.dialogs.forms.fields import Spec
from posthouse.errors import FormError


class Wanted(NamedTuple):
    """A field's declaration, as the maker of a kind gets it."""

    where: str
    """Class and field, for messages."""
    spec: Spec
    keys: tuple[str, ...]
    """Keys of the field in the catalogues: that of the form, then that of the owner."""

    def error(self, text: str) -> FormError:
        """Return an error that says where."""
        return FormError(f"{self.where}: {text}")

    def bounds(self, *names: str) -> dict[str, Any]:
        """Return the arguments that were given; raises FormError for others than those named."""
        for name in self.spec.bounds:
            if name not in names:
                allowed = ", ".join(names) or "none"
                raise self.error(
                    f"{name}= says nothing about a field of this type; of those arguments that "
                    f"not all types have, it takes {allowed}"
                )
        if self.spec.elastic and "max_length" not in names:
            raise self.error("only a text can be elastic")
        return dict(self.spec.bounds)

    def ordered(self, low: str, high: str) -> None:
        """Raise FormError when the lower of two bounds is above the higher."""
        least, most = self.spec.bounds.get(low), self.spec.bounds.get(high)
        if least is not None and most is not None and type(least) is type(most) and least > most:
            raise self.error(f"{low}={least!r} is above {high}={most!r}, so no answer would fit")

    def counts(self, *names: str) -> None:
        """Raise FormError when one of these bounds is no count."""
        for name in names:
            value = self.spec.bounds.get(name)
            if value is None:
                continue
            if not isinstance(value, int) or isinstance(value, bool) or value < 0:
                raise self.error(f"{name}={value!r} is no count; give a whole number from 0 on")
