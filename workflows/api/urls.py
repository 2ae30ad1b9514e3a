"""Addresses of the API of workflows, below /api/."""

from django.urls import URLPattern, path

from workflows.api import (
    controls,
    executions,
    launches,
    nodes,
    providers,
    reviews,
    templates,
    transfer,
    versions,
)

TEMPLATE = "workflows/templates/<id:template_id>"
VERSION = f"{TEMPLATE}/versions/<id:number>"
EXECUTION = "executions/<id:execution_id>"
REVIEW = "reviews/<id:review_id>"
urlpatterns: list[URLPattern] = [
    path("workflows/templates", templates.TemplatesView.as_view(), name="api-templates"),
    path("workflows/templates/import", transfer.ImportView.as_view(), name="api-template-import"),
    path(TEMPLATE, templates.TemplateDetailView.as_view(), name="api-template"),
    path(f"{TEMPLATE}/draft", templates.DraftView.as_view(), name="api-template-draft"),
    path(f"{TEMPLATE}/export", transfer.ExportView.as_view(), name="api-template-export"),
    path(f"{TEMPLATE}/versions", versions.VersionsView.as_view(), name="api-template-versions"),
    path(VERSION, versions.VersionDetailView.as_view(), name="api-template-version"),
    path(f"{VERSION}/restore", versions.RestoreView.as_view(), name="api-template-restore"),
    path("nodes/types", nodes.NodeTypesView.as_view(), name="api-node-types"),
    path("nodes/validate", nodes.ValidateNodeView.as_view(), name="api-node-validate"),
    path(
        "nodes/validate-connections",
        nodes.ValidateGraphView.as_view(),
        name="api-node-validate-connections",
    ),
    path("nodes/try", nodes.TryView.as_view(), name="api-node-try"),
    path("executions", executions.ExecutionsView.as_view(), name="api-executions"),
    path("executions/estimate", launches.EstimateView.as_view(), name="api-execution-estimate"),
    path("executions/launch", launches.LaunchView.as_view(), name="api-execution-launch"),
    path(EXECUTION, executions.ExecutionDetailView.as_view(), name="api-execution"),
    path(f"{EXECUTION}/events", executions.EventsView.as_view(), name="api-execution-events"),
    path(
        f"{EXECUTION}/agent-jobs",
        executions.AgentJobsView.as_view(),
        name="api-execution-agent-jobs",
    ),
    path(f"{EXECUTION}/pause", controls.PauseView.as_view(), name="api-execution-pause"),
    path(f"{EXECUTION}/resume", controls.ResumeView.as_view(), name="api-execution-resume"),
    path(f"{EXECUTION}/stop", controls.StopView.as_view(), name="api-execution-stop"),
    path(f"{EXECUTION}/retry-node", controls.RetryView.as_view(), name="api-retry-node"),
    path(f"{EXECUTION}/skip-node", controls.SkipView.as_view(), name="api-skip-node"),
    path("reviews", reviews.ReviewsView.as_view(), name="api-reviews"),
    path(REVIEW, reviews.ReviewDetailView.as_view(), name="api-review"),
    path(f"{REVIEW}/decide", reviews.DecideView.as_view(), name="api-review-decide"),
    path(
        f"{REVIEW}/regenerate-image",
        reviews.RegenerateView.as_view(),
        name="api-review-regenerate-image",
    ),
    path("providers", providers.ProvidersView.as_view(), name="api-providers"),
]
