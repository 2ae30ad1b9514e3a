"""Rows 44 and 46: the workflow or the person goes while the run goes on."""

from __future__ import annotations

from typing import Any

import pytest

from documents.models import Document
from tests.engine import Drive, outputs, statuses
from tests.faults.checks import assert_all_well
from tests.faults.site import CHAIN, Site
from tests.graphs import brief, copy, graph, node, text
from workflows.executions import finish
from workflows.executions.claim import claim
from workflows.nodes.base import NodeResult
from workflows.versions import save_version
from workspaces.models import Membership, User

pytestmark = pytest.mark.django_db(transaction=True)
WRITTEN = graph(
    [brief("t"), copy("copy"), node("doc", "attach_to_document", title="T", body="B")],
    "brief > copy > doc",
)


def test_fault_44_a_workflow_that_is_edited_while_it_runs(drive: Drive, editor: User) -> None:
    """Guard: the run pins its version, which never changes."""
    execution = drive.launch(graph([brief("t"), text("a", "first")], "brief > a"), t="x")
    drive.step()
    template = execution.version.template
    save_version(template, graph([brief("t"), text("b", "second")], "brief > b"), author=editor)
    assert drive.work(execution).status == "completed"
    assert outputs(execution)["a"] == {"text": "first"}
    assert statuses(execution).keys() == {"brief", "a"}
    assert_all_well()


def test_fault_44_a_workflow_that_is_deleted_while_it_runs(
    drive: Drive, program: Any, editor: User
) -> None:
    """Guard: ``archive`` stops the runs under way; the tokens of their workers are revoked."""
    other, execution = drive.launch(CHAIN, t="x"), drive.launch(CHAIN, t="x")
    held = claim(execution.node_runs.get(key="brief").pk, 1)
    assert held is not None
    template = execution.version.template
    client = program(editor)
    assert client.remove(f"/workflows/templates/{template.pk}").status_code == 204
    execution.refresh_from_db()
    assert execution.status == "stopped"
    with pytest.raises(finish.ClaimLost):
        finish.complete(held, {}, NodeResult({"text": "late"}))
    assert client.read(f"/executions/{execution.pk}").json()["status"] == "stopped"
    body = {"template_id": template.pk, "inputs": {"t": "tea"}}
    assert client.make("/executions/launch", body).status_code == 404
    assert drive.work(other).status == "completed"
    assert_all_well(accepted=[execution.pk, other.pk])


def test_fault_46_a_member_who_is_removed_while_the_run_goes_on(
    site: Site, program: Any, browse: Any, editor: User
) -> None:
    """Guards: the run belongs to the workspace; ``Membership`` is asked at each request."""
    site.server.latency = 1.5
    api, page = program(editor), browse(editor)
    execution = site.launch(WRITTEN)
    assert api.read(f"/executions/{execution.pk}").status_code == 200
    assert page.get(f"/w/alder-pine/runs/{execution.pk}").status_code == 200
    site.workers()
    site.calls()
    Membership.objects.filter(user=editor).delete()
    assert api.read(f"/executions/{execution.pk}").status_code in (401, 403, 404)
    assert page.get(f"/w/alder-pine/runs/{execution.pk}").status_code == 404
    site.ended(execution)
    document = Document.objects.get()
    assert document.workspace == execution.workspace
    assert api.read(f"/documents/{document.pk}").status_code in (401, 403, 404)
    site.well(execution)
