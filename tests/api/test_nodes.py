"""Node types, checks of steps and graphs, and tries, over the API."""

from __future__ import annotations

from typing import Any

import pytest

from documents.models import Image
from tests.api.conftest import ApiClient, Program, attrs, problem
from tests.graphs import brief, copy, edges, text
from tests.scripted_openai import Reply, ScriptedOpenAI, status
from workflows.models import AgentJob, ModelPrice, Provider, WorkflowExecution
from workflows.nodes import registry
from workspaces.models import User, Workspace

NO_RETRY = {"max_attempts": 1}


@pytest.fixture
def writer(program: Program, editor: User) -> ApiClient:
    return program(editor)


@pytest.fixture
def reader(program: Program, viewer: User) -> ApiClient:
    return program(viewer)


def test_node_types_are_listed_with_schema_and_defaults(reader: ApiClient) -> None:
    answer = reader.read("/nodes/types")
    found = {one["type"]: one for one in answer.json()}
    assert set(found) == {one.type for one in registry.all_types()}
    image = found["generate_image"]
    assert {"label", "category", "color", "icon", "handles", "help"} <= set(image)
    assert image["schema"]["properties"]["quantity"]["x-widget"] == "quantity"
    assert image["defaults"]["size"] == "square"
    assert image["handles"] == ["out"]
    assert found["review"]["handles"] == ["approved", "rejected"]
    assert found["conditional"]["handles"] == ["else"]


