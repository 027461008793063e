"""What a bot tells about itself: commands by scope and language, names, menu, rights."""

import re

import msgspec

from posthouse.testing.telegram import refusals
from posthouse.testing.telegram.call import Call, Handler
from posthouse.testing.telegram.checking import misfit
from posthouse.testing.telegram.refusals import refuse
from posthouse.testing.telegram.specification import Kind
from posthouse.testing.telegram.state import ADMIN_RIGHTS, CHANNEL_RIGHTS, GROUP_RIGHTS
from posthouse.testing.telegram.wire import Json

MOST_COMMANDS = 100
MOST_DESCRIPTION = 256
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_LANGUAGE = re.compile(r"[a-z]{2}")
_TEXTS = {
    "MyName": ("name", 64),
    "MyDescription": ("description", 512),
    "MyShortDescription": ("short_description", 120),
}


def _language(call: Call) -> str:
    found = call.text("language_code")
    if found and not _LANGUAGE.fullmatch(found):
        raise refuse(refusals.LANGUAGE_INVALID)
    return found


def _scope(call: Call) -> str:
    """A scope as one text, in which a chat's name and its id are the same."""
    found = call.json("scope")
    if found is None:
        return "default"
    why = misfit(Kind("ref", "BotCommandScope"), found)
    if why is not None:
        raise refuse(refusals.CANT_PARSE_SCOPE.format(why=why))
    if "chat_id" in found:
        found["chat_id"] = call.world.find_chat(call.bot, str(found["chat_id"])).id
    if "user_id" in found:
        found["user_id"] = int(found["user_id"])
    if found == {"type": "default"}:
        return "default"
    return msgspec.json.encode(found, order="sorted").decode()


def set_commands(call: Call) -> bool:
    """Say which commands the bot has, in a scope and a language."""
    given = call.json("commands")
    if not isinstance(given, list):
        raise refuse(refusals.CANT_PARSE_COMMANDS)
    if len(given) > MOST_COMMANDS:
        raise refuse("Bad Request: BOT_COMMANDS_TOO_MUCH")
    made = []
    for one in given:
        name = str(one.get("command", "")).removeprefix("/").lower()
        if not _COMMAND.fullmatch(name):
            raise refuse(refusals.COMMAND_INVALID)
        if not 1 <= len(str(one.get("description", ""))) <= MOST_DESCRIPTION:
            raise refuse(refusals.COMMAND_DESCRIPTION)
        made.append({**one, "command": name})
    key = (_scope(call), _language(call))
    if made:
        call.bot.commands[key] = made
    else:
        call.bot.commands.pop(key, None)
    return True


def delete_commands(call: Call) -> bool:
    """Have no commands of its own in a scope and a language."""
    call.bot.commands.pop((_scope(call), _language(call)), None)
    return True


def get_commands(call: Call) -> list[Json]:
    """The commands of exactly this scope and language."""
    return call.bot.commands.get((_scope(call), _language(call)), [])


def set_text(call: Call) -> bool:
    """Give the bot a name or a description, in a language."""
    field, most = _TEXTS[call.method.removeprefix("set")]
    text = call.text(field)
    if len(text) > most:
        raise refuse(f"Bad Request: bot {field.replace('_', ' ')} is too long")
    call.bot.texts[field, _language(call)] = text
    return True


def get_text(call: Call) -> Json:
    """A name or description in a language, or the one for all others."""
    field, _ = _TEXTS[call.method.removeprefix("get")]
    texts = call.bot.texts
    default = texts.get((field, "")) or (call.bot.user["first_name"] if field == "name" else "")
    return {field: texts.get((field, _language(call))) or default}


def set_menu(call: Call) -> bool:
    """Set the button beside the text field, for one chat or for all."""
    call.bot.menus[call.number("chat_id")] = call.json("menu_button", {"type": "default"})
    return True


def get_menu(call: Call) -> Json:
    """The button beside the text field."""
    menus = call.bot.menus
    return menus.get(call.number("chat_id")) or menus.get(0) or {"type": "commands"}


def set_rights(call: Call) -> bool:
    """Set which rights the bot proposes when it is made an administrator."""
    rights = call.json("rights", {})
    call.bot.rights[call.flag("for_channels")] = dict(rights) if rights else {}
    return True


def get_rights(call: Call) -> Json:
    """The rights the bot proposes."""
    channels = call.flag("for_channels")
    names = ADMIN_RIGHTS + (CHANNEL_RIGHTS if channels else GROUP_RIGHTS)
    return dict.fromkeys(names, False) | call.bot.rights.get(channels, {})


METHODS: dict[str, Handler] = {
    "setMyCommands": set_commands,
    "deleteMyCommands": delete_commands,
    "getMyCommands": get_commands,
    **{f"set{name}": set_text for name in _TEXTS},
    **{f"get{name}": get_text for name in _TEXTS},
    "setChatMenuButton": set_menu,
    "getChatMenuButton": get_menu,
    "setMyDefaultAdministratorRights": set_rights,
    "getMyDefaultAdministratorRights": get_rights,
}
