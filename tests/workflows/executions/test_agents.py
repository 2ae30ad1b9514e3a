"""Steps that ask a model: agents side by side, the ledger, errors, recovery."""

import pytest

from documents.models import Document
from tests.engine import Drive, outputs, statuses
from tests.graphs import brief, copy, graph, node, text
from tests.scripted_openai import ScriptedOpenAI, answer, cut, empty, status
from workflows.executions.reconcile import take_over
from workflows.executions.snapshot import take
from workflows.models import AgentJob, NodeRun

pytestmark = pytest.mark.django_db


def one_copy(**config: object) -> object:
    return graph([brief("topic"), copy("copy", "On {{ brief.topic }}", **config)], "brief > copy")


def image(key: str = "pictures", **config: object) -> dict[str, object]:
    retry = {"max_attempts": 2, "backoff_seconds": 0}
    return node(
        key, "generate_image", **{"prompt": "Headline: {{ brief.topic }}", "retry": retry, **config}
    )


def test_twenty_agents_write_side_by_side(drive: Drive, providers: ScriptedOpenAI) -> None:
    providers.latency = 1.0
    execution = drive.run(one_copy(quantity=20), topic="tea")
    assert execution.status == "completed"
    output = outputs(execution)["copy"]
    assert output["count"] == len(output["variants"]) == 20
    assert output["text"] == output["variants"][0]["text"]
    assert len({variant["text"] for variant in output["variants"]}) == 20
    assert providers.in_flight_peak == 20
    assert all("On tea" in call.prompt for call in providers.calls)
    assert execution.prompt_tokens > 0
    assert execution.unpriced_calls == 20


def test_the_quantity_may_come_from_the_brief(drive: Drive, providers: ScriptedOpenAI) -> None:
    made = graph(
        [brief("topic", n="number"), copy("copy", "{{ brief.topic }}", quantity="{{ brief.n }}")],
        "brief > copy",
    )
    assert outputs(drive.run(made, topic="tea", n=3))["copy"]["count"] == 3
    failed = drive.run(made, topic="tea", n=21)
    assert failed.status == "failed"
    assert "quantity must be at most 20" in failed.node_runs.get(key="copy").error["message"]


def test_each_agent_knows_its_number(drive: Drive, providers: ScriptedOpenAI) -> None:
    made = graph([brief("topic"), copy("copy", "Take {{ variant }}", quantity=3)], "brief > copy")
    execution = drive.run(made, topic="x")
    assert sorted(call.prompt for call in providers.calls) == ["Take 1", "Take 2", "Take 3"]
    assert execution.node_runs.get(key="copy").input["prompts"] == ["Take 1", "Take 2", "Take 3"]


def test_structured_copy_has_every_field(drive: Drive, providers: ScriptedOpenAI) -> None:
    fields = [{"key": "title", "max_length": 60}, {"key": "body"}]
    execution = drive.run(one_copy(fields=fields, quantity=2), topic="tea")
    for variant in outputs(execution)["copy"]["variants"]:
        assert set(variant["fields"]) == {"title", "body"}
        assert all(variant["fields"].values())
        assert len(variant["fields"]["title"]) <= 60


def test_every_call_is_on_the_ledger_before_it_is_sent(
    drive: Drive, providers: ScriptedOpenAI
) -> None:
    providers.next(status(500, {}))
    execution = drive.run(one_copy(), topic="tea")
    job = AgentJob.objects.get()
    assert execution.status == "completed"
    assert [call["mode"] for call in job.calls] == ["text", "text"]
    assert job.calls[0]["error"]
    assert not job.calls[1]["error"]
    assert job.prompt_tokens
    assert job.latency_ms is not None


def test_a_failed_agent_fails_the_step_and_keeps_what_the_others_made(
    drive: Drive, providers: ScriptedOpenAI
) -> None:
    providers.when(lambda call: "Take 2" in call.prompt, status(500, {}), times=None)
    made = graph([brief("topic"), copy("copy", "Take {{ variant }}", quantity=3)], "brief > copy")
    execution = drive.run(made, topic="x")
    run = execution.node_runs.get(key="copy")
    assert execution.status == run.status == "failed"
    assert run.error["code"] == "unavailable"
    assert "1 of 3 agents failed" in run.error["message"]
    assert run.error["hint"]
    assert len(run.output["finished"]) == 2


