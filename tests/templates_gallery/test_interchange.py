"""Templates out and in: nothing is lost, nothing foreign comes along."""

import copy
import json
import random
from typing import Any

import pytest

from templates_gallery.catalog import FOLDER, write_entry
from templates_gallery.models import GalleryEntry
from tests.factories import TemplateFactory
from tests.graphs import brief, graph, node
from workflows.interchange import ImportRefused, from_export, import_template, to_export
from workflows.models import WorkflowNode, WorkflowTemplate, WorkflowVersion
from workspaces.models import User, Workspace

pytestmark = pytest.mark.django_db
FILES = sorted(FOLDER.glob("*.json"))


def data(slug: str = "blog-post-with-hero") -> dict[str, Any]:
    return json.loads((FOLDER / f"{slug}.json").read_text(encoding="utf-8"))


def refused(value: object) -> list[str | None]:
    """The fields that an import names; nothing was written."""
    with pytest.raises(ImportRefused) as caught:
        import_template(value, workspace=None)
    assert not WorkflowTemplate.objects.exists()
    assert all(error.message for error in caught.value.errors)
    return [error.field for error in caught.value.errors]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_is_exported_and_imported_exports_the_same(path: Any) -> None:
    first = json.loads(path.read_text(encoding="utf-8"))
    template = import_template(first, workspace=None)
    write_entry(template, from_export(first))
    second = to_export(WorkflowTemplate.objects.get(pk=template.pk))
    assert second == first
    third = import_template(second, workspace=None, update=True)
    assert to_export(WorkflowTemplate.objects.get(pk=third.pk)) == second


def test_an_import_makes_version_1_in_the_workspace(workspace: Workspace, editor: User) -> None:
    template = import_template(data(), workspace=workspace, author=editor)
    assert (template.workspace, template.created_by) == (workspace, editor)
    assert template.current_version and template.current_version.number == 1


def test_a_taken_slug_gets_a_number(workspace: Workspace) -> None:
    slugs = [import_template(data(), workspace=workspace).slug for _ in range(3)]
    assert slugs == [f"blog-post-with-hero{tail}" for tail in ("", "-2", "-3")]


def test_an_update_makes_a_version_where_something_changed(workspace: Workspace) -> None:
    changed = data()
    first = import_template(data(), workspace=workspace)
    import_template(data(), workspace=workspace, update=True)
    changed["nodes"][1]["label"] = "Outline"
    again = import_template(changed, workspace=workspace, update=True)
    assert again.pk == first.pk
    assert list(again.versions.order_by("number").values_list("number", flat=True)) == [1, 2]


def test_the_same_slug_elsewhere_is_left_alone(workspace: Workspace) -> None:
    other = TemplateFactory(slug="blog-post-with-hero")
    before = other.current_version_id
    import_template(data(), workspace=workspace, update=True)
    other.refresh_from_db()
    assert other.current_version_id == before


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda d: d.pop("name"), "name"),
        (lambda d: d.update(api_key="sk-1"), "api_key"),
        (lambda d: d.update(format="other"), "format"),
        (lambda d: d.update(format_version=2), "format_version"),
        (lambda d: d.update(slug="a b"), "slug"),
        (lambda d: d.update(tags="blog"), "tags"),
        (lambda d: d.update(name="x\x00"), "name"),
        (lambda d: d["gallery"].update(sample={"x": [float("nan")]}), "gallery.sample.x.0"),
        (lambda d: d["gallery"].update(template=1), "gallery.template"),
        (lambda d: d["nodes"][0].update(key="A"), "nodes.0.key"),
        (lambda d: d["nodes"][1]["config"].update(api_key="sk"), "nodes.1.config.api_key"),
        (lambda d: d["canvas_notes"][0].update(text=3), "canvas_notes.0.text"),
    ],
)
def test_bad_data_is_refused_and_its_field_named(change: Any, field: str) -> None:
    bad = data()
    change(bad)
    assert field in refused(bad)


