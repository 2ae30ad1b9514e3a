"""Every URL of the site."""

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from config import health, metrics, styleguide
from templates_gallery.views.picture import picture

admin.autodiscover()
# Puts allauth in front of the admin: its limits and second factors.
_login = secure_admin_login(admin.site.login)
admin.site.login = _login  # type: ignore[method-assign]  # the way that allauth documents

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
    path("admin/", admin.site.urls),
    path("api/", include("config.api_urls")),
    path("accounts/", include("allauth.urls")),
    path("", include("workspaces.urls")),
    path("w/<slug:slug>/", include("workflows.urls")),
    path("w/<slug:slug>/", include("documents.urls")),
    path("w/<slug:slug>/", include("templates_gallery.urls")),
    path("gallery/pictures/<int:entry_id>/<str:name>", picture, name="gallery_picture"),
]

if settings.STYLEGUIDE:
    urlpatterns.append(path("styleguide", styleguide.styleguide, name="styleguide"))

handler400 = "config.errors.bad_request"
handler403 = "config.errors.forbidden"
handler404 = "config.errors.not_found"
handler500 = "config.errors.broken"
