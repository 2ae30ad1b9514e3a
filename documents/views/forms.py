"""What people type about documents and images."""

from __future__ import annotations

from typing import Any

from django import forms

from documents.attach import MAX_TEXT
from documents.content import MAX_TITLE
from workspaces.models import Project, Workspace

MAX_BODY = 1_000_000


class TextForm(forms.Form):
    """Title and text of a document."""

    title = forms.CharField(
        max_length=MAX_TITLE,
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off"}),
        error_messages={"required": "Give the document a title."},
    )
    body = forms.CharField(
        label="Text",
        required=False,
        strip=False,
        max_length=MAX_BODY,
        widget=forms.Textarea(attrs={"class": "textarea", "rows": 18, "spellcheck": "true"}),
    )


class EditForm(TextForm):
    """A changed text and the version that it started from."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)


class ProjectForm(forms.Form):
    """Where a document belongs."""

    project = forms.ModelChoiceField(
        Project.objects.none(),
        required=False,
        empty_label="No project",
        widget=forms.Select(attrs={"class": "select"}),
        error_messages={"invalid_choice": "There is no such project in this workspace."},
    )

    def __init__(self, workspace: Workspace, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["project"]
        if isinstance(choice, forms.ModelChoiceField):
            choice.queryset = Project.objects.filter(workspace=workspace)


class NewForm(TextForm, ProjectForm):
    """A new document."""

    field_order = ["title", "project", "body"]


class TextsForm(forms.Form):
    """What is said about an image in a document."""

    alt_text = forms.CharField(label="Alt text", required=False, max_length=MAX_TEXT)
    caption = forms.CharField(required=False, max_length=MAX_TEXT)
