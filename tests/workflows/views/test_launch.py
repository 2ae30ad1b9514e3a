"""The launch form."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from documents.models import Image, ReferenceFile
from tests import factories as make
from tests.documents.conftest import png
from tests.graphs import copy, graph, node, text
from tests.scripted_openai import ScriptedOpenAI
from tests.workflows.views.conftest import Visitor
from workflows.engine.states import ExecutionStatus
from workflows.models import WorkflowExecution, WorkflowTemplate
from workspaces.models import User, Workspace

Visit = Callable[[User], Visitor]
FIELDS: list[dict[str, Any]] = [
    {"key": "topic", "label": "Topic", "kind": "text", "required": True, "help": "A few words."},
    {"key": "facts", "kind": "long_text"},
    {"key": "count", "label": "How many", "kind": "number"},
    {"key": "tone", "kind": "choice", "options": ["Warm", "Dry"], "default": "Warm"},
    {"key": "place", "kind": "choice", "options": ["Shop", "Fair"]},
    {"key": "channels", "kind": "multi_choice", "options": ["Mail", "Web", "Print"]},
    {"key": "avoid", "label": "Avoid", "kind": "list"},
    {"key": "link", "label": "Link", "kind": "url"},
    {"key": "photo", "label": "Photo", "kind": "image"},
    {"key": "notes", "label": "Notes", "kind": "file"},
]


@pytest.fixture
def template(workspace: Workspace) -> WorkflowTemplate:
    """A workflow that asks for everything that a brief may ask for."""
    flow = graph(
        [node("brief", "brief", fields=FIELDS), text("teaser", "{{ brief.topic }}")],
        "brief > teaser",
    )
    return make.TemplateFactory(workspace=workspace, graph=flow)


def path_of(template: WorkflowTemplate) -> str:
    return f"/workflows/{template.pk}/launch"


def token_in(page: Any) -> str:
    found = re.search(r'name="token" value="([^"]+)"', page.content.decode())
    assert found
    return found[1]


def test_every_question_has_its_field_with_label_help_and_default(
    visit: Visit, editor: User, template: WorkflowTemplate
) -> None:
    page = visit(editor).get(path_of(template)).content.decode()

    for field in FIELDS:
        assert f'name="inputs.{field["key"]}"' in page or f'name="upload.{field["key"]}"' in page
    assert '<label class="label" for="topic">Topic</label>' in page
    assert "A few words." in page
    assert 'type="radio" name="inputs.tone" value="Warm" checked' in page
    assert '<select class="select" id="place" name="inputs.place"' in page
    assert page.count('type="checkbox" name="inputs.channels"') == 3


def test_a_brief_starts_a_run_and_leads_to_its_page(
    visit: Visit, editor: User, template: WorkflowTemplate, workspace: Workspace
) -> None:
    project = make.ProjectFactory(workspace=workspace)
    brief = {
        "inputs.topic": "Apples", "inputs.count": "3", "inputs.tone": "Dry",
        "inputs.channels": ["Mail", "Web"], "inputs.avoid": "cheap\n\n[sic] best",
        "inputs.link": "https://example.com", "title": "Autumn", "project": project.pk,
        "token": "a" * 20,
    }  # fmt: skip

    answer = visit(editor).post(path_of(template), brief)

    run = WorkflowExecution.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == f"/w/alder-pine/runs/{run.pk}"
    assert run.inputs["topic"] == "Apples"
    assert run.inputs["count"] == 3
    assert run.inputs["channels"] == ["Mail", "Web"]
    assert run.inputs["avoid"] == ["cheap", "[sic] best"]
    assert (run.title, run.project, run.launched_by) == ("Autumn", project, editor)


def test_pressing_twice_makes_one_run_and_a_changed_brief_another(
    visit: Visit, editor: User, template: WorkflowTemplate
) -> None:
    visitor = visit(editor)
    token = token_in(visitor.get(path_of(template)))
    brief = {"inputs.topic": "Apples", "token": token}

    first = visitor.post(path_of(template), brief)
    second = visitor.post(path_of(template), brief)
    other = visitor.post(path_of(template), {**brief, "inputs.topic": "Pears"})

    assert first["Location"] == second["Location"] != other["Location"]
    assert WorkflowExecution.objects.count() == 2


def test_a_refused_launch_leaves_the_token_free(
    visit: Visit, editor: User, template: WorkflowTemplate
) -> None:
    visitor = visit(editor)
    token = token_in(visitor.get(path_of(template)))
    refused = visitor.post(path_of(template), {"inputs.topic": "", "token": token})
    assert refused.status_code == 422
    assert token_in(refused) == token
    launched = visitor.post(path_of(template), {"inputs.topic": "Apples", "token": token})
    assert launched.status_code == 302


def test_errors_stand_beside_their_fields_and_what_was_typed_stays(
    visit: Visit, editor: User, template: WorkflowTemplate
) -> None:
    brief = {
        "inputs.topic": "  ", "inputs.count": "many", "inputs.link": "nowhere",
        "inputs.facts": "Kept <b>", "inputs.tone": "Dry", "inputs.channels": ["Print"],
        "title": "x" * 300, "project": "99999",
    }  # fmt: skip

    answer = visit(editor).post(path_of(template), brief)
    page = answer.content.decode()

    assert answer.status_code == 422
    assert not WorkflowExecution.objects.exists()

    fixed = {name: value for name, value in brief.items() if name not in ("title", "project")}
    answer = visit(editor).post(path_of(template), fixed)
    assert answer.status_code == 422
    errors = dict.fromkeys(
        re.findall(
            r'id="(\w+)-more"><p class="field__error">',
            "".join(line.strip() for line in answer.content.decode().splitlines()),
        )
    )
    assert list(errors) == ["topic", "count", "link"]
    for kept in (page, answer.content.decode()):
        assert 'value="many"' in kept
        assert "Kept &lt;b&gt;</textarea>" in kept
        assert 'value="Dry" checked' in kept
        assert 'value="Print" checked' in kept
    assert "takes at most 200 characters" in page
    assert "There is no such project" in page


def test_a_picture_and_a_file_are_stored_and_kept_when_something_else_is_wrong(
    visit: Visit, editor: User, template: WorkflowTemplate
) -> None:
    sent = {
        "inputs.topic": "",
        "upload.photo": SimpleUploadedFile("p.png", png(), "image/png"),
        "upload.notes": SimpleUploadedFile("notes.txt", b"Facts", "text/plain"),
    }
    visitor = visit(editor)

    answer = visitor.post(path_of(template), sent)

    image, file = Image.objects.get(), ReferenceFile.objects.get()
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'name="inputs.photo" value="{image.pk}" checked' in page
    assert f'name="inputs.notes" value="{file.pk}" checked' in page
    assert "notes.txt" in page

    again = {"inputs.topic": "Apples", "inputs.photo": image.pk, "inputs.notes": file.pk}
    assert visitor.post(path_of(template), again).status_code == 302
    run = WorkflowExecution.objects.get()
    assert run.inputs["photo"]["id"] == image.pk
    assert run.inputs["notes"] == "Facts"


def test_what_is_no_picture_is_refused_beside_its_question(
    visit: Visit, editor: User, template: WorkflowTemplate
) -> None:
    sent = {
        "inputs.topic": "Apples",
        "upload.photo": SimpleUploadedFile("p.png", b"no picture", "image/png"),
        "upload.notes": SimpleUploadedFile("p.exe", b"MZ", "text/plain"),
    }
    answer = visit(editor).post(path_of(template), sent)
    assert answer.status_code == 422
    assert answer.content.decode().count('<p class="field__error">') == 2
    assert not WorkflowExecution.objects.exists()


def test_a_foreign_picture_is_refused(
    visit: Visit, editor: User, template: WorkflowTemplate
) -> None:
    foreign = make.ImageFactory()
    answer = visit(editor).post(
        path_of(template), {"inputs.topic": "Apples", "inputs.photo": foreign.pk}
    )
    assert answer.status_code == 422
    assert f"there is no image {foreign.pk}" in answer.content.decode()


def test_errors_of_the_workflow_are_listed_and_launch_is_off(
    visit: Visit, editor: User, workspace: Workspace
) -> None:
    broken = make.TemplateFactory(
        workspace=workspace,
        graph=graph([node("brief", "brief"), copy("lines", provider="gone")], "brief > lines"),
    )
    visitor = visit(editor)

    page = visitor.get(path_of(broken)).content.decode()
    refused = visitor.post(path_of(broken), {})

    assert re.search(r'id="launch"\s+disabled', page)
    assert "Cannot launch" in page
    assert refused.status_code == 422
    assert "There is no provider" in refused.content.decode()
    assert f'href="/w/alder-pine/workflows/{broken.pk}"' in refused.content.decode()


def test_a_workflow_without_a_version_cannot_be_launched(
    visit: Visit, editor: User, workspace: Workspace
) -> None:
    empty = WorkflowTemplate.objects.create(workspace=workspace, name="Empty", slug="empty")
    visitor = visit(editor)
    assert visitor.get(path_of(empty)).status_code == 200
    assert visitor.post(path_of(empty), {}).status_code == 422
    assert visitor.post(f"/workflows/{empty.pk}/estimate", {}, htmx=True).status_code == 404


@pytest.mark.parametrize("who", ["viewer", "reviewer"])
def test_who_may_not_run_is_told_who_may(
    who: str, request: Any, visit: Visit, editor: User, owner: User, template: WorkflowTemplate
) -> None:
    visitor = visit(request.getfixturevalue(who))
    page = visitor.get(path_of(template))
    assert page.status_code == 200
    assert "Editors launch runs" in page.content.decode()
    assert "Owner" in page.content.decode()
    assert 'id="brief"' not in page.content.decode()
    assert visitor.post(path_of(template), {"inputs.topic": "x"}).status_code == 403


def test_foreign_and_archived_workflows_are_not_there(
    visit: Visit, editor: User, stranger: User, template: WorkflowTemplate
) -> None:
    foreign = make.TemplateFactory()
    assert visit(editor).get(path_of(foreign)).status_code == 404
    assert visit(editor).post(f"/workflows/{foreign.pk}/estimate").status_code == 404
    assert visit(stranger).get(path_of(template)).status_code == 404
    WorkflowTemplate.objects.filter(pk=template.pk).update(archived_at=template.created_at)
    assert visit(editor).get(path_of(template)).status_code == 404


def test_the_summary_follows_the_brief(
    visit: Visit, editor: User, workspace: Workspace, providers: ScriptedOpenAI
) -> None:
    counts = {"key": "count", "kind": "choice", "options": ["2", "5"], "default": "2"}
    lines = copy("lines", quantity="{{ brief.count }}")
    flow = graph([node("brief", "brief", fields=[FIELDS[0], counts]), lines], "brief > lines")
    template = make.TemplateFactory(workspace=workspace, graph=flow)
    visitor = visit(editor)

    page = visitor.get(path_of(template)).content.decode()
    five = {"inputs.topic": "Apples", "inputs.count": "5"}
    part = visitor.post(f"/workflows/{template.pk}/estimate", five, htmx=True).content.decode()

    assert "1 to fill in" in page
    assert "2 calls" in page
    assert "Brief complete" in part
    assert "5 calls" in part
    assert "Unknown" in part
    assert "0 of 10 runs under way" in part


def test_a_full_workspace_says_that_the_run_waits_its_turn(
    visit: Visit, editor: User, template: WorkflowTemplate, workspace: Workspace
) -> None:
    Workspace.objects.filter(pk=workspace.pk).update(max_concurrent_executions=1)
    make.ExecutionFactory(
        workspace=workspace, status=ExecutionStatus.RUNNING, active_since=template.created_at
    )
    assert "this one waits its turn" in visit(editor).get(path_of(template)).content.decode()


def test_the_sample_and_the_last_brief_fill_the_form(
    visit: Visit, editor: User, workspace: Workspace
) -> None:
    flow = graph(
        [node("brief", "brief", fields=FIELDS), text("teaser", "{{ brief.topic }}")],
        "brief > teaser",
    )
    shared = make.TemplateFactory(workspace=None, graph=flow, slug="kit")
    make.GalleryEntryFactory(
        template=shared, sample_inputs={"topic": "Pears", "avoid": ["a", "b"], "tone": "Dry"}
    )
    file = make.ReferenceFileFactory(workspace=workspace, text="Facts")
    visitor = visit(editor)
    path = "/templates/kit/launch"

    assert "?fill=last" not in visitor.get(path).content.decode()
    sample = visitor.get(path, fill="sample").content.decode()
    visitor.post(path, {"inputs.topic": "Quinces", "inputs.notes": file.pk})
    last = visitor.get(path, fill="last").content.decode()

    assert 'value="Pears"' in sample
    assert "a\nb</textarea>" in sample
    assert 'value="Dry" checked' in sample
    assert 'value="Quinces"' in last
    assert f'name="inputs.notes" value="{file.pk}" checked' in last


def test_a_gallery_template_is_launched_by_slug_or_id_while_it_is_published(
    visit: Visit, editor: User
) -> None:
    shared = make.TemplateFactory(workspace=None, slug="kit")
    entry = make.GalleryEntryFactory(template=shared)
    visitor = visit(editor)
    for name in ("kit", str(shared.pk)):
        answer = visitor.post(f"/templates/{name}/launch", {"inputs.topic": name})
        assert answer.status_code == 302
    run = WorkflowExecution.objects.first()
    assert run is not None
    assert run.workspace.slug == "alder-pine"
    part = visitor.post("/templates/kit/estimate", {"inputs.topic": "x"}, htmx=True)
    assert 'hx-post="/w/alder-pine/templates/kit/estimate"' in part.content.decode()
    assert visitor.post(f"/workflows/{shared.pk}/estimate", htmx=True).status_code == 404
    entry.published = False
    entry.save()
    assert visitor.get("/templates/kit/launch").status_code == 404
    assert visitor.post("/templates/kit/estimate", htmx=True).status_code == 404
    assert visitor.get("/templates/nothing/launch").status_code == 404


def test_the_button_is_called_launch(
    visit: Visit, editor: User, template: WorkflowTemplate
) -> None:
    page = visit(editor).get(path_of(template)).content.decode()
    button = page.split('id="launch"')[1].split("</button>")[0]
    assert "<span>Launch</span>" in button


def test_the_form_costs_as_many_queries_for_many_choices_as_for_one(
    visit: Visit, editor: User, template: WorkflowTemplate, workspace: Workspace,
    django_assert_max_num_queries: Callable[..., Any],
) -> None:  # fmt: skip
    visitor = visit(editor)
    visitor.get(path_of(template))
    for _ in range(20):
        make.ImageFactory(workspace=workspace)
        make.ProjectFactory(workspace=workspace)
    with django_assert_max_num_queries(18):
        visitor.get(path_of(template))