@pytest.mark.parametrize("value", [None, [], "text", 3, {}, {"format": []}])
def test_what_is_no_template_at_all_is_refused(value: object) -> None:
    refused(value)


def test_over_a_hundred_steps_are_refused() -> None:
    bad = data()
    bad["nodes"] += [{**bad["nodes"][1], "key": f"more_{n}"} for n in range(100)]
    assert refused(bad) == ["nodes"]


@pytest.mark.parametrize("text", ["12", "{{ 12 }}", "{% if true %}12{% endif %}", "1{{ brief.a }}"])
def test_a_file_cannot_name_a_document_of_the_place_it_comes_to(text: str) -> None:
    bad = data()
    place = next(n for n, one in enumerate(bad["nodes"]) if one["type"] == "attach_to_document")
    bad["nodes"][place]["config"].update(target="existing", document_id=text)
    assert refused(bad) == [f"nodes.{place}.config.document_id"]


def test_a_document_may_come_from_the_brief() -> None:
    good = data()
    good["nodes"][-1]["config"].update(target="existing", document_id="{{ brief.topic }}")
    from_export(good)


def test_a_file_can_name_neither_people_nor_uploads() -> None:
    bad = data()
    place = next(n for n, one in enumerate(bad["nodes"]) if one["type"] == "review")
    bad["nodes"][place]["config"]["assignees"] = ["owner@example.test"]
    bad["gallery"]["sample_inputs"]["notes"] = 4
    asked = bad["nodes"][0]["config"]["fields"]
    upload = next(n for n, one in enumerate(asked) if one["kind"] == "file")
    asked[upload]["default"] = 3
    assert set(refused(bad)) == {
        f"nodes.{place}.config.assignees",
        f"nodes.0.config.fields.{upload}.default",
        "gallery.sample_inputs.notes",
    }


def test_an_export_leaves_ids_people_and_unknown_settings_behind() -> None:
    drawn = graph(
        [
            brief("topic"),
            node("review", "review", show=["brief.topic"], assignees=["owner@example.test"]),
            node("doc", "attach_to_document", target="existing", document_id="12", token="sk-1"),
        ],
        "brief > review.approved > doc",
    )
    exported = to_export(TemplateFactory(graph=drawn))
    written = json.dumps(exported)
    assert "owner@example.test" not in written
    assert "sk-1" not in written
    assert exported["nodes"][2]["config"] == {"target": "existing", "document_id": ""}
    from_export(exported)


def mutate(value: Any, chance: random.Random) -> Any:
    """A copy with one place changed into something else."""
    made = copy.deepcopy(value)
    holder: Any = made
    while True:
        places = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
        if not places:
            return made
        place = chance.choice(places)
        inner = holder[place]
        if isinstance(inner, dict | list) and inner and chance.random() < 0.8:
            holder = inner
            continue
        junk: list[Any] = [
            None,
            7,
            -1e308,
            True,
            "",
            "12",
            "{{ 12 }}",
            [],
            {},
            [{}],
            "\ud800",
            "x" * 999,
        ]
        holder[place] = chance.choice(junk)
        return made


@pytest.mark.parametrize("seed", range(60))
def test_a_mangled_file_is_taken_as_data_or_refused_whole(seed: int, workspace: Workspace) -> None:
    chance = random.Random(seed)
    bad: Any = data(chance.choice(FILES).stem)
    for _ in range(chance.randint(1, 4)):
        bad = mutate(bad, chance)
    try:
        template = import_template(bad, workspace=workspace)
    except ImportRefused as error:
        assert all(one.message for one in error.errors)
        assert not WorkflowVersion.objects.exists()
        return
    assert template.workspace == workspace
    assert not GalleryEntry.objects.exists()
    for step in WorkflowNode.objects.filter(version=template.current_version):
        assert not step.config.get("assignees")
        assert "12" not in str(step.config.get("document_id") or "")
    from_export(to_export(template))
