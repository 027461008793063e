"""What the simulator calls an object of the Bot API."""

from typing import Any

Json = dict[str, Any]
"""An object as it stands on the wire."""
