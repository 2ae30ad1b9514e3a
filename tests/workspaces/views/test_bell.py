"""The bell: what concerns a person, unread until they open it or say that it is read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests import factories as make
from workspaces.models import Notice, User, Workspace
from workspaces.notices import deliver, forget_old

pytestmark = pytest.mark.django_db
Browse = Callable[[User], Client]
PAGE = "/w/alder-pine/notifications"
IN_BELL = {"HX-Request": "true"}


def _told(workspace: Workspace, user: User, **fields: Any) -> Notice:
    made: Notice = make.NoticeFactory(workspace=workspace, user=user, **fields)
    return made


def test_every_page_shows_how_much_is_unread(
    browse: Browse, editor: User, owner: User, workspace: Workspace
) -> None:
    client = browse(editor)
    assert "unread" not in client.get("/w/alder-pine/projects").content.decode()
    _told(workspace, editor)
    _told(workspace, editor)
    _told(workspace, editor, read_at=timezone.now())
    _told(workspace, owner)
    _told(make.WorkspaceFactory(), editor)
    html = client.get("/w/alder-pine/projects").content.decode()
    assert html.count('2<span class="visually-hidden"> unread') == 3  # bell, and twice for phones


def test_the_bell_lists_the_newest_and_links_to_the_rest(
    browse: Browse, editor: User, workspace: Workspace
) -> None:
    for number in range(15):
        _told(workspace, editor, subject=f"Number {number:02}", kind="run_failed")
    client = browse(editor)
    answer = client.get(PAGE, headers=IN_BELL)
    html = answer.content.decode()
    assert "HX-Request" in answer["Vary"]
    assert "<html" not in html and "Number 14" in html and "Number 02" not in html
    assert 'id="bell-count" hx-swap-oob="true"' in html
    page = client.get(PAGE).content.decode()
    assert "<h1" in page and "Number 00" in page


def test_with_nothing_to_tell_it_says_so(browse: Browse, viewer: User) -> None:
    for headers in ({}, IN_BELL):
        html = browse(viewer).get(PAGE, headers=headers).content.decode()
        assert "Nothing to tell" in html
        assert "Mark all read" not in html


def test_opening_one_leads_to_its_page_and_marks_it(
    browse: Browse, editor: User, workspace: Workspace
) -> None:
    one, other = _told(workspace, editor, path="/w/alder-pine/runs/7"), _told(workspace, editor)
    client = browse(editor)
    assert client.get(f"{PAGE}/{one.pk}/open").status_code == 405  # reading changes nothing
    answer = client.post(f"{PAGE}/{one.pk}/open")
    assert answer["Location"] == "/w/alder-pine/runs/7"
    assert set(Notice.objects.filter(read_at=None)) == {other}
    first = Notice.objects.get(pk=one.pk).read_at
    client.post(f"{PAGE}/{one.pk}/open")
    assert Notice.objects.get(pk=one.pk).read_at == first


def test_nobody_opens_what_was_told_to_others(
    browse: Browse, editor: User, owner: User, workspace: Workspace
) -> None:
    theirs = _told(workspace, owner)
    assert browse(editor).post(f"{PAGE}/{theirs.pk}/open").status_code == 404
    browse(editor).post(f"{PAGE}/read")
    assert Notice.objects.get().read_at is None


def test_all_are_read_at_once(browse: Browse, editor: User, workspace: Workspace) -> None:
    _told(workspace, editor)
    client = browse(editor)
    answer = client.post(f"{PAGE}/read", headers=IN_BELL).content.decode()
    assert 'aria-disabled="true"' in answer and "Unread" not in answer
    _told(workspace, editor)
    assert client.post(f"{PAGE}/read")["Location"] == PAGE
    assert not Notice.objects.filter(read_at=None).exists()


def test_its_words_are_text(browse: Browse, editor: User, workspace: Workspace) -> None:
    _told(workspace, editor, subject="Run failed: <img src=x onerror=alert(1)>")
    html = browse(editor).get(PAGE).content.decode()
    assert "&lt;img src=x" in html and "<img src=x" not in html


def test_what_is_told_in_the_bell_alone_is_never_sent_and_forgotten_in_time(
    editor: User, workspace: Workspace
) -> None:
    notice = _told(workspace, editor, next_try_at=None)
    assert deliver() == 0
    assert forget_old() == 0
    Notice.objects.update(created_at=timezone.now() - timedelta(days=31))
    assert forget_old() == 1
    assert not Notice.objects.filter(pk=notice.pk).exists()
