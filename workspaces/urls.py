"""Pages of workspaces."""

from django.urls import path

from workspaces.views import start

app_name = "workspaces"
urlpatterns = [
    path("", start.start, name="start"),
]
