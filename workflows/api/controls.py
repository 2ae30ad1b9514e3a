"""Control of a run: hold it, let it go on, end it, mend it."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from workflows.api import execution_shapes as shapes
from workflows.api.executions import ExecutionView, tag_of
from workflows.api.problems import illegal_moves
from workflows.executions.pause import pause
from workflows.executions.resume import resume
from workflows.executions.retry import retry
from workflows.executions.skip import skip
from workflows.executions.stop import stop
from workflows.selectors import executions_of
from workspaces.access import Action
from workspaces.api.base import WorkspaceRequest
from workspaces.api.idempotency import idempotent


class ControlView(ExecutionView):
    """A view that moves one run of the workspace."""

    actions = {"POST": Action.RUN}

    def answer(self, execution_id: int) -> Response:
        """The run as it stands after the move."""
        execution = executions_of(self.workspace).get(pk=execution_id)
        return Response(shapes.present(execution), headers={"ETag": tag_of(execution)})


class PauseView(ControlView):
    """Hold."""

    @extend_schema(
        operation_id="pause_execution",
        request=shapes.NoBody,
        responses={200: shapes.Execution},
    )
    @idempotent(atomic=True)
    def post(self, request: WorkspaceRequest, execution_id: int) -> Response:
        """Pause a pending or running run: what runs finishes, nothing new starts.

        Paused time does not count against the run's limit. A run in any other state is 409.
        """
        run = self.find(execution_id)
        self.body(shapes.NoBody)
        with illegal_moves():
            pause(run.pk, user=request.user)
        return self.answer(run.pk)


class ResumeView(ControlView):
    """Go on."""

    @extend_schema(
        operation_id="resume_execution",
        request=shapes.NoBody,
        responses={200: shapes.Execution},
    )
    @idempotent(atomic=True)
    def post(self, request: WorkspaceRequest, execution_id: int) -> Response:
        """Let a paused run go on. A run in any other state is 409."""
        run = self.find(execution_id)
        self.body(shapes.NoBody)
        with illegal_moves():
            resume(run.pk, user=request.user)
        return self.answer(run.pk)


class StopView(ControlView):
    """End."""

    @extend_schema(
        operation_id="stop_execution",
        request=shapes.NoBody,
        responses={200: shapes.Execution},
    )
    @idempotent(atomic=True)
    def post(self, request: WorkspaceRequest, execution_id: int) -> Response:
        """Stop a run for good: what has finished is kept, everything else is skipped.

        Answers of calls that are under way keep their cost and are dropped. A run that has ended
        is 409.
        """
        run = self.find(execution_id)
        self.body(shapes.NoBody)
        with illegal_moves():
            stop(run.pk, user=request.user)
        return self.answer(run.pk)


class RetryView(ControlView):
    """Try again."""

    @extend_schema(
        operation_id="retry_node",
        request=shapes.RetryBody,
        responses={200: shapes.Execution},
    )
    @idempotent(atomic=True)
    def post(self, request: WorkspaceRequest, execution_id: int) -> Response:
        """Try failed steps again: one, one lane of it, or without a `key` all that have failed.

        Agents that have finished are kept, the others are called again; with `fresh` all are. A
        failed run goes on. A step that has not failed is 409, one that is not there 404.
        """
        run, body = self.find(execution_id), self.body(shapes.RetryBody)
        with illegal_moves():
            retry(
                run.pk,
                key=body.get("key"),
                lane=body.get("lane") or None,
                fresh=body.get("fresh", False),
                user=request.user,
            )
        return self.answer(run.pk)


class SkipView(ControlView):
    """Do without."""

    @extend_schema(
        operation_id="skip_node",
        request=shapes.SkipBody,
        responses={200: shapes.Execution},
    )
    @idempotent(atomic=True)
    def post(self, request: WorkspaceRequest, execution_id: int) -> Response:
        """Go on without a failed step, or one lane of it.

        What its agents had finished is handed on. A step that has not failed is 409, one that is
        not there 404.
        """
        run, body = self.find(execution_id), self.body(shapes.SkipBody)
        with illegal_moves():
            skip(run.pk, key=body["key"], lane=body.get("lane") or None, user=request.user)
        return self.answer(run.pk)
