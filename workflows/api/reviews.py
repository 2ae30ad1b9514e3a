"""Reviews: list, read, decide, make a picture anew."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django_filters import BooleanFilter, MultipleChoiceFilter
from django_filters.rest_framework import FilterSet
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.exceptions import PermissionDenied
from rest_framework.response import Response

from workflows.api import review_shapes as shapes
from workflows.api.problems import of_node
from workflows.engine.states import ReviewState, Verdict
from workflows.models import ReviewTask
from workflows.nodes.base import NodeError
from workflows.reviews.decide import AlreadyDecided, decide
from workflows.reviews.picks import BadDecision
from workflows.reviews.regenerate import BeingMade, regenerate_image
from workflows.reviews.rights import NotAllowed
from workflows.selectors import mine, reviews_of
from workspaces.access import Action
from workspaces.api.base import WorkspaceRequest, WorkspaceView
from workspaces.api.errors import Conflict, refused
from workspaces.api.filters import IdFilter
from workspaces.api.idempotency import idempotent


class ReviewFilter(FilterSet):  # type: ignore[misc]  # django-filter has no types
    """What the list of reviews can be narrowed by."""

    state = MultipleChoiceFilter(
        choices=[(one.value, one.value) for one in ReviewState],
        help_text="Repeat it for several.",
    )
    mine = BooleanFilter(
        method="for_me", help_text="Those that name you, or nobody and a role that you have."
    )
    execution = IdFilter("node_run__execution", help_text="A run's id.")

    def for_me(self, rows: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        """Reviews that ask the caller."""
        access = self.request.access
        return mine(rows, self.request.user, access.role) if value else rows


class ReviewView(WorkspaceView):
    """A view of one review of the workspace."""

    def find(self, review_id: int) -> ReviewTask:
        """The review. Raises 404."""
        return get_object_or_404(reviews_of(self.workspace), pk=review_id)

    def answer(self, review_id: int) -> Response:
        """The review as it stands after a change."""
        return Response(shapes.ReviewRow(reviews_of(self.workspace).get(pk=review_id)).data)


class ReviewsView(WorkspaceView):
    """All of them."""

    actions = {"GET": Action.VIEW}
    filterset_class = ReviewFilter
    queryset = ReviewTask.objects.none()

    @extend_schema(operation_id="list_reviews", responses=shapes.ReviewRow(many=True))
    def get(self, request: WorkspaceRequest) -> Response:
        """List the reviews of the workspace, newest first, each round by itself."""
        return self.page(reviews_of(self.workspace), shapes.ReviewRow)


class ReviewDetailView(ReviewView):
    """One of them."""

    actions = {"GET": Action.VIEW}

    @extend_schema(operation_id="get_review", responses=shapes.ReviewRow)
    def get(self, request: WorkspaceRequest, review_id: int) -> Response:
        """Read a review with everything that is to be judged."""
        return Response(shapes.ReviewRow(self.find(review_id)).data)


class DecideView(ReviewView):
    """The decision."""

    actions = {"POST": Action.REVIEW}

    @extend_schema(
        operation_id="decide_review",
        request=shapes.DecideBody,
        responses={200: shapes.ReviewRow},
    )
    @idempotent(atomic=True)
    def post(self, request: WorkspaceRequest, review_id: int) -> Response:
        """Approve, send back with a comment, or reject; the first decision wins.

        Later ones are 409, with how the review stands in `current`. Approving takes as many
        `selected` items as the `rules` ask for. A decision that does not fit is 422, and the
        review still waits.
        """
        review, body = self.find(review_id), self.body(shapes.DecideBody)
        with _refusals(review):
            decide(
                review.pk,
                verdict=Verdict(body["verdict"]),
                user=request.user,
                comment=body.get("comment", ""),
                choices=shapes.choices(body),
            )
        return self.answer(review_id)


class RegenerateView(ReviewView):
    """A fresh picture."""

    actions = {"POST": Action.REVIEW}

    @extend_schema(
        operation_id="regenerate_image",
        request=shapes.RegenerateBody,
        responses={
            200: shapes.ReviewRow,
            502: OpenApiResponse(description="The model service gave no usable answer."),
            504: OpenApiResponse(description="The model service did not answer in time."),
        },
    )
    @idempotent(atomic=False)
    def post(self, request: WorkspaceRequest, review_id: int) -> Response:
        """Have one picture of a waiting review made anew; it takes the old one's place.

        Answered when the picture is there, within two minutes. Its cost is the run's; the
        call is among the run's agent jobs. When somebody decides meanwhile: 409.
        """
        review, body = self.find(review_id), self.body(shapes.RegenerateBody)
        with _refusals(review):
            regenerate_image(
                review.pk, image=body["image_id"], note=body.get("note", ""), user=request.user
            )
        return self.answer(review_id)


@contextmanager
def _refusals(review: ReviewTask) -> Iterator[None]:
    """Turn what the verbs raise into answers."""
    try:
        yield
    except AlreadyDecided as error:
        raise Conflict(str(error), _current(review.pk), "already_decided") from error
    except BeingMade as error:
        raise Conflict(str(error), _current(review.pk), "being_made") from error
    except NotAllowed as error:
        raise PermissionDenied(str(error)) from error
    except BadDecision as error:
        raise refused(error.attr, error.message, "bad_decision") from error
    except NodeError as error:
        raise of_node(error) from error


def _current(review_id: int) -> dict[str, Any]:
    """How run, step and review stand."""
    rows = ReviewTask.objects.select_related("node_run__execution")
    review = rows.get(pk=review_id)
    return {
        "status": review.node_run.execution.status,
        "node_status": review.node_run.status,
        "state": review.state,
        "round": review.round,
    }
