"""Members: banned, restricted, promoted; invite links and requests to join."""

from posthouse.testing.telegram import refusals
from posthouse.testing.telegram.call import Call, Handler
from posthouse.testing.telegram.refusals import refuse
from posthouse.testing.telegram.state import (
    ADMIN_RIGHTS,
    CHANNEL_RIGHTS,
    GROUP_RIGHTS,
    Account,
    Chat,
    Invite,
    Member,
    all_permissions,
)
from posthouse.testing.telegram.wire import Json

MOST_TITLE = 16


def _restrictable(call: Call) -> tuple[Chat, Account]:
    chat = call.chat()
    if chat.kind == "private":
        raise refuse(refusals.NOT_IN_PRIVATE)
    account = call.account()
    if account.id == call.bot.id:
        raise refuse(refusals.SELF_RESTRICT)
    if not chat.member(call.bot.id).may("can_restrict_members"):
        raise refuse(refusals.NO_RIGHT_TO_RESTRICT)
    status = chat.member(account.id).status
    if status == "creator":
        raise refuse(refusals.OWNER_STAYS)
    if status == "administrator":
        raise refuse(refusals.ADMIN_STAYS)
    return chat, account


def ban(call: Call) -> bool:
    """Throw somebody out, for a while or for good."""
    chat, account = _restrictable(call)
    new = Member("kicked", until_date=call.number("until_date"))
    call.world.set_member(chat, account, new, call.bot)
    if call.flag("revoke_messages") or chat.kind != "group":
        for message in [one for one in chat.messages.values() if one.author == account.id]:
            if call.flag("revoke_messages"):
                call.world.delete(message)
    return True


def unban(call: Call) -> bool:
    """Let somebody come back; who is inside goes, unless `only_if_banned`."""
    chat, account = _restrictable(call)
    status = chat.member(account.id).status
    if status != "left" and (status == "kicked" or not call.flag("only_if_banned")):
        call.world.set_member(chat, account, Member("left"), call.bot)
    return True


def restrict(call: Call) -> bool:
    """Say what one member may do."""
    chat, account = _restrictable(call)
    if chat.kind != "supergroup":
        raise refuse(refusals.WRONG_CHAT_KIND)
    wanted = call.json("permissions", {})
    rights = {name: bool(wanted.get(name)) for name in all_permissions()}
    if all(rights.values()):
        new = Member("member")
    else:
        until = call.number("until_date")
        inside = chat.member(account.id).is_inside
        new = Member("restricted", is_member=inside, until_date=until, **rights)
    call.world.set_member(chat, account, new, call.bot)
    return True


def promote(call: Call) -> bool:
    """Make somebody an administrator, or take that back by giving no right."""
    chat = call.chat()
    account = call.account()
    me = chat.member(call.bot.id)
    if chat.kind == "private" or not me.may("can_promote_members"):
        raise refuse(refusals.NO_RIGHTS)
    member = chat.member(account.id)
    if member.status == "creator":
        raise refuse(refusals.ADMIN_REQUIRED)
    special = CHANNEL_RIGHTS if chat.kind == "channel" else GROUP_RIGHTS
    rights = {name: call.flag(name) for name in ADMIN_RIGHTS + special}
    if not any(rights.values()):
        new = Member("member")
    else:
        title = {key: member.details[key] for key in ("custom_title",) if key in member.details}
        rights["can_manage_chat"] = True
        new = Member("administrator", can_be_edited=True, **rights, **title)
    call.world.set_member(chat, account, new, call.bot)
    return True


def set_title(call: Call) -> bool:
    """Call an administrator something."""
    chat = call.administered("can_promote_members")
    member = chat.member(call.account().id)
    title = call.text("custom_title")
    if chat.kind != "supergroup":
        raise refuse(refusals.WRONG_CHAT_KIND)
    if member.status != "administrator":
        raise refuse("Bad Request: user is not an administrator")
    if len(title) > MOST_TITLE:
        raise refuse("Bad Request: ADMIN_RANK_INVALID")
    member.details["custom_title"] = title
    return True


# --- invite links


def _inviting(call: Call) -> Chat:
    return call.administered(
        "can_invite_users", "Bad Request: not enough rights to manage chat invite link"
    )


def _new_link(call: Call, chat: Chat, details: Json) -> Invite:
    number = call.world.number()
    made = Invite(f"https://t.me/+{call.bot.id:x}{number:08x}", call.bot.user, details)
    chat.invites[made.link] = made
    return made


def _details(call: Call) -> Json:
    found: Json = {}
    if call.has("name"):
        found["name"] = call.text("name")
    for name in ("expire_date", "member_limit", "subscription_period", "subscription_price"):
        if call.has(name):
            found[name] = call.number(name)
    if call.flag("creates_join_request"):
        if "member_limit" in found:
            raise refuse(
                "Bad Request: member limit can't be specified for links requiring approval"
            )
        found["creates_join_request"] = True
        found["pending_join_request_count"] = 0
    return found


def export_link(call: Call) -> str:
    """Make a new main link; the one before is revoked."""
    chat = _inviting(call)
    for one in chat.invites.values():
        if one.is_primary and one.creator["id"] == call.bot.id:
            one.is_primary, one.is_revoked = False, True
    made = _new_link(call, chat, {})
    made.is_primary = True
    return made.link


def create_link(call: Call) -> Json:
    """Make another link."""
    return _new_link(call, _inviting(call), _details(call)).as_json()


def _link(call: Call) -> tuple[Chat, Invite]:
    chat = _inviting(call)
    found = chat.invites.get(call.text("invite_link"))
    if found is None:
        raise refuse(refusals.INVITE_MISSING)
    return chat, found


def edit_link(call: Call) -> Json:
    """Change a link."""
    _, found = _link(call)
    found.details = _details(call)
    return found.as_json()


def revoke_link(call: Call) -> Json:
    """Make a link useless; a main one is replaced."""
    chat, found = _link(call)
    found.is_revoked = True
    if found.is_primary:
        _new_link(call, chat, {}).is_primary = True
    return found.as_json()


def decide(call: Call) -> bool:
    """Let somebody in who asked, or not."""
    chat = _inviting(call)
    account = call.account()
    request = chat.join_requests.pop(account.id, None)
    if request is None:
        raise refuse(refusals.JOIN_MISSING)
    if call.method == "approveChatJoinRequest":
        invite = chat.invites.get(request["invite_link"]["invite_link"])
        call.world.set_member(chat, account, Member(), call.bot, invite=invite)
    return True


METHODS: dict[str, Handler] = {
    "banChatMember": ban,
    "unbanChatMember": unban,
    "restrictChatMember": restrict,
    "promoteChatMember": promote,
    "setChatAdministratorCustomTitle": set_title,
    "exportChatInviteLink": export_link,
    "createChatInviteLink": create_link,
    "editChatInviteLink": edit_link,
    "createChatSubscriptionInviteLink": create_link,
    "editChatSubscriptionInviteLink": edit_link,
    "revokeChatInviteLink": revoke_link,
    "approveChatJoinRequest": decide,
    "declineChatJoinRequest": decide,
}
