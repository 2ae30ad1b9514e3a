import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workflows.graph.fakes import CATALOG, draw
from tests.workflows.graph.test_parse import graphs
from workflows.graph.model import Edge, Graph, Issue, Limits, Node
from workflows.graph.validate import validate

GOOD = {"prompt": "Write about {{ brief.topic }}"}


def found(graph, **options):
    """Code, step and field of every issue."""
    return [(i.code, i.node, i.field) for i in validate(graph, CATALOG, **options)]


def only(graph, **options):
    (issue,) = validate(graph, CATALOG, **options)
    return issue


def reads(text, picture="brief -> copy_1 -> copy -> attach", **configs):
    """The issues of a step ``copy`` with this prompt."""
    return validate(draw(picture, **{"copy": {"prompt": text}, **configs}), CATALOG)


def test_a_good_workflow_has_no_issue():
    graph = draw(
        """
        brief -> route:yes -> copy_1 -> review:approved -> attach
        route:else -> par[copy_2 copy_3] -> attach
        copy_2 -> copy_3
        """,
        route={"branches": ["yes"], "left": "brief.tone"},
        copy_1=GOOD,
        par={"items": "brief.topic", "item_name": "product"},
        copy_2={"prompt": "{{ item }} {{ product.name }} {{ index }} {{ nodes.route.branch }}"},
        copy_3={"prompt": "{{ nodes.copy_2.text }} {{ workspace.name }} {{ project.name }}"},
        review={"revise": "copy_1", "prompt": "{{ nodes.copy_1.variants[0].text }} {{ feedback }}"},
        attach={"prompt": "{{ nodes.copy_3.text }} {{ nodes.par.items }} {{ today }}"},
    )

    assert found(graph) == []


def test_everything_wrong_is_told_at_once():
    graph = draw(
        """
        brief -> copy -> copy_1 -> copy
        brief_2 -> what
        """,
        copy={"prompt": "{{ x", "quantity": 30},
        copy_1={"left": "brief.nope"},
    )

    assert {code for code, _, _ in found(graph)} == {
        "many_briefs",
        "unknown_type",
        "cycle",
        "bad_config",
        "bad_template",
        "unknown_variable",
    }


def test_errors_come_before_warnings():
    graph = draw("brief -> copy_1 \n brief -> copy_2 \n copy_3 -> attach")

    assert [i.severity for i in validate(graph, CATALOG)] == [
        "error",
        "error",
        "warning",
        "warning",
    ]


def test_a_workflow_without_a_brief_is_told_so_and_nothing_about_reach():
    assert found(draw("copy -> attach")) == [("no_brief", None, None)]


def test_each_brief_beyond_the_first_is_named():
    issue = only(draw("brief -> attach \n brief_2 -> attach"))

    assert (issue.code, issue.node) == ("many_briefs", "brief_2")
    assert "“brief_2” is a second brief beside “brief”" in issue.message


def test_a_brief_inside_a_container_is_an_error():
    assert ("brief_in_container", "brief", None) in found(draw("par[brief] -> attach"))


def test_a_cycle_is_named_with_its_nodes():
    issue = only(draw("brief -> copy_1 -> copy_2 -> copy_3 -> copy_1"))

    assert issue.code == "cycle"
    assert "copy_1 → copy_2 → copy_3 → copy_1" in issue.message


def test_an_unknown_type_is_an_error():
    assert found(draw("brief -> magic -> attach")) == [("unknown_type", "magic", None)]


def test_too_many_steps_are_an_error():
    graph = draw("brief -> copy -> attach")

    assert found(graph, limits=Limits(max_nodes=2)) == [("too_many_nodes", None, None)]
    assert found(graph, limits=Limits(max_nodes=3)) == []


def test_a_step_that_nothing_leads_to_is_an_error():
    graph = draw("brief -> attach \n copy_1 -> attach_2 \n par[copy_2] -> attach_2")

    assert [i for i in found(graph) if i[0] == "unreachable_node"] == [
        ("unreachable_node", key, None) for key in ("copy_1", "attach_2", "par", "copy_2")
    ]


def edged(*edges):
    graph = draw("brief -> copy -> attach", copy=GOOD)
    return Graph(graph.nodes, (*graph.edges, *edges))


@pytest.mark.parametrize(
    ("edge", "code", "node"),
    [
        (Edge("copy", "gone"), "missing_node", "copy"),
        (Edge("gone", "attach"), "missing_node", "attach"),
        (Edge("gone", "gone_2"), "missing_node", None),
        (Edge("copy", "attach", "approved"), "missing_handle", "copy"),
        (Edge("brief", "copy"), "duplicate_edge", "brief"),
        (Edge("copy", "copy"), "self_loop", "copy"),
    ],
)
def test_a_broken_connection_is_an_error(edge, code, node):
    assert (code, node, "edges.2") in found(edged(edge))
    assert {code for code, _, _ in found(edged(edge))} == {code}


