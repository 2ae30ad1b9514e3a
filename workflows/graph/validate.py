"""Everything that is wrong with a graph, at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from workflows.graph import rules_structure, rules_use, rules_variables
from workflows.graph.draft import Draft
from workflows.graph.model import Graph, Issue, Limits, Node, NodeCatalog

Rule = Callable[[Draft], Iterable[Issue]]
NodeIssues = Callable[[Node], Iterable[Issue]]
"""Issues of one step that need more than its config, such as a provider that is not there."""


def validate(
    graph: Graph,
    catalog: NodeCatalog,
    *,
    limits: Limits | None = None,
    provider_issues: NodeIssues | None = None,
) -> list[Issue]:
    """Every issue of ``graph``, each with a code, the step and field it is about and a way out.

    Errors keep a workflow from being launched, warnings do not. Never raises, whatever the
    draft, as long as the node types keep to ``NodeSpec``.
    """
    draft = Draft(graph, catalog, limits or Limits())
    issues = [issue for rule in RULES for issue in rule(draft)]
    if provider_issues is not None:
        for node in graph.nodes:
            issues += [replace(issue, node=node.key) for issue in provider_issues(node)]
    return sorted(dict.fromkeys(issues), key=lambda issue: issue.severity != "error")


def _configs(draft: Draft) -> Iterator[Issue]:
    """Each step's own check of its config."""
    for node, spec in draft.known:
        for issue in spec.check_config(node.config):
            yield replace(issue, node=node.key)


RULES: tuple[Rule, ...] = (
    rules_structure.one_brief,
    rules_structure.known_types,
    rules_structure.step_count,
    rules_structure.unique_keys,
    rules_structure.containers,
    rules_structure.edges,
    rules_structure.cycles,
    rules_structure.reached_steps,
    _configs,
    rules_variables.variables,
    rules_use.unused_branches,
    rules_use.unused_outputs,
)
