"""What the buttons around a question carry; the options of a field have tokens of their own.

No token of a field begins with "<".
"""

from typing import Final

BACK: Final = "<b"
"""The question before."""
FORWARD: Final = "<f"
"""The next question; the answer stays as it is."""
SKIP: Final = "<s"
"""Take the field's default."""
PROFILE: Final = "<p"
"""Take what was answered the last time."""
CANCEL: Final = "<x"
"""Give up the form; asks first when something was answered."""
DISCARD: Final = "<d"
"""Give it up indeed."""
GO_ON: Final = "<g"
"""Back from a menu to where the form stands."""
ANEW: Final = "<n"
"""Begin again without the answers."""
MENU: Final = "<m"
"""From the preview to the list of fields."""
EDIT: Final = "<e"
"""Ask one field again: followed by its place in the form."""
SUBMIT: Final = "<y"
"""Submit the form."""