def test_a_connection_into_the_brief_is_an_error():
    assert ("edge_into_brief", "brief", "edges.2") in found(edged(Edge("copy", "brief")))


def test_the_outlets_of_a_step_are_told_when_one_is_missing():
    graph = draw(
        "brief -> route:maybe -> attach \n route:yes -> attach", route={"branches": ["yes"]}
    )

    assert "the outlets are: “yes”, “else”" in only(graph).message


@pytest.mark.parametrize(
    "edge", [Edge("copy_1", "attach"), Edge("brief", "copy_1"), Edge("par", "copy_1")]
)
def test_a_connection_across_a_containers_wall_is_an_error(edge):
    graph = draw("brief -> par[copy_1] -> attach")
    crossed = Graph(graph.nodes, (*graph.edges, edge))

    assert ("edge_across_container", edge.source, "edges.2") in found(crossed)


def test_two_steps_of_one_key_are_an_error():
    graph = draw("brief -> copy -> attach")
    doubled = Graph((*graph.nodes, Node("copy", "copy")), graph.edges)

    assert ("duplicate_key", "copy", None) in found(doubled)


def test_containers_hold_known_steps_and_no_containers():
    nested = draw("brief -> par[par_2] -> attach")
    lost = Graph((Node("brief", "brief"), Node("copy", "copy", parent="gone")), ())
    plain = draw("brief -> copy_1[copy_2] -> attach")

    assert ("nested_container", "par_2", None) in found(nested)
    assert next(i for i in found(lost) if i[1] == "copy") == ("unknown_parent", "copy", None)
    assert ("parent_not_container", "copy_2", None) in found(plain)


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("{{ topic }}", "unknown_variable", "write brief.topic"),
        ("{{ copy_1.text }}", "unknown_variable", "write nodes.copy_1.text"),
        ("{{ breif.topic }}", "unknown_variable", "perhaps you mean “brief”"),
        ("{{ zzz }}", "unknown_variable", "a variable starts with one of brief, nodes"),
        ("{{ brief.topik }}", "unknown_variable", "perhaps you mean “topic”"),
        ("{{ brief.zzz }}", "unknown_variable", "the brief's fields are: tone, topic"),
        ("{{ brief }}", "unknown_variable", "name a field"),
        ("{{ nodes }}", "unknown_variable", "name a step"),
        ("{{ nodes.zzz.text }}", "unknown_variable", "a step that does not exist"),
        ("{{ nodes.copy_1.texts }}", "unknown_variable", "perhaps you mean “text”"),
        ("{{ nodes.copy_1[0] }}", "unknown_variable", "“copy_1” gives: text, variants"),
        ("{{ nodes.copy.text }}", "variable_not_upstream", "this step's own output"),
        ("{{ nodes.attach.title }}", "variable_not_upstream", "comes before “copy”"),
        ("{{ workspace.slug }}", "unknown_variable", "write workspace.name"),
        ("{{ project }}", "unknown_variable", "write project.name"),
        ("{{ today.year }}", "unknown_variable", "write today"),
        ("{{ item }}", "unknown_variable", "inside a Parallel step"),
        ("{{ nodes[brief.topic].text }}", "bad_template", "On line 1"),
        ("a\nb {{ 7*7 }}", "bad_template", "on line 2"),
        ("{{ brief.topic | shell }}", "bad_template", "no filter “shell”"),
    ],
)
def test_a_wrong_variable_is_an_error_with_the_way_out(text, code, words):
    (issue,) = reads(text)

    assert (issue.code, issue.node, issue.field) == (code, "copy", "prompt")
    assert issue.severity == "error"
    assert words in issue.message


@pytest.mark.parametrize(
    "text",
    [
        "{{ brief.topic.size }} {{ brief['tone'] }} {{ feedback.size }}",
        "{% for v in nodes.copy_1.variants %}{{ v.anything }}{% endfor %}",
        "{% assign topic = brief.topic %}{{ topic }}",
        "{{ nodes.copy_1 }}",
    ],
)
def test_variables_that_exist_are_no_issue(text):
    assert reads(text) == []


def test_the_variables_of_a_lane_are_known_inside_the_container_alone():
    picture = "brief -> par[copy] -> copy_1 -> attach"
    lanes = {"items": "brief.topic", "item_name": "product"}

    assert reads("{{ item }} {{ index }} {{ product }}", picture, par=lanes) == []
    assert [i.code for i in reads("{{ item }}", picture)] == ["unknown_variable"]
    (outside,) = reads("", picture, par=lanes, copy_1={"prompt": "{{ product }}"})
    assert (outside.code, outside.node) == ("unknown_variable", "copy_1")


def test_a_step_inside_a_container_may_not_read_the_container():
    (issue,) = reads("{{ nodes.par.items }}", "brief -> par[copy] -> attach")

    assert issue.code == "variable_not_upstream"
    assert "read it below, not inside" in issue.message


