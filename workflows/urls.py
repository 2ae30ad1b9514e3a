"""Pages of workflows, runs and reviews."""

from django.urls import path

from workflows.views import control, launch, monitor, project, runs, step
from workflows.views.builder import page as builder
from workflows.views.home import page as home
from workflows.views.library import changes, imports, listing, versions, workflow
from workflows.views.providers import editing as provider
from workflows.views.providers import listing as providers
from workflows.views.reviews import inbox, page, regenerate

_ONE = "workflows/<int:workflow_id>"
_PROVIDERS = "settings/providers"
_PROVIDER = f"{_PROVIDERS}/<int:provider_id>"
_RUN = "runs/<int:execution_id>"

app_name = "workflows"
urlpatterns = [
    path("", home.home, name="home"),
    path("home/runs", home.home_live, name="home-live"),
    path("home/setup/hide", home.hide_setup, name="setup-hide"),
    path("workflows", listing.workflow_list, name="list"),
    path("workflows/import", imports.import_page, name="import"),
    path("workflows/new", builder.new_workflow, name="new"),
    path(_ONE, workflow.workflow_page, name="workflow"),
    path(f"{_ONE}/builder", builder.builder, name="builder"),
    path(f"{_ONE}/edit", changes.edit, name="edit"),
    path(f"{_ONE}/archive", changes.archive, name="archive"),
    path(f"{_ONE}/export", imports.export, name="export"),
    path(f"{_ONE}/versions", versions.version_list, name="versions"),
    path(f"{_ONE}/versions/<int:number>", versions.version_page, name="version"),
    path(f"{_ONE}/versions/<int:number>/restore", versions.restore, name="restore"),
    path("workflows/<int:workflow_id>/launch", launch.workflow_launch, name="launch"),
    path("workflows/<int:workflow_id>/estimate", launch.workflow_estimate, name="launch-estimate"),
    path("runs", runs.run_list, name="runs"),
    path("runs/live", runs.runs_live, name="runs-live"),
    path(_RUN, monitor.run_page, name="run"),
    path(f"{_RUN}/live", monitor.run_live, name="run-live"),
    path(f"{_RUN}/pause", control.run_pause, name="run-pause"),
    path(f"{_RUN}/resume", control.run_resume, name="run-resume"),
    path(f"{_RUN}/stop", control.run_stop, name="run-stop"),
    path(f"{_RUN}/retry", control.run_retry, name="run-retry"),
    path(f"{_RUN}/skip", control.run_skip, name="run-skip"),
    path(f"{_RUN}/steps/<slug:key>", step.run_step, name="run-step"),
    path("projects/<int:project_id>", project.project_documents, name="project"),
    path("projects/<int:project_id>/runs", project.project_runs, name="project-runs"),
    path("reviews", inbox.review_inbox, name="reviews"),
    path("reviews/<int:review_id>", page.review_page, name="review"),
    path("reviews/<int:review_id>/live", page.review_live, name="review-live"),
    path(
        "reviews/<int:review_id>/regenerate",
        regenerate.review_regenerate,
        name="review-regenerate",
    ),
    path(_PROVIDERS, providers.provider_list, name="providers"),
    path(f"{_PROVIDERS}/new", provider.new_provider, name="provider-new"),
    path(_PROVIDER, provider.provider_page, name="provider"),
    path(f"{_PROVIDER}/test", providers.test, name="provider-test"),
    path(f"{_PROVIDER}/switch", provider.switch, name="provider-switch"),
    path(f"{_PROVIDER}/prices", provider.add_price, name="provider-price-add"),
    path(
        f"{_PROVIDER}/prices/<int:price_id>/delete",
        provider.delete_price,
        name="provider-price-delete",
    ),
]
