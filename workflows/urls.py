"""Pages of workflows, runs and reviews."""

from django.urls import path

from workflows.views import home, launch, library, monitor, reviews, runs, step

app_name = "workflows"
urlpatterns = [
    path("", home.home, name="home"),
    path("workflows", library.workflow_list, name="list"),
    path("workflows/<int:workflow_id>/launch", launch.workflow_launch, name="launch"),
    path("workflows/<int:workflow_id>/estimate", launch.launch_estimate, name="launch-estimate"),
    path("runs", runs.run_list, name="runs"),
    path("runs/live", runs.runs_live, name="runs-live"),
    path("runs/<int:execution_id>", monitor.run_page, name="run"),
    path("runs/<int:execution_id>/live", monitor.run_live, name="run-live"),
    path("runs/<int:execution_id>/steps/<slug:key>", step.run_step, name="run-step"),
    path("reviews", reviews.review_inbox, name="reviews"),
]
