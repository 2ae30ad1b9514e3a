"""The log line of a request."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from django.test import Client

from workspaces.models import User

pytestmark = pytest.mark.django_db


def test_a_request_is_one_line_with_who_what_and_how_long(
    viewer: User, caplog: pytest.LogCaptureFixture
) -> None:
    client = Client(headers={"User-Agent": "Reader"})
    client.force_login(viewer)
    with caplog.at_level(logging.INFO):
        client.get("/w/alder-pine/runs")
    told: list[Any] = [one.msg for one in caplog.records if one.name.startswith("django_structlog")]
    assert [line["event"] for line in told] == ["request_finished"]
    line = told[0]
    assert line["request"] == "GET /w/alder-pine/runs"
    assert line["user_id"] == viewer.pk
    assert line["user_agent"] == "Reader"
    assert line["code"] == 200
    assert line["ms"] > 0
