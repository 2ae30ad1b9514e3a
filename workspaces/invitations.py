"""Ask people into a workspace: a signed link that works once, for one address, for a while."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.core import signing
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from workspaces.models import INVITED_ROLES, Invitation, Membership, Notice, User, Workspace
from workspaces.words import one_line

VALID_DAYS = 7
MOST_OPEN = 100
"""Open invitations of one workspace."""
MOST_A_DAY = 200
"""E-mails with invitations of one workspace; more would be a way to write to strangers."""
RESEND_AFTER = timedelta(minutes=1)
_SALT = "workspaces.invitation"


class InvitationRefused(Exception):
    """The invitation is against the rules; ``field`` names what to change, the text says why."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.field = field


class InvitationOver(Exception):
    """The link was used, withdrawn, replaced by a newer one, or is too old."""


class WrongPerson(Exception):
    """The invitation is for another address than the person's."""


def invite(*, workspace: Workspace, email: str, role: str, by: User) -> Invitation:
    """Invite an address and write the e-mail. Raises ``InvitationRefused``."""
    email = User.objects.normalize_email(email.strip())
    if role not in dict(INVITED_ROLES):
        raise InvitationRefused("role", "Choose one of the roles.")
    members = Membership.objects.filter(workspace=workspace, user__email__iexact=email)
    if members.exists():
        raise InvitationRefused("email", f"{email} is a member already.")
    if Invitation.objects.filter(workspace=workspace, accepted_at=None).count() >= MOST_OPEN:
        text = f"{MOST_OPEN} invitations are open. Revoke some that nobody will accept."
        raise InvitationRefused("email", text)
    _check_pace(workspace)
    try:
        with transaction.atomic():
            made = Invitation.objects.create(
                workspace=workspace,
                email=email,
                role=role,
                invited_by=by,
                expires_at=timezone.now() + timedelta(days=VALID_DAYS),
            )
            _write_notice(made, by)
    except IntegrityError as error:
        if "invitation_open_once" not in str(error):
            raise
        text = f"{email} is invited already. Send that invitation again, or revoke it first."
        raise InvitationRefused("email", text) from error
    return made


@transaction.atomic
def resend(invitation: Invitation, by: User) -> None:
    """Send a fresh link; earlier ones end. Raises ``InvitationRefused``, ``InvitationOver``."""
    held = Invitation.objects.select_for_update().filter(pk=invitation.pk, accepted_at=None).first()
    if held is None:
        raise InvitationOver
    recent = timezone.now() - RESEND_AFTER
    if Notice.objects.filter(invitation=held, created_at__gt=recent).exists():
        text = f"It went to {held.email} less than a minute ago. Wait a little before another."
        raise InvitationRefused("email", text)
    _check_pace(held.workspace)
    held.nonce = uuid.uuid4()
    held.expires_at = timezone.now() + timedelta(days=VALID_DAYS)
    held.save(update_fields=["nonce", "expires_at"])
    held.notices.filter(sent_at=None).delete()
    _write_notice(held, by)


@transaction.atomic
def revoke(invitation: Invitation) -> None:
    """End an invitation, its link, and its e-mail where that has not gone out."""
    invitation.notices.filter(sent_at=None).delete()
    invitation.delete()


def link_path(invitation: Invitation) -> str:
    """The path of the invitation's page: what whoever has it may accept it with."""
    token = signing.dumps([invitation.pk, invitation.nonce.hex], salt=_SALT)
    return reverse("workspaces:invitation", args=[token])


def find_invitation(token: str) -> Invitation | None:
    """The open invitation of a link; None for one that is forged, used, replaced or too old."""
    try:
        pk, nonce = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    rows = Invitation.objects.filter(
        pk=pk, nonce=uuid.UUID(hex=nonce), accepted_at=None, expires_at__gt=timezone.now()
    )
    return rows.select_related("workspace", "invited_by").first()


@transaction.atomic
def accept(invitation: Invitation, user: User) -> Membership:
    """Make the person a member; whoever is one already keeps the role.

    Raises ``InvitationOver``, ``WrongPerson``.
    """
    held = Invitation.objects.select_for_update().filter(
        pk=invitation.pk,
        nonce=invitation.nonce,
        accepted_at=None,
        expires_at__gt=timezone.now(),
    )
    found = held.first()
    if found is None:
        raise InvitationOver
    if user.email.lower() != found.email.lower():
        raise WrongPerson
    member, _ = Membership.objects.get_or_create(
        workspace=found.workspace, user=user, defaults={"role": found.role}
    )
    found.accepted_at, found.accepted_by = timezone.now(), user
    found.save(update_fields=["accepted_at", "accepted_by"])
    return member


@transaction.atomic
def join(invitation: Invitation, *, name: str, password: str) -> User:
    """Make an account for the invited address and a member of it.

    The link went to the address, so nobody takes a name that is not theirs. Raises
    ``InvitationOver``, also when an account was made meanwhile.
    """
    if User.objects.filter(email__iexact=invitation.email).exists():
        raise InvitationOver
    try:
        with transaction.atomic():
            user = User.objects.create_user(invitation.email, password, name=name)
    except IntegrityError as error:
        raise InvitationOver from error
    accept(invitation, user)
    return user


def _check_pace(workspace: Workspace) -> None:
    day = timezone.now() - timedelta(days=1)
    sent = Notice.objects.filter(
        workspace=workspace, kind=Notice.Kind.INVITATION, created_at__gt=day
    )
    if sent.count() >= MOST_A_DAY:
        text = f"{MOST_A_DAY} invitations went out within a day. Send further ones tomorrow."
        raise InvitationRefused("email", text)


def _write_notice(invitation: Invitation, by: User) -> None:
    """Names are what people call themselves, and the letter goes to a stranger: one short line."""
    role = invitation.get_role_display().lower()
    article = "an" if role[0] in "aeiou" else "a"
    person, room = one_line(by, 60), one_line(invitation.workspace.name, 60)
    Notice.objects.create(
        workspace=invitation.workspace,
        email=invitation.email,
        kind=Notice.Kind.INVITATION,
        invitation=invitation,
        subject=f"{person} invites you to {room} on Copyloom",
        body=(
            f"{person} ({by.email}) invites you to the workspace {room} as {article} {role}."
            f"\n\nThe link works once, for this address, until {invitation.expires_at:%d %B %Y}."
            " If you did not expect it, do nothing."
        ),
    )
