"""``/api/workspaces/{slug}/members``: who belongs there, and as what."""

from __future__ import annotations

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import PermissionDenied
from rest_framework.response import Response

from workspaces.access import Action
from workspaces.api.base import WorkspaceRequest, WorkspaceView
from workspaces.api.errors import Conflict
from workspaces.api.member_shapes import MemberInput, MemberShape
from workspaces.members import LastOwner, MemberRefused, change_role, remove_member
from workspaces.models import Membership


class MemberList(WorkspaceView):
    """The members of the workspace."""

    actions = {"GET": Action.VIEW}

    @extend_schema(operation_id="list_members", responses=MemberShape(many=True))
    def get(self, request: WorkspaceRequest, workspace_slug: str) -> Response:
        """List members, newest first."""
        rows = Membership.objects.filter(workspace=self.workspace).select_related("user")
        return self.page(rows, MemberShape)


class MemberDetail(WorkspaceView):
    """One member."""

    actions = {"GET": Action.VIEW, "PATCH": Action.ADMIN, "DELETE": Action.ADMIN}

    @extend_schema(operation_id="get_member", responses=MemberShape)
    def get(self, request: WorkspaceRequest, workspace_slug: str, member_id: int) -> Response:
        """Read a member."""
        return Response(MemberShape(self._member(member_id)).data)

    @extend_schema(operation_id="change_member", request=MemberInput, responses=MemberShape)
    def patch(self, request: WorkspaceRequest, workspace_slug: str, member_id: int) -> Response:
        """Give a member another role.

        Owners are made and changed by owners alone; the last owner stays one (409).
        """
        self._member(member_id)
        values = self.body(MemberInput)
        try:
            member = change_role(request.access, member_id, values["role"])
        except Membership.DoesNotExist as error:
            raise Http404 from error
        except MemberRefused as refusal:
            raise _refused(refusal, self._member(member_id)) from refusal
        return Response(MemberShape(member).data)

    @extend_schema(operation_id="remove_member", responses={204: None})
    def delete(self, request: WorkspaceRequest, workspace_slug: str, member_id: int) -> Response:
        """Remove a member, with their tokens for the workspace. What they made stays.

        Owners are removed by owners alone; the last owner stays (409).
        """
        try:
            remove_member(request.access, member_id)
        except Membership.DoesNotExist as error:
            raise Http404 from error
        except MemberRefused as refusal:
            raise _refused(refusal, self._member(member_id)) from refusal
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _member(self, member_id: int) -> Membership:
        rows = Membership.objects.filter(workspace=self.workspace, pk=member_id)
        member = rows.select_related("user").first()
        if member is None:
            raise Http404
        return member


def _refused(refusal: MemberRefused, member: Membership) -> Exception:
    if isinstance(refusal, LastOwner):
        return Conflict(str(refusal), {"role": member.role}, "last_owner")
    return PermissionDenied(str(refusal))
