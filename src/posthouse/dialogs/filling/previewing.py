"""What hooks have to tell under the preview of a form, found out before it is drawn."""

from posthouse.dialogs.filling.hooks import PreviewHook
from posthouse.dialogs.filling.registering import Registered
from posthouse.dialogs.filling.sitting import Sitting
from posthouse.dialogs.filling.visit import Visit


async def look(visit: Visit, entry: Registered, sitting: Sitting) -> None:
    """Ask the hooks of a form that is looked over, so that its preview shows what they tell."""
    if not sitting.is_preview:
        return
    for hook in entry.hooks.values():
        if isinstance(hook, PreviewHook):
            form = sitting.built()
            if form is not None:
                visit.told = await hook.on_preview(visit.turn, form)
