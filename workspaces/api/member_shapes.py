"""Members and invitations in JSON."""

from __future__ import annotations

from rest_framework import serializers

from workspaces.api.serializers import StrictSerializer
from workspaces.api.shapes import PersonShape
from workspaces.models import INVITED_ROLES, Invitation, Membership, Role


class MemberShape(serializers.ModelSerializer[Membership]):
    """Somebody who belongs to the workspace."""

    user = PersonShape()
    role = serializers.ChoiceField(choices=Role.choices)
    is_active = serializers.BooleanField(
        source="user.is_active", help_text="False for an account that is switched off."
    )

    class Meta:
        model = Membership
        fields = ["id", "user", "role", "is_active", "created_at"]


class MemberInput(StrictSerializer):
    """What a member shall be."""

    role = serializers.ChoiceField(choices=Role.choices)


class InvitationShape(serializers.ModelSerializer[Invitation]):
    """An open invitation, without its link: that is in the e-mail alone."""

    role = serializers.ChoiceField(choices=Role.choices)
    invited_by = serializers.SerializerMethodField()

    class Meta:
        model = Invitation
        fields = ["id", "email", "role", "invited_by", "created_at", "expires_at"]

    def get_invited_by(self, invitation: Invitation) -> str | None:
        """Who asked; null when the account is gone."""
        return str(invitation.invited_by) if invitation.invited_by else None


class InvitationInput(StrictSerializer):
    """Whom to ask in, and as what."""

    email = serializers.EmailField(max_length=254)
    role = serializers.ChoiceField(choices=INVITED_ROLES, default=Role.EDITOR)
