"""Every crash point in three modes: the process dies there, fails there, or fails once committed.

Each test fails if its point was not reached. Afterwards the run comes to its end, nothing is
doubled, and the service was asked no more than the crash explains.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from tests.conftest import add_providers
from tests.crashing import MODES
from tests.scripted_openai import ScriptedOpenAI
from tests.workflows.executions import crash_source
from tests.workflows.executions.crash_clicks import clicks, decides, starts
from tests.workflows.executions.crash_requests import (
    cannot_draw,
    draws_anew,
    presses_launch,
    repeats,
    tries_draft,
)
from tests.workflows.executions.crash_site import Site
from tests.workflows.executions.crash_stages import (
    Stage,
    after_a_death,
    beside_another,
    closes_what_is_open,
    expires,
    fills,
    in_flow,
    overdue,
    pictured,
    refused,
    sends_again,
    slowly,
    takes_over,
    unsticks,
    without_database,
)
from tests.zygote import Zygote
from workflows import queue
from workspaces.models import Workspace

TIMINGS = {
    "lease_seconds": 1.5,
    "renew_seconds": 0.3,
    "unsent_seconds": 0.2,
    "unknown_seconds": 0.3,
}


@pytest.fixture(scope="module")
def ground(django_db_setup: None, tmp_path_factory: Any) -> Iterator[tuple[Zygote, ScriptedOpenAI]]:
    """One service and zygote for all of these tests."""
    zygote = Zygote(
        {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
            "TEST_DATABASE_NAME": connections["default"].settings_dict["NAME"],
            "TEST_MEDIA_ROOT": str(tmp_path_factory.mktemp("media")),
            "TEST_ENGINE": ",".join(f"{name}={value}" for name, value in TIMINGS.items()),
        }
    )
    with ScriptedOpenAI() as server:
        yield zygote, server
    zygote.close()


@pytest.fixture
def site(
    transactional_db: None,
    redis_queue: None,
    ground: tuple[Zygote, ScriptedOpenAI],
    workspace: Workspace,
    settings: Any,
    tmp_path: Path,
) -> Iterator[Site]:
    """An empty database and queue, and nothing that runs."""
    settings.ENGINE = replace(settings.ENGINE, **TIMINGS)
    zygote, server = ground
    server.latency = 0.02
    add_providers(server.base_url)
    queue.epoch_is_new()
    yield Site(zygote, server, workspace, tmp_path)
    zygote.end_all()
    server.forget()


@dataclass(frozen=True)
class Case:
    """A point, and how a process comes by it."""

    point: str
    stage: Stage
    nth: int = 1


def both(name: str, stage: Stage, nth: int = 1) -> list[Case]:
    """The points before and after the commit of a decision."""
    return [Case(f"{name}.{side}_commit", stage, nth) for side in ("before", "after")]


CASES = [
    *(Case(point, in_flow, 2) for point in ("job.dequeued", "job.done", "claim.after_commit")),
    *(Case(point, in_flow, 2) for point in ("dispatch.before_send", "dispatch.after_send")),
    *both("reserve.reserve", in_flow),
    Case("ledger.jobs_opened", in_flow),
    *(Case(point, in_flow, 2) for point in ("ledger.call_written", "provider.before_call")),
    Case("provider.answered", in_flow, 2),
    *(Case(point, pictured) for point in ("object.before_put", "object.after_put")),
    *both("ledger.complete", in_flow, 2),
    *both("finish.complete", in_flow, 2),
    *both("finish.complete", pictured, 4),
    Case("watch.renewed", slowly),
    Case("ledger.job_closed", after_a_death),
    *both("ledger.fail", refused),
    *both("finish.fail", refused),
    *both("reserve.give_back", beside_another),
    *both("claim.hand_back", without_database),
    *both("reconcile.lose", takes_over),
    Case("dispatch.before_send", sends_again),
    Case("dispatch.after_send", sends_again),
    *both("reconcile.go_on", unsticks),
    *both("reconcile.fill", fills),
    *both("expire.expire", expires),
    *both("decide.fail", overdue),
    Case("reconcile.left_open_closed", closes_what_is_open),
    *both("launch.write", starts),
    *(
        case
        for verb in ("pause", "resume", "stop", "retry", "skip")
        for case in both(f"{verb}.{verb}", clicks(verb))
    ),
    *both("decide.decide", decides),
    *both("launch_once.launch_once", presses_launch),
    *both("launch.launch_draft", tries_draft),
    Case("idempotency.claimed", repeats),
    *both("idempotency", repeats),
    *both("regenerate.order", draws_anew),
    *both("regenerate.replace", draws_anew),
    Case("extra.signed", draws_anew),
    Case("extra.given_up", cannot_draw),
    Case("provider.answered", draws_anew),
]


def test_every_crash_point_of_the_source_is_tested() -> None:
    assert {case.point for case in CASES} == crash_source.points()
    assert len(crash_source.points()) >= 25


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.point}-{case.stage.__name__}")
def test_a_crash_loses_and_doubles_nothing(site: Site, case: Case, mode: str) -> None:
    case.stage(site, f"{case.point}:{mode}:{case.nth}", mode)
