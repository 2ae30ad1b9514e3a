"""Random workflows of 2 to 12 steps: joins, conditions, reviews, at most one container."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.graphs import brief, node
from tests.workflows.executions.machine.room import DUE_IN_HOURS
from workflows.graph.model import Graph
from workflows.graph.order import ancestors
from workflows.graph.parse import parse

_KINDS = ["container", "conditional", "copy", "text", "review", "review", "attach"]
_INSIDE = ["copy", "conditional", "text", "review"]
HANDLES = {"conditional": ["yes", "else"], "review": ["approved", "rejected"]}
MOST = 12


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """A workflow that launches: a brief, and steps that each have a way in."""
    nodes, edges = [brief("t")], []
    for number in range(draw(st.sampled_from([5, 1, 2, 3, 4, 6, 7, 8]))):
        left = MOST - len(nodes)
        has_container = any(one["type"] == "parallel" for one in nodes)
        kinds = [kind for kind in _KINDS if kind != "container" or not (has_container or left < 2)]
        kind = draw(st.sampled_from(kinds)) if left else ""
        if not kind:
            break
        key = f"n{number}"
        tops = [one for one in nodes if one["parent"] is None]
        if kind == "review":  # below a step that it can send back
            tops = tops[1:] or tops
        edges += draw(_edges(tops, key, least=1))
        nodes.append(draw(_step(key, kind)))
        if kind == "container":
            inside, between = draw(_inside(key, min(4, left - 1)))
            nodes += inside
            edges += between
    return draw(_with_revisions(nodes, edges))


@st.composite
def _step(draw: st.DrawFn, key: str, kind: str, parent: str | None = None) -> dict[str, Any]:
    if kind == "text":
        return node(key, "compose_text", parent, template="x")
    if kind == "copy":
        return node(key, "generate_copy", parent, prompt="Write", quantity=2)
    if kind == "attach":
        return node(key, "attach_to_document", parent, title="T", body="B")
    if kind == "conditional":
        rule = {"left": "brief.t", "operator": "equals", "right": "x"}
        return node(key, "conditional", parent, branches=[{"name": "yes", "rules": [rule]}])
    if kind == "review":
        policy = draw(st.sampled_from(["wait", "approve", "reject", "fail"]))
        due = {} if policy == "wait" else {"due_in_hours": DUE_IN_HOURS, "on_timeout": policy}
        return node(key, "review", parent, show=["brief.t"], role="editor", max_rounds=3, **due)
    return node(
        key,
        "parallel",
        items=draw(st.sampled_from(["brief.t", None])),
        max_parallel=draw(st.integers(1, 3)),
        on_item_error=draw(st.sampled_from(["fail", "continue"])),
    )


@st.composite
def _edges(
    draw: st.DrawFn, before: list[dict[str, Any]], key: str, least: int
) -> list[dict[str, str]]:
    most = min(3, len(before))
    sources = draw(
        st.lists(
            st.sampled_from(before), min_size=least, max_size=most, unique_by=lambda n: n["key"]
        )
        if before
        else st.just([])
    )
    return [
        {
            "source": source["key"],
            "source_handle": draw(st.sampled_from(HANDLES.get(source["type"], ["out"]))),
            "target": key,
        }
        for source in sources
    ]


@st.composite
def _inside(
    draw: st.DrawFn, parent: str, most: int
) -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
    nodes: list[dict[str, Any]] = []
    edges: list[dict[str, str]] = []
    for number in range(draw(st.integers(1, most))):
        key = f"{parent}_{number}"
        edges += draw(_edges(nodes, key, least=0))
        nodes.append(draw(_step(key, draw(st.sampled_from(_INSIDE)), parent)))
    return nodes, edges


@st.composite
def _with_revisions(
    draw: st.DrawFn, nodes: list[dict[str, Any]], edges: list[dict[str, str]]
) -> Graph:
    """Let reviews send back a step above them that is on their side of the container's wall."""
    above = ancestors(parse({"nodes": nodes, "edges": edges}))
    for one in nodes:
        if one["type"] != "review":
            continue
        found = [
            other["key"]
            for other in nodes
            if other["key"] in above[one["key"]]
            and other["type"] != "brief"
            and (one["parent"] is None or other["parent"] == one["parent"])
        ]
        one["config"]["revise"] = draw(st.sampled_from(found[::-1] or [""]))
    return parse({"nodes": nodes, "edges": edges})


def features(graph: Graph) -> frozenset[str]:
    """What of the things that matter a workflow has."""
    found = {node.type for node in graph.nodes} & {"conditional", "review"}
    containers = [node for node in graph.nodes if node.type == "parallel"]
    if containers:
        found.add("container")
    if any(one.config["items"] for one in containers):
        found.add("lanes")
    if any(len(graph.incoming[node.key]) > 1 for node in graph.nodes):
        found.add("join")
    return frozenset(found)
