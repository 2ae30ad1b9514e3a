"""The files that the gallery is seeded from."""

import json
from itertools import combinations
from typing import Any

import pytest

from templates_gallery.catalog import FOLDER
from templates_gallery.categories import NAMES
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


def test_there_are_fifteen_templates_or_more_under_their_slugs() -> None:
    assert len(FILES) >= 15
    assert all(json.loads(path.read_text())["slug"] == path.stem for path in FILES)


def test_each_says_what_it_is_for(fixture: dict[str, Any]) -> None:
    shown = fixture["gallery"]
    assert shown["title"] != fixture["name"]
    assert shown["summary"].count(". ") <= 1 and shown["summary"].endswith(".")
    assert shown["channels"] and fixture["tags"] and len(fixture["description"]) > 80
    assert fixture["category"] in NAMES


def test_every_question_has_a_label_and_every_choice_a_default_or_must_be_made(
    fixture: dict[str, Any],
) -> None:
    for one in fields(fixture):
        assert one["label"], one["key"]
        if one["kind"] == "choice":
            assert one["default"] in one["options"]
        if one["kind"] == "multi_choice":
            assert one["default"] and set(one["default"]) <= set(one["options"])


def test_places_in_the_gallery_are_taken_once() -> None:
    orders = [json.loads(path.read_text())["gallery"]["order"] for path in FILES]
    assert len(orders) == len(set(orders))


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
