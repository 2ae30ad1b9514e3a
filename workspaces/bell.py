"""What a person was told in a workspace, and what of it they have read."""

from __future__ import annotations

from django.db.models import QuerySet
from django.db.models.functions import Now

from workspaces.models import Notice, User, Workspace


def told(user: User, workspace: Workspace) -> QuerySet[Notice]:
    """Everything, newest first; it is kept for a month."""
    return Notice.objects.filter(user=user, workspace=workspace)


def unread(user: User, workspace: Workspace) -> QuerySet[Notice]:
    """What of it the person has not read."""
    return told(user, workspace).filter(read_at=None)


def mark_read(user: User, workspace: Workspace) -> int:
    """Mark everything as read; how much it was."""
    return unread(user, workspace).update(read_at=Now())


def open_notice(user: User, workspace: Workspace, notice_id: int) -> str | None:
    """Mark one as read; the page that it leads to, None when it is not the person's."""
    notice = told(user, workspace).filter(pk=notice_id).first()
    if notice is None:
        return None
    Notice.objects.filter(pk=notice.pk, read_at=None).update(read_at=Now())
    return notice.path
