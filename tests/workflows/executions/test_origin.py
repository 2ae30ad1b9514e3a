"""What a document and its pictures remember of their making."""

import pytest

from documents.models import Document, Image
from tests.engine import Drive
from tests.graphs import brief, copy, graph, node
from tests.scripted_openai import ScriptedOpenAI
from workflows.engine.states import Verdict
from workflows.models import ReviewTask
from workflows.reviews.decide import decide
from workflows.reviews.picks import Choices
from workspaces.models import User

pytestmark = pytest.mark.django_db


def reviewed_document() -> object:
    review = node(
        "review", "review", show=["nodes.copy.variants", "nodes.art.images"], pick_images="one"
    )
    document = node(
        "doc",
        "attach_to_document",
        title="Tea",
        body="{{ nodes.copy.text }}",
        images=["nodes.review.images"],
    )
    art = node("art", "generate_image", prompt="Tea", quantity=2, provider="studio")
    return graph(
        [brief("topic"), copy("copy"), art, review, document],
        "brief > copy > review.approved > doc",
        "brief > art > review",
    )


def first_picture(task: ReviewTask) -> Choices:
    return Choices(selected=[next(item["id"] for item in task.items if item["kind"] == "image")])


def test_a_document_remembers_its_run_step_models_and_who_approved(
    drive: Drive, providers: ScriptedOpenAI, reviewer: User
) -> None:
    execution = drive.run(reviewed_document(), topic="tea")
    task = ReviewTask.objects.get()
    decide(
        task.pk,
        verdict=Verdict.APPROVE,
        user=reviewer,
        choices=first_picture(task),
    )
    drive.work(execution)
    document = Document.objects.get()
    assert document.versions.get().source == {
        "execution": execution.pk,
        "run": execution.title,
        "node": "doc",
        "step": "Doc",
        "lane": "",
        "round": 1,
        "models": ["scripted-1"],
        "reviewers": [{"id": reviewer.pk, "name": "Reviewer"}],
    }


def test_an_approved_picture_remembers_who_approved_it_and_the_others_do_not(
    drive: Drive, providers: ScriptedOpenAI, reviewer: User
) -> None:
    execution = drive.run(reviewed_document(), topic="tea")
    task = ReviewTask.objects.get()
    decide(
        task.pk,
        verdict=Verdict.APPROVE,
        user=reviewer,
        choices=first_picture(task),
    )
    drive.work(execution)
    approved = Document.objects.get().attachments.get().image
    assert approved.reviewer_id == reviewer.pk
    assert approved.provenance["reviewer"] == reviewer.pk
    assert approved.provenance["reviewer_name"] == "Reviewer"
    assert approved.provenance["step"] == "Art"
    assert approved.provenance["run"] == execution.title
    assert Image.objects.exclude(pk=approved.pk).get().reviewer_id is None


def test_a_document_made_without_models_or_reviews_says_so(drive: Drive) -> None:
    steps = [brief("topic"), node("doc", "attach_to_document", title="Tea", body="Hot")]
    drive.run(graph(steps, "brief > doc"), topic="tea")
    source = Document.objects.get().versions.get().source
    assert (source["models"], source["reviewers"]) == ([], [])
