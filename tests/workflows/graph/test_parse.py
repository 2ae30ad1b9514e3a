import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workflows.graph.fakes import draw
from workflows.graph.model import KEY, Edge, Graph, Limits, Node
from workflows.graph.parse import GraphParseError, content_hash, parse, to_json

NODE = {"key": "copy", "type": "copy"}


def errors_of(data, **limits):
    with pytest.raises(GraphParseError) as caught:
        parse(data, limits=Limits(**limits))
    return {(error.code, error.field) for error in caught.value.errors}


def nodes(*changes):
    return {"nodes": [{**NODE, "key": f"copy_{i}", **change} for i, change in enumerate(changes)]}


def test_what_is_left_out_has_a_default():
    graph = parse({"nodes": [NODE], "edges": [{"source": "copy", "target": "copy"}]})

    assert graph == Graph((Node("copy", "copy"),), (Edge("copy", "copy", "out"),))
    assert parse({}) == Graph()


def test_every_bad_field_is_named_at_once():
    found = errors_of(
        {
            "nodes": [
                NODE,
                {"key": "Copy!", "type": 7, "colour": "red", "config": []},
                {"type": "copy", "position": {"x": "1", "y": math.inf}},
            ],
            "edges": [{"source": "a"}],
            "extra": 1,
        }
    )

    assert found == {
        ("bad_key", "nodes.1.key"),
        ("bad_type", "nodes.1.type"),
        ("unknown_field", "nodes.1.colour"),
        ("bad_type", "nodes.1.config"),
        ("missing", "nodes.2.key"),
        ("bad_type", "nodes.2.position.x"),
        ("bad_value", "nodes.2.position.y"),
        ("missing", "edges.0.target"),
        ("unknown_field", "extra"),
    }


def test_messages_are_plain_words_that_name_the_field():
    with pytest.raises(GraphParseError) as caught:
        parse({"nodes": [{"key": "1st", "type": "copy"}]})

    assert caught.value.errors[0].message == (
        "nodes.0.key must start with a small letter and hold only small letters, digits and "
        "underscores, at most 40 in all."
    )


@pytest.mark.parametrize("key", ["", "Copy", "1copy", "a b", "a" * 41, "copy\n", "é", "_a", "a-b"])
def test_a_key_outside_the_pattern_is_refused(key):
    assert errors_of({"nodes": [{**NODE, "key": key}]}) == {("bad_key", "nodes.0.key")}


@pytest.mark.parametrize("body", [None, [], "graph", 7])
def test_a_body_that_is_no_object_is_refused(body):
    assert errors_of(body) == {("bad_type", None)}


@pytest.mark.parametrize("part", ["nodes", "edges"])
@pytest.mark.parametrize("value", [None, {}, "x", 3])
def test_parts_that_are_no_lists_are_refused(part, value):
    assert errors_of({part: value}) == {("bad_type", part)}


def test_a_hundred_and_one_steps_are_too_many_and_a_hundred_are_not():
    assert len(parse(nodes(*[{}] * 100)).nodes) == 100
    assert errors_of(nodes(*[{}] * 101)) == {("too_many_nodes", "nodes")}
    assert errors_of(nodes({}, {}), max_nodes=1) == {("too_many_nodes", "nodes")}


def test_over_a_thousand_edges_are_too_many():
    edge = {"source": "copy", "target": "copy"}

    assert len(parse({"edges": [edge] * 1000}).edges) == 1000
    assert errors_of({"edges": [edge] * 1001}) == {("too_many_edges", "edges")}


def deep(levels):
    config = value = {}
    for _ in range(levels - 1):
        value["x"] = {}
        value = value["x"]
    return config


def test_a_config_of_twelve_levels_parses_and_a_deeper_one_does_not():
    assert parse(nodes({"config": deep(12)})).nodes[0].config == deep(12)
    assert errors_of(nodes({}, {"config": deep(13)})) == {("config_too_deep", "nodes.1.config")}
    assert errors_of(nodes({"config": deep(900)})) == {("config_too_deep", "nodes.0.config")}


def test_a_config_of_over_200_kilobytes_is_refused():
    assert parse(nodes({"config": {"prompt": "é" * 99_000}}))
    assert errors_of(nodes({"config": {"prompt": "é" * 100_000}})) == {
        ("config_too_large", "nodes.0.config")
    }


@pytest.mark.parametrize(
    "value",
    ["a\x00b", "\ud800", math.nan, math.inf, 2**63, {"\x00": 1}, {1: 2}, object(), {"a": ["\x00"]}],
)
def test_a_config_with_what_cannot_be_stored_is_refused(value):
    assert errors_of(nodes({"config": {"x": value}})) == {("bad_value", "nodes.0.config")}


def test_a_label_that_cannot_be_stored_is_refused():
    assert errors_of(nodes({"label": "a\x00"})) == {("bad_value", "nodes.0.label")}


def test_the_hash_tells_positions_apart_but_not_the_order_of_names():
    one = parse(nodes({"config": {"a": 1, "b": 2}}))
    same = parse(nodes({"config": {"b": 2, "a": 1}}))
    moved = parse(nodes({"config": {"a": 1, "b": 2}, "position": {"x": 1, "y": 0}}))

    assert content_hash(one) == content_hash(same)
    assert content_hash(one) != content_hash(moved)
    assert len(content_hash(one)) == 64


keys = st.from_regex(KEY, fullmatch=True).map(str.strip)
texts = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=12)
plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | texts | st.floats(-1e9, 1e9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
coordinates = st.floats(-1e6, 1e6)
graphs = st.builds(
    Graph,
    nodes=st.lists(
        st.builds(
            Node,
            key=keys,
            type=st.sampled_from(["brief", "copy", "par", "route", "review", "attach", "what"]),
            label=texts,
            config=st.dictionaries(texts, plain, max_size=3),
            position=st.tuples(coordinates, coordinates),
            parent=st.none() | keys,
        ),
        max_size=5,
    ).map(tuple),
    edges=st.lists(
        st.builds(Edge, source=keys, target=keys, source_handle=texts.filter(bool)), max_size=5
    ).map(tuple),
)


@given(graphs)
def test_a_graph_comes_back_the_same_from_its_json(graph):
    body = json.loads(json.dumps(to_json(graph)))

    assert parse(body) == graph
    assert content_hash(parse(body)) == content_hash(graph)


@given(st.recursive(plain, lambda inner: st.fixed_dictionaries({"nodes": st.lists(inner)})))
def test_any_body_parses_or_is_refused_with_reasons(body):
    try:
        parse(body)
    except GraphParseError as error:
        assert error.errors
        assert all(issue.message for issue in error.errors)


def test_a_drawn_graph_parses():
    graph = draw("brief -> copy -> attach")

    assert parse(to_json(graph)) == graph
