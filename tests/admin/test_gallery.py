"""Curators arrange the gallery: the list, an entry's page, its cover and its sample."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import zeal
from django.contrib.auth.models import Permission
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from documents.images import gallery_key
from templates_gallery import pictures
from templates_gallery.catalog import seed
from templates_gallery.models import GalleryEntry
from tests import factories as make
from tests.admin.conftest import page
from tests.scripted_openai import png
from workspaces.models import User

pytestmark = pytest.mark.django_db
LIST = "/admin/templates_gallery/galleryentry/"


def form_of(entry: GalleryEntry, **changed: Any) -> dict[str, Any]:
    """The entry's page as it was opened, with what somebody changed."""
    sample = entry.sample or {}
    form = {
        "template": entry.template_id,
        "category": entry.category_id or "",
        "title": entry.title,
        "channels": "\n".join(entry.channels),
        "sample_inputs": "{}",
        "published": "on",
        "order": entry.order,
        "sample_title": sample.get("title", ""),
        "sample_body": sample.get("body", ""),
        "sample_alt_texts": "\n".join(one["alt_text"] for one in sample.get("images", [])),
    }
    return {**form, **changed}


def save(root: Client, entry: GalleryEntry, **changed: Any) -> Any:
    return root.post(page(GalleryEntry, "change", entry.pk), form_of(entry, **changed))


def upload(data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("../cover.png", data, content_type="image/png")


def rights(*names: str) -> User:
    user = make.UserFactory(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    return user


def act(browser: Client, action: str, *entries: GalleryEntry) -> Any:
    ids = [entry.pk for entry in entries]
    return browser.post(LIST, {"action": action, "_selected_action": ids})


def test_the_list_edits_shelf_order_and_marks(root: Client) -> None:
    entry, shelf = make.GalleryEntryFactory(published=False), make.CategoryFactory()
    row = {"id": entry.pk, "category": shelf.pk, "published": "on", "featured": "on", "order": 3}
    form = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "_save": "Save"}
    form |= {f"form-0-{name}": value for name, value in row.items()}
    assert root.post(LIST, form).status_code == 302
    entry.refresh_from_db()
    assert (entry.category, entry.published, entry.featured, entry.order) == (shelf, True, True, 3)


def test_the_list_shows_covers_and_who_has_a_sample(root: Client) -> None:
    entry = make.GalleryEntryFactory(sample={"title": "T"})
    entry.cover = pictures.keep_cover(entry, pictures.as_cover(png(160, 90)))
    entry.save()
    make.GalleryEntryFactory()
    body = root.get(LIST).content.decode()
    assert f'src="{entry.cover_url}"' in body
    assert body.count("icon-yes.svg") == 1
    assert root.get(LIST, {"has_sample": "yes"}).context["cl"].result_count == 1
    assert root.get(LIST, {"has_sample": "no"}).context["cl"].result_count == 1
    assert list(root.get(LIST, {"has_cover": "yes"}).context["cl"].result_list) == [entry]


def test_entries_are_published_and_featured_together(root: Client) -> None:
    both = [make.GalleryEntryFactory(published=False) for _ in range(2)]
    act(root, "publish", *both)
    act(root, "feature", both[0])
    rows = GalleryEntry.objects.order_by("pk").values_list("published", "featured")
    assert list(rows) == [(True, True), (True, False)]
    act(root, "unpublish", both[1])
    act(root, "unfeature", both[0])
    rows = GalleryEntry.objects.order_by("pk").values_list("published", "featured")
    assert list(rows) == [(True, False), (False, False)]


def test_those_who_may_only_look_publish_nothing_and_export(
    client_of: Callable[[User], Client],
) -> None:
    browser = client_of(rights("view_galleryentry"))
    entry = make.GalleryEntryFactory(published=False)
    act(browser, "publish", entry)
    entry.refresh_from_db()
    assert not entry.published
    answer = act(browser, "export_selected", entry)
    assert answer["Content-Disposition"] == f'attachment; filename="{entry.template.slug}.json"'
    assert browser.get(f"{LIST}import/").status_code == 403
    assert browser.get(f"{LIST}{entry.pk}/sample/").status_code == 403
    assert "Import" not in browser.get(LIST).content.decode()


def test_a_workspaces_own_template_is_refused_in_the_gallery(root: Client) -> None:
    entry, private = make.GalleryEntryFactory(), make.TemplateFactory()
    answer = save(root, entry, template=private.pk)
    assert "Only a global template" in answer.content.decode()
    assert save(root, entry, title="Better").status_code == 302
    entry.refresh_from_db()
    assert (entry.title, entry.template.workspace) == ("Better", None)


def test_channels_are_written_one_a_line(root: Client) -> None:
    entry = make.GalleryEntryFactory(channels=["Blog"])
    save(root, entry, channels="Instagram\n\n X ")
    entry.refresh_from_db()
    assert entry.channels == ["Instagram", "X"]
    for text, said in [("x" * 41, "At most 40 characters a line."), ("x\n" * 21, "At most 20")]:
        assert said in save(root, entry, channels=text).content.decode()


def test_a_cover_is_kept_under_the_entrys_id_replaced_and_removed(
    root: Client, django_capture_on_commit_callbacks: Any
) -> None:
    entry = make.GalleryEntryFactory()
    assert save(root, entry, cover_file=upload(png(1600, 900))).status_code == 302
    entry.refresh_from_db()
    first = gallery_key(entry.pk, entry.cover)
    assert first.startswith(f"gallery/{entry.pk}/") and default_storage.exists(first)
    with django_capture_on_commit_callbacks(execute=True):
        save(root, entry, cover_file=upload(png(1600, 900, seed="other")))
    entry.refresh_from_db()
    assert not default_storage.exists(first)
    assert root.get(entry.cover_url).status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        save(root, entry, remove_cover="on")
    second = gallery_key(entry.pk, entry.cover)
    entry.refresh_from_db()
    assert (entry.cover, default_storage.exists(second)) == ("", False)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "This is a SVG file."),
        (b"no picture", "not a picture that we know"),
        (png(8, 8)[:60], "damaged or cut off"),
    ],
)
def test_what_is_no_picture_is_refused_and_nothing_is_saved(
    root: Client, data: bytes, said: str
) -> None:
    entry = make.GalleryEntryFactory()
    answer = save(root, entry, title="Other", cover_file=upload(data))
    assert said in answer.content.decode()
    entry.refresh_from_db()
    assert (entry.cover, entry.title == "Other") == ("", False)


