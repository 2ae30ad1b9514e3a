"""``manage.py decide_review``: decide a waiting review from a terminal."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from workflows.engine.states import Verdict
from workflows.models import ReviewTask
from workflows.reviews.decide import AlreadyDecided, decide
from workflows.reviews.picks import BadDecision, Choices, default_choices
from workflows.reviews.rights import NotAllowed
from workspaces.models import User


class Command(BaseCommand):
    """The first decision wins; a later one is told who was faster."""

    help = "Approve a review, send it back with a comment, or reject it."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which review, and what to decide."""
        parser.add_argument("review", type=int, help="The number of the review.")
        verdict = parser.add_mutually_exclusive_group(required=True)
        verdict.add_argument("--approve", action="store_true")
        verdict.add_argument("--request-changes", metavar="COMMENT", dest="changes")
        verdict.add_argument("--reject", action="store_true")
        parser.add_argument(
            "--pick", action="append", metavar="ITEM", help="Such as copy-2; repeat for more."
        )
        parser.add_argument("--user", metavar="EMAIL", help="Who decides.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit status 1 when the decision does not fit or comes too late."""
        task = ReviewTask.objects.filter(pk=options["review"]).first()
        if task is None:
            raise CommandError(f"There is no review {options['review']}.")
        verdict = Verdict.REJECT
        if options["approve"]:
            verdict = Verdict.APPROVE
        elif options["changes"] is not None:
            verdict = Verdict.REQUEST_CHANGES
        try:
            decided = decide(
                task.pk,
                verdict=verdict,
                user=self._user(options["user"]),
                comment=options["changes"] or "",
                choices=self._choices(task, verdict, options["pick"]),
            )
        except BadDecision as error:
            raise CommandError(f"{error.attr}: {error.message}") from error
        except (AlreadyDecided, NotAllowed) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Review {task.pk} is {decided.state.replace('_', ' ')}.")

    def _user(self, email: str | None) -> User | None:
        if email is None:
            return None
        user = User.objects.filter(email__iexact=email).first()
        if user is None:
            raise CommandError(f"--user: there is nobody with the address {email}.")
        return user

    def _choices(self, task: ReviewTask, verdict: Verdict, picks: list[str] | None) -> Choices:
        if picks is not None:
            return Choices(selected=picks)
        return default_choices(task.items, task.rules) if verdict == Verdict.APPROVE else Choices()
