"""Sends the e-mails of the outbox: each once, again after a failure, and given up in the open.

A notice is claimed by moving its next try forward before it is sent, so two processes never send
the same one. Whoever dies between the sending and the note of it leaves it to be sent again; it
then has the same Message-ID.
"""

from __future__ import annotations

import smtplib
from datetime import timedelta
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from workspaces.invitations import link_path
from workspaces.models import Notice
from workspaces.words import one_line

log = structlog.get_logger(__name__)
MOST = 50
"""E-mails of one pass."""
WAITS = tuple(timedelta(minutes=minutes) for minutes in (2, 10, 60, 240, 720, 1440))
"""From one attempt to the next; after the last one it is given up."""
KEPT = timedelta(days=30)


def deliver(most: int = MOST) -> int:
    """Send what is due, oldest first; the number sent.

    A mail server that cannot be reached ends the pass: it would cost the same wait for each.
    """
    sent = 0
    for _ in range(most):
        notice = _claim()
        if notice is None:
            break
        try:
            _message(notice).send()
        except smtplib.SMTPRecipientsRefused as error:
            _note_failure(notice, error)
        except Exception as error:  # noqa: BLE001 - each mail backend has errors of its own
            _note_failure(notice, error)
            break
        else:
            Notice.objects.filter(pk=notice.pk).update(sent_at=Now(), error="")
            sent += 1
    return sent


def forget_old() -> int:
    """Delete what is a month old, but for e-mails that are still to be sent; the number deleted."""
    over = ~Q(sent_at=None) | ~Q(given_up_at=None) | Q(next_try_at=None)
    count, _ = Notice.objects.filter(over, created_at__lt=Now() - KEPT).delete()
    return count


def _claim() -> Notice | None:
    """The oldest notice that is due, its next try moved forward; None when there is none."""
    with transaction.atomic():
        rows = Notice.objects.filter(sent_at=None, given_up_at=None, next_try_at__lte=Now())
        rows = rows.exclude(kind=Notice.Kind.INVITATION, invitation=None)
        held = rows.select_for_update(skip_locked=True, of=("self",)).order_by("next_try_at", "pk")
        notice = held.select_related("invitation").first()
        if notice is None:
            return None
        wait = WAITS[min(notice.attempts, len(WAITS) - 1)]
        notice.attempts += 1
        Notice.objects.filter(pk=notice.pk).update(
            attempts=notice.attempts, next_try_at=Now() + wait
        )
    return notice


def _message(notice: Notice) -> EmailMessage:
    path = link_path(notice.invitation) if notice.invitation else notice.path
    site = settings.SITE_URL.rstrip("/")
    text = f"{notice.body}\n\n{site}{path}\n"
    if notice.user_id:
        text += "\nYou can switch these e-mails off in Copyloom under Settings, Profile.\n"
    host = urlsplit(site).hostname or "copyloom"
    return EmailMessage(
        subject=one_line(notice.subject, 240),
        body=text,
        to=[notice.email],
        headers={
            "Message-ID": f"<notice-{notice.pk}@{host}>",
            "Auto-Submitted": "auto-generated",
        },
    )


def _note_failure(notice: Notice, error: Exception) -> None:
    why = f"{type(error).__name__}: {error}"[:300]
    rows, facts = Notice.objects.filter(pk=notice.pk), {"notice": notice.pk, "kind": notice.kind}
    if notice.attempts > len(WAITS):
        rows.update(given_up_at=Now(), error=why)
        log.error("e-mail given up", **facts, attempts=notice.attempts, error=type(error).__name__)
    else:
        rows.update(error=why)
        log.warning("e-mail not sent", **facts, error=type(error).__name__)
