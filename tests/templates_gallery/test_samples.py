"""Samples: one shape, taken from a document of a finished run."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.files.storage import default_storage

from documents.attach import AttachItem, attach_images
from documents.create import create_document
from documents.edit import edit_document
from documents.images import add_upload, gallery_key
from documents.models import Document
from templates_gallery import pictures
from templates_gallery.catalog import FOLDER
from templates_gallery.models import GalleryEntry
from templates_gallery.take_sample import SampleRefused, excerpt, take_sample
from tests.factories import (
    AgentJobFactory,
    DocumentFactory,
    ExecutionFactory,
    GalleryEntryFactory,
    NodeRunFactory,
    TemplateFactory,
)
from tests.scripted_openai import png
from workflows import samples
from workflows.interchange import ImportRefused, from_export, to_export
from workflows.models import WorkflowExecution
from workspaces.models import Workspace

pytestmark = pytest.mark.django_db
WHOLE: dict[str, Any] = {
    "title": "T",
    "excerpt": "E",
    "body": "B",
    "images": [{"alt_text": "A boat", "width": 3, "height": 2}],
    "note": "N",
}


@pytest.fixture
def entry() -> GalleryEntry:
    """A template of the gallery."""
    return GalleryEntryFactory(template=TemplateFactory(workspace=None))


def made_by(execution: WorkflowExecution, images: int = 2) -> Document:
    """A document as a run leaves it."""
    workspace = execution.workspace
    document = create_document(
        workspace=workspace,
        title="Three posts",
        body="# Posts\n\nThe first **post** of [three](https://example.com).\n\nMore.",
        source={"execution": execution.pk, "node": "document"},
    )
    rows = [
        add_upload(workspace=workspace, data=png(1200, 900, seed=str(number)))
        for number in range(images)
    ]
    items = [AttachItem(row.pk, f"Card {number}") for number, row in enumerate(rows, 1)]
    attach_images(document=document, images=items)
    return document


def run_of(entry: GalleryEntry, workspace: Workspace, status: str = "completed") -> Any:
    return ExecutionFactory(
        workspace=workspace, version=entry.template.current_version, status=status
    )


def test_a_documents_text_and_pictures_become_the_sample(
    entry: GalleryEntry, workspace: Workspace
) -> None:
    document = made_by(run_of(entry, workspace))
    take_sample(entry, document.pk)
    entry.refresh_from_db()
    assert entry.sample["title"] == "Three posts"
    assert entry.sample["excerpt"] == "The first post of three."
    assert entry.sample["body"] == document.body
    assert [one["alt_text"] for one in entry.sample["images"]] == ["Card 1", "Card 2"]
    assert samples.issues(entry.sample) == []
    for image in entry.sample_images:
        assert (image["width"], image["height"]) == (960, 720)
        assert pictures.read(entry, image["picture"]).startswith(b"\x89PNG")


def test_a_sample_says_by_which_agents_it_was_made_and_whether_people_changed_it(
    entry: GalleryEntry, workspace: Workspace
) -> None:
    run = run_of(entry, workspace)
    WorkflowExecution.objects.filter(pk=run.pk).update(active_seconds=7.4)
    step = NodeRunFactory(execution=run)
    for index, model in enumerate(["writer-1", "writer-1", "studio-card-1"]):
        AgentJobFactory(node_run=step, index=index, model=model, status="completed")
    AgentJobFactory(node_run=step, index=3, model="writer-2", status="failed")
    document = made_by(run, images=0)
    take_sample(entry, document.pk)
    entry.refresh_from_db()
    told = "Made by a run of this template: 3 agents in 7 s, with studio-card-1 and writer-1."
    assert entry.sample["note"] == told
    edit_document(document=document, title="Ours", body="New.", author=None)
    take_sample(entry, document.pk)
    entry.refresh_from_db()
    assert entry.sample["note"] == f"{told} Edited by hand."


def test_a_new_sample_takes_the_place_of_the_old_pictures(
    entry: GalleryEntry, workspace: Workspace, django_capture_on_commit_callbacks: Any
) -> None:
    run = run_of(entry, workspace)
    take_sample(entry, made_by(run).pk)
    entry.refresh_from_db()
    gone = entry.sample["images"][1]["picture"]
    with django_capture_on_commit_callbacks(execute=True):
        take_sample(entry, made_by(run, images=1).pk)
    entry.refresh_from_db()
    assert not default_storage.exists(gallery_key(entry.pk, gone))
    assert pictures.read(entry, entry.sample["images"][0]["picture"])


@pytest.mark.parametrize("status", ["running", "failed", "stopped"])
def test_a_run_that_did_not_complete_makes_no_sample(
    entry: GalleryEntry, workspace: Workspace, status: str
) -> None:
    document = made_by(run_of(entry, workspace, status), images=0)
    with pytest.raises(SampleRefused, match="No recent completed run"):
        take_sample(entry, document.pk)


def test_a_document_of_another_template_or_of_none_is_refused(
    entry: GalleryEntry, workspace: Workspace
) -> None:
    other = made_by(ExecutionFactory(workspace=workspace, status="completed"), images=0)
    for document in (other, DocumentFactory(workspace=workspace)):
        with pytest.raises(SampleRefused, match=f"made document {document.pk}"):
            take_sample(entry, document.pk)
    entry.refresh_from_db()
    assert entry.sample == {}


def test_a_picture_that_is_gone_leaves_the_sample_as_it_was(
    entry: GalleryEntry, workspace: Workspace
) -> None:
    document = made_by(run_of(entry, workspace), images=1)
    default_storage.delete(document.attachments.get().image.key)
    with pytest.raises(SampleRefused, match="cannot be copied"):
        take_sample(entry, document.pk)
    entry.refresh_from_db()
    assert entry.sample == {}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("# Head\n\n- a list\n\nProse *here*.", "Prose here."),
        ("**Subject:** x\n\n---\n\n> quoted\n\n1. one", ""),
        ("", ""),
        ("word " * 200, f"{'word ' * 59}word…"),
    ],
)
def test_the_excerpt_is_the_first_prose(body: str, said: str) -> None:
    assert excerpt(body) == said


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": 3}, "title"),
        ({"body": "x" * 20_001}, "body"),
        ({"text": "x"}, "text"),
        ({"note": 3}, "note"),
        ({"note": "x" * 301}, "note"),
        ({"images": [{"alt_text": ""}]}, "images.0.alt_text"),
        ({"images": [{"alt_text": "A", "picture": "../x.png"}]}, "images.0.picture"),
        ({"images": [{"alt_text": "A"}] * 13}, "images"),
        ({"images": "A"}, "images"),
    ],
)
def test_an_import_names_the_field_of_a_bad_sample(change: dict[str, Any], field: str) -> None:
    data = json.loads((FOLDER / "subject-line-lab.json").read_text())
    data["gallery"]["sample"] = {**WHOLE, **change}
    with pytest.raises(ImportRefused) as caught:
        from_export(data)
    assert [one.field for one in caught.value.errors] == [f"gallery.sample.{field}"]
    assert caught.value.errors[0].message.startswith(f"gallery.sample.{field} ")


def test_a_file_cannot_name_a_stored_picture() -> None:
    data = json.loads((FOLDER / "subject-line-lab.json").read_text())
    image = {"alt_text": "A", "picture": f"{'0' * 64}.png"}
    data["gallery"]["sample"] = {**WHOLE, "images": [image]}
    with pytest.raises(ImportRefused, match=r"images\.0\.picture names a stored"):
        from_export(data)


def test_an_export_keeps_the_sample_and_leaves_the_pictures_behind(
    entry: GalleryEntry, workspace: Workspace
) -> None:
    take_sample(entry, made_by(run_of(entry, workspace), images=1).pk)
    entry.refresh_from_db()
    template = entry.template
    template.refresh_from_db()
    sample = to_export(template)["gallery"]["sample"]
    assert sample["images"] == [{"alt_text": "Card 1", "width": 960, "height": 720}]
    from_export(to_export(template))


def test_a_sample_of_no_known_shape_is_left_out_of_an_export(entry: GalleryEntry) -> None:
    entry.sample = {"anything": ["else"]}
    assert samples.portable(entry.sample) == {}
    assert entry.sample_images == []
    assert pictures.names(entry) == set()
