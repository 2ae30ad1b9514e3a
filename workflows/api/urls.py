"""Addresses of the API of workflows, below /api/."""

from django.urls import URLPattern, path

from workflows.api import (
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
    path("workflows/templates", templates.TemplatesView.as_view()),
    path("workflows/templates/import", transfer.ImportView.as_view()),
    path(TEMPLATE, templates.TemplateDetailView.as_view()),
    path(f"{TEMPLATE}/draft", templates.DraftView.as_view()),
    path(f"{TEMPLATE}/export", transfer.ExportView.as_view()),
    path(f"{TEMPLATE}/versions", versions.VersionsView.as_view()),
    path(VERSION, versions.VersionDetailView.as_view()),
    path(f"{VERSION}/restore", versions.RestoreView.as_view()),
    path("nodes/types", nodes.NodeTypesView.as_view()),
    path("nodes/validate", nodes.ValidateNodeView.as_view()),
    path("nodes/validate-connections", nodes.ValidateGraphView.as_view()),
    path("nodes/try", nodes.TryView.as_view()),
    path("executions", executions.ExecutionsView.as_view()),
    path("executions/estimate", launches.EstimateView.as_view()),
    path("executions/launch", launches.LaunchView.as_view()),
    path(EXECUTION, executions.ExecutionDetailView.as_view()),
    path(f"{EXECUTION}/events", executions.EventsView.as_view()),
    path(f"{EXECUTION}/agent-jobs", executions.AgentJobsView.as_view()),
    path("reviews", reviews.ReviewsView.as_view()),
    path(REVIEW, reviews.ReviewDetailView.as_view()),
    path(f"{REVIEW}/decide", reviews.DecideView.as_view()),
    path(f"{REVIEW}/regenerate-image", reviews.RegenerateView.as_view()),
    path("providers", providers.ProvidersView.as_view()),
]
