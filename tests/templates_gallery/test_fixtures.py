"""The files that the gallery is seeded from."""

import json
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from templates_gallery.catalog import FOLDER
from workflows.graph.parse import parse
from workflows.graph.validate import validate
from workflows.interchange import from_export
from workflows.nodes import registry

WIDTH, HEIGHT, GAP = 200, 104, 60
FILES = sorted(FOLDER.glob("*.json"))


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def fixture(request: pytest.FixtureRequest) -> dict[str, Any]:
    return json.loads(request.param.read_text(encoding="utf-8"))


def fields(fixture: dict[str, Any]) -> list[dict[str, Any]]:
    return next(n for n in fixture["nodes"] if n["type"] == "brief")["config"]["fields"]


def test_there_are_the_four_templates_under_their_slugs() -> None:
    assert {Path(path).stem for path in FILES} >= {
        "instagram-launch-kit",
        "blog-post-with-hero",
        "product-description-pack",
        "subject-line-lab",
    }
    assert all(json.loads(path.read_text())["slug"] == path.stem for path in FILES)


def test_a_graph_has_neither_errors_nor_warnings(fixture: dict[str, Any]) -> None:
    graph = parse({"nodes": fixture["nodes"], "edges": fixture["edges"]})
    assert validate(graph, registry.catalog) == []


def test_a_file_can_be_imported(fixture: dict[str, Any]) -> None:
    assert from_export(fixture).slug == fixture["slug"]


def test_sample_inputs_answer_every_question_that_takes_no_upload(fixture: dict[str, Any]) -> None:
    asked = {one["key"] for one in fields(fixture) if one["kind"] not in ("image", "file")}
    assert fixture["gallery"]["sample_inputs"].keys() == asked


def test_images_have_alt_text_and_reviews_a_due_date(fixture: dict[str, Any]) -> None:
    for node in fixture["nodes"]:
        if node["type"] == "generate_image":
            assert node["config"]["alt_text"]
        if node["type"] == "review":
            assert node["config"]["due_in_hours"]


def test_every_step_has_a_label_and_a_place_of_its_own(fixture: dict[str, Any]) -> None:
    for parent in {node["parent"] for node in fixture["nodes"]}:
        steps = [node for node in fixture["nodes"] if node["parent"] == parent]
        for a, b in combinations([box(fixture, step) for step in steps], 2):
            apart = max(b[0] - a[2], a[0] - b[2], b[1] - a[3], a[1] - b[3])
            assert apart >= GAP
    assert all(node["label"] for node in fixture["nodes"])


def box(fixture: dict[str, Any], node: dict[str, Any]) -> tuple[float, float, float, float]:
    """Left, top, right and bottom; a container is as large as what it holds."""
    inside = [one["position"] for one in fixture["nodes"] if one["parent"] == node["key"]]
    width = max([one["x"] + WIDTH + 16 for one in inside], default=WIDTH)
    height = max([one["y"] + HEIGHT + 16 for one in inside], default=HEIGHT)
    x, y = node["position"]["x"], node["position"]["y"]
    return x, y, x + width, y + height
