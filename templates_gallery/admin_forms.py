"""Forms of curators: an entry with its cover and its sample, and a file to import."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from documents.inspect import MAX_IMAGE_BYTES
from documents.uploads import CleanImage, UploadRejected
from templates_gallery import pictures
from templates_gallery.admin_fields import LinesField
from templates_gallery.importing import MAX_BYTES
from templates_gallery.models import Category, GalleryEntry
from workflows import samples
from workflows.models import WorkflowTemplate

_SAMPLE_FIELDS = {
    "title": "sample_title",
    "excerpt": "sample_excerpt",
    "body": "sample_body",
    "images": "sample_alt_texts",
    "note": "sample_note",
}
_SAMPLE_TEXTS = ("title", "excerpt", "body", "note")


class GalleryEntryForm(forms.ModelForm[GalleryEntry]):
    """An entry for a template that everybody may see."""

    channels = LinesField(
        most=20,
        longest=40,
        required=False,
        help_text="One a line, such as Instagram.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    cover_file = forms.FileField(
        required=False,
        label="New cover",
        help_text="PNG, JPEG or WebP; 16:9 fits the card. Without a cover the graph is drawn.",
        widget=forms.ClearableFileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
    )
    remove_cover = forms.BooleanField(required=False)
    sample_title = forms.CharField(
        required=False,
        max_length=200,
        label="Title",
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    sample_excerpt = forms.CharField(
        required=False,
        max_length=samples.MAX_EXCERPT,
        label="Excerpt",
        help_text="A few sentences for the card.",
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
    )
    sample_body = forms.CharField(
        required=False,
        max_length=samples.MAX_BODY,
        label="Document",
        help_text="Markdown, for the template's page.",
        widget=forms.Textarea(attrs={"rows": 16, "class": "vLargeTextField"}),
    )
    sample_alt_texts = forms.CharField(
        required=False,
        label="Pictures",
        help_text="What each picture shows, one a line, in order. Pictures come with a run; "
        "a line that is taken away takes its picture away.",
        widget=forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"}),
    )

    sample_note = forms.CharField(
        required=False,
        max_length=samples.MAX_NOTE,
        label="How it was made",
        help_text="Shown under the document: by which model, and what people changed.",
        widget=forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"}),
    )

    class Meta:
        model = GalleryEntry
        fields = (
            "template",
            "category",
            "title",
            "summary",
            "channels",
            "sample_inputs",
            "published",
            "featured",
            "order",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sample = self._stored()
        for name in _SAMPLE_TEXTS:
            self.initial[f"sample_{name}"] = sample.get(name, "")
        lines = [_one_line(image["alt_text"]) for image in sample.get("images", [])]
        self.initial["sample_alt_texts"] = "\n".join(lines)

    def _stored(self) -> dict[str, Any]:
        """The sample as it is; nothing where it is of no known shape."""
        stored: dict[str, Any] = self.instance.sample
        return {} if samples.issues(stored) else stored

    def clean_template(self) -> WorkflowTemplate:
        """The template. Refuses a workspace's own: the gallery is seen by every workspace."""
        template: WorkflowTemplate = self.cleaned_data["template"]
        if template.workspace_id is not None:
            raise forms.ValidationError("Only a global template can stand in the gallery.")
        return template

    def clean_cover_file(self) -> CleanImage | None:
        """The picture as it will be stored."""
        file: UploadedFile[Any] | None = self.cleaned_data["cover_file"]
        if file is None:
            return None
        if (file.size or 0) > MAX_IMAGE_BYTES:
            raise forms.ValidationError("The picture is larger than 25 MB. Please make it smaller.")
        try:
            return pictures.as_cover(file.read())
        except UploadRejected as error:
            raise forms.ValidationError(error.message) from error

    def clean(self) -> dict[str, Any]:
        """The sample is whole, and every line about a picture has one."""
        values = super().clean() or self.cleaned_data
        values["sample"] = self._sample(values)
        for issue in samples.issues(values["sample"]):
            name = (issue.field or "title").split(".")[0]
            self.add_error(_SAMPLE_FIELDS.get(name, "sample_title"), issue.message)
        return values

    def _sample(self, values: dict[str, Any]) -> dict[str, Any]:
        texts = {name: _unix(values.get(f"sample_{name}") or "") for name in _SAMPLE_TEXTS}
        images = self._images((values.get("sample_alt_texts") or "").splitlines())
        if not images and not any(texts.values()):
            return {}
        return {**texts, "images": images}

    def _images(self, lines: list[str]) -> list[dict[str, Any]]:
        """The pictures that are there, with what is written about each now."""
        present: list[dict[str, Any]] = self._stored().get("images", [])
        wanted = [line.strip() for line in lines if line.strip()]
        if len(wanted) > len(present):
            self.add_error(
                "sample_alt_texts",
                f"There are {len(present)} pictures and {len(wanted)} lines. Use a finished run as "
                "sample to bring pictures.",
            )
            return present
        kept = _matched(present, wanted)
        return [{**image, "alt_text": text} for image, text in zip(kept, wanted, strict=True)]

    def save(self, commit: bool = True) -> GalleryEntry:
        """Write the sample with the rest; the admin stores the cover when the row has an id."""
        self.instance.sample = self.cleaned_data["sample"]
        entry: GalleryEntry = super().save(commit)
        return entry


