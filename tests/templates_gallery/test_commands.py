"""The gallery from a terminal."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from templates_gallery.models import GalleryEntry
from tests.engine import Drive
from tests.factories import ReviewTaskFactory
from tests.scripted_openai import ScriptedOpenAI
from workflows.models import WorkflowExecution, WorkflowTemplate
from workspaces.models import Membership, Project, User, Workspace

pytestmark = pytest.mark.django_db


def call(*arguments: Any) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_templates_are_seeded_with_a_line_each() -> None:
    assert "Nothing was written." in call("seed_templates", "--dry-run")
    assert not WorkflowTemplate.objects.exists()
    assert "blog-post-with-hero: created" in call("seed_templates")


def test_a_template_goes_out_and_comes_back(workspace: Workspace, tmp_path: Path) -> None:
    call("seed_templates")
    file = tmp_path / "kit.json"
    call("export_template", "instagram-launch-kit", "--output", str(file))
    told = call("import_template", str(file), "--workspace", workspace.slug)
    assert "instagram-launch-kit, version 1" in told
    told = call("import_template", str(file))
    assert "instagram-launch-kit-2, version 1" in told
    assert not GalleryEntry.objects.get(template__slug="instagram-launch-kit-2").published
    exported = call("export_template", "instagram-launch-kit", "--workspace", workspace.slug)
    original = json.loads(file.read_text())
    assert json.loads(exported) == {k: v for k, v in original.items() if k != "gallery"}


def test_a_dry_run_of_an_import_writes_nothing(tmp_path: Path) -> None:
    call("seed_templates")
    file = tmp_path / "kit.json"
    call("export_template", "subject-line-lab", "--output", str(file))
    before = WorkflowTemplate.objects.count()
    assert "would be subject-line-lab-2" in call("import_template", str(file), "--dry-run")
    assert WorkflowTemplate.objects.count() == before


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "is no JSON"),
        ("[" * 100_000, "is no JSON"),
        ("[]", "must hold a JSON object"),
        ('{"format": "copyloom.template", "format_version": 1}', "name is missing"),
    ],
)
def test_a_bad_file_ends_with_what_is_wrong(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "bad.json"
    file.write_text(text)
    with pytest.raises(CommandError, match=told):
        call("import_template", str(file))


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no template nothing"):
        call("export_template", "nothing")
    with pytest.raises(CommandError, match="No such file"):
        call("import_template", str(tmp_path / "none.json"))
    with pytest.raises(CommandError, match="no workspace nowhere"):
        call("import_template", str(tmp_path / "none.json"), "--workspace", "nowhere")


def test_the_demo_is_made_once_and_its_password_shown_once(monkeypatch: Any) -> None:
    monkeypatch.delenv("DEMO_PASSWORD", raising=False)
    first, second = call("seed_demo"), call("seed_demo")
    password = first.split("demo@copyloom.local / ")[1].split()[0]
    user = User.objects.get(email="demo@copyloom.local")
    assert user.check_password(password) and user.is_staff and user.is_superuser
    assert "demo@copyloom.local" not in second
    assert (Workspace.objects.count(), Project.objects.count()) == (1, 1)
    assert Membership.objects.get().role == "owner"


def test_a_given_password_is_set_and_not_printed(monkeypatch: Any) -> None:
    monkeypatch.setenv("DEMO_PASSWORD", "given-by-hand")
    assert "given-by-hand" not in call("seed_demo")
    assert User.objects.get().check_password("given-by-hand")


def test_the_demo_run_starts_once(drive: Drive, providers: ScriptedOpenAI) -> None:
    with pytest.raises(CommandError, match="run seed_templates first"):
        call("seed_demo", "--launch")
    call("seed_templates")
    assert "has started: Product description pack: Northlane" in call("seed_demo", "--launch")
    assert "has started" not in call("seed_demo", "--launch")
    assert WorkflowExecution.objects.filter(workspace__slug="demo").count() == 1


def test_a_review_that_is_not_there_or_over_is_told_so() -> None:
    with pytest.raises(CommandError, match="no review 999"):
        call("decide_review", "999", "--approve")
    over = ReviewTaskFactory(state="approved")
    with pytest.raises(CommandError, match="The review is already approved"):
        call("decide_review", str(over.pk), "--reject")


def test_a_pick_that_is_not_in_the_review_is_named() -> None:
    task = ReviewTaskFactory(rules={"pick_copy": "one"})
    with pytest.raises(CommandError, match="selected: There is no item copy-9"):
        call("decide_review", str(task.pk), "--approve", "--pick", "copy-9")
    task.refresh_from_db()
    assert task.state == "waiting"
