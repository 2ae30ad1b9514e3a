"""The guides say what the code does."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.core.management import call_command, get_commands

from workflows.graph.liquid_filters import filters
from workflows.graph.parse import parse
from workflows.graph.validate import validate
from workflows.nodes import registry
from workflows.nodes.brief import BriefField
from workflows.nodes.conditional import Operator, Rule

DOCS = Path(__file__).resolve().parent.parent / "docs"
WORKFLOWS = (DOCS / "build-a-workflow.md").read_text()
TYPES = [spec.type for spec in registry.all_types()]


def section(type: str) -> str:
    found = re.search(rf"(?ms)^### {type}\n(.*?)(?=^### |\Z)", WORKFLOWS)
    assert found, f"there is no section on {type}"
    return found[1]


def example() -> dict[str, object]:
    found = re.search(r"(?ms)^```json\n(.*?)^```", WORKFLOWS)
    assert found
    loaded = json.loads(found[1])
    assert isinstance(loaded, dict)
    return loaded


def test_the_example_has_no_issue() -> None:
    graph = parse({name: example()[name] for name in ("nodes", "edges")})
    assert [issue.message for issue in validate(graph, registry.catalog)] == []


@pytest.mark.django_db
def test_the_example_can_be_imported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "taglines.json"
    file.write_text(json.dumps(example()))
    call_command("import_template", str(file))
    assert "Taglines is taglines, version 1." in capsys.readouterr().out


@pytest.mark.parametrize("type", TYPES)
def test_a_step_type_is_told_with_its_fields_handles_and_outputs(type: str) -> None:
    spec = registry.get(type)
    told = set(re.findall(r"`([a-z_]+)`", section(type)))
    assert set(spec.config_model.model_fields) - told == set()
    assert set(spec.outputs or ()) - told == set()
    assert set(spec.handles if type != "conditional" else ["else"]) - told == set()


def test_the_fields_of_questions_and_rules_are_told() -> None:
    told = set(re.findall(r"`([a-z_]+)`", section("brief")))
    assert set(BriefField.model_fields) - told == set()
    told = set(re.findall(r"`([a-z_]+)`", section("conditional")))
    assert (set(Rule.model_fields) | set(Operator.__args__)) - told == set()


def test_the_filters_are_exactly_those_that_are_allowed() -> None:
    found = re.search(r"(?ms)^Filters:\n(.*?)\n\n", WORKFLOWS)
    assert found
    assert re.findall(r"`([a-z_]+)`", found[1]) == sorted(filters())


@pytest.mark.parametrize("name", ["start.md", "build-a-workflow.md", "operate.md", "scale-out.md"])
def test_a_guide_names_commands_that_exist_and_pages_that_are_there(name: str) -> None:
    text = (DOCS / name).read_text()
    commands = set(re.findall(r"manage\.py ([a-z_]+)", text))
    assert commands - get_commands().keys() == set()
    links = re.findall(r"\]\(([^)#:]+)\)", text)
    assert [link for link in links if not (DOCS / link).exists()] == []
