"""A template comes into the gallery by a page: checked, shown, then written."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from templates_gallery.catalog import FOLDER
from templates_gallery.models import GalleryEntry
from tests import factories as make
from workflows.models import WorkflowTemplate

pytestmark = pytest.mark.django_db
PAGE = "/admin/templates_gallery/galleryentry/import/"
FILE = FOLDER / "subject-line-lab.json"


def hidden(body: str) -> str:
    """The text that the preview carries on to the confirmation."""
    found = re.search(r'<textarea name="text" hidden>(.*?)</textarea>', body, re.DOTALL)
    assert found
    return found[1]


def send(root: Client, text: str, **more: Any) -> Any:
    return root.post(PAGE, {"text": text, **more})


def test_a_file_is_shown_first_and_written_once_it_is_confirmed(root: Client) -> None:
    shown = root.post(PAGE, {"file": SimpleUploadedFile("lab.json", FILE.read_bytes())})
    assert shown.status_code == 200
    body = shown.content.decode()
    assert "Nothing has been written yet." in body and "Twenty lines" in body
    assert not WorkflowTemplate.objects.exists()
    assert "subject-line-lab" in hidden(body)
    done = send(root, FILE.read_text(), confirm="Import")
    entry = GalleryEntry.objects.get()
    assert done["Location"].endswith(f"/galleryentry/{entry.pk}/change/")
    assert not entry.published
    assert LogEntry.objects.get().get_change_message().startswith("Imported subject-line-lab")
    note = root.get(done["Location"]).content.decode()
    assert "It is not published yet." in note


def test_an_update_shows_what_differs(root: Client) -> None:
    send(root, FILE.read_text(), confirm="Import")
    changed = json.loads(FILE.read_text()) | {"name": "Lines <b>"}
    body = send(root, json.dumps(changed), update="on").content.decode()
    assert "Subject line lab" in body and "Lines &lt;b&gt;" in body
    assert "would change" in body
    same = send(root, FILE.read_text(), update="on").content.decode()
    assert "nothing would change" in same


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Choose a file or paste its text."),
        ("{", "This is no JSON"),
        ("[]", "must hold a JSON object"),
        ('{"format": "copyloom.template", "format_version": 1}', "name is missing"),
    ],
)
@pytest.mark.parametrize("confirm", [{}, {"confirm": "Import"}])
def test_a_bad_text_is_told_field_by_field_and_nothing_is_written(
    root: Client, text: str, said: str, confirm: dict[str, str]
) -> None:
    answer = send(root, text, **confirm)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not WorkflowTemplate.objects.exists()


@pytest.mark.parametrize(
    ("data", "said"),
    [(b"\xff\xfe\x00", "no UTF-8 text"), (b" " * 2_000_001, "at most 2 MB")],
)
def test_a_file_that_is_no_text_or_too_long_is_refused(
    root: Client, data: bytes, said: str
) -> None:
    answer = root.post(PAGE, {"file": SimpleUploadedFile("lab.json", data)})
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_an_entry_leaves_as_a_file_that_can_be_imported(root: Client) -> None:
    send(root, FILE.read_text(), confirm="Import")
    entry = GalleryEntry.objects.get()
    answer = root.get(f"/admin/templates_gallery/galleryentry/{entry.pk}/export/")
    assert answer["Content-Disposition"] == 'attachment; filename="subject-line-lab.json"'
    assert json.loads(answer.content) == json.loads(FILE.read_text())


def test_a_template_that_was_never_saved_is_not_exported(root: Client) -> None:
    bare = WorkflowTemplate.objects.create(workspace=None, name="Bare", slug="bare")
    entry = make.GalleryEntryFactory(template=bare)
    address = f"/admin/templates_gallery/galleryentry/{entry.pk}/export/"
    assert "has not been saved yet" in root.get(address, follow=True).content.decode()
