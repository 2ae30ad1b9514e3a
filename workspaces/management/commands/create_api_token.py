"""``manage.py create_api_token``: a key for a program, printed once and alone."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from workspaces.access import Access, find_access
from workspaces.models import Scope, User
from workspaces.tokens import MAX_DAYS, ScopesTooWide, issue_token

_NAME_LENGTH = 80


class Command(BaseCommand):
    """Makes a token for a member of a workspace."""

    help = "Print a new API key of a person in a workspace, and nothing else."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose key, where, and what for."""
        parser.add_argument("email", help="the person's e-mail address")
        parser.add_argument("--workspace", required=True, metavar="SLUG")
        parser.add_argument(
            "--scopes",
            default="",
            metavar="A,B",
            help=f"of {','.join(Scope.values)}; default: all that the person's role allows",
        )
        parser.add_argument("--name", default="Command line", help="what lists show")
        parser.add_argument(
            "--days", type=int, default=MAX_DAYS, help=f"valid for, 1 to {MAX_DAYS}"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Make it and print its key."""
        user = _person(options["email"])
        access = _access(user, options["workspace"])
        name = options["name"].strip()
        if not 1 <= len(name) <= _NAME_LENGTH:
            raise CommandError(f"--name must have 1 to {_NAME_LENGTH} characters.")
        if not 1 <= options["days"] <= MAX_DAYS:
            raise CommandError(f"--days must be a number from 1 to {MAX_DAYS}.")
        try:
            _, key = issue_token(
                user=user,
                access=access,
                name=name,
                scopes=_scopes(options["scopes"]),
                days=options["days"],
            )
        except ScopesTooWide as error:
            raise CommandError(f"--scopes: {error} {user.email} is {access.role} there.") from error
        self.stdout.write(key)


def _person(email: str) -> User:
    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        raise CommandError(f"There is no person with the e-mail address {email}.")
    if not user.is_active:
        raise CommandError(f"{email} may no longer sign in: the account is not active.")
    return user


def _access(user: User, slug: str) -> Access:
    access = find_access(user, slug)
    if access is None:
        slugs = user.memberships.order_by("workspace__slug").values_list(
            "workspace__slug", flat=True
        )
        where = ", ".join(slugs) or "none"
        raise CommandError(
            f"{user.email} is in no workspace {slug}. Workspaces of this person: {where}."
        )
    return access


def _scopes(text: str) -> list[str]:
    scopes = [part.strip() for part in text.split(",") if part.strip()]
    if unknown := [scope for scope in scopes if scope not in Scope.values]:
        known = ", ".join(Scope.values)
        raise CommandError(f"--scopes: there is no {', '.join(unknown)}; choose of {known}.")
    return scopes
