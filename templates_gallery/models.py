"""The gallery: what makes a global template worth picking."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.urls import reverse

from workflows import samples
from workflows.models import WorkflowTemplate


class Category(models.Model):
    """A shelf of the gallery."""

    name = models.CharField(max_length=60)
    slug = models.SlugField(max_length=40, unique=True)
    order = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["order", "name"]
        verbose_name_plural = "categories"

    def __str__(self) -> str:
        return self.name


class GalleryEntry(models.Model):
    """A template on a shelf, as curators show it."""

    template = models.OneToOneField(WorkflowTemplate, models.CASCADE, related_name="gallery_entry")
    category = models.ForeignKey(
        Category, models.SET_NULL, null=True, blank=True, related_name="entries"
    )
    title = models.CharField(max_length=120, help_text="The outcome, not the machinery.")
    summary = models.CharField(max_length=300, blank=True)
    channels = models.JSONField(default=list, blank=True)
    cover = models.CharField(max_length=80, blank=True, editable=False)
    """Name of its picture among those that ``pictures.py`` keeps; blank: the graph is drawn."""
    sample = models.JSONField(default=dict, blank=True, help_text="A real output to peek at.")
    """Of the shape of ``workflows.samples``."""
    sample_inputs = models.JSONField(default=dict, blank=True)
    published = models.BooleanField(default=True)
    featured = models.BooleanField(default=False)
    order = models.PositiveIntegerField(default=0)
    seeded_hash = models.CharField(max_length=64, blank=True, editable=False)
    """Content hash of what seeding last wrote; a template that differs was customised."""
    seeded = models.JSONField(default=dict, blank=True, editable=False)
    """Fields of template and entry as seeding last wrote them; one that differs was customised."""
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["order", "title"]
        verbose_name_plural = "gallery entries"

    def __str__(self) -> str:
        return self.title

    @property
    def cover_url(self) -> str:
        """Where people who are signed in fetch the cover; blank when there is none."""
        return self.picture_url(self.cover)

    @property
    def sample_images(self) -> list[dict[str, Any]]:
        """The sample's pictures that are kept here: ``{url, alt_text, width, height}`` each."""
        if not self.sample or samples.issues(self.sample):
            return []
        return [
            {**image, "url": self.picture_url(image["picture"])}
            for image in self.sample.get("images", [])
            if image.get("picture")
        ]

    def picture_url(self, name: str) -> str:
        """The address of one of its pictures; blank for no name."""
        return reverse("gallery_picture", args=[self.pk, name]) if name else ""
