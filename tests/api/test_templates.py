"""Workflows over the API: made, read, changed, archived, cloned, moved."""

from __future__ import annotations

from typing import Any

import pytest

from templates_gallery.models import GalleryEntry
from tests.api.conftest import ApiClient, Program, attrs, problem
from tests.factories import GalleryEntryFactory, TemplateFactory
from tests.graphs import brief, copy, edges, text
from workflows.graph.parse import to_json
from workflows.models import WorkflowTemplate
from workflows.versions import graph_of
from workspaces.models import User, Workspace

PATH = "/workflows/templates"


def drawn(template: str = "{{ brief.topic }}") -> dict[str, Any]:
    """The JSON of a brief and one step."""
    return {
        "nodes": [brief("topic"), text("teaser", template)],
        "edges": edges("brief > teaser"),
    }


def body(**fields: Any) -> dict[str, Any]:
    return {"name": "Teasers", **drawn(), **fields}


@pytest.fixture
def writer(program: Program, editor: User) -> ApiClient:
    return program(editor)


@pytest.fixture
def reader(program: Program, viewer: User) -> ApiClient:
    return program(viewer)


@pytest.fixture
def made(writer: ApiClient) -> Any:
    """A workflow as its maker was answered, with its ETag."""
    answer = writer.make(PATH, body())
    assert answer.status_code == 201
    return answer


@pytest.fixture
def shared(db: None) -> WorkflowTemplate:
    """A published template of the gallery."""
    entry: GalleryEntry = GalleryEntryFactory(template__name="Blog post", template__tags=["blog"])
    return entry.template


@pytest.fixture
def theirs(elsewhere: Workspace) -> WorkflowTemplate:
    """A workflow of somebody else's."""
    return TemplateFactory(workspace=elsewhere)


def test_an_editor_makes_a_workflow_and_reads_it_back(made: Any, reader: ApiClient) -> None:
    assert made["Location"] == f"/api{PATH}/{made.json()['id']}"
    read = reader.read(f"{PATH}/{made.json()['id']}")
    assert read.status_code == 200
    assert read["ETag"] == made["ETag"]
    found = read.json()
    assert (found["name"], found["slug"], found["version"]) == ("Teasers", "teasers", 1)
    assert (found["scope"], found["cloned_from"], found["draft"]) == ("workspace", None, None)
    assert [node["key"] for node in found["nodes"]] == ["brief", "teaser"]
    assert found["nodes"][1] == {
        "key": "teaser",
        "type": "compose_text",
        "label": "Teaser",
        "config": {"template": "{{ brief.topic }}"},
        "position": {"x": 0.0, "y": 0.0},
        "parent": None,
    }
    assert found["edges"] == [{"source": "brief", "source_handle": "out", "target": "teaser"}]
    assert found["launchable"] is True
    assert [issue["severity"] for issue in found["issues"]] == ["warning"]


def test_a_graph_with_issues_is_saved_and_told(writer: ApiClient) -> None:
    answer = writer.make(PATH, body(**drawn("{{ brief.nothing }}")))
    assert answer.status_code == 201
    found = answer.json()
    assert found["launchable"] is False
    error = next(issue for issue in found["issues"] if issue["severity"] == "error")
    assert (error["node"], error["field"]) == ("teaser", "template")


def test_a_name_alone_is_enough(writer: ApiClient) -> None:
    answer = writer.make(PATH, {"name": "Empty"})
    assert answer.status_code == 201
    assert answer.json()["nodes"] == [] and answer.json()["launchable"] is False


def many(count: int) -> dict[str, Any]:
    return {"nodes": [text(f"step{n}") for n in range(count)], "edges": []}


@pytest.mark.parametrize(
    ("wrong", "attr"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": 5 * ["x"]}, "name"),
        ({"category": "two words"}, "category"),
        ({"tags": ["x" * 41]}, "tags.0"),
        ({"colour": "red"}, "colour"),
        ({"nodes": "none"}, "nodes"),
        ({"nodes": [{"type": "brief"}]}, "nodes.0.key"),
        ({"nodes": [{**text("a"), "colour": 1}]}, "nodes.0.colour"),
        ({"edges": [{"source": "brief"}]}, "edges.0.target"),
        ({"edges": [{**edges("a > b")[0], "source_handle": "x" * 41}]}, "edges.0.source_handle"),
        ({"nodes": [{**text("a"), "type": "x" * 41}]}, "nodes.0.type"),
        ({"nodes": many(101)["nodes"]}, "nodes"),
        ({"canvas_notes": [{"text": "no id"}]}, "canvas_notes.0.id"),
        ({"nodes": [text("a", "\x00")]}, "nodes.0.config.template"),
    ],
)
def test_a_bad_body_is_refused_and_saves_nothing(
    wrong: dict[str, Any], attr: str, writer: ApiClient
) -> None:
    assert attr in attrs(writer.make(PATH, body(**wrong)))
    assert not WorkflowTemplate.objects.exists()