def _unix(text: str) -> str:
    """Browsers send CRLF; a text that nobody touched must stay what it was."""
    return text.replace("\r\n", "\n")


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _matched(present: list[dict[str, Any]], wanted: list[str]) -> list[dict[str, Any]]:
    """As many of the pictures as there are lines: those whose line stayed, else by place."""
    if len(wanted) == len(present):
        return present
    stayed = [image for image in present if _one_line(image["alt_text"]) in wanted]
    return stayed if len(stayed) == len(wanted) else present[: len(wanted)]


class EntryRowForm(forms.ModelForm[GalleryEntry]):
    """A row of the list. All rows share one list of categories, read once a page."""

    shelves: list[tuple[Any, str]] = []

    class Meta:
        model = GalleryEntry
        fields = ("category", "published", "featured", "order")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "category" in self.fields:
            self.fields["category"].widget = forms.Select(choices=self.shelves)


def shelf_choices() -> list[tuple[Any, str]]:
    """What a row's category can be."""
    return [("", "none"), *Category.objects.values_list("pk", "name")]


class ImportForm(forms.Form):
    """A template's file, sent or pasted."""

    file = forms.FileField(
        required=False,
        label="File",
        help_text="As Export or export_template write it.",
        widget=forms.FileInput(attrs={"accept": "application/json,.json"}),
    )
    text = forms.CharField(
        required=False,
        strip=False,
        label="Or paste it",
        widget=forms.Textarea(
            attrs={"rows": 12, "class": "vLargeTextField", "spellcheck": "false"}
        ),
    )
    update = forms.BooleanField(
        required=False,
        label="Update the template that has the slug",
        help_text="It gets a new version. Otherwise a copy is made under a slug that is free.",
    )

    def clean(self) -> dict[str, Any]:
        """``text`` holds what was sent, whichever way."""
        values = super().clean() or self.cleaned_data
        file: UploadedFile[Any] | None = values.get("file")
        if file is not None:
            values["text"] = self._decoded(file)
        if not self.errors and not (values.get("text") or "").strip():
            raise forms.ValidationError("Choose a file or paste its text.")
        if len(values.get("text") or "") > MAX_BYTES:
            self.add_error("text", f"A template has at most {MAX_BYTES // 10**6} MB.")
        return values

    def _decoded(self, file: UploadedFile[Any]) -> str:
        if (file.size or 0) > MAX_BYTES:
            self.add_error("file", f"A template has at most {MAX_BYTES // 10**6} MB.")
            return ""
        try:
            return str(file.read(), "utf-8-sig")
        except UnicodeDecodeError:
            self.add_error("file", "The file is no UTF-8 text.")
            return ""
