"""Pages of workflows, runs and reviews."""

from django.urls import path

from workflows.views import home, library, runs
from workflows.views.reviews import inbox, page, regenerate

app_name = "workflows"
urlpatterns = [
    path("", home.home, name="home"),
    path("workflows", library.workflow_list, name="list"),
    path("runs", runs.run_list, name="runs"),
    path("reviews", inbox.review_inbox, name="reviews"),
    path("reviews/<int:pk>", page.review_page, name="review"),
    path("reviews/<int:pk>/live", page.review_live, name="review-live"),
    path(
        "reviews/<int:pk>/regenerate/<slug:item>",
        regenerate.review_regenerate,
        name="review-regenerate",
    ),
]
