"""The body that followers of a run get, made once for each state that it is in.

PostgreSQL is asked at every call how the run stands, and is the truth; what is kept in Redis is
the text that goes with that very state. Whoever is not let see the run gets as far as neither.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.core.cache import cache
from rest_framework.exceptions import NotFound
from rest_framework.renderers import JSONRenderer

from config.postgresql.base import prepared
from workflows.api.execution_shapes import present
from workflows.selectors import executions_of
from workspaces.api.etags import etag
from workspaces.models import Workspace

KEPT_SECONDS = 60
LONGEST = 500_000
"""Bytes; a body that is longer is made anew each time, so that Redis stays small."""
_STAND = """
SELECT e.revision, concat_ws('-', e.xmin, t.xmin, u.xmin), CASE WHEN e.status = 'pending' THEN (
           SELECT count(*) FROM workflows_workflowexecution p
            WHERE p.workspace_id = e.workspace_id AND p.status = 'pending' AND p.id <= e.id) END
  FROM workflows_workflowexecution e
  JOIN workflows_workflowversion v ON v.id = e.version_id
  JOIN workflows_workflowtemplate t ON t.id = v.template_id
  LEFT JOIN workspaces_user u ON u.id = e.launched_by_id
 WHERE e.id = %s AND e.workspace_id = %s
"""


@dataclass(frozen=True, slots=True)
class Stand:
    """A run at one moment, by what changes whenever its body does."""

    execution_id: int
    revision: int
    rows: str
    """Which writes the rows of run, workflow and launcher are of (``xmin``): a name may change
    without the run, and a restored database may count to the same revision again."""
    place: int | None
    """Where a pending run stands in line; it moves up without being changed itself."""

    @property
    def tag(self) -> str:
        """The ETag."""
        return tag(self.execution_id, self.revision, self.place)

    @property
    def key(self) -> str:
        """Where its body is kept."""
        return f"run-{self.execution_id}-{self.revision}-{self.rows}-{self.place}"


def tag(execution_id: int, revision: int, place: int | None) -> str:
    """The ETag of a run in one of its states."""
    return etag("execution", execution_id, revision, *([place] if place else []))


def stand_of(workspace: Workspace, execution_id: int) -> Stand:
    """How a run of the workspace stands, in one query that reads none of its steps.

    Raises ``NotFound``.
    """
    with prepared() as cursor:
        cursor.execute(_STAND, [execution_id, workspace.pk])
        row = cursor.fetchone()
    if row is None:
        raise NotFound("There is no such run in this workspace.")
    return Stand(execution_id, *row)


def body_of(workspace: Workspace, stand: Stand) -> bytes:
    """The run as ``Execution`` has it, as JSON; at least as new as ``stand``. Raises ``NotFound``.

    It is kept only if the run still stands so once all of it was read.
    """
    kept = cache.get(stand.key)
    if isinstance(kept, str):
        return kept.encode()
    execution = executions_of(workspace).filter(pk=stand.execution_id).first()
    if execution is None:
        raise NotFound("There is no such run in this workspace.")
    body: bytes = JSONRenderer().render(present(execution))
    if len(body) <= LONGEST and stand_of(workspace, stand.execution_id) == stand:
        cache.set(stand.key, body.decode(), KEPT_SECONDS)
    return body
