"""The main job in a terminal, against real workers."""

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.conftest import Processes, add_providers
from tests.engine import Drive
from tests.graphs import copy, graph, node
from tests.scripted_openai import ScriptedOpenAI, status
from workflows.terminal.inputs import BadArgument, read_inputs
from workspaces.models import User, Workspace

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("redis")]


@pytest.fixture
def template(workspace: Workspace, owner: User, editor: User) -> None:
    """Copy, a review that picks two, a picture, a document."""
    made = graph(
        [
            node(
                "brief",
                "brief",
                fields=[
                    {"key": "topic", "required": True, "label": "Topic"},
                    {"key": "count", "kind": "number"},
                    {"key": "points", "kind": "list"},
                ],
            ),
            copy("copy", "On {{ brief.topic }}: {{ brief.points | join: ', ' }}", quantity=4),
            node(
                "review",
                "review",
                show=["nodes.copy.variants"],
                pick_copy=2,
                due_in_hours=1,
                revise="copy",
            ),
            node("art", "generate_image", prompt="Headline: {{ brief.topic }}", size="200x200"),
            node(
                "doc",
                "attach_to_document",
                title="On {{ brief.topic }}",
                body="{% for v in nodes.review.variants %}{{ v.text }}\n\n{% endfor %}",
                images=["nodes.art.images"],
            ),
        ],
        "brief > copy > review.approved > doc",
        "brief > art > doc",
    )
    Drive([], workspace, editor).template(made, "kit")


def run(processes: Processes, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command and wait for it."""
    return subprocess.run(
        [sys.executable, "-m", "tests.command", "run_template", *arguments],
        env=processes.env,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )


BASE = ("kit", "--workspace", "alder-pine", "--input", "topic=Tea")


def test_it_ends_with_the_document_and_0(
    processes: Processes, template: None, scripted_openai: ScriptedOpenAI
) -> None:
    add_providers(scripted_openai.base_url)
    processes.start("worker", "--processes", "2")
    done = run(
        processes, *BASE, "--input", "points=hot", "--input", "points=green", "--approve", "--json"
    )
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    assert result["status"] == "completed"
    assert result["documents"][0]["title"] == "On Tea"
    assert result["documents"][0]["images"] == 1
    assert result["documents"][0]["url"].startswith("http")
    assert {one["status"] for one in result["nodes"]} == {"completed"}
    assert all("hot, green" in call.prompt for call in scripted_openai.calls)


def test_a_person_is_shown_each_step_and_the_address(
    processes: Processes, template: None, scripted_openai: ScriptedOpenAI
) -> None:
    add_providers(scripted_openai.base_url)
    processes.start("worker", "--processes", "2")
    done = run(processes, *BASE, "--approve")
    assert done.returncode == 0, done.stderr
    assert "Copy  completed  4 of 4 agents" in done.stdout
    assert "100 %" in done.stdout
    assert "Document" in done.stdout
    assert "On Tea, 1 image" in done.stdout


def test_it_ends_with_1_and_names_the_step_and_the_reason_when_the_service_is_down(
    processes: Processes, template: None, scripted_openai: ScriptedOpenAI
) -> None:
    add_providers(scripted_openai.base_url)
    scripted_openai.when(lambda call: True, status(503, {}), times=None)
    processes.start("worker", "--processes", "2")
    done = run(processes, *BASE, "--approve")
    assert done.returncode == 1
    assert "Copy (copy):" in done.stdout
    assert "agents failed" in done.stdout


def test_it_ends_with_2_and_names_every_field_of_a_brief_that_does_not_fit(
    processes: Processes, template: None, scripted_openai: ScriptedOpenAI
) -> None:
    add_providers(scripted_openai.base_url)
    done = run(processes, "kit", "--workspace", "alder-pine", "--input", "count=many")
    assert done.returncode == 2
    assert "inputs.topic: Fill in Topic." in done.stderr
    assert "inputs.count: count must be a number." in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nothing", "--workspace", "alder-pine"), "There is no template nothing."),
        (("kit", "--workspace", "elsewhere"), "There is no workspace elsewhere."),
        ((*BASE, "--input", "broken"), "must look like key=value"),
        ((*BASE, "--input", "topic=@/nowhere"), "cannot read the file /nowhere"),
        ((*BASE, "--project", "None"), "There is no project None"),
    ],
)
def test_it_ends_with_2_and_says_what_there_is_not(
    processes: Processes, template: None, arguments: tuple[str, ...], said: str
) -> None:
    done = run(processes, *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_without_approve_it_says_that_a_review_waits_and_leaves_the_run_going(
    processes: Processes, template: None, scripted_openai: ScriptedOpenAI
) -> None:
    add_providers(scripted_openai.base_url)
    processes.start("worker", "--processes", "2")
    done = run(processes, *BASE, "--timeout", "8")
    assert done.returncode == 4
    assert "waits for a person" in done.stdout
    assert "goes on" in done.stdout


def test_a_key_given_twice_makes_a_list_and_an_at_sign_reads_a_file(tmp_path: Any) -> None:
    file = tmp_path / "facts.txt"
    file.write_text("Hot\nGreen")
    given = ["a=1", "a=2", "a=3", f"b=@{file}", "c=@@me", "d=x=y"]
    assert read_inputs(given) == {"a": ["1", "2", "3"], "b": "Hot\nGreen", "c": "@me", "d": "x=y"}
    with pytest.raises(BadArgument):
        read_inputs(["=x"])


def test_without_a_database_it_says_so_in_one_line(processes: Processes) -> None:
    processes.env["DATABASE_URL"] = "postgres://nobody@127.0.0.1:1/none"
    done = run(processes, *BASE)
    assert done.returncode == 1
    assert "PostgreSQL does not answer" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_for_an_answer_must_be_an_ordinary_one(tmp_path: Any) -> None:
    large = tmp_path / "large.txt"
    large.write_bytes(b"x" * 2_000_001)
    for given, said in (("a=@/dev/zero", "no regular file"), (f"a=@{large}", "larger than 2 MB")):
        with pytest.raises(BadArgument, match=said):
            read_inputs([given])


def test_without_a_sample_it_says_so(
    processes: Processes, template: None, scripted_openai: ScriptedOpenAI
) -> None:
    done = run(processes, *BASE, "--sample")
    assert done.returncode == 2
    assert "has no sample" in done.stderr
