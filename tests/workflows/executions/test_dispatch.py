"""What becomes of a decision whose messages cannot be sent."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine import Drive
from tests.workflows.executions.claims import SMALL, age, messages
from workflows import queue
from workflows.executions import reconcile

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("redis")]


def test_a_bug_in_sending_breaks_no_launch_and_reconcile_sends_later(
    real: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guard: ``robust`` in ``dispatch_on_commit``, with a function that has a name."""

    def broken(runs: Any) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(queue, "send", broken)
        run = real.launch(SMALL, t="x")
    assert (run.status, messages()) == ("running", [])
    age(dispatched_at=60)
    assert reconcile.resend_lost() == 1
    assert messages() == [f"nr-{run.node_runs.get(key='brief').pk}-1"]