@pytest.mark.parametrize("missing", ["nodes", "edges"])
def test_half_a_graph_is_refused(missing: str, writer: ApiClient, made: Any) -> None:
    half = body()
    del half[missing]
    assert attrs(writer.make(PATH, half)) == {missing}
    assert attrs(writer.put_json(f"{PATH}/{made.json()['id']}", half)) == {missing}


@pytest.mark.parametrize(
    "field", ["id", "slug", "workspace", "workspace_id", "version", "current_version", "created_by"]
)
def test_what_only_the_server_sets_is_refused(field: str, writer: ApiClient, made: Any) -> None:
    assert attrs(writer.make(PATH, body(**{field: 1}))) == {field}
    assert attrs(writer.put_json(f"{PATH}/{made.json()['id']}", body(**{field: 1}))) == {field}
    assert WorkflowTemplate.objects.count() == 1


def test_a_changed_graph_becomes_the_next_version_and_the_same_one_does_not(
    writer: ApiClient, made: Any
) -> None:
    path = f"{PATH}/{made.json()['id']}"
    changed = writer.put_json(path, body(**drawn("Now: {{ brief.topic }}"), note="Say when"))
    assert (changed.status_code, changed.json()["version"]) == (200, 2)
    assert changed["ETag"] != made["ETag"]
    again = writer.put_json(path, body(**drawn("Now: {{ brief.topic }}")))
    assert (again.status_code, again.json()["version"]) == (200, 2)
    assert again["ETag"] == changed["ETag"], "nothing has changed"


def test_what_a_change_leaves_out_stays(writer: ApiClient) -> None:
    made = writer.make(PATH, body(description="Long", category="blog", tags=["a"])).json()
    found = writer.put_json(f"{PATH}/{made['id']}", {"name": "Renamed"}).json()
    assert (found["name"], found["description"], found["tags"]) == ("Renamed", "Long", ["a"])
    assert (found["version"], found["nodes"]) == (1, made["nodes"])


def test_a_change_of_what_somebody_else_changed_is_refused(writer: ApiClient, made: Any) -> None:
    path = f"{PATH}/{made.json()['id']}"
    seen = {"If-Match": made["ETag"]}
    first = writer.put_json(path, {"name": "First"}, headers=seen)
    assert first.status_code == 200
    problem(writer.put_json(path, {"name": "Second"}, headers=seen), 412)
    problem(writer.remove(path, headers=seen), 412)
    assert writer.read(path).json()["name"] == "First"
    again = writer.put_json(path, {"name": "Second"}, headers={"If-Match": first["ETag"]})
    assert again.status_code == 200


def test_an_archived_workflow_is_gone_from_everywhere(writer: ApiClient, made: Any) -> None:
    path = f"{PATH}/{made.json()['id']}"
    assert writer.remove(path).status_code == 204
    problem(writer.read(path), 404)
    problem(writer.remove(path), 404)
    problem(writer.make(f"{path}/clone"), 404)
    assert writer.read(PATH).json()["results"] == []
    assert WorkflowTemplate.objects.get().versions.count() == 1


def test_a_draft_is_kept_beside_the_version(
    writer: ApiClient, reader: ApiClient, made: Any
) -> None:
    path = f"{PATH}/{made.json()['id']}"
    note = {"id": "n1", "text": "Mind the gap"}
    saved = writer.call("PATCH", f"{path}/draft", {**drawn("{{ x }}"), "canvas_notes": [note]})
    assert saved.status_code == 200
    assert saved.json()["launchable"] is False
    found = reader.read(path).json()
    assert (found["version"], found["launchable"]) == (1, True)
    assert found["draft"]["nodes"][1]["config"] == {"template": "{{ x }}"}
    assert found["draft"]["canvas_notes"][0]["text"] == "Mind the gap"
    assert reader.read(path)["ETag"] == saved["ETag"]


