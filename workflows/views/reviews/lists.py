"""The inbox beside every review: its tabs, its rows, the way on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from workflows.engine.states import ReviewState
from workflows.models import ReviewTask
from workflows.reviews import inbox
from workflows.reviews.inbox import Tab
from workflows.views.reviews.due import Due, due
from workflows.views.reviews.looks import REVIEW_LOOKS, item_name
from workspaces.access import Action
from workspaces.pages import PageRequest

PAGE = 30


@dataclass(frozen=True, slots=True)
class Row:
    """One review in a list."""

    task: ReviewTask
    due: Due
    url: str

    @property
    def look(self) -> Any:
        """Where a closed review stands."""
        return REVIEW_LOOKS[ReviewState(self.task.state)]

    @property
    def item(self) -> str:
        """The item of its lane, if it has one."""
        return item_name(self.task.node_run)


@dataclass(frozen=True, slots=True)
class Inbox:
    """A page of one list, and what the others hold."""

    tab: Tab
    rows: tuple[Row, ...]
    more: str
    """Where the list goes on; empty at its end."""
    is_everyones: bool
    """Whether it shows what waits for others too."""
    for_me: int
    waiting: int
    sent_back: int
    url: str
    can_choose: bool
    """Whether there is something to tell apart: viewers are asked nothing."""

    @property
    def shown(self) -> int:
        """What the tab Waiting counts."""
        return self.waiting if self.is_everyones else self.for_me

    def place(self, task: ReviewTask) -> int | None:
        """Where the review stands among the rows, in whatever round it is there."""
        step = task.node_run_id
        found = (place for place, row in enumerate(self.rows) if row.task.node_run_id == step)
        return next(found, None)


def tab_of(name: str) -> Tab:
    """The list of that name, else what waits."""
    return Tab(name) if name in set(Tab) else Tab.WAITING


def tab_for(task: ReviewTask) -> Tab:
    """The list that holds the task."""
    if task.state == ReviewState.WAITING:
        return Tab.WAITING
    return Tab.SENT_BACK if task.state == ReviewState.CHANGES_REQUESTED else Tab.DONE


def open_inbox(request: PageRequest, tab: Tab, *, place: str = "") -> Inbox:
    """A page of the list, from the cursor ``place`` on, for the person who asks."""
    access, slug = request.access, request.access.workspace.slug
    waiting = inbox.listed(access.workspace, Tab.WAITING)
    mine = inbox.asked(waiting, request.user, access.role)
    can_choose = access.can(Action.REVIEW)
    everyone = request.GET.get("for") == "all" or not can_choose
    rows = inbox.listed(access.workspace, tab)
    if tab == Tab.WAITING and not everyone:
        rows = mine
    if place:
        rows = inbox.after(rows, tab, place)
    found = list(inbox.for_rows(rows)[: PAGE + 1])
    suffix = {"for": "all"} if everyone and can_choose else {}
    more = ""
    if len(found) > PAGE:
        query = {"tab": tab.value, **suffix, "after": inbox.cursor(found[PAGE - 1], tab)}
        more = f"{reverse('workflows:reviews', args=[slug])}?{urlencode(query)}"
    return Inbox(
        tab=tab,
        rows=tuple(_row(task, slug, suffix) for task in found[:PAGE]),
        more=more,
        is_everyones=everyone,
        for_me=mine.count(),
        waiting=waiting.count(),
        sent_back=inbox.listed(access.workspace, Tab.SENT_BACK).count(),
        url=reverse("workflows:reviews", args=[slug]),
        can_choose=can_choose,
    )


def _row(task: ReviewTask, slug: str, suffix: dict[str, str]) -> Row:
    url = reverse("workflows:review", args=[slug, task.pk])
    query = f"?{urlencode(suffix)}" if suffix else ""
    return Row(task, due(task.due_at, timezone.now()), url + query)


def next_url(request: PageRequest, task: ReviewTask) -> str:
    """The review to see to after this one, else the inbox."""
    access = request.access
    rows = inbox.listed(access.workspace, Tab.WAITING)
    rows = inbox.asked(rows, request.user, access.role)
    found = inbox.after(rows, Tab.WAITING, inbox.cursor(task, Tab.WAITING)).first() or rows.first()
    slug = access.workspace.slug
    if found is None:
        return reverse("workflows:reviews", args=[slug])
    return reverse("workflows:review", args=[slug, found.pk])
