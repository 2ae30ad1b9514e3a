"""Pages of workflows, runs and reviews."""

from django.urls import path

from workflows.views import launch, library, monitor, runs, step
from workflows.views.home import page as home
from workflows.views.reviews import inbox, page

app_name = "workflows"
urlpatterns = [
    path("", home.home, name="home"),
    path("home/runs", home.home_live, name="home-live"),
    path("home/setup/hide", home.hide_setup, name="setup-hide"),
    path("workflows", library.workflow_list, name="list"),
    path("workflows/<int:pk>/launch", launch.workflow_launch, name="launch"),
    path("workflows/<int:pk>/estimate", launch.launch_estimate, name="launch-estimate"),
    path("runs", runs.run_list, name="runs"),
    path("runs/live", runs.runs_live, name="runs-live"),
    path("runs/<int:pk>", monitor.run_page, name="run"),
    path("runs/<int:pk>/live", monitor.run_live, name="run-live"),
    path("runs/<int:pk>/steps/<str:key>", step.run_step, name="run-step"),
    path("reviews", inbox.review_inbox, name="reviews"),
    path("reviews/<int:pk>", page.review_page, name="review"),
    path("reviews/<int:pk>/live", page.review_live, name="review-live"),
]
