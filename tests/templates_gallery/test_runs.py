"""Every gallery template, run to its end on a scripted service and studio, in every way."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.engine import Drive
from tests.factories import ReferenceFileFactory
from tests.scripted_openai import ScriptedOpenAI
from tests.templates_gallery.legible import EMPTY, faults, rendered
from tests.templates_gallery.runs import (
    COMMENT,
    Played,
    Template,
    play,
    sample,
    steps,
    templates,
    ways,
    ways_out,
)
from workflows.engine.states import Verdict
from workflows.graph import liquid_env
from workflows.nodes import generate_image
from workflows.providers.studio_art.sizes import parse_size

pytestmark = pytest.mark.django_db
TEMPLATES = templates()


@pytest.fixture(params=TEMPLATES, ids=lambda template: template["slug"])
def template(request: pytest.FixtureRequest) -> Template:
    """A template in the export format."""
    return request.param


@pytest.fixture
def marked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every variable that is written with nothing in it leaves a mark."""
    write = liquid_env.text_of

    def mark(value: Any, budget: Any) -> str:
        return write(value, budget) or EMPTY

    monkeypatch.setattr(liquid_env, "text_of", mark)


@pytest.fixture
def small_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures of the same shape in an eighth of the size, where many runs draw them."""

    def eighth(text: str) -> tuple[int, int]:
        width, height = parse_size(text)
        return max(64, width // 8), max(64, height // 8)

    monkeypatch.setattr(generate_image, "parse_size", eighth)


def written(played: Played) -> Iterator[tuple[str, str]]:
    """Every text that the template made by itself, with where it stands."""
    for row in played.execution.node_runs.all():
        for text in rendered(row.input):
            yield row.key, text
        for image in (row.output or {}).get("images") or []:
            yield f"{row.key} alt text", image["alt_text"]
    reviews = played.execution.node_runs.filter(review_tasks__isnull=False)
    yield from reviews.values_list("key", "review_tasks__instructions")
    for document in played.documents:
        yield "title", document.title
        yield "body", document.body


def check(played: Played, template: Template, inputs: dict[str, Any]) -> None:
    """It completed, with a document that holds the pictures, and all of it reads well."""
    execution = played.execution
    errors = list(execution.node_runs.exclude(error=None).values_list("key", "lane", "error"))
    assert execution.status == "completed", (inputs, errors, execution.error)
    assert not errors, inputs
    (document,) = played.documents
    assert document.body.strip() and document.title.strip()
    rows = list(document.attachments.all())
    assert bool(rows) == bool(drawn(played)), inputs
    assert [row.attachment_order for row in rows] == list(range(1, len(rows) + 1))
    assert all(row.alt_text for row in rows)
    wants_primary = all(one.get("primary") != "none" for one in saving(template, played))
    assert sum(row.is_primary for row in rows) == (1 if rows and wants_primary else 0)
    wrong = [f"{where}: {fault}" for where, text in written(played) for fault in faults(text)]
    assert not wrong, "\n".join([str(inputs), *wrong])


def drawn(played: Played) -> list[Any]:
    """The pictures that the run made."""
    rows = played.execution.node_runs.filter(type="generate_image", status="completed")
    return [image for row in rows for image in row.output["images"]]


def saving(template: Template, played: Played) -> list[dict[str, Any]]:
    """The attaching steps with images that ran."""
    ran = set(played.execution.node_runs.filter(status="completed").values_list("key", flat=True))
    found = steps(template, "attach_to_document")
    return [config for key, config in found.items() if key in ran and config.get("images")]


def test_every_way_through_it_ends_with_a_document_that_reads_well(
    drive: Drive, providers: ScriptedOpenAI, marked: None, small_pictures: None, template: Template
) -> None:
    taken: set[str] = set()
    for inputs in ways(template, drive.workspace):
        played = play(drive, template, inputs)
        check(played, template, inputs)
        taken |= played.handles
    assert ways_out(template, "conditional") <= taken


def test_it_reads_well_after_each_review_has_sent_it_back(
    drive: Drive, providers: ScriptedOpenAI, marked: None, small_pictures: None, template: Template
) -> None:
    revisable = [key for key, config in steps(template, "review").items() if config.get("revise")]
    played = play(drive, template, sample(template), Verdict.REQUEST_CHANGES)
    check(played, template, sample(template))
    sent_back = [key for key, verdict in played.verdicts if verdict == Verdict.REQUEST_CHANGES]
    assert sorted(sent_back) == sorted(revisable)
    for key in revisable:
        revised = steps(template, "review")[key]["revise"]
        rows = played.execution.node_runs.filter(key=revised)
        assert rows.exists()
        assert all(COMMENT in prompt for row in rows for prompt in row.input["prompts"])


def test_a_rejection_publishes_nothing(
    drive: Drive, providers: ScriptedOpenAI, marked: None, small_pictures: None, template: Template
) -> None:
    reviews = steps(template, "review")
    if not reviews:
        assert template["slug"] == "product-description-pack"  # the demo runs by itself
        return
    played = play(drive, template, sample(template), Verdict.REJECT)
    assert played.execution.status == "completed", played.execution.error
    rejections = {
        edge["target"] for edge in template["edges"] if edge["source_handle"] == "rejected"
    }
    ran = set(
        played.execution.node_runs.filter(
            type="attach_to_document", status="completed"
        ).values_list("key", flat=True)
    )
    assert ran == rejections
    wrong = [f"{where}: {fault}" for where, text in written(played) for fault in faults(text)]
    assert not wrong, "\n".join(wrong)


def texts(value: Any) -> list[str]:
    """Every sentence in a brief's value."""
    if isinstance(value, list):
        return [text for entry in value for text in texts(entry)]
    sentences = re.split(r"(?<=[.!?])\s+|\n", str(value))
    return [one.strip().rstrip(".") for one in sentences if one.strip()]


def test_every_answer_of_the_brief_has_a_use(
    drive: Drive, providers: ScriptedOpenAI, template: Template
) -> None:
    """It reaches a model, a picture, a reviewer or the document, or it chooses a way."""
    played = play(drive, template, sample(template))
    seen = "\n".join(text for _, text in written(played)).casefold()
    routes = str([*steps(template, "conditional").values()])
    lost = {
        key: text
        for key, value in sample(template).items()
        for text in texts(value)
        if text.casefold() not in seen and f"brief.{key}" not in routes
    }
    assert not lost


@pytest.mark.parametrize("quote", ["Harbour Works helped us.", None])
def test_a_customer_who_stays_anonymous_is_named_to_nobody(
    drive: Drive, providers: ScriptedOpenAI, small_pictures: None, quote: str | None
) -> None:
    study = next(one for one in TEMPLATES if one["slug"] == "case-study")
    told = {key: f"Harbour Works {key}" for key in ("before", "change", "quoted")}
    told |= {"customer": "Harbour Works", "naming": "Keep them anonymous", "quote": quote}
    notes = ReferenceFileFactory(workspace=drive.workspace, text="Harbour Works said so.")
    inputs = sample(study) | told | {"results": ["Harbour Works saves a day"], "notes": notes.pk}
    played = play(drive, study, inputs)
    assert played.execution.status == "completed", played.execution.error
    assert not [where for where, text in written(played) if "Harbour" in text]
    assert not [call for call in providers.calls if "Harbour" in str(call.body)]
