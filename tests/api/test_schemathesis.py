"""Whatever is sent to it, every operation answers as its description says and never with a 500."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
import yaml
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from config.wsgi import application
from scripts.openapi import TARGET
from tests.api.conftest import key_of
from tests.api.furnished import furnish
from tests.engine import Drive
from workspaces.models import User, Workspace

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
CONFIG = SchemathesisConfig.from_dict({"generation": {"database": "none"}})
schema = schemathesis.openapi.from_path(TARGET, config=CONFIG)
schema.app = application


@pytest.fixture
def known(workspace: Workspace, owner: User, providers: Any, drive: Drive) -> dict[str, Any]:
    """What the generated ids are replaced by, every other time."""
    return furnish(workspace, owner, drive)


@pytest.fixture
def key(workspace: Workspace, owner: User) -> str:
    """A key that may do everything."""
    return key_of(owner, workspace)


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """Requests share the test's transaction, so none may close its connection."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """No log: thousands of refusals would be drawn for nobody."""
    logging.disable()
    yield
    logging.disable(logging.NOTSET)


class Turns:
    """Tells every other time."""

    def __init__(self) -> None:
        self.count = 0

    def next(self) -> bool:
        self.count += 1
        return self.count % 2 == 1


def point(values: Any, known: dict[str, Any]) -> Any:
    """The generated values with ids of rows that there are."""
    if not isinstance(values, dict):
        return values
    return {name: known.get(name, value) for name, value in values.items()}


@pytest.fixture
def turns() -> Turns:
    return Turns()


def send_and_check(case: schemathesis.Case, known: dict[str, Any], key: str, turns: Turns) -> None:
    """One call, answered as described; whatever it did is undone."""
    if turns.next():
        case.path_parameters = point(case.path_parameters, known)
        case.body = point(case.body, known)
    with transaction.atomic():
        response = case.call(headers={"Authorization": f"Token {key}"})
        # The next call finds everything as this one did.
        transaction.set_rollback(True)
    case.validate_response(response, checks=CHECKS)


def _test_of(operation_id: str) -> Any:
    @schema.include(operation_id=operation_id).parametrize()
    @settings(
        max_examples=20,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def test(case: schemathesis.Case, known: dict[str, Any], key: str, turns: Turns) -> None:
        send_and_check(case, known, key, turns)

    return test


def operation_ids() -> list[str]:
    """The names of all operations."""
    return [one.ok().definition.raw["operationId"] for one in schema.get_all_operations()]


# One test for each, by name: processes that share the tests tell them apart by their names.
for name in operation_ids():
    globals()[f"test_{name}_keeps_its_word"] = _test_of(name)


def test_no_operation_is_left_out() -> None:
    described = yaml.load(TARGET.read_text(), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    count = sum(len(methods) for methods in described["paths"].values())
    assert count > 50
    assert len([one for one in globals() if one.endswith("_keeps_its_word")]) == count