@pytest.mark.parametrize(("on_error", "count"), [("keep", 2), ("skip", 0)])
def test_on_error_may_keep_or_skip(
    drive: Drive, providers: ScriptedOpenAI, on_error: str, count: int
) -> None:
    providers.when(lambda call: "Take 2" in call.prompt, status(500, {}), times=None)
    step = copy("copy", "Take {{ variant }}", quantity=3, on_error=on_error)
    execution = drive.run(graph([brief("topic"), step], "brief > copy"), topic="x")
    assert execution.status == "completed"
    assert outputs(execution)["copy"]["count"] == count


def test_keep_fails_when_nothing_succeeded(drive: Drive, providers: ScriptedOpenAI) -> None:
    providers.when(lambda call: True, status(500, {}), times=None)
    assert drive.run(one_copy(quantity=2, on_error="keep"), topic="x").status == "failed"


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (status(401, {"error": {"message": "bad key"}}), "auth"),
        (status(429, {"error": {"code": "insufficient_quota"}}), "quota"),
        (empty(), "bad_answer"),
        (cut(), "bad_answer"),
    ],
)
def test_a_bad_answer_names_its_reason_and_the_way_out(
    drive: Drive, providers: ScriptedOpenAI, reply: object, code: str
) -> None:
    providers.when(lambda call: True, reply, times=None)
    execution = drive.run(one_copy(), topic="x")
    error = execution.node_runs.get(key="copy").error
    assert error["code"] == code
    assert error["message"]
    assert error["hint"]


def test_images_are_drawn_stored_and_described(drive: Drive, providers: ScriptedOpenAI) -> None:
    made = graph(
        [brief("topic"), image(quantity=3, size="300x200", alt_text="Card {{ variant }}")],
        "brief > pictures",
    )
    execution = drive.run(made, topic="Tea time")
    output = outputs(execution)["pictures"]
    assert output["count"] == 3
    assert output["image"] == output["images"][0]
    assert [one["alt_text"] for one in output["images"]] == ["Card 1", "Card 2", "Card 3"]
    assert {(one["width"], one["height"]) for one in output["images"]} == {(300, 200)}
    assert len({one["id"] for one in output["images"]}) == 3


@pytest.mark.parametrize("mode", ["b64", "url"])
def test_images_come_from_a_model_service_inline_or_by_link(
    drive: Drive, providers: ScriptedOpenAI, mode: str
) -> None:
    providers.image_mode = mode
    made = graph([brief("topic"), image(provider="scripted", size="1024x1024")], "brief > pictures")
    execution = drive.run(made, topic="Tea")
    assert execution.status == "completed", execution.node_runs.get(key="pictures").error
    assert len(providers.calls_to("/images/generations")) == 1
    assert bool([call for call in providers.calls if "/files/" in call.path]) == (mode == "url")
    assert outputs(execution)["pictures"]["image"]["width"] == 1024


def attach(**config: object) -> dict[str, object]:
    base = {"title": "On {{ brief.topic }}", "body": "# {{ brief.topic }}"}
    return node("doc", "attach_to_document", **{**base, **config})


def test_a_document_gets_its_images_in_order_with_a_primary(
    drive: Drive, providers: ScriptedOpenAI
) -> None:
    made = graph(
        [
            brief("topic"),
            image(quantity=3, size="64x64"),
            attach(images=["nodes.pictures.images"], primary="nodes.pictures.images.1"),
        ],
        "brief > pictures > doc",
    )
    execution = drive.run(made, topic="Tea")
    document = Document.objects.get()
    rows = list(document.attachments.order_by("attachment_order"))
    ids = [one["id"] for one in outputs(execution)["pictures"]["images"]]
    assert document.title == "On Tea"
    assert [row.image_id for row in rows] == ids
    assert [row.is_primary for row in rows] == [False, True, False]
    assert outputs(execution)["doc"] == {
        "document_id": document.pk,
        "title": "On Tea",
        "attachment_ids": [row.pk for row in rows],
    }


