"""Pages of workflows, runs and reviews."""

from django.urls import path

from workflows.views import home, library, reviews, runs

app_name = "workflows"
urlpatterns = [
    path("", home.home, name="home"),
    path("workflows", library.workflow_list, name="list"),
    path("runs", runs.run_list, name="runs"),
    path("reviews", reviews.review_inbox, name="reviews"),
]
