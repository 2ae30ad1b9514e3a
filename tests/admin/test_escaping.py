"""What people and models wrote is text and never markup."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import Model
from django.test import Client

from tests import factories as make
from tests.admin.conftest import page
from tests.graphs import brief, graph, text

HOSTILE = "<script>alert('x')</script><img src=x onerror=alert(1)>\"'>"
DEEP: dict[str, Any] = {HOSTILE: HOSTILE, "list": [HOSTILE], "deep": {"deeper": {"k": HOSTILE}}}


def _run() -> Model:
    run = make.ExecutionFactory(
        title=HOSTILE, inputs=DEEP, error=DEEP, workspace__name=HOSTILE, launched_by__name=HOSTILE
    )
    make.NodeRunFactory(execution=run, error={"message": HOSTILE}, lane="<b>")
    return run


def _step() -> Model:
    step = make.NodeRunFactory(
        execution__title=HOSTILE,
        label=HOSTILE,
        input=DEEP,
        output=DEEP,
        error=DEEP,
        item=DEEP,
        history=[DEEP],
        feedback=HOSTILE,
    )
    make.AgentJobFactory(node_run=step, model=HOSTILE, error={"message": HOSTILE})
    return step


def _review() -> Model:
    shown = [
        {"id": HOSTILE, "kind": "copy", "text": HOSTILE},
        {"id": "i", "kind": "image", "image": {"id": 1, "alt_text": HOSTILE}},
        {"id": "j", "kind": "image", "image": {"id": HOSTILE}},
    ]
    task = make.ReviewTaskFactory(items=shown, instructions=HOSTILE, rules=DEEP, state="approved")
    make.ReviewDecisionFactory(task=task, comment=HOSTILE, data=DEEP, user__name=HOSTILE)
    return task


def _entry() -> Model:
    drawn = graph([brief("topic"), {**text("teaser"), "label": HOSTILE}], "brief > teaser")
    template = make.TemplateFactory(workspace=None, name=HOSTILE, graph=drawn)
    return make.GalleryEntryFactory(template=template, title=HOSTILE, summary=HOSTILE, sample=DEEP)


def _template() -> Model:
    drawn = graph([brief("topic"), text("teaser", HOSTILE)], "brief > teaser")
    return make.TemplateFactory(
        name=HOSTILE, description=HOSTILE, tags=[HOSTILE[:40]], draft=DEEP, graph=drawn
    )


MAKERS: dict[str, Callable[[], Model]] = {
    "run": _run,
    "step": _step,
    "agent": lambda: make.AgentJobFactory(
        model=HOSTILE, output=DEEP, error=DEEP, calls=[DEEP], node_run__execution__title=HOSTILE
    ),
    "event": lambda: make.EventFactory(kind="<b>bold</b>", data=DEEP),
    "review": _review,
    "template": _template,
    "version": lambda: _template().current_version,  # type: ignore[attr-defined]
    "gallery entry": _entry,
    "category": lambda: make.CategoryFactory(name=HOSTILE[:60]),
    "worker": lambda: make.WorkerBeatFactory(name=HOSTILE[:80], host=HOSTILE),
    "workspace": lambda: (
        make.MembershipFactory(workspace__name=HOSTILE, user__name=HOSTILE).workspace
    ),
    "person": lambda: make.MembershipFactory(workspace__name=HOSTILE, user__name=HOSTILE).user,
    "project": lambda: make.ProjectFactory(name=HOSTILE, description=HOSTILE),
    "document": lambda: make.DocumentFactory(title=HOSTILE, body=HOSTILE),
}


@pytest.mark.parametrize("name", MAKERS)
def test_hostile_text_is_escaped(name: str, root: Client) -> None:
    row = MAKERS[name]()
    for address in (page(type(row), "changelist"), page(type(row), "change", row.pk)):
        body = root.get(address).content.decode()
        assert "<script>alert" not in body, address
        assert "<img src=x" not in body, address
        assert "<b>bold" not in body, address
    assert "&lt;" in body
