"""The outbox: each e-mail goes out once, failures are tried again and then shown."""

from __future__ import annotations

import smtplib
import socket
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.utils import timezone

from tests import factories as make
from tests.conftest import wait_until
from workspaces import notices
from workspaces.models import Notice
from workspaces.notices import deliver, forget_old
from workspaces.postman import Postman
from workspaces.words import one_line

pytestmark = pytest.mark.django_db


@pytest.fixture
def breaks(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """``breaks(error, address)``: sending fails so, to that address or to all."""

    def set_up(error: Exception, address: str = "") -> None:
        real = EmailMessage.send

        def send(letter: EmailMessage, *args: Any, **kwargs: Any) -> int:
            if not address or address in letter.to:
                raise error
            return real(letter, *args, **kwargs)

        monkeypatch.setattr(EmailMessage, "send", send)

    return set_up


def _due_again() -> None:
    Notice.objects.update(next_try_at=timezone.now() - timedelta(seconds=1))


def test_what_is_due_goes_out_once_with_its_link(settings: Any) -> None:
    settings.SITE_URL = "https://copy.example.test/"
    notice = make.NoticeFactory(subject="A review\nBcc: x@y.example", path="/w/a/reviews/7")
    assert deliver() == 1
    _due_again()
    assert deliver() == 0
    (letter,) = mail.outbox
    assert letter.subject == "A review Bcc: x@y.example"
    assert letter.to == [notice.user.email]
    assert "https://copy.example.test/w/a/reviews/7\n" in letter.body
    assert "Settings, Profile" in letter.body
    assert letter.extra_headers["Message-ID"] == f"<notice-{notice.pk}@copy.example.test>"
    notice.refresh_from_db()
    assert (notice.attempts, notice.error) == (1, "")
    assert notice.sent_at is not None


def test_what_could_not_be_sent_is_tried_later(breaks: Callable[..., None]) -> None:
    notice, later = make.NoticeFactory(), make.NoticeFactory()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(EmailMessage, "send", lambda *_: (_ for _ in ()).throw(OSError("refused")))
        assert deliver() == 0
    notice.refresh_from_db()
    later.refresh_from_db()
    assert (notice.attempts, later.attempts) == (1, 0)  # the server is away: one wait a pass
    assert notice.error == "OSError: refused"
    assert notice.next_try_at > timezone.now() + timedelta(minutes=1)
    assert deliver() == 1
    _due_again()
    assert deliver() == 1
    assert {letter.to[0] for letter in mail.outbox} == {notice.email, later.email}


def test_an_address_that_is_refused_holds_nobody_else_up(breaks: Callable[..., None]) -> None:
    first, second = make.NoticeFactory(), make.NoticeFactory()
    breaks(smtplib.SMTPRecipientsRefused({first.email: (550, b"no such user")}), first.email)
    assert deliver() == 1
    assert [letter.to for letter in mail.outbox] == [[second.email]]


def test_after_many_attempts_it_is_given_up_and_says_why(breaks: Callable[..., None]) -> None:
    notice = make.NoticeFactory()
    breaks(TimeoutError("timed out"))
    for _ in range(len(notices.WAITS) + 3):
        deliver()
        _due_again()
    notice.refresh_from_db()
    assert notice.attempts == len(notices.WAITS) + 1
    assert notice.given_up_at is not None
    assert notice.error == "TimeoutError: timed out"


def test_what_a_process_died_over_is_sent_by_the_next() -> None:
    make.NoticeFactory()
    assert notices._claim() is not None
    assert deliver() == 0
    _due_again()
    assert deliver() == 1


def test_a_mail_server_that_says_nothing_costs_its_patience_once(settings: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = silent.getsockname()
        settings.EMAIL_TIMEOUT = 0.3
        kept = [make.NoticeFactory() for _ in range(3)]
        assert deliver() == 0
    kept[0].refresh_from_db()
    assert "timed out" in kept[0].error
    assert Notice.objects.filter(attempts=0).count() == 2


def test_old_ones_are_forgotten_and_unsent_ones_never() -> None:
    sent, unsent, given_up = (make.NoticeFactory() for _ in range(3))
    old = timezone.now() - timedelta(days=31)
    Notice.objects.update(created_at=old)
    Notice.objects.filter(pk=sent.pk).update(sent_at=old)
    Notice.objects.filter(pk=given_up.pk).update(given_up_at=old)
    fresh = make.NoticeFactory(sent_at=timezone.now())
    assert forget_old() == 2
    assert set(Notice.objects.all()) == {unsent, fresh}


def test_titles_become_one_line_that_fits() -> None:
    assert one_line(" A\r\n title ") == "A title"
    assert one_line("x" * 200, 10) == "xxxxxxxxx…"


@pytest.mark.django_db(transaction=True)
def test_several_senders_send_each_e_mail_once(together: Any) -> None:
    made = [make.NoticeFactory() for _ in range(12)]
    assert sum(together([deliver] * 6)) == len(made)
    assert sorted(letter.to[0] for letter in mail.outbox) == sorted(one.email for one in made)


@pytest.mark.django_db(transaction=True)
def test_the_postman_delivers_until_it_is_stopped() -> None:
    postman = Postman(0.02)
    postman.start()
    make.NoticeFactory()
    wait_until(lambda: Notice.objects.exclude(sent_at=None).exists(), what="the e-mail is sent")
    postman.stop()
    make.NoticeFactory()
    assert len(mail.outbox) == 1
