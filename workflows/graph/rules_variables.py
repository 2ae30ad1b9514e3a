"""Rules about variables: that each exists and is known by the time it is read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from workflows.graph.bindings import TemplateError, VariablePath
from workflows.graph.draft import Draft, paths_of, step_key
from workflows.graph.model import Issue, Node, NodeSpec, Reference
from workflows.graph.order import inside

Wrong = tuple[str, str]
"""Code and message."""

_NAMES = {"workspace": ("name",), "project": ("name",)}
_BARE = frozenset({"today", "feedback"})
_LANE = frozenset({"item", "index"})


def variables(draft: Draft) -> Iterator[Issue]:
    """Templates can be read, and what they and the bare paths name is there."""
    for node, spec in draft.known:
        for reference in spec.references(node.config):
            for code, message in _wrong_reference(draft, node, reference):
                yield Issue(code, message, node=node.key, field=reference.field)


def _wrong_reference(draft: Draft, node: Node, reference: Reference) -> Iterator[Wrong]:
    if reference.kind == "node":
        if reference.text.strip():
            key = step_key(reference.text)
            yield from _wrong_step(draft, node, key, f"“{key}”")
            yield from _outside_the_lane(draft, node, key)
        return
    try:
        paths = list(paths_of(reference))
    except TemplateError as error:
        yield ("bad_template" if reference.kind == "template" else "bad_variable"), error.message
        return
    for path in paths:
        yield from _wrong_path(draft, node, path, reference.extra_roots)


def _outside_the_lane(draft: Draft, node: Node, key: str) -> Iterator[Wrong]:
    """A step in a container can send back a step beside it, not one that all lanes share."""
    named = draft.graph.by_key.get(key)
    if named is not None and node.parent is not None and named.parent != node.parent:
        home = draft.name(node.parent)
        yield (
            "revise_across_container",
            f"“{named.name}” is outside “{home}” and shared by all its lanes: name a step inside.",
        )


def _wrong_path(
    draft: Draft, node: Node, path: VariablePath, extra_roots: frozenset[str]
) -> Iterator[Wrong]:
    root = path.root
    container = draft.container_of(node)
    lane = container[1].child_roots(container[0].config) if container else frozenset()
    if root in extra_roots or root in lane:
        return
    if root == "brief":
        yield from _wrong_brief_path(draft, path)
    elif root == "nodes":
        yield from _wrong_output_path(draft, node, path)
    elif root in _NAMES:
        if len(path.segments) != 2 or path.segments[1] not in _NAMES[root]:
            yield _unknown(path, f"write {root}.name")
    elif root in _BARE:
        if len(path.segments) > 1 and path.segments[1:] != ("size",):
            yield _unknown(path, f"“{root}” is a plain text; write {root}")
    elif root in _LANE:
        yield _unknown(path, f"“{root}” is known only inside a Parallel step that has items")
    else:
        yield _unknown(path, _way_out(draft, path, {*extra_roots, *lane}))


def _way_out(draft: Draft, path: VariablePath, others: Iterable[str]) -> str:
    if any(path.root in (spec.output_names(root.config) or ()) for root, spec in draft.roots):
        return f"write brief.{path}"
    if path.root in draft.graph.by_key:
        return f"write nodes.{path}"
    known = ["brief", "nodes", *_NAMES, *sorted(_BARE), *sorted(others)]
    return _meant(path.root, known) or f"a variable starts with one of {', '.join(known)}"


def _wrong_brief_path(draft: Draft, path: VariablePath) -> Iterator[Wrong]:
    if len(path.segments) == 1:
        yield _unknown(path, "name a field after it, as in brief.topic")
        return
    for root, spec in draft.roots[:1]:
        names = spec.output_names(root.config)
        if names is not None and path.segments[1] not in names:
            fields = ", ".join(sorted(names)) or "none yet"
            yield _unknown(
                path, _meant(path.segments[1], names) or f"the brief's fields are: {fields}"
            )


def _wrong_output_path(draft: Draft, node: Node, path: VariablePath) -> Iterator[Wrong]:
    if len(path.segments) == 1:
        yield _unknown(path, "name a step after it, as in nodes.copy.text")
        return
    key = str(path.segments[1])
    wrong = list(_wrong_step(draft, node, key, f"“{path}”"))
    yield from wrong
    if wrong or len(path.segments) == 2 or key not in draft.specs:
        return
    spec: NodeSpec = draft.specs[key]
    names = spec.output_names(draft.graph.by_key[key].config)
    if names is not None and path.segments[2] not in names:
        outputs = ", ".join(sorted(names)) or "none"
        gives = f"“{draft.name(key)}” gives: {outputs}"
        yield _unknown(path, _meant(path.segments[2], names) or gives)


def _wrong_step(draft: Draft, node: Node, key: str, what: str) -> Iterator[Wrong]:
    """Why a step's output may not be read by ``node``, if so."""
    step = draft.name(key)
    if key not in draft.graph.by_key:
        way = _meant(key, draft.graph.by_key) or "name a step of this workflow"
        yield "unknown_variable", f"{what} reads a step that does not exist; {way}."
    elif key == node.key:
        yield "variable_not_upstream", f"{what} is this step's own output; read an earlier step."
    elif node.key in inside(draft.graph, key):
        yield (
            "variable_not_upstream",
            f"{what} is known only when all of “{step}” has ended; read it below, not inside.",
        )
    elif key not in draft.upstream[node.key]:
        yield (
            "variable_not_upstream",
            f"{what} is not known yet: connect “{step}” so that it comes before “{node.name}”.",
        )


def _unknown(path: VariablePath, way: str) -> Wrong:
    return "unknown_variable", f"There is no variable “{path}”; {way}."


def _meant(name: str | int, known: Iterable[str]) -> str | None:
    near = get_close_matches(str(name), list(known), n=1)
    return f"perhaps you mean “{near[0]}”" if near else None