def test_a_step_beside_is_not_upstream():
    picture = "brief -> copy -> attach \n brief -> copy_1 -> attach"

    assert [i.code for i in reads("{{ nodes.copy_1.text }}", picture)] == ["variable_not_upstream"]


def test_bare_paths_are_checked_like_templates():
    graph = draw("brief -> copy -> attach", copy={"left": "nodes.copy.text"})
    braces = draw("brief -> copy -> attach", copy={"left": "{{ brief.topic }}"})
    extra = draw("brief -> copy -> attach", copy={"left": "n"})

    assert found(graph) == [("variable_not_upstream", "copy", "left")]
    assert found(braces) == [("bad_variable", "copy", "left")]
    assert "without braces: brief.topic" in only(braces).message
    assert found(extra) == []


@pytest.mark.parametrize(
    ("revise", "code"),
    [
        ("copy", None),
        ("nodes.copy", None),
        ("", None),
        ("gone", "unknown_variable"),
        ("attach", "variable_not_upstream"),
        ("review", "variable_not_upstream"),
        ("copy.text", "unknown_variable"),
    ],
)
def test_a_reference_to_a_step_must_name_one_upstream(revise, code):
    graph = draw("brief -> copy -> review:approved -> attach", review={"revise": revise})

    assert found(graph) == ([(code, "review", "revise")] if code else [])


def test_an_issue_of_a_config_keeps_its_field_and_gets_its_step():
    graph = draw("brief -> copy -> attach", copy={"quantity": 21})

    assert found(graph) == [("bad_config", "copy", "quantity")]


def test_issues_of_providers_come_from_the_caller():
    def unknown_provider(node):
        if node.type == "copy":
            yield Issue("unknown_provider", "There is no provider “x”.", field="provider")

    graph = draw("brief -> copy -> attach")

    assert found(graph, provider_issues=unknown_provider) == [
        ("unknown_provider", "copy", "provider")
    ]


def test_a_branch_that_leads_nowhere_is_a_warning_and_else_is_not():
    graph = draw("brief -> route:yes -> attach", route={"branches": ["yes", "no"]})

    issue = only(graph)
    assert (issue.code, issue.node, issue.severity) == ("unused_branch", "route", "warning")
    assert "“no”" in issue.message


def test_an_output_that_nobody_uses_is_a_warning():
    graph = draw("brief -> copy \n brief -> attach")

    issue = only(graph)
    assert (issue.code, issue.node, issue.severity) == ("unused_output", "copy", "warning")


def test_a_container_is_used_through_what_is_inside_and_below_it():
    assert found(draw("brief -> par[attach]")) == []
    assert found(draw("brief -> par[copy] -> attach")) == []
    assert found(draw("brief -> par[copy]")) == [
        ("unused_output", "par", None),
        ("unused_output", "copy", None),
    ]


few = st.sampled_from(["brief", "brief_2", "copy", "copy_1", "par", "par_2", "route", "gone"])
prompts = st.sampled_from(
    [
        "{{ brief.topic }}",
        "{{ nodes.copy.text }}{{ nodes.par.items }}",
        "{{ nodes.copy_1.nope }}{{ item }}",
        "{{ x[y] }}",
        "{% if",
    ]
)
tangles = st.builds(
    Graph,
    nodes=st.lists(
        st.builds(
            Node,
            key=few,
            type=st.sampled_from([*CATALOG.specs, "magic"]),
            config=st.fixed_dictionaries(
                {},
                optional={
                    "prompt": prompts | st.integers(),
                    "left": few | st.just("nodes.copy.text") | st.none(),
                    "revise": few,
                    "branches": st.just(["yes", 1]) | st.integers(),
                    "fields": st.just(["topic"]) | st.none(),
                    "items": st.booleans(),
                },
            ),
            parent=st.none() | few,
        ),
        max_size=8,
    ).map(tuple),
    edges=st.lists(
        st.builds(
            Edge, source=few, target=few, source_handle=st.sampled_from(["out", "yes", "else"])
        ),
        max_size=12,
    ).map(tuple),
)


@given(tangles | graphs)
def test_any_draft_can_be_validated(graph):
    for issue in validate(graph, CATALOG):
        assert issue.code
        assert issue.message.endswith(".")


def test_a_hundred_steps_are_validated_in_milliseconds():
    keys = [f"copy_{n}" for n in range(98)]
    lines = "\n".join(" -> ".join(["brief", *keys[n::7], "attach"]) for n in range(7))
    prompts = {
        key: {"prompt": f"{{{{ brief.topic }}}} {{{{ nodes.copy_{n - 7}.text }}}}"}
        for n, key in enumerate(keys)
        if n >= 7
    }
    graph = draw(lines, **prompts)
    validate(graph, CATALOG)
    started = time.thread_time()

    assert validate(Graph(graph.nodes, graph.edges), CATALOG) == []
    assert time.thread_time() - started < 0.1
