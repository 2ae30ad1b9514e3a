"""The gallery: finding a template, deciding on it, making it one's own."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from templates_gallery.models import GalleryEntry
from tests import factories as make
from tests.graphs import brief, copy, graph
from workflows.models import WorkflowTemplate
from workspaces.models import User, Workspace

Browse = Callable[[User], Client]
GALLERY = "/w/alder-pine/templates"


@pytest.fixture
def shelf(db: None) -> list[GalleryEntry]:
    """Three templates on two shelves."""
    social = make.CategoryFactory(name="Social", slug="social", order=1)
    email = make.CategoryFactory(name="E-mail", slug="email", order=2)
    return [
        make.GalleryEntryFactory(
            title="Captions for a week", summary="Short ones.", category=social,
            channels=["Instagram"], order=1, template__slug="captions",
        ),
        make.GalleryEntryFactory(
            title="A letter to customers", summary="Calm and clear.", category=email,
            channels=["Email"], order=2, template__slug="letter",
        ),
        make.GalleryEntryFactory(
            title="A thread", category=social, channels=["X"], featured=True, order=3,
            template__slug="thread",
        ),
    ]  # fmt: skip


def titles(client: Client, query: str = "") -> list[str]:
    return [card.entry.title for card in client.get(GALLERY + query).context["cards"]]


def test_staff_picks_come_first_then_the_curators_order(
    browse: Browse, viewer: User, shelf: list[GalleryEntry]
) -> None:
    assert titles(browse(viewer)) == ["A thread", "Captions for a week", "A letter to customers"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?category=email", ["A letter to customers"]),
        ("?channel=Instagram", ["Captions for a week"]),
        ("?q=CALM", ["A letter to customers"]),
        ("?q=week+instagram", ["Captions for a week"]),
        ("?q=nothing+like+it", []),
        ("?category=no-such-shelf", []),
        ("?sort=new", ["A thread", "A letter to customers", "Captions for a week"]),
        ("?sort=%00", ["A thread", "Captions for a week", "A letter to customers"]),
    ],
)
def test_shelves_channels_and_words_narrow_the_gallery(
    browse: Browse, viewer: User, shelf: list[GalleryEntry], query: str, found: list[str]
) -> None:
    assert titles(browse(viewer), query) == found


def test_tabs_count_what_the_search_has_found(
    browse: Browse, viewer: User, shelf: list[GalleryEntry]
) -> None:
    tabs = browse(viewer).get(f"{GALLERY}?q=thread").context["shelves"]
    assert [(tab.name, tab.count) for tab, _ in tabs] == [("All", 1), ("Social", 1), ("E-mail", 0)]


def test_what_ran_most_here_comes_first_when_asked_for(
    browse: Browse, viewer: User, shelf: list[GalleryEntry], workspace: Workspace
) -> None:
    letter = shelf[1].template.current_version
    make.ExecutionFactory(workspace=workspace, version=letter)
    make.ExecutionFactory(version=shelf[0].template.current_version)
    assert titles(browse(viewer), "?sort=used")[0] == "A letter to customers"


def test_time_and_cost_are_the_median_of_what_has_run_here(
    browse: Browse, viewer: User, shelf: list[GalleryEntry], workspace: Workspace
) -> None:
    version = shelf[0].template.current_version
    for seconds, cost in ((60, "0.10"), (120, "0.20"), (600, "0.90")):
        make.ExecutionFactory(
            workspace=workspace, version=version, status="completed",
            active_seconds=seconds, cost=Decimal(cost),
        )  # fmt: skip
    make.ExecutionFactory(version=version, status="completed", active_seconds=9_000)

    [card] = browse(viewer).get(f"{GALLERY}?q=captions").context["cards"]

    assert (card.seconds, card.cost, card.is_measured) == (120, Decimal("0.2"), True)


def test_before_the_first_run_time_is_estimated(
    browse: Browse, viewer: User, shelf: list[GalleryEntry]
) -> None:
    [card] = browse(viewer).get(f"{GALLERY}?q=captions").context["cards"]
    assert not card.is_measured
    assert card.seconds is not None


def test_a_template_without_its_model_is_not_ready_and_says_why(
    browse: Browse, viewer: User, workspace: Workspace
) -> None:
    writes = graph([brief("topic"), copy("write")], "brief > write")
    entry = make.GalleryEntryFactory(template__graph=writes, template__slug="writer")
    html = browse(viewer).get(GALLERY).content.decode()
    assert "Not ready" in html
    page = browse(viewer).get(f"{GALLERY}/{entry.template.slug}").content.decode()
    assert "No provider is set as the default for copy" in page
    assert "Owners and admins of the workspace add one under Settings" in page
    assert "/settings/providers" not in page  # a viewer can do nothing there


def test_whoever_may_is_led_to_the_providers(
    browse: Browse, owner: User, workspace: Workspace
) -> None:
    writes = graph([brief("topic"), copy("write")], "brief > write")
    entry = make.GalleryEntryFactory(template__graph=writes, template__slug="writer")
    workflow = make.TemplateFactory(workspace=workspace, graph=writes)
    client, room = browse(owner), "/w/alder-pine"
    for path in (f"{GALLERY}/{entry.template.slug}", f"{room}/workflows/{workflow.pk}"):
        assert f'href="{room}/settings/providers"' in client.get(path).content.decode()
    refused = client.post(f"{room}/workflows/{workflow.pk}/launch", {"topic": "tea"})
    assert refused.status_code == 422
    assert f'href="{room}/settings/providers"' in refused.content.decode()


def test_with_its_model_it_is_ready(
    browse: Browse, viewer: User, providers: Any, workspace: Workspace
) -> None:
    writes = graph([brief("topic"), copy("write")], "brief > write")
    make.GalleryEntryFactory(template__graph=writes)
    assert "Not ready" not in browse(viewer).get(GALLERY).content.decode()


def test_what_is_not_published_is_for_staff_alone(
    browse: Browse, viewer: User, owner: User, shelf: list[GalleryEntry]
) -> None:
    GalleryEntry.objects.filter(pk=shelf[0].pk).update(published=False)
    User.objects.filter(pk=owner.pk).update(is_staff=True)
    assert "Captions for a week" not in titles(browse(viewer))
    assert browse(viewer).get(f"{GALLERY}/captions").status_code == 404
    assert "Captions for a week" in titles(browse(owner))
    assert "Not published" in browse(owner).get(GALLERY).content.decode()


def test_htmx_gets_the_part_that_the_page_holds(
    browse: Browse, viewer: User, shelf: list[GalleryEntry]
) -> None:
    client = browse(viewer)
    part = client.get(f"{GALLERY}?q=letter", headers={"hx-request": "true"})
    assert part["Vary"] and "HX-Request" in part["Vary"]
    assert part.content.decode().strip() in client.get(f"{GALLERY}?q=letter").content.decode()


@pytest.mark.parametrize("count", [1, 12])
def test_the_gallery_asks_as_much_for_many_templates_as_for_one(
    browse: Browse,
    viewer: User,
    workspace: Workspace,
    django_assert_max_num_queries: Any,
    count: int,
) -> None:
    for _ in range(count):
        make.GalleryEntryFactory()
    client = browse(viewer)
    client.get(GALLERY)
    with django_assert_max_num_queries(13):
        client.get(GALLERY)


def test_an_empty_gallery_says_how_to_fill_it(browse: Browse, viewer: User) -> None:
    assert "The gallery is empty" in browse(viewer).get(GALLERY).content.decode()


def test_a_template_tells_what_it_makes_asks_and_needs(
    browse: Browse, editor: User, shelf: list[GalleryEntry]
) -> None:
    shelf[1].sample = {
        "title": "Dear customers",
        "body": "# News\n\n<script>alert(1)</script> *Hello*",
    }
    shelf[1].save()
    html = browse(editor).get(f"{GALLERY}/letter").content.decode()
    assert "A letter to customers" in html
    assert "What it asks for" in html
    assert "<em>Hello</em>" in html
    assert "<script>alert" not in html
    assert "Use template" in html
    assert "Customise" in html


def test_a_reviewer_may_look_and_is_told_who_may_run_it(
    browse: Browse, reviewer: User, shelf: list[GalleryEntry]
) -> None:
    html = browse(reviewer).get(f"{GALLERY}/letter").content.decode()
    assert "Use template" not in html
    assert "Customise" not in html
    assert "Editors of Alder &amp; Pine can run this" in html
    assert browse(reviewer).post(f"{GALLERY}/letter/customise").status_code == 403


def test_customising_copies_it_into_the_workspace(
    browse: Browse, editor: User, shelf: list[GalleryEntry], workspace: Workspace
) -> None:
    answer = browse(editor).post(f"{GALLERY}/letter/customise", follow=True)
    made = WorkflowTemplate.objects.get(workspace=workspace)
    assert answer.redirect_chain[-1][0] == f"/w/alder-pine/workflows/{made.pk}/builder"
    assert made.cloned_from == shelf[1].template.current_version
    assert "is yours now" in answer.content.decode()


@pytest.mark.parametrize("path", ["", "/letter", "/no-such-template"])
def test_strangers_find_nothing(
    browse: Browse, stranger: User, shelf: list[GalleryEntry], workspace: Workspace, path: str
) -> None:
    assert browse(stranger).get(GALLERY + path).status_code == 404


def test_a_workspaces_own_workflow_is_no_page_of_the_gallery(
    browse: Browse, editor: User, workspace: Workspace
) -> None:
    make.TemplateFactory(workspace=workspace, slug="own")
    assert browse(editor).get(f"{GALLERY}/own").status_code == 404