def test_a_new_entry_can_bring_its_cover(root: Client) -> None:
    template = make.TemplateFactory(workspace=None)
    form = form_of(GalleryEntry(template=template, title="New"), cover_file=upload(png(320, 180)))
    assert root.post(page(GalleryEntry, "add"), form).status_code == 302
    assert root.get(GalleryEntry.objects.get().cover_url).status_code == 200


def test_a_sample_is_written_by_hand_and_emptied(root: Client) -> None:
    entry = make.GalleryEntryFactory()
    assert save(root, entry, sample_title="T", sample_body="# B").status_code == 302
    entry.refresh_from_db()
    assert entry.sample == {"title": "T", "excerpt": "", "body": "# B", "images": [], "note": ""}
    body = root.get(page(GalleryEntry, "change", entry.pk)).content.decode()
    assert "&lt;h1&gt;B&lt;/h1&gt;" in body
    save(root, entry, sample_title="", sample_body="")
    entry.refresh_from_db()
    assert entry.sample == {}


def test_saving_the_page_untouched_leaves_a_shipped_sample_to_new_releases(root: Client) -> None:
    seed()
    entry = GalleryEntry.objects.get(template__slug="instagram-carousel")
    form = root.get(page(GalleryEntry, "change", entry.pk)).context["adminform"].form
    sent = {name: form.initial[name] for name in form.initial if name.startswith("sample_")}
    sent["sample_inputs"] = json.dumps(entry.sample_inputs)
    sent["sample_body"] = entry.sample["body"].replace("\n", "\r\n")  # as browsers send it
    assert save(root, entry, summary=entry.summary, featured="on", **sent).status_code == 302
    saved = GalleryEntry.objects.get(pk=entry.pk)
    assert (saved.featured, saved.sample) == (True, entry.sample)
    assert "sample kept" not in str(seed())


def test_how_a_sample_was_made_is_told_in_words_of_the_curators(root: Client) -> None:
    entry = make.GalleryEntryFactory()
    save(root, entry, sample_title="T", sample_note="By our own team.")
    entry.refresh_from_db()
    assert entry.sample["note"] == "By our own team."
    answer = save(root, entry, sample_title="T", sample_note="x" * 301)
    assert "sample_note" in answer.context["adminform"].form.errors


def test_a_sample_without_a_title_or_with_lines_for_no_picture_is_refused(root: Client) -> None:
    entry = make.GalleryEntryFactory()
    answer = save(root, entry, sample_body="# B", sample_alt_texts="A boat")
    errors = answer.context["adminform"].form.errors
    assert errors["sample_title"] == ["title must not be empty."]
    assert errors["sample_alt_texts"][0].startswith("There are 0 pictures and 1 lines.")
    entry.refresh_from_db()
    assert entry.sample == {}


