"""What the database itself refuses, whoever writes to it: by raw SQL, past every model."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, models, transaction

from tests.factories import (
    AgentJobFactory,
    EventFactory,
    ExecutionFactory,
    NodeRunFactory,
    ProviderFactory,
    ReviewDecisionFactory,
    ReviewTaskFactory,
    TemplateFactory,
    WorkspaceFactory,
)
from workflows.models import (
    AgentJob,
    ModelPrice,
    NodeRun,
    Provider,
    ReviewTask,
    WorkflowEdge,
    WorkflowNode,
    WorkflowVersion,
)

pytestmark = pytest.mark.django_db


def change(row: models.Model, **values: Any) -> int:
    """An UPDATE of the row by raw SQL; the number of rows changed."""
    places = ", ".join(f"{name} = %s" for name in values)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {row._meta.db_table} SET {places} WHERE id = %s", [*values.values(), row.pk]
        )
        return int(cursor.rowcount)


def again(row: models.Model, **values: Any) -> None:
    """A second row like this one but for the values, by raw SQL."""
    names = [field.column for field in row._meta.concrete_fields if not field.primary_key]
    chosen = ", ".join("%s" if name in values else name for name in names)
    table = row._meta.db_table
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(names)}) SELECT {chosen} FROM {table} WHERE id = %s",
            [*(values[name] for name in names if name in values), row.pk],
        )


@pytest.mark.parametrize("status", ["completed", "failed", "skipped"])
def test_an_ended_step_stays_as_it_ended(status: str) -> None:
    run = NodeRunFactory(status=status)
    with pytest.raises(IntegrityError, match=f"may not leave {status} for pending"):
        change(run, status="pending")
    assert change(run, status=status, label="Other words") == 1


@pytest.mark.parametrize("status", ["completed", "failed", "stopped"])
def test_an_ended_run_stays_as_it_ended(status: str) -> None:
    execution = ExecutionFactory(status=status)
    with pytest.raises(IntegrityError, match=f"may not leave {status} for running"):
        change(execution, status="running")


def test_a_door_that_was_rolled_back_is_closed_again() -> None:
    run = NodeRunFactory(status="failed")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SAVEPOINT before")
        cursor.execute("SELECT set_config('copyloom.door', 'retry', true)")
        cursor.execute("UPDATE workflows_noderun SET status = 'queued' WHERE id = %s", [run.pk])
        assert cursor.rowcount == 1
        cursor.execute("ROLLBACK TO SAVEPOINT before")
    with pytest.raises(IntegrityError, match="may not leave failed"):
        change(run, status="queued")


def test_the_graph_of_a_version_never_changes() -> None:
    version = TemplateFactory().current_version
    other = TemplateFactory()
    for values in ({"content_hash": "x"}, {"number": 9}, {"template_id": other.pk}):
        with pytest.raises(IntegrityError, match="rows do not change"):
            change(version, **values)
    assert change(version, note="A note may be corrected") == 1


@pytest.mark.parametrize(
    ("model", "values"),
    [
        (WorkflowNode, {"config": "{}"}),
        (WorkflowNode, {"key": "other"}),
        (WorkflowNode, {"position_x": 5}),
        (WorkflowEdge, {"target": "other"}),
        (WorkflowEdge, {"source_handle": "else"}),
    ],
)
def test_steps_and_edges_of_a_version_never_change(model: Any, values: dict[str, Any]) -> None:
    row = model.objects.filter(version=TemplateFactory().current_version).last()
    with pytest.raises(IntegrityError, match="rows do not change"):
        change(row, **values)


@pytest.mark.parametrize(
    "values", [{"kind": "run.completed"}, {"data": '{"a": 1}'}, {"at": "2020-01-01"}]
)
def test_what_an_event_tells_is_never_rewritten(values: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match="rows do not change"):
        change(EventFactory(), **values)


@pytest.mark.parametrize(
    "values",
    [
        {"verdict": "reject"},
        {"comment": "I never said so"},
        {"data": "{}"},
        {"before_hash": "x"},
        {"after_hash": "x"},
        {"at": "2020-01-01"},
    ],
)
def test_a_decision_is_never_rewritten(values: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match="rows do not change"):
        change(ReviewDecisionFactory(), **values)


def test_history_outlives_the_person_who_made_it() -> None:
    decision, event = ReviewDecisionFactory(), EventFactory()
    decision.user.delete()
    event.actor.delete()
    decision.refresh_from_db()
    event.refresh_from_db()
    assert decision.user is None
    assert event.actor is None
    assert decision.verdict == "approve"


def test_a_review_has_one_decision() -> None:
    with pytest.raises(IntegrityError):
        again(ReviewDecisionFactory(), verdict="reject")


def test_a_step_has_one_row_a_lane() -> None:
    run = NodeRunFactory(lane="1")
    with pytest.raises(IntegrityError, match="node_run_once"):
        again(run)
    again(run, lane="2")
    assert NodeRun.objects.filter(execution=run.execution).count() == 2


def test_a_step_has_one_open_review() -> None:
    task = ReviewTaskFactory()
    with pytest.raises(IntegrityError, match="review_one_open"):
        again(task, round=2)
    with pytest.raises(IntegrityError, match="review_round_once"):
        again(task, state="approved")
    change(task, state="changes_requested")
    again(task, round=2, state="waiting")
    assert ReviewTask.objects.count() == 2


def test_an_agent_has_one_open_job_a_round() -> None:
    job = AgentJobFactory(status="running")
    for status in ("pending", "running"):
        with pytest.raises(IntegrityError, match="agent_job_one_open"):
            again(job, attempt=2, status=status)
    with pytest.raises(IntegrityError, match="agent_job_once"):
        again(job, status="unknown")
    again(job, attempt=2, status="unknown")
    again(job, round=2)
    assert AgentJob.objects.count() == 3


@pytest.mark.parametrize(
    ("factory", "field", "constraint"),
    [
        (NodeRunFactory, "status", "node_run_status_known"),
        (ExecutionFactory, "status", "execution_status_known"),
        (AgentJobFactory, "status", "agent_job_status_known"),
        (ReviewTaskFactory, "state", "review_state_known"),
    ],
)
def test_only_known_statuses_are_stored(factory: Any, field: str, constraint: str) -> None:
    rows = {"status": "pending"} if field == "status" else {}
    with pytest.raises(IntegrityError, match=constraint):
        change(factory(**rows), **{field: "odd"})


def test_a_running_step_has_a_token() -> None:
    run = NodeRunFactory(status="queued")
    with pytest.raises(IntegrityError, match="node_run_running_has_token"):
        change(run, status="running")
    assert change(run, status="running", token=uuid.uuid4()) == 1


def test_a_waiting_step_says_what_it_waits_for() -> None:
    run = NodeRunFactory(status="queued")
    with pytest.raises(IntegrityError, match="node_run_waits_for"):
        change(run, status="waiting")
    assert change(run, status="waiting", wait_for="people") == 1


def test_numbers_that_count_are_never_negative() -> None:
    with pytest.raises(IntegrityError):
        change(NodeRunFactory(), loss_count=-1)


def test_a_version_that_a_run_pins_cannot_be_deleted() -> None:
    execution = ExecutionFactory()
    with pytest.raises(models.ProtectedError):
        execution.version.delete()
    with pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM workflows_workflowversion WHERE id = %s", [execution.version_id]
        )
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_template_numbers_each_version_once_but_drafts_have_no_number() -> None:
    version = TemplateFactory().current_version
    with pytest.raises(IntegrityError, match="version_number_once"):
        again(version)
    again(version, number=None)
    again(version, number=None)
    assert WorkflowVersion.objects.filter(template=version.template).count() == 3


@pytest.mark.parametrize("key", ["Upper", "1st", "a-b", "", "a" * 41])
def test_step_keys_are_plain_names(key: str) -> None:
    node = TemplateFactory().current_version.nodes.first()
    with pytest.raises(DatabaseError):
        again(node, key=key)


def test_a_step_key_stands_once_in_a_version() -> None:
    node = TemplateFactory().current_version.nodes.first()
    with pytest.raises(IntegrityError, match="node_key_once"):
        again(node)


def test_a_slug_names_one_workflow_of_a_workspace_and_one_of_the_instance() -> None:
    own, shared = TemplateFactory(), TemplateFactory(workspace=None)
    with pytest.raises(IntegrityError, match="template_slug_once"):
        again(own)
    with pytest.raises(IntegrityError, match="template_global_slug_once"):
        again(shared)
    again(own, workspace_id=WorkspaceFactory().pk)


def test_a_service_behind_an_api_has_an_address() -> None:
    with pytest.raises(IntegrityError, match="provider_has_base_url"):
        change(ProviderFactory(), base_url="")


@pytest.mark.parametrize(
    "name", ["DATABASE_URL", "SECRET_KEY", "my_api_key", "API_KEY_FILE", "A=B"]
)
def test_no_other_secret_of_the_process_can_be_named_as_a_key(name: str) -> None:
    with pytest.raises(IntegrityError, match="provider_api_key_env_is_a_key"):
        change(ProviderFactory(), api_key_env=name)


def test_a_workspace_cannot_send_the_instances_key_to_its_own_service() -> None:
    row = ProviderFactory(workspace=WorkspaceFactory())
    with pytest.raises(IntegrityError, match="provider_own_row_has_own_key"):
        change(row, api_key_env="OPENAI_API_KEY")


@pytest.mark.parametrize("own", [True, False])
def test_a_provider_slug_and_each_default_stand_once(own: bool) -> None:
    room = WorkspaceFactory() if own else None
    row = ProviderFactory(workspace=room, default_for_copy=True, default_for_images=True)
    plain = {"default_for_copy": False, "default_for_images": False}
    with pytest.raises(IntegrityError, match="slug_once"):
        again(row, **plain)
    with pytest.raises(IntegrityError, match="provider_one_copy_default"):
        again(row, **{**plain, "slug": "other", "default_for_copy": True})
    with pytest.raises(IntegrityError, match="provider_one_image_default"):
        again(row, **{**plain, "slug": "other", "default_for_images": True})
    again(row, **plain, slug="other")
    assert Provider.objects.count() == 2


def test_a_model_has_one_price_at_a_provider() -> None:
    price = ModelPrice.objects.create(provider=ProviderFactory(), model="m")
    with pytest.raises(IntegrityError, match="model_price_once"):
        again(price)
