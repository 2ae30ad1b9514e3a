"""One image of an open review made anew from its page."""

from __future__ import annotations

import json
from typing import Any

import pytest
import zeal

from tests.engine import Drive
from tests.scripted_openai import ScriptedOpenAI
from tests.workflows.views.reviewing import illustrated, page_url, signed_in, waiting
from workflows.models import AgentJob, ReviewTask
from workspaces.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(drive: Drive, providers: ScriptedOpenAI) -> ReviewTask:
    """A waiting review of two texts and two images."""
    drive.run(illustrated(pick_images="many"), topic="tea")
    return waiting()


def again(user: User, task: ReviewTask, item: str = "image-2", **form: Any) -> Any:
    url = f"{page_url(task)}/regenerate"
    form["image"] = item
    # The verb locks run and review twice: before the image is made, and after.
    with zeal.zeal_ignore():
        return signed_in(user).post(url, form, headers={"HX-Request": "true"})


def toast(response: Any) -> tuple[str, str]:
    told = json.loads(response.headers["HX-Trigger"])["toast"]
    return told["level"], told["text"]


def test_the_fresh_image_takes_its_place_with_what_was_chosen_for_it(
    asked: ReviewTask, reviewer: User
) -> None:
    old = asked.items[3]["image"]["id"]
    form = {"pick_image": "image-2", "primary": "image-2", "order": ["image-2", "image-1"]}
    response = again(reviewer, asked, note="Warmer light", **form)
    fresh = waiting()
    image = fresh.items[3]["image"]["id"]
    html = response.content.decode()
    assert image != old
    assert f"/api/images/{image}/file" in html
    assert f"/api/images/{old}/file" not in html
    assert html.count("checked") == 2
    assert response.context["place"] == 1
    assert f'name="content" value="{fresh.content_hash}"' in html
    assert 'hx-swap-oob="true"' in html
    assert toast(response) == ("success", "Image 2 was made anew.")


def test_the_call_is_on_the_ledger_of_the_run(asked: ReviewTask, reviewer: User) -> None:
    before = AgentJob.objects.count()
    again(reviewer, asked, note="Warmer light")
    job = AgentJob.objects.latest("pk")
    assert AgentJob.objects.count() == before + 1
    assert (job.node_run.key, job.index) == ("cards", 1)


@pytest.mark.parametrize(
    ("item", "note", "words"),
    [
        ("", "", "no image"),
        ("image-9", "", "no image image-9"),
        ("copy-1", "", "no image copy-1"),
        ("image-1", "x" * 2_001, "at most 2,000 characters"),
        ("image-1", "a\x00b", "plain text"),
    ],
)
def test_what_cannot_be_made_anew_is_told_in_a_toast(
    asked: ReviewTask, reviewer: User, item: str, note: str, words: str
) -> None:
    response = again(reviewer, asked, item, note=note)
    level, text = toast(response)
    assert (response.status_code, level) == (204, "error")
    assert words in text
    assert waiting().content_hash == asked.content_hash


def test_only_those_who_are_asked_have_images_made(
    asked: ReviewTask, editor: User, viewer: User, stranger: User, owner: User
) -> None:
    asked.assignees.set([owner])
    assert toast(again(editor, asked)) == ("error", "This review is for Owner.")
    assert again(viewer, asked).status_code == 403
    assert again(stranger, asked).status_code == 404
    assert waiting().content_hash == asked.content_hash


def test_a_decided_review_stays_as_it_was_decided(asked: ReviewTask, reviewer: User) -> None:
    ReviewTask.objects.update(state="approved")
    level, text = toast(again(reviewer, asked))
    assert (level, text) == ("error", "The review is already approved.")
    asked.refresh_from_db()
    assert asked.content_hash == ReviewTask.objects.get().content_hash
