"""``/api/workspaces/{slug}/invitations``: who is asked in."""

from __future__ import annotations

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.response import Response

from workspaces.access import Action
from workspaces.api.base import WorkspaceRequest, WorkspaceView
from workspaces.api.errors import refused
from workspaces.api.idempotency import idempotent
from workspaces.api.member_shapes import InvitationInput, InvitationShape
from workspaces.invitations import InvitationRefused, invite, revoke
from workspaces.models import Invitation


class InvitationList(WorkspaceView):
    """The open invitations of the workspace."""

    actions = {"GET": Action.ADMIN, "POST": Action.ADMIN}

    @extend_schema(operation_id="list_invitations", responses=InvitationShape(many=True))
    def get(self, request: WorkspaceRequest, workspace_slug: str) -> Response:
        """List open invitations, expired ones among them."""
        rows = Invitation.objects.filter(workspace=self.workspace, accepted_at=None)
        return self.page(rows.select_related("invited_by"), InvitationShape)

    @extend_schema(
        operation_id="create_invitation",
        request=InvitationInput,
        responses={201: InvitationShape},
    )
    @idempotent(atomic=True)
    def post(self, request: WorkspaceRequest, workspace_slug: str) -> Response:
        """Invite somebody by e-mail. The link in it works once, for that address, for a week."""
        values = self.body(InvitationInput)
        try:
            made = invite(workspace=self.workspace, by=request.user, **values)
        except InvitationRefused as error:
            raise refused(error.field, str(error), "refused") from error
        return Response(InvitationShape(made).data, status=status.HTTP_201_CREATED)


class InvitationDetail(WorkspaceView):
    """One open invitation."""

    actions = {"DELETE": Action.ADMIN}

    @extend_schema(operation_id="revoke_invitation", responses={204: None})
    def delete(
        self, request: WorkspaceRequest, workspace_slug: str, invitation_id: int
    ) -> Response:
        """Revoke an invitation: its link ends, and its e-mail where that has not gone out."""
        rows = Invitation.objects.filter(workspace=self.workspace, accepted_at=None)
        invitation = rows.filter(pk=invitation_id).first()
        if invitation is None:
            raise Http404
        revoke(invitation)
        return Response(status=status.HTTP_204_NO_CONTENT)
