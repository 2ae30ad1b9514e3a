"""Who sees the pictures of the gallery, and how they leave."""

from __future__ import annotations

import pytest
from django.test import Client

from templates_gallery import pictures
from templates_gallery.models import GalleryEntry
from tests.factories import GalleryEntryFactory, UserFactory
from tests.scripted_openai import png
from workspaces.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry() -> GalleryEntry:
    """An entry with a cover."""
    made = GalleryEntryFactory()
    made.cover = pictures.keep_cover(made, pictures.as_cover(png(1600, 900)))
    made.save()
    return made


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_everybody_who_is_signed_in_sees_a_cover(entry: GalleryEntry, stranger: User) -> None:
    answer = signed_in(stranger).get(entry.cover_url)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/png"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer.content == pictures.read(entry, entry.cover)


def test_a_visitor_is_sent_to_the_login(entry: GalleryEntry, client: Client) -> None:
    assert client.get(entry.cover_url).status_code == 302


def test_pictures_of_an_unpublished_entry_are_for_staff(
    entry: GalleryEntry, stranger: User
) -> None:
    GalleryEntry.objects.update(published=False)
    assert signed_in(stranger).get(entry.cover_url).status_code == 404
    staff = UserFactory(is_staff=True)
    assert signed_in(staff).get(entry.cover_url).status_code == 200


@pytest.mark.parametrize("name", ["x.png", "..%2fsecret", f"{'0' * 64}.png", f"{'0' * 64}.svg"])
def test_what_the_entry_does_not_show_is_not_there(
    entry: GalleryEntry, stranger: User, name: str
) -> None:
    address = f"/gallery/pictures/{entry.pk}/{name}"
    assert signed_in(stranger).get(address).status_code == 404


def test_a_picture_of_one_entry_is_not_found_at_another(
    entry: GalleryEntry, stranger: User
) -> None:
    other = GalleryEntryFactory()
    assert signed_in(stranger).get(other.picture_url(entry.cover)).status_code == 404


def test_a_cover_is_made_smaller_and_keeps_its_shape() -> None:
    clean = pictures.as_cover(png(2560, 1440))
    assert (clean.width, clean.height) == (1280, 720)
    small = pictures.as_cover(png(640, 360))
    assert (small.width, small.height) == (640, 360)


def test_an_entry_without_a_cover_has_no_address_for_it() -> None:
    assert GalleryEntryFactory().cover_url == ""
