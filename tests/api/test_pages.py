"""Lists come in pages that stay right, and a bad question is told so."""

from __future__ import annotations

from base64 import b64encode

import pytest

from tests import factories as make
from tests.api.conftest import Program, attrs
from workspaces.models import User, Workspace


@pytest.fixture
def names(workspace: Workspace) -> list[str]:
    """Thirty projects of the workspace, newest first."""
    made = [make.ProjectFactory(workspace=workspace).name for _ in range(30)]
    return made[::-1]


def test_a_reader_follows_the_links_to_the_end_and_back(
    names: list[str], viewer: User, program: Program, workspace: Workspace
) -> None:
    client = program(viewer)
    first = client.read("/projects").json()
    assert [row["name"] for row in first["results"]] == names[:25]
    assert first["previous"] is None
    make.ProjectFactory(workspace=workspace)
    second = client.get(first["next"]).json()
    assert [row["name"] for row in second["results"]] == names[25:]
    assert second["next"] is None
    back = client.get(second["previous"]).json()
    assert [row["name"] for row in back["results"]] == names[:25]


def test_a_page_has_the_size_asked_for_and_at_most_100(
    names: list[str], viewer: User, program: Program
) -> None:
    client = program(viewer)
    assert len(client.read("/projects?page_size=7").json()["results"]) == 7
    assert len(client.read("/projects?page_size=1000000000000").json()["results"]) == 30


@pytest.mark.parametrize("size", ["0", "-1", "x", "1.5", "", "%00", "٣", "²", "1e3"])
def test_a_size_that_is_none_is_refused(size: str, viewer: User, program: Program) -> None:
    assert attrs(program(viewer).read(f"/projects?page_size={size}")) == {"page_size"}


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "%00",
        "é",
        *(
            b64encode(text.encode()).decode()
            for text in (
                "p=x",
                "p=1\0",
                "p=%00",
                f"p={2**63}",
                f"p={'9' * 5000}",
                "o=x",
                "o=-1",
                "r=x",
                "p=2026-01-01",
            )
        ),
    ],
)
@pytest.mark.parametrize("address", ["/projects", "/workspaces/alder-pine/tokens", "/workspaces"])
def test_a_cursor_that_is_none_is_refused(
    address: str, cursor: str, viewer: User, program: Program
) -> None:
    assert attrs(program(viewer).read(f"{address}?cursor={cursor}")) == {"cursor"}


def test_a_search_finds_words_whatever_their_case(
    viewer: User, program: Program, workspace: Workspace
) -> None:
    make.ProjectFactory(workspace=workspace, name="Spring Launch")
    make.ProjectFactory(workspace=workspace, name="Autumn", description="100% launch_ready")
    client = program(viewer)

    def found(words: str) -> list[str]:
        rows = client.read(f"/projects?search={words}").json()["results"]
        return [row["name"] for row in rows]

    assert found("LAUNCH") == ["Autumn", "Spring Launch"]
    assert found("100%25") == ["Autumn"]
    assert found("h_r") == ["Autumn"]
    assert found("") == ["Autumn", "Spring Launch"]
    assert found("winter") == []


def test_a_search_that_cannot_be_asked_is_refused(viewer: User, program: Program) -> None:
    client = program(viewer)
    assert attrs(client.read("/projects?search=a%00b")) == {"search"}
    assert attrs(client.read(f"/projects?search={'x' * 201}")) == {"search"}
    assert client.read("/projects?search=%ff%fe").json()["results"] == []
