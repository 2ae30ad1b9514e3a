"""The shelves that seeded templates stand on."""

from __future__ import annotations

from templates_gallery.models import Category

NAMES = {
    "social": "Social media",
    "blog": "Blog and articles",
    "commerce": "Products and shops",
    "email": "E-mail",
    "campaigns": "Launches and events",
    "ads": "Ads",
    "press": "Press",
    "web": "Websites and search",
    "audio": "Podcasts and video",
}
"""Name by slug, in the order of the gallery."""


def shelf(slug: str) -> Category | None:
    """The category of that slug, made where it is missing; a curator's name and order stay."""
    if not slug:
        return None
    order = (list(NAMES).index(slug) + 1) * 10 if slug in NAMES else 100
    name = NAMES.get(slug, slug.replace("-", " ").capitalize())
    return Category.objects.get_or_create(slug=slug, defaults={"name": name, "order": order})[0]