def test_node_types_that_a_client_has_are_not_sent_again(reader: ApiClient) -> None:
    tag = reader.read("/nodes/types")["ETag"]
    again = reader.read("/nodes/types", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    other = reader.read("/nodes/types", headers={"If-None-Match": '"types-old"'})
    assert other.status_code == 200


@pytest.mark.parametrize(
    ("type", "config", "codes"),
    [
        ("compose_text", {"template": "Hello {{ brief.name }}"}, []),
        ("compose_text", {}, ["bad_config"]),
        ("compose_text", {"template": "{% if %}"}, ["bad_template"]),
        ("generate_copy", {"prompt": "x", "quantity": 21}, ["quantity_over_limit"]),
        ("generate_copy", {"prompt": "x", "provider": "none"}, ["unknown_provider"]),
        ("generate_copy", {"prompt": "x", "colour": 1}, ["bad_config"]),
        ("no_such", {}, ["unknown_type"]),
        ("generate_copy", {"prompt": "x" * 200_001}, ["config_too_large"]),
    ],
)
def test_a_step_is_checked_alone(
    type: str, config: dict[str, Any], codes: list[str], reader: ApiClient, providers: Any
) -> None:
    answer = reader.make("/nodes/validate", {"type": type, "config": config})
    assert answer.status_code == 200
    assert [issue["code"] for issue in answer.json()["issues"]] == codes
    assert answer.json()["valid"] is (not codes)


def test_a_warning_leaves_a_step_valid(reader: ApiClient) -> None:
    config = {"show": ["nodes.copy.variants"]}
    found = reader.make("/nodes/validate", {"type": "review", "config": config}).json()
    assert found["valid"] is True
    assert [issue["severity"] for issue in found["issues"]] == ["warning"]


@pytest.mark.parametrize(
    ("body", "attr"),
    [
        ({"config": {}}, "type"),
        ({"type": "brief"}, "config"),
        ({"type": "brief", "config": []}, "config"),
        ({"type": "brief", "config": {}, "more": 1}, "more"),
        ([], None),
    ],
)
def test_a_check_of_no_step_is_refused(body: Any, attr: str | None, reader: ApiClient) -> None:
    assert attrs(reader.make("/nodes/validate", body)) == {attr}


def test_a_graph_is_checked_as_a_whole(reader: ApiClient, providers: Any) -> None:
    nodes = [brief("topic"), text("a", "{{ nodes.b.text }}"), text("b"), copy("b")]
    links = [*edges("brief > a > b"), {"source": "b", "target": "nowhere"}]
    found = reader.make("/nodes/validate-connections", {"nodes": nodes, "edges": links}).json()
    assert found["valid"] is False
    codes = {issue["code"] for issue in found["issues"]}
    assert {"duplicate_key", "missing_node"} <= codes
    issue = next(one for one in found["issues"] if one["code"] == "missing_node")
    assert set(issue) == {"code", "severity", "node", "field", "message"}


def test_a_sound_graph_is_valid(reader: ApiClient) -> None:
    body = {"nodes": [brief("topic"), text("a")], "edges": edges("brief > a")}
    found = reader.make("/nodes/validate-connections", body).json()
    assert found["valid"] is True


@pytest.mark.parametrize(
    "nodes", [[text(f"step{n}") for n in range(101)], [{"key": "No"}], [{"key": "a", "x": 1}]]
)
def test_a_graph_that_does_not_parse_is_invalid(nodes: list[Any], reader: ApiClient) -> None:
    answer = reader.make("/nodes/validate-connections", {"nodes": nodes, "edges": []})
    assert answer.status_code == 200
    assert answer.json()["valid"] is False and answer.json()["issues"]


@pytest.mark.parametrize(
    ("body", "attr"), [({"nodes": []}, "edges"), ({"nodes": [], "edges": [], "x": 1}, "x")]
)
def test_a_check_of_no_graph_is_refused(body: Any, attr: str, reader: ApiClient) -> None:
    assert attrs(reader.make("/nodes/validate-connections", body)) == {attr}


def test_checks_ask_for_providers_once_however_many_steps(
    reader: ApiClient, providers: Any, django_assert_max_num_queries: Any
) -> None:
    body = {"nodes": [brief(), *(copy(f"s{n}") for n in range(50))], "edges": []}
    with django_assert_max_num_queries(4):
        reader.make("/nodes/validate-connections", body)


def tried(client: ApiClient, type: str, context: Any = None, **config: Any) -> Any:
    body = {"type": type, "config": config, "context": context or {}}
    return client.make("/nodes/try", body)


def test_a_step_is_tried_on_pinned_data(writer: ApiClient, providers: ScriptedOpenAI) -> None:
    provider = Provider.objects.get(slug="scripted")
    ModelPrice.objects.create(
        provider=provider, model="scripted-1", input_per_million=1, output_per_million=10
    )
    answer = tried(
        writer,
        "generate_copy",
        {"brief": {"topic": "mugs"}, "nodes": {"plan": {"text": "Be short."}}},
        prompt="On {{ brief.topic }}, {{ variant }}. {{ nodes.plan.text }}",
        quantity=2,
    )
    assert answer.status_code == 200, answer.content
    found = answer.json()
    assert len(found["output"]["variants"]) == 2
    assert found["rendered"]["prompts"] == ["On mugs, 1. Be short.", "On mugs, 2. Be short."]
    assert {call.prompt for call in providers.calls} == set(found["rendered"]["prompts"])
    tokens = sum(call["prompt_tokens"] + call["completion_tokens"] for call in found["calls"])
    assert found["tokens"] == tokens > 0
    assert found["cost"] == pytest.approx(sum(call["cost"] for call in found["calls"]))
    assert found["cost"] > 0 and found["currency"] == "USD" and found["seconds"] >= 0
    assert (found["limited_to"], found["effect"], found["handles"]) == (None, None, ["out"])


def test_a_try_leaves_no_run_behind(writer: ApiClient, providers: ScriptedOpenAI) -> None:
    tried(writer, "generate_copy", prompt="Write")
    assert not WorkflowExecution.objects.exists() and not AgentJob.objects.exists()


def test_a_tried_picture_is_an_image_of_the_workspace(
    writer: ApiClient, providers: ScriptedOpenAI, workspace: Workspace, editor: User
) -> None:
    answer = tried(writer, "generate_image", prompt="Headline: Hi", alt_text="A card")
    assert answer.status_code == 200, answer.content
    picture = answer.json()["output"]["image"]
    image = Image.objects.get(pk=picture["id"])
    assert (image.workspace, image.source, image.created_by) == (workspace, "generated", editor)
    assert image.provenance["try"] == "generate_image"
    assert (picture["alt_text"], picture["url"]) == ("A card", f"/api/images/{image.pk}/file")
    assert answer.json()["cost"] == 0


def test_an_unknown_price_is_null(writer: ApiClient, providers: ScriptedOpenAI) -> None:
    assert tried(writer, "generate_copy", prompt="Write").json()["cost"] is None


def test_a_try_asks_few_agents_and_says_so(writer: ApiClient, providers: ScriptedOpenAI) -> None:
    found = tried(writer, "generate_copy", prompt="Write", quantity=20).json()
    assert (found["limited_to"], found["output"]["count"], len(providers.calls)) == (4, 4, 4)


@pytest.mark.parametrize(
    ("type", "config", "effect"),
    [
        ("attach_to_document", {"title": "On {{ brief.topic }}", "body": "x"}, "save_document"),
        ("review", {"show": ["brief.topic"]}, "ask_review"),
        ("parallel", {"items": "brief.topic"}, "open_lanes"),
    ],
)
def test_what_a_step_would_do_is_told_and_not_done(
    type: str, config: dict[str, Any], effect: str, writer: ApiClient
) -> None:
    found = tried(writer, type, {"brief": {"topic": "mugs"}}, **config).json()
    assert found["effect"]["kind"] == effect
    assert not WorkflowExecution.objects.exists()


def test_a_step_without_a_model_can_be_tried(writer: ApiClient) -> None:
    rule = {"left": "brief.n", "operator": "greater_than", "right": "3"}
    found = tried(
        writer, "conditional", {"brief": {"n": 5}}, branches=[{"name": "big", "rules": [rule]}]
    ).json()
    assert (found["handles"], found["output"], found["cost"]) == (["big"], {"branch": "big"}, 0)


@pytest.mark.parametrize(
    ("type", "config", "attr"),
    [
        ("no_such", {}, "type"),
        ("generate_copy", {}, "config.prompt"),
        ("generate_copy", {"prompt": "x", "quantity": 50}, "config.quantity"),
        ("generate_copy", {"prompt": "x", "provider": "none"}, "config.provider"),
        ("generate_copy", {"prompt": "{% for %}"}, "config.prompt"),
        ("generate_copy", {"prompt": "{{ brief.topic }}"}, "context"),
        ("generate_copy", {"prompt": "x", "quantity": "{{ brief.nothing }}"}, "context"),
        ("generate_copy", {"prompt": "x", "quantity": "{{ today }}"}, "config"),
    ],
)
def test_a_step_that_cannot_be_tried_is_refused(
    type: str, config: dict[str, Any], attr: str, writer: ApiClient, providers: ScriptedOpenAI
) -> None:
    assert attrs(tried(writer, type, **config)) == {attr}
    assert providers.calls == []


@pytest.mark.parametrize(
    ("reply", "code", "named"),
    [
        (status(429), 502, "rate_limit"),
        (status(500), 502, "unavailable"),
        (status(401), 502, "auth"),
        (Reply(disconnect=True), 502, "unavailable"),
        (Reply(body="no json"), 502, "bad_answer"),
    ],
)
def test_a_service_that_fails_is_a_problem_and_never_a_500(
    reply: Reply, code: int, named: str, writer: ApiClient, providers: ScriptedOpenAI
) -> None:
    providers.when(lambda call: True, reply, times=None)
    answer = tried(writer, "generate_copy", prompt="Write", retry=NO_RETRY)
    assert problem(answer, code)["errors"][0]["code"] == named


def test_a_try_that_takes_too_long_is_cut_off(
    writer: ApiClient, providers: ScriptedOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflows.executions.try_node.SECONDS", 0.5)
    providers.latency = 3
    answer = tried(writer, "generate_copy", prompt="Write", retry=NO_RETRY)
    assert problem(answer, 504)["errors"][0]["code"] == "timeout"


def test_context_reaches_no_other_workspaces_picture(
    writer: ApiClient, providers: Any, elsewhere: Workspace
) -> None:
    from tests.factories import ImageFactory

    theirs = ImageFactory(workspace=elsewhere)
    answer = tried(
        writer,
        "generate_image",
        {"brief": {"photo": {"id": theirs.pk, "width": 1}}},
        prompt="x",
        photo="brief.photo",
    )
    assert problem(answer, 422)["errors"][0]["code"] == "image_missing"


def test_trying_costs_money_and_needs_the_right_to_run(
    program: Program, reader: ApiClient, editor: User, reviewer: User, providers: ScriptedOpenAI
) -> None:
    for client in (reader, program(reviewer), program(editor, ["read", "edit"])):
        problem(tried(client, "generate_copy", prompt="Write"), 403)
    assert providers.calls == []
    assert tried(program(editor, ["run"]), "generate_copy", prompt="Write").status_code == 200


def test_a_try_sent_twice_with_one_key_is_paid_once(
    writer: ApiClient, providers: ScriptedOpenAI
) -> None:
    body = {"type": "generate_copy", "config": {"prompt": "Write"}}
    answers = [writer.make("/nodes/try", body, headers={"Idempotency-Key": "t1"}) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert len(providers.calls) == 1


def test_providers_are_listed_without_keys(
    reader: ApiClient, providers: Any, workspace: Workspace, elsewhere: Workspace
) -> None:
    own = Provider(
        workspace=workspace,
        slug="scripted",
        name="Ours",
        kind="openai_compatible",
        base_url="http://127.0.0.1:9/secret-path",
        copy_model="ours-1",
        default_for_copy=True,
    )
    own.api_key = "canary-key-1234"
    own.save()
    Provider.objects.create(workspace=elsewhere, slug="theirs", name="T", kind="studio")
    Provider.objects.create(slug="off", name="Off", kind="studio", enabled=False)
    answer = reader.read("/providers")
    found = {row["slug"]: row for row in answer.json()["results"]}
    assert set(found) == {"scripted", "studio"}
    assert (found["scripted"]["name"], found["scripted"]["scope"]) == ("Ours", "workspace")
    assert found["scripted"]["models"] == ["ours-1"]
    assert found["scripted"]["default_for_copy"] is True
    assert found["studio"]["default_for_images"] is True
    assert found["studio"]["scope"] == "instance"
    assert b"canary" not in answer.content and b"secret-path" not in answer.content
