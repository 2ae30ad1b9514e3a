"""Versions of answers: read again only what changed, and never write over another's change."""

from __future__ import annotations

from django.utils.http import parse_etags
from drf_spectacular.utils import OpenApiParameter
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from workspaces.api.errors import PreconditionFailed

IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    description="The ETag that you read; 412 when somebody else has changed it since.",
)
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match",
    str,
    OpenApiParameter.HEADER,
    description="The ETag that you have; 304 without a body when it is still right.",
)


def etag(*parts: object) -> str:
    """A strong ETag of plain parts such as ids, numbers and hashes."""
    return f'"{"-".join(str(part) for part in parts)}"'


def not_modified(request: Request, tag: str) -> Response | None:
    """The 304 for a client that has this version already (``If-None-Match``), else None.

    Weak comparison: ``W/"x"`` and ``"x"`` are the same; ``*`` is every version.
    """
    known = parse_etags(request.headers.get("If-None-Match", ""))
    if known == ["*"] or tag.removeprefix("W/") in [one.removeprefix("W/") for one in known]:
        return Response(status=status.HTTP_304_NOT_MODIFIED, headers={"ETag": tag})
    return None


def check_if_match(request: Request, tag: str) -> bool:
    """Whether the client named the version it changes; False without ``If-Match``.

    Strong comparison: a weak tag matches nothing; ``*`` is every version. Raises
    ``PreconditionFailed`` when none of the versions named is the current one.
    """
    header = request.headers.get("If-Match")
    if header is None:
        return False
    named = parse_etags(header)
    if named == ["*"]:
        return False
    if tag.startswith("W/") or tag not in named:
        raise PreconditionFailed
    return True
