"""What a run will take is told before anything is sent; what is unknown is None."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tests.factories import AgentJobFactory, ExecutionFactory, NodeRunFactory
from tests.graphs import brief, copy, graph, node, text
from tests.scripted_openai import ScriptedOpenAI
from workflows.executions.estimate import Estimate, NodeEstimate, estimate
from workflows.graph.model import Graph
from workflows.models import ModelPrice, Provider
from workspaces.models import Workspace

CHEAP = {"input_per_million": Decimal(1), "output_per_million": Decimal(10)}


def image(key: str, parent: str | None = None, **config: Any) -> dict[str, Any]:
    return node(key, "generate_image", parent, prompt="A mug", **config)


def of(found: Estimate, key: str) -> NodeEstimate:
    return next(one for one in found.nodes if one.key == key)


def price(slug: str, model: str, **rates: Any) -> None:
    ModelPrice.objects.create(provider=Provider.objects.get(slug=slug), model=model, **rates)


@pytest.fixture
def shop(providers: ScriptedOpenAI) -> Graph:
    """Three captions and two cards for a product."""
    return graph(
        [
            brief("product", count="number"),
            copy("captions", "Sell {{ brief.product }}.", quantity=3, max_tokens=100),
            image("cards", quantity=2),
        ],
        "brief > captions",
        "brief > cards",
    )


def test_calls_tokens_and_cost_are_summed_over_the_steps(shop: Graph, workspace: Workspace) -> None:
    price("scripted", "scripted-1", **CHEAP)
    found = estimate(graph=shop, inputs={"product": "Mug"}, workspace=workspace)
    assert (found.steps, found.agent_calls, found.currency) == (3, 5, "USD")
    captions = of(found, "captions")
    assert captions.agent_calls == 3
    assert captions.tokens == 3 * (len("Sell Mug.") // 4 + 100)
    assert captions.cost == Decimal(3 * 2 + 300 * 10) / 1_000_000
    assert found.cost == captions.cost, "studio draws for nothing"
    assert found.tokens == captions.tokens


def test_an_unknown_price_is_none_and_never_0(shop: Graph, workspace: Workspace) -> None:
    found = estimate(graph=shop, inputs={}, workspace=workspace)
    assert of(found, "captions").cost is None
    assert of(found, "cards").cost == 0
    assert found.cost is None


def test_free_providers_cost_0(shop: Graph, workspace: Workspace) -> None:
    Provider.objects.filter(slug="scripted").update(options={"free": True})
    assert estimate(graph=shop, inputs={}, workspace=workspace).cost == 0


def test_pictures_of_a_model_are_priced_by_the_piece_and_have_no_known_tokens(
    workspace: Workspace, providers: ScriptedOpenAI
) -> None:
    price("scripted", "scripted-image-1", per_image=Decimal("0.04"))
    cards = graph([brief(), image("cards", quantity=5, provider="scripted")], "brief > cards")
    found = estimate(graph=cards, inputs={}, workspace=workspace)
    assert (found.cost, found.tokens) == (Decimal("0.20"), None)


def test_a_quantity_from_the_brief_follows_the_inputs(
    workspace: Workspace, providers: ScriptedOpenAI
) -> None:
    many = graph(
        [brief(count="number"), copy("captions", quantity="{{ brief.count }}")],
        "brief > captions",
    )

    def calls(**inputs: Any) -> int | None:
        return estimate(graph=many, inputs=inputs, workspace=workspace).agent_calls

    assert calls(count=7) == 7
    assert calls(count=21) is None, "over the limit: the run would refuse it"
    assert calls() is None


def test_a_quantity_that_a_step_tells_is_unknown(
    workspace: Workspace, providers: ScriptedOpenAI
) -> None:
    late = graph(
        [brief(), text("plan", "3"), copy("captions", quantity="{{ nodes.plan.text }}")],
        "brief > plan > captions",
    )
    found = estimate(graph=late, inputs={}, workspace=workspace)
    assert of(found, "plan").agent_calls == 0
    assert (found.agent_calls, found.tokens, found.cost, found.seconds) == (None,) * 4


def lanes(items: Any, **config: Any) -> Graph:
    return graph(
        [
            brief(products="list"),
            text("names"),
            node("each", "parallel", items=items, **config),
            copy("pitch", "{{ item }}", parent="each", quantity=2),
            copy("close"),
        ],
        "brief > names > each > close",
    )


@pytest.mark.parametrize("items", ["brief.products", "{{ brief.products | join: ',' }}", "3"])
def test_a_step_in_a_container_is_asked_once_a_lane(
    items: str, workspace: Workspace, providers: ScriptedOpenAI
) -> None:
    inputs = {"products": ["a", "b", "c"]}
    found = estimate(graph=lanes(items), inputs=inputs, workspace=workspace)
    count = 1 if "join" in items else 3
    assert of(found, "pitch").agent_calls == 2 * count
    assert found.agent_calls == 2 * count + 1


def test_items_that_a_step_makes_are_unknown(
    workspace: Workspace, providers: ScriptedOpenAI
) -> None:
    found = estimate(graph=lanes("nodes.names.text"), inputs={}, workspace=workspace)
    assert (of(found, "pitch").agent_calls, of(found, "close").agent_calls) == (None, 1)
    assert (found.agent_calls, found.seconds) == (None, None)


def test_a_quantity_may_differ_by_lane(workspace: Workspace, providers: ScriptedOpenAI) -> None:
    own = graph(
        [
            brief(counts="list"),
            node("each", "parallel", items="brief.counts", item_name="n"),
            copy("pitch", parent="each", quantity="{{ n }}"),
        ],
        "brief > each",
    )
    found = estimate(graph=own, inputs={"counts": ["1", "4"]}, workspace=workspace)
    assert found.agent_calls == 5


def past_run(workspace: Workspace, *latencies: int, **fields: Any) -> None:
    run = NodeRunFactory(execution=ExecutionFactory(workspace=workspace))
    for latency in latencies:
        AgentJobFactory(node_run=run, latency_ms=latency, **fields)


def test_time_is_the_median_of_past_agents_of_that_model(shop: Graph, workspace: Workspace) -> None:
    past_run(workspace, 4_000, 5_000, 90_000, provider="scripted", model="scripted-1")
    past_run(workspace, 1_000, provider="scripted", model="another")
    found = estimate(graph=shop, inputs={}, workspace=workspace)
    assert of(found, "captions").seconds == 5.0
    assert found.seconds == pytest.approx(5.2), "side by side with the cards, after the brief"


def test_agents_over_the_limit_and_lanes_over_the_width_wait(
    workspace: Workspace, providers: ScriptedOpenAI
) -> None:
    workspace.max_parallel_agents = 2
    past_run(workspace, 3_000, provider="scripted", model="scripted-1")
    inputs = {"products": ["a", "b", "c"]}
    found = estimate(
        graph=lanes("brief.products", max_parallel=2), inputs=inputs, workspace=workspace
    )
    assert of(found, "pitch").seconds == 6.0, "two lanes, then one"
    assert found.seconds == pytest.approx(0.2 + 0.2 + 0.2 + 6.0 + 3.0)


def test_other_workspaces_runs_tell_nothing(shop: Graph, workspace: Workspace) -> None:
    past_run(ExecutionFactory().workspace, 60_000, provider="scripted", model="scripted-1")
    assert of(estimate(graph=shop, inputs={}, workspace=workspace), "captions").seconds != 60


def test_wrong_and_missing_inputs_are_named_and_count_as_not_given(
    workspace: Workspace, providers: ScriptedOpenAI
) -> None:
    inputs = {"products": {"a": 1}, "colour": "red"}
    found = estimate(graph=lanes("brief.products"), inputs=inputs, workspace=workspace)
    assert {issue.field for issue in found.issues} == {"inputs.products", "inputs.colour"}
    assert of(found, "pitch").agent_calls is None


@pytest.mark.parametrize(
    "drawn",
    [
        Graph(),
        graph([node("brief", "brief", fields=[{"key": "Not a key"}]), copy("a")], "brief > a"),
        graph([brief(), node("x", "no_such_type"), copy("a", quantity=99)], "brief > x > a"),
        graph([brief(), copy("a"), copy("b")], "brief > a > b > a"),
        graph([brief(), node("p", "parallel", "p"), copy("a", parent="q")], "brief > p"),
    ],
)
def test_any_draft_can_be_estimated(
    drawn: Graph, workspace: Workspace, providers: ScriptedOpenAI
) -> None:
    found = estimate(graph=drawn, inputs={"x": 1}, workspace=workspace)
    assert found.steps == len(drawn.nodes)


def test_without_a_provider_the_calls_are_known_and_the_cost_is_not(workspace: Workspace) -> None:
    found = estimate(
        graph=graph([brief(), copy("a", quantity=2)], "brief > a"), inputs={}, workspace=workspace
    )
    assert (found.agent_calls, found.cost) == (2, None)


def test_the_number_of_queries_does_not_grow_with_the_steps(
    workspace: Workspace, providers: ScriptedOpenAI, django_assert_max_num_queries: Any
) -> None:
    steps = [copy(f"step{n}", model=f"model-{n}") for n in range(40)]
    big = graph([brief(), *steps], *(f"brief > step{n}" for n in range(40)))
    with django_assert_max_num_queries(4):
        found = estimate(graph=big, inputs={}, workspace=workspace)
    assert found.agent_calls == 40


def routed(left: str, right: str = "yes", items: str = "2") -> Graph:
    """Pictures where the condition holds, else a text; both lead to a summary."""
    rule = {"left": left, "operator": "equals", "right": right}
    check = node("check", "conditional", branches=[{"name": "yes", "rules": [rule]}])
    return graph(
        [
            brief("wanted", "word"),
            text("plan"),
            check,
            node("each", "parallel", items=items),
            copy("inner", parent="each", quantity=3),
            copy("short"),
            copy("summary"),
        ],
        "brief > plan > check.yes > each > summary",
        "check.else > short > summary",
    )


def calls_of(drawn: Graph, workspace: Workspace, **inputs: Any) -> dict[str, int | None]:
    found = estimate(graph=drawn, inputs=inputs, workspace=workspace)
    return {one.key: one.agent_calls for one in found.nodes if one.type == "generate_copy"}


def test_a_branch_that_the_brief_rules_out_is_not_counted(
    workspace: Workspace, providers: ScriptedOpenAI
) -> None:
    drawn = routed("brief.wanted", "{{ brief.word }}")
    held = calls_of(drawn, workspace, wanted="ja", word="JA")
    assert held == {"inner": 6, "short": 0, "summary": 1}
    other = calls_of(drawn, workspace, wanted="nein", word="ja")
    assert other == {"inner": 0, "short": 1, "summary": 1}
    found = estimate(graph=drawn, inputs={"wanted": "nein", "word": "ja"}, workspace=workspace)
    assert (found.steps, of(found, "inner").seconds, of(found, "each").seconds) == (7, 0.0, 0.0)
    assert of(found, "inner").cost == 0, "nothing is asked, so nothing is paid"


@pytest.mark.parametrize(
    ("left", "right"), [("nodes.plan.text", "x"), ("brief.wanted", "{{ nodes.plan.text }}")]
)
def test_a_branch_that_the_run_decides_is_counted(
    left: str, right: str, workspace: Workspace, providers: ScriptedOpenAI
) -> None:
    found = calls_of(routed(left, right), workspace, wanted="x", word="x")
    assert found == {"inner": 6, "short": 1, "summary": 1}


def test_a_required_answer_that_is_missing_leaves_both_branches_open(
    workspace: Workspace, providers: ScriptedOpenAI
) -> None:
    drawn = routed("brief.wanted")
    (first, *rest) = drawn.nodes
    asked = {"fields": [{"key": "wanted", "required": True}, {"key": "word"}]}
    drawn = Graph((replace(first, config=asked), *rest), drawn.edges)
    assert calls_of(drawn, workspace) == {"inner": 6, "short": 1, "summary": 1}
    assert calls_of(drawn, workspace, wanted="no") == {"inner": 0, "short": 1, "summary": 1}


def test_a_container_that_is_skipped_need_not_tell_its_items(
    workspace: Workspace, providers: ScriptedOpenAI
) -> None:
    drawn = routed("brief.wanted", items="nodes.plan.text")
    found = estimate(graph=drawn, inputs={"wanted": "no"}, workspace=workspace)
    assert (found.agent_calls, found.seconds is None) == (2, False)
    found = estimate(graph=drawn, inputs={"wanted": "yes"}, workspace=workspace)
    assert (found.agent_calls, found.seconds) == (None, None)