def test_two_people_who_draft_do_not_write_over_each_other(writer: ApiClient, made: Any) -> None:
    path, seen = f"{PATH}/{made.json()['id']}/draft", {"If-Match": made["ETag"]}
    first = writer.call("PATCH", path, drawn("one"), headers=seen)
    assert first.status_code == 200
    problem(writer.call("PATCH", path, drawn("two"), headers=seen), 412)
    after = writer.call("PATCH", path, drawn("three"), headers={"If-Match": first["ETag"]})
    assert after.status_code == 200
    assert after.json()["draft"]["nodes"][1]["config"] == {"template": "three"}


def test_a_draft_ends_when_it_is_saved_or_is_the_version_again(
    writer: ApiClient, made: Any
) -> None:
    path = f"{PATH}/{made.json()['id']}"
    writer.call("PATCH", f"{path}/draft", drawn("new"))
    assert writer.call("PATCH", f"{path}/draft", drawn()).json()["draft"] is None
    writer.call("PATCH", f"{path}/draft", drawn("new"))
    saved = writer.put_json(path, drawn("new")).json()
    assert (saved["version"], saved["draft"]) == (2, None)
    writer.call("PATCH", f"{path}/draft", drawn("newer"))
    assert writer.put_json(path, drawn("new")).json()["draft"] is None


def test_a_draft_that_does_not_parse_is_refused(writer: ApiClient, made: Any) -> None:
    path = f"{PATH}/{made.json()['id']}/draft"
    assert attrs(writer.call("PATCH", path, {**many(101)})) == {"nodes"}
    assert attrs(writer.call("PATCH", path, {"nodes": []})) == {"edges"}


def names(answer: Any) -> set[str]:
    assert answer.status_code == 200, answer.content
    return {row["name"] for row in answer.json()["results"]}


def test_the_list_is_narrowed_by_scope_category_tag_and_words(
    reader: ApiClient, workspace: Workspace, shared: WorkflowTemplate, theirs: WorkflowTemplate
) -> None:
    TemplateFactory(workspace=workspace, name="Shop", category="commerce", tags=["Fast", "new"])
    TemplateFactory(workspace=workspace, name="Mail", description="A FAST letter", tags=["new x"])
    assert names(reader.read(PATH)) == {"Shop", "Mail", "Blog post"}
    assert names(reader.read(f"{PATH}?scope=all")) == {"Shop", "Mail", "Blog post"}
    assert names(reader.read(f"{PATH}?scope=workspace")) == {"Shop", "Mail"}
    assert names(reader.read(f"{PATH}?scope=gallery")) == {"Blog post"}
    assert names(reader.read(f"{PATH}?scope=global&tag=blog")) == {"Blog post"}
    assert names(reader.read(f"{PATH}?category=commerce")) == {"Shop"}
    assert names(reader.read(f"{PATH}?tag=new")) == {"Shop"}
    assert names(reader.read(f"{PATH}?search=fast")) == {"Shop", "Mail"}
    assert names(reader.read(f"{PATH}?search=fast&scope=gallery")) == set()
    assert attrs(reader.read(f"{PATH}?scope=mine")) == {"scope"}


def test_the_list_comes_in_pages_newest_first(reader: ApiClient, workspace: Workspace) -> None:
    for number in range(3):
        TemplateFactory(workspace=workspace, name=f"W{number}")
    first = reader.read(f"{PATH}?page_size=2").json()
    assert [row["name"] for row in first["results"]] == ["W2", "W1"]
    rest = reader.get(first["next"]).json()
    assert [row["name"] for row in rest["results"]] == ["W0"]
    assert rest["next"] is None


def test_the_number_of_queries_does_not_grow_with_the_list(
    reader: ApiClient, workspace: Workspace, django_assert_max_num_queries: Any
) -> None:
    for _ in range(5):
        TemplateFactory(workspace=workspace)
    with django_assert_max_num_queries(5):
        assert len(reader.read(PATH).json()["results"]) == 5


def test_the_number_of_queries_does_not_grow_with_the_steps(
    writer: ApiClient, providers: Any, django_assert_max_num_queries: Any
) -> None:
    steps = [copy(f"step{n}") for n in range(30)]
    links = edges(*(f"brief > step{n}" for n in range(30)))
    made = writer.make(PATH, {"name": "Wide", "nodes": [brief(), *steps], "edges": links}).json()
    graph_of.cache_clear()
    with django_assert_max_num_queries(8):
        assert len(writer.read(f"{PATH}/{made['id']}").json()["nodes"]) == 31


