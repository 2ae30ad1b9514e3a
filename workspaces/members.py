"""Change what members are, and let them go; a workspace always keeps an owner."""

from __future__ import annotations

from django.db import transaction

from workspaces.access import Access, Action
from workspaces.models import ApiToken, Membership, Notice, Role, User


class MemberRefused(Exception):
    """The change is against the rules of members; the text says why to people."""


class LastOwner(MemberRefused):
    """A workspace keeps one."""

    def __init__(self) -> None:
        super().__init__(_LAST_OWNER)


_LAST_OWNER = "A workspace keeps at least one owner. Make somebody else an owner first."
_OWNERS_ONLY = "Only an owner may change or remove an owner, or make one."


def grantable_roles(access: Access) -> list[Role]:
    """The roles that this person may give to members."""
    if not access.can(Action.ADMIN):
        return []
    return [role for role in Role if role != Role.OWNER or access.can(Action.OWN)]


@transaction.atomic
def change_role(access: Access, member_id: int, role: str) -> Membership:
    """Give a member another role.

    Raises ``Membership.DoesNotExist``, and ``MemberRefused``: owners are seen to by owners, and
    the last one stays.
    """
    owners = _lock_owners(access)
    member = _member(access, member_id)
    if role not in grantable_roles(access):
        raise MemberRefused(_OWNERS_ONLY if role == Role.OWNER else "Choose one of the roles.")
    _check_owner(access, member, owners, leaves=role != Role.OWNER)
    member.role = role
    member.save(update_fields=["role"])
    return member


@transaction.atomic
def remove_member(access: Access, member_id: int) -> Membership:
    """Take a member out, with their keys and e-mails that wait; what they made stays.

    Raises as ``change_role`` does.
    """
    owners = _lock_owners(access)
    member = _member(access, member_id)
    _check_owner(access, member, owners, leaves=True)
    return _let_go(member)


@transaction.atomic
def leave(access: Access, user: User) -> Membership:
    """Go of one's own accord. Raises ``MemberRefused`` for the last owner."""
    owners = _lock_owners(access)
    member = Membership.objects.get(workspace=access.workspace, user=user)
    if owners == [member.pk]:
        raise LastOwner
    return _let_go(member)


def _lock_owners(access: Access) -> list[int]:
    """The owners, held until the end: two who demote each other come one after the other."""
    rows = Membership.objects.filter(workspace=access.workspace, role=Role.OWNER)
    return list(rows.select_for_update().order_by("pk").values_list("pk", flat=True))


def _member(access: Access, member_id: int) -> Membership:
    rows = Membership.objects.select_related("user")
    return rows.get(workspace=access.workspace, pk=member_id)


def _check_owner(access: Access, member: Membership, owners: list[int], *, leaves: bool) -> None:
    if member.pk not in owners:
        return
    if not access.can(Action.OWN):
        raise MemberRefused(_OWNERS_ONLY)
    if leaves and owners == [member.pk]:
        raise LastOwner


def _let_go(member: Membership) -> Membership:
    theirs = {"workspace": member.workspace_id, "user": member.user_id}
    ApiToken.objects.filter(**theirs).delete()
    Notice.objects.filter(**theirs, sent_at=None).delete()
    pk = member.pk
    member.delete()
    member.pk = pk
    return member