def test_pictures_of_a_sample_are_described_anew_and_taken_away(root: Client) -> None:
    names = [f"{digit * 64}.png" for digit in "abc"]
    images = [{"alt_text": name[0], "picture": name} for name in names]
    entry = make.GalleryEntryFactory(sample={"title": "T", "images": images})
    save(root, entry, sample_alt_texts="one\ntwo\nthree")
    entry.refresh_from_db()
    assert [one["alt_text"] for one in entry.sample["images"]] == ["one", "two", "three"]
    save(root, entry, sample_alt_texts="one\nthree")
    entry.refresh_from_db()
    kept = [(one["alt_text"], one["picture"]) for one in entry.sample["images"]]
    assert kept == [("one", names[0]), ("three", names[2])]


def test_a_finished_run_becomes_the_sample(root: Client) -> None:
    entry = make.GalleryEntryFactory()
    run = make.ExecutionFactory(version=entry.template.current_version, status="completed")
    source = {"execution": run.pk}
    document = make.DocumentFactory(workspace=run.workspace, title="Made", source=source)
    address = f"{LIST}{entry.pk}/sample/"
    assert "Made" in root.get(address).content.decode()
    assert root.post(address, {"document": document.pk}).status_code == 302
    entry.refresh_from_db()
    assert entry.sample["title"] == "Made"


@pytest.mark.parametrize("number", ["", "x", "0", "9" * 30])
def test_a_number_of_no_document_is_told_so(root: Client, number: str) -> None:
    entry = make.GalleryEntryFactory()
    answer = root.post(f"{LIST}{entry.pk}/sample/", {"document": number})
    assert answer.status_code == 422
    assert "ocument" in answer.content.decode().split('class="messagelist"')[1][:300]


def test_pages_of_an_entry_that_is_not_there_are_not_found(root: Client) -> None:
    for name in ("export", "sample"):
        assert root.get(f"{LIST}999999/{name}/").status_code == 404


def test_an_entry_is_duplicated_unpublished_with_its_pictures_and_a_template_of_its_own(
    root: Client,
) -> None:
    entry = make.GalleryEntryFactory(title="Letter", published=True, featured=True)
    save(root, entry, cover_file=upload(png(64, 48)))
    entry.refresh_from_db()
    answer = root.post(page(GalleryEntry, "duplicate", entry.pk))
    copy = GalleryEntry.objects.exclude(pk=entry.pk).get()
    assert answer["Location"] == page(GalleryEntry, "change", copy.pk)
    assert (copy.title, copy.published, copy.featured) == ("Letter (copy)", False, False)
    assert copy.template.workspace is None
    assert copy.template.slug == f"{entry.template.slug}-2"
    assert copy.template.current_version
    assert pictures.read(copy, copy.cover) == pictures.read(entry, entry.cover)

    root.post(page(GalleryEntry, "delete", entry.pk), {"post": "yes"})
    assert pictures.read(copy, copy.cover)


def test_several_entries_are_duplicated_together_and_only_by_those_who_may_add(
    root: Client, client_of: Callable[[User], Client]
) -> None:
    entries = [make.GalleryEntryFactory() for _ in range(2)]
    with zeal.zeal_ignore():  # each is copied by itself
        act(root, "duplicate", *entries)
    assert GalleryEntry.objects.count() == 4
    reader = client_of(rights("view_galleryentry"))
    act(reader, "duplicate", *entries)
    assert reader.post(page(GalleryEntry, "duplicate", entries[0].pk)).status_code == 403
    assert GalleryEntry.objects.count() == 4


def test_a_curator_sees_an_entry_as_people_will_before_it_is_published(
    root: Client, superuser: User, client_of: Callable[[User], Client]
) -> None:
    entry = make.GalleryEntryFactory(published=False)
    nowhere = root.get(page(GalleryEntry, "preview", entry.pk), follow=True)
    assert "you are a member of none" in nowhere.content.decode()

    room = make.MembershipFactory(user=superuser).workspace
    shown = root.get(page(GalleryEntry, "preview", entry.pk), follow=True)
    assert shown.request["PATH_INFO"] == f"/w/{room.slug}/templates/{entry.template.slug}"
    assert "only staff see it" in shown.content.decode()
    member = client_of(make.MembershipFactory(workspace=room).user)
    assert member.get(shown.request["PATH_INFO"]).status_code == 404