def test_another_workspaces_workflow_is_not_there(
    writer: ApiClient, theirs: WorkflowTemplate
) -> None:
    path = f"{PATH}/{theirs.pk}"
    answers = [
        writer.read(path),
        writer.put_json(path, {"name": "Mine"}),
        writer.remove(path),
        writer.make(f"{path}/clone"),
        writer.call("PATCH", f"{path}/draft", drawn()),
        writer.read(f"{path}/versions"),
        writer.read(f"{path}/versions/1"),
        writer.make(f"{path}/versions/1/restore"),
        writer.read(f"{path}/export"),
    ]
    for answer in answers:
        problem(answer, 404)
    theirs.refresh_from_db()
    assert theirs.name != "Mine" and theirs.archived_at is None


@pytest.mark.parametrize("number", ["0", "99999999999999999999", "-1", "1.5", "abc"])
def test_what_is_no_id_is_not_there(number: str, reader: ApiClient) -> None:
    problem(reader.read(f"{PATH}/{number}"), 404)


def test_a_viewer_and_a_reading_token_change_nothing(
    reader: ApiClient, program: Program, editor: User, made: Any
) -> None:
    path = f"{PATH}/{made.json()['id']}"
    for client in (reader, program(editor, ["read", "run", "review"])):
        for answer in (
            client.make(PATH, body()),
            client.put_json(path, {"name": "Mine"}),
            client.remove(path),
            client.make(f"{path}/clone"),
            client.call("PATCH", f"{path}/draft", drawn()),
            client.make(f"{path}/versions/1/restore"),
            client.make(f"{PATH}/import", {}),
        ):
            problem(answer, 403)
        assert client.read(path).status_code == 200
    problem(program(editor, ["edit"]).read(path), 403)


def test_nobody_reads_without_signing_in(anybody: ApiClient, shared: WorkflowTemplate) -> None:
    problem(anybody.read(PATH), 401)
    problem(anybody.read(f"{PATH}/{shared.pk}"), 401)


def test_global_templates_are_read_by_all_and_changed_by_staff_alone(
    writer: ApiClient, editor: User, shared: WorkflowTemplate
) -> None:
    path = f"{PATH}/{shared.pk}"
    found = writer.read(path).json()
    assert (found["scope"], found["editable"]) == ("global", False)
    for answer in (
        writer.put_json(path, {"name": "Mine"}),
        writer.remove(path),
        writer.call("PATCH", f"{path}/draft", drawn()),
        writer.make(f"{path}/versions/1/restore"),
    ):
        assert "Clone it first" in problem(answer, 403)["detail"]
    User.objects.filter(pk=editor.pk).update(is_staff=True)
    assert writer.put_json(path, {"name": "Better"}).json()["editable"] is True


def test_the_draft_of_a_global_template_is_for_staff(
    writer: ApiClient, editor: User, shared: WorkflowTemplate
) -> None:
    WorkflowTemplate.objects.filter(pk=shared.pk).update(draft={**drawn(), "canvas_notes": []})
    assert writer.read(f"{PATH}/{shared.pk}").json()["draft"] is None
    User.objects.filter(pk=editor.pk).update(is_staff=True)
    assert writer.read(f"{PATH}/{shared.pk}").json()["draft"] is not None


def test_an_unpublished_template_is_for_staff(writer: ApiClient, editor: User) -> None:
    hidden = GalleryEntryFactory(published=False).template
    problem(writer.read(f"{PATH}/{hidden.pk}"), 404)
    assert writer.read(PATH).json()["results"] == []
    User.objects.filter(pk=editor.pk).update(is_staff=True)
    assert writer.read(f"{PATH}/{hidden.pk}").status_code == 200


def test_a_clone_is_the_workspaces_own(
    writer: ApiClient, workspace: Workspace, shared: WorkflowTemplate
) -> None:
    answer = writer.make(f"{PATH}/{shared.pk}/clone", {"name": "Ours"})
    assert answer.status_code == 201
    found = answer.json()
    assert (found["scope"], found["name"], found["cloned_from"]) == ("workspace", "Ours", shared.pk)
    assert (found["version"], found["editable"]) == (1, True)
    copied = WorkflowTemplate.objects.get(pk=found["id"])
    assert copied.workspace == workspace
    assert answer["Location"].endswith(f"/{copied.pk}")
    assert shared.current_version is not None
    assert found["nodes"] == to_json(graph_of(shared.current_version.pk))["nodes"]
    assert writer.make(f"{PATH}/{shared.pk}/clone").json()["name"] == "Blog post"


