"""Runs one claimed step: variables, config, the node's own work, and its end."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Mapping
from typing import Any, cast

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.utils.functional import SimpleLazyObject
from pydantic import ValidationError

from workflows.executions import finish
from workflows.executions.agents import AgentRunner
from workflows.executions.claim import Claim, hand_back
from workflows.executions.context import Context, render
from workflows.executions.reserve import NoAgentFree
from workflows.executions.scope import build_scope
from workflows.graph.model import Node
from workflows.models import NodeRun, WorkflowExecution
from workflows.nodes import registry
from workflows.nodes.base import NodeConfig, NodeError, NodeResult, NodeType, as_issue
from workflows.nodes.fields import Hint, is_templated, map_config
from workflows.providers.base import Deadline, ErrorCode, ProviderError
from workflows.versions import graph_of

log = structlog.get_logger(__name__)


def run(claim: Claim, cancelled: threading.Event) -> None:
    """Do the step and write how it ended; a lost claim writes nothing.

    ``cancelled`` is set by the watchdog when the claim is lost, the run was stopped or its time
    is over.
    """
    record = claim.run
    try:
        try:
            result = _work(claim, record, cancelled)
            finish.complete(claim, record.input, result)
        except NodeError as error:
            finish.fail(claim, record.input, error)
        except (finish.ClaimLost, NoAgentFree):
            raise
        except SystemExit:
            hand_back(claim)
            raise
        except (OperationalError, InterfaceError) as error:
            cancelled.set()
            _leave_to_another(claim, error)
        except Exception as error:  # noqa: BLE001 - a bug in a node must end the step, not the worker
            finish.fail(claim, record.input, _as_bug(error, claim))
    except NoAgentFree:
        log.info("step parked", node_run=claim.node_run_id, attempt=claim.attempt)
    except finish.ClaimLost:
        log.info("claim lost", node_run=claim.node_run_id, attempt=claim.attempt)


def _leave_to_another(claim: Claim, error: Exception) -> None:
    """Hand the step back after the database went away; its finished agents are on the ledger.

    A commit whose answer was lost shows here: the claim is no longer ours, and all is well. With
    the database away for longer than a lease, ``reconcile`` does the same.
    """
    log.warning(
        "database lost", node_run=claim.node_run_id, attempt=claim.attempt, error=str(error)[:200]
    )
    ends = time.monotonic() + settings.ENGINE.lease_seconds
    while time.monotonic() < ends:
        connection.close()
        try:
            hand_back(claim)
        except (OperationalError, InterfaceError):
            time.sleep(min(1.0, settings.ENGINE.renew_seconds))
        else:
            return


def _work(claim: Claim, record: NodeRun, cancelled: threading.Event) -> NodeResult:
    graph = graph_of(claim.version_id)
    node = graph.by_key[record.key]
    kind = registry.get(node.type)
    execution = cast("WorkflowExecution", SimpleLazyObject(lambda: _execution(claim)))
    scope = build_scope(execution, graph, node, record) if _reads(kind, node) else {}
    config = filled_config(kind, node.config, scope)
    record.input = config.model_dump(mode="json")
    seconds = min(settings.ENGINE.node_deadline_seconds, claim.seconds_left or 1)
    context = Context(
        execution=execution,
        key=record.key,
        lane=record.lane,
        round=record.round,
        feedback=record.feedback,
        scope=scope,
        agents=lambda calls, retry: AgentRunner(
            claim, record, execution, Deadline(seconds, cancelled)
        ).run(calls, retry),
    )
    try:
        return kind.run(config, context)
    except ProviderError as error:
        raise as_node_error(error) from error


def _execution(claim: Claim) -> WorkflowExecution:
    """The run, read when a step first needs it: one without variables never does."""
    rows = WorkflowExecution.objects.select_related("workspace", "project")
    return rows.get(pk=claim.execution_id)


def _reads(kind: NodeType[Any], node: Node) -> bool:
    """Whether the step reads any variable; the brief reads its own questions."""
    return kind.is_root or any(
        reference.kind != "template" or is_templated(reference.text)
        for reference in kind.references(node.config)
    )


def filled_config(
    kind: NodeType[Any], config: Mapping[str, Any], scope: Mapping[str, Any]
) -> NodeConfig:
    """The config with every template rendered, then checked in full. Raises ``NodeError``."""

    def fill(path: str, field_kind: str, text: str, hint: Hint) -> str:
        if field_kind != "template" or hint.extra_roots:
            return text
        return render(text, scope, field=path)

    try:
        checked: NodeConfig = kind.config_model.model_validate(
            map_config(kind.config_model, config, fill)
        )
    except ValidationError as error:
        issues = [as_issue(detail) for detail in error.errors()]
        raise NodeError(
            "bad_config",
            " ".join(issue.message for issue in issues),
            hint="The step's settings did not fit once its variables were filled in.",
        ) from error
    return checked


def as_node_error(error: ProviderError) -> NodeError:
    """A provider's refusal as the step's."""
    return NodeError(
        error.code.value,
        error.message,
        hint=error.hint,
        retryable=error.retryable or error.code in (ErrorCode.AUTH, ErrorCode.QUOTA),
    )


def _as_bug(error: Exception, claim: Claim) -> NodeError:
    reference = uuid.uuid4().hex[:8]
    log.exception("node failed with a bug", reference=reference, node_run=claim.node_run_id)
    return NodeError(
        "internal",
        f"Something went wrong inside Copyloom (reference {reference}: {type(error).__name__}).",
        hint="Retry the step. If it happens again, give the reference to your administrator.",
        retryable=True,
    )
