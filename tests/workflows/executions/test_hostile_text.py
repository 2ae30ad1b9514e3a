"""Text that PostgreSQL cannot keep, wherever it comes from."""

import pytest

from tests.engine import Drive, outputs
from tests.graphs import brief, copy, graph, node, text
from tests.scripted_openai import ScriptedOpenAI, answer, status
from workflows.executions.launch import LaunchRefused
from workflows.models import AgentJob

pytestmark = pytest.mark.django_db

WRITTEN = graph([brief("topic"), copy("copy", "On {{ brief.topic }}")], "brief > copy")


def test_what_a_model_writes_is_kept_without_what_cannot_be_stored(
    drive: Drive, providers: ScriptedOpenAI
) -> None:
    """Guard: ``storable`` in ``Ledger.complete``."""
    providers.next(answer("Te\x00a \ud800time"))
    execution = drive.run(WRITTEN, topic="x")
    assert execution.status == "completed"
    assert outputs(execution)["copy"]["text"] == "Tea time"
    assert AgentJob.objects.get().status == "completed"
    assert execution.prompt_tokens > 0


def test_what_a_service_says_of_its_error_is_kept_likewise(
    drive: Drive, providers: ScriptedOpenAI
) -> None:
    providers.next(status(400, {"error": {"message": "No\x00 \ud800 way"}}))
    execution = drive.run(WRITTEN, topic="x")
    assert execution.node_runs.get(key="copy").error["code"] != "internal"
    assert AgentJob.objects.get().status == "failed"


@pytest.mark.parametrize("topic", ["a\x00b", "a\ud800b"])
def test_a_brief_with_such_a_text_is_refused_by_name(drive: Drive, topic: str) -> None:
    with pytest.raises(LaunchRefused) as refused:
        drive.launch(graph([brief("topic"), text("a")], "brief > a"), topic=topic)
    assert refused.value.issues[0].field == "inputs.topic"


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ('["a\\u0000", "b"]', "a,b"),
        ("[1, NaN]", "bad_items"),
        ("[1, Infinity]", "bad_items"),
        ("[broken", "bad_items"),
        ("[" * 5_000, "bad_items"),
    ],
)
@pytest.mark.parametrize("items", ["nodes.copy.text", "{{ nodes.copy.text }}"])
def test_items_that_a_model_wrote_badly_fail_the_step_by_name(
    drive: Drive, providers: ScriptedOpenAI, items: str, written: str, wanted: str
) -> None:
    """Guards: ``_json_list``, and the ``ValueError`` that ``Parallel._items`` turns round."""
    providers.next(answer(written))
    made = graph(
        [
            brief("topic"),
            copy("copy", "A list"),
            node("lanes", "parallel", items=items),
            text("one", "{{ item }}", parent="lanes"),
            text("join", "{{ nodes.one.text | join: ',' }}"),
        ],
        "brief > copy > lanes > join",
    )
    execution = drive.run(made, topic="x")
    if wanted == "bad_items":
        assert execution.node_runs.get(key="lanes").error["code"] == wanted
        assert execution.status == "failed"
    else:
        assert outputs(execution)["join"]["text"] == wanted