def test_a_clone_asked_for_twice_with_one_key_is_made_once(
    writer: ApiClient, shared: WorkflowTemplate
) -> None:
    key = {"Idempotency-Key": "clone-1"}
    first = writer.make(f"{PATH}/{shared.pk}/clone", headers=key)
    again = writer.make(f"{PATH}/{shared.pk}/clone", headers=key)
    assert again["Idempotency-Replayed"] == "true"
    assert (again.status_code, again.json()["id"]) == (201, first.json()["id"])
    assert again["Location"] == first["Location"]
    assert WorkflowTemplate.objects.filter(workspace__isnull=False).count() == 1


def test_an_export_comes_in_again_as_the_same_workflow(writer: ApiClient, made: Any) -> None:
    file = writer.read(f"{PATH}/{made.json()['id']}/export")
    assert file["Content-Disposition"] == 'attachment; filename="teasers.json"'
    answer = writer.make(f"{PATH}/import", file.json())
    assert answer.status_code == 201
    found = answer.json()
    assert (found["slug"], found["name"], found["version"]) == ("teasers-2", "Teasers", 1)
    assert (found["nodes"], found["edges"]) == (made.json()["nodes"], made.json()["edges"])
    assert found["launchable"] is True


@pytest.mark.parametrize(
    ("wrong", "attr"),
    [
        ({"format": "other"}, "format"),
        ({"surprise": 1}, "surprise"),
        ({"nodes": [{"key": "No"}]}, "nodes.0.key"),
        ({"nodes": many(101)["nodes"]}, "nodes"),
    ],
)
def test_a_bad_import_is_refused_and_named(
    wrong: dict[str, Any], attr: str, writer: ApiClient, made: Any
) -> None:
    file = writer.read(f"{PATH}/{made.json()['id']}/export").json()
    assert attr in attrs(writer.make(f"{PATH}/import", {**file, **wrong}))
    assert WorkflowTemplate.objects.count() == 1


@pytest.mark.parametrize("junk", [[], "text", None, 5])
def test_an_import_that_is_no_object_is_refused(junk: Any, writer: ApiClient) -> None:
    problem(writer.make(f"{PATH}/import", junk), 422)


def test_an_import_names_nobody_elses_things(writer: ApiClient, made: Any) -> None:
    file = writer.read(f"{PATH}/{made.json()['id']}/export").json()
    review = {"key": "review", "type": "review", "config": {"assignees": ["a@example.test"]}}
    answer = writer.make(f"{PATH}/import", {**file, "nodes": [*file["nodes"], review]})
    assert attrs(answer) == {"nodes.2.config.assignees"}


def test_what_is_drawn_is_taken_out_and_in_again_without_its_people(
    writer: ApiClient, made: Any
) -> None:
    path = f"{PATH}/{made.json()['id']}"
    drawn = many(2)
    review = {"key": "review", "type": "review", "config": {"assignees": ["a@example.test"]}}
    changed = {**drawn, "nodes": [*drawn["nodes"], review]}
    assert writer.call("PATCH", f"{path}/draft", changed).status_code == 200
    assert "review" not in str(writer.read(f"{path}/export").json()["nodes"])
    file = writer.read(f"{path}/export?draft=true").json()
    assert file["nodes"][-1]["config"] == {"assignees": []}
    assert writer.make(f"{PATH}/import", file).status_code == 201


def test_two_steps_of_one_key_are_refused_and_nothing_is_saved(
    editor: User, program: Program
) -> None:
    twins = [
        {"key": "brief", "type": "brief", "config": {"fields": []}},
        {"key": "brief", "type": "compose_text", "config": {"template": "Hello"}},
    ]
    client = program(editor)
    data = {"format": "copyloom.template", "format_version": 1, "slug": "twins", "edges": []}
    for answer in (
        client.make("/workflows/templates", {"name": "Twins", "nodes": twins, "edges": []}),
        client.make("/workflows/templates/import", {**data, "name": "Twins", "nodes": twins}),
    ):
        assert answer.status_code == 422
        [error] = answer.json()["errors"]
        assert (error["code"], error["attr"]) == ("duplicate_key", "nodes.1.key")
    assert not WorkflowTemplate.objects.exists()
