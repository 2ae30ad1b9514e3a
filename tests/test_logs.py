"""What the logs keep to themselves."""

from __future__ import annotations

import io
import logging
from typing import Any

import pytest
from django.test import Client

from tests import factories as make
from workspaces.invitations import link_path

pytestmark = pytest.mark.django_db


@pytest.fixture
def lines() -> Any:
    """The text of the log as the site writes it."""
    site = logging.getLogger().handlers
    formatter = next(one.formatter for one in site if "Processor" in type(one.formatter).__name__)
    handler = logging.StreamHandler(io.StringIO())
    handler.setFormatter(formatter)
    logging.getLogger().addHandler(handler)
    yield handler.stream
    logging.getLogger().removeHandler(handler)


def test_links_that_let_somebody_in_are_not_logged(lines: Any) -> None:
    link = link_path(make.InvitationFactory())
    secret = link.rsplit("/", 1)[1]
    reset = "/accounts/password/reset/key/1-abcdef-0123456789/"
    Client().get(link)
    assert Client().post(link, {}).status_code == 422
    Client().get(reset)
    logging.getLogger("django.request").warning("Not Found: %s", link)
    text = lines.getvalue()
    assert "/invitations/…" in text
    assert "/accounts/password/reset/key/…" in text
    assert secret not in text
    assert "0123456789" not in text