@pytest.mark.parametrize(("mode", "count"), [("append", 3), ("replace", 1)])
def test_a_second_step_appends_to_the_document_or_replaces_its_images(
    drive: Drive, providers: ScriptedOpenAI, mode: str, count: int
) -> None:
    made = graph(
        [
            brief("topic"),
            image("first", quantity=2, size="64x64"),
            attach(images=["nodes.first.images"]),
            image("second", size="72x72"),
            node(
                "more",
                "attach_to_document",
                target="existing",
                document_id="{{ nodes.doc.document_id }}",
                body="Updated",
                images=["nodes.second.image"],
                mode=mode,
            ),
        ],
        "brief > first > doc > second > more",
    )
    execution = drive.run(made, topic="Tea")
    assert execution.status == "completed", statuses(execution)
    document = Document.objects.get()
    assert document.attachments.count() == count
    assert document.body == "Updated"
    assert document.versions.count() == 2


def test_the_twenty_first_image_fails_the_step_with_the_reason(
    drive: Drive, providers: ScriptedOpenAI
) -> None:
    made = graph(
        [
            brief("topic"),
            image("a", quantity=20, size="64x64"),
            image("b", size="65x65"),
            attach(images=["nodes.a.images", "nodes.b.images"]),
        ],
        "brief > a > doc",
        "brief > b > doc",
    )
    execution = drive.run(made, topic="Tea")
    error = execution.node_runs.get(key="doc").error
    assert execution.status == "failed"
    assert error["code"] == "attachments_refused"
    assert "20" in error["message"]
    assert not Document.objects.exists()


def test_a_recovered_step_calls_only_the_agents_that_had_not_answered(
    drive: Drive, providers: ScriptedOpenAI, settings: object
) -> None:
    """Guard: the reuse of completed agent jobs in ``Ledger.read``."""
    made = graph([brief("topic"), copy("copy", "Take {{ variant }}", quantity=3)], "brief > copy")
    execution = drive.launch(made, topic="x")
    drive.work(execution)
    run = execution.node_runs.get(key="copy")
    before = len(providers.calls)
    _die_in_the_middle(run)
    assert take_over() == 1
    drive.work(execution)
    assert execution.status == "completed"
    assert len(providers.calls) == before + 1
    jobs = AgentJob.objects.filter(node_run=run, index=1).order_by("attempt")
    assert [job.status for job in jobs] == ["unknown", "completed"]
    shown = next(step for step in take(execution.pk).steps if step.key == "copy")
    assert (shown.agents_done, shown.agents) == (3, 3)


def _die_in_the_middle(run: NodeRun) -> None:
    """Put a completed step back to where a worker dies with agent 1 in flight."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "UPDATE workflows_noderun SET status='running', token=gen_random_uuid(),"
            " lease_until=now() - interval '1 s' WHERE id=%s",
            [run.pk],
        )
        cursor.execute(
            "UPDATE workflows_workflowexecution SET status='running', finished_at=NULL WHERE id=%s",
            [run.execution_id],
        )
        cursor.execute("SET session_replication_role = DEFAULT")
    AgentJob.objects.filter(node_run=run, index=1).update(status="running", output=None)


def test_a_step_without_a_provider_is_refused_at_launch(drive: Drive) -> None:
    from workflows.executions.launch import LaunchRefused

    with pytest.raises(LaunchRefused) as refused:
        drive.launch(one_copy(), topic="x")
    assert refused.value.issues[0].code == "unknown_provider"
    assert refused.value.issues[0].field == "provider"


def test_a_structured_answer_is_repaired_once(drive: Drive, providers: ScriptedOpenAI) -> None:
    providers.next(answer("no json at all"))
    execution = drive.run(one_copy(fields=[{"key": "title"}]), topic="tea")
    assert execution.status == "completed"
    assert [call["mode"] for call in AgentJob.objects.get().calls] == ["json_schema", "repair"]


def test_a_text_step_reads_what_the_agents_wrote(drive: Drive, providers: ScriptedOpenAI) -> None:
    made = graph(
        [
            brief("topic"),
            copy("copy", "On {{ brief.topic }}", quantity=2),
            text("join", "{% for v in nodes.copy.variants %}* {{ v.text }}\n{% endfor %}"),
        ],
        "brief > copy > join",
    )
    assert outputs(drive.run(made, topic="tea"))["join"]["text"].count("* ") == 2
