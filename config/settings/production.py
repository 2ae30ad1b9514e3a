"""Production: refuses to start without its own secrets, database, queue and hosts."""

from django.core.exceptions import ImproperlyConfigured

from config.settings.base import *

if not ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS must name the host people open Copyloom at.")
if len(SECRET_KEY) < 50 or "local-development-only" in SECRET_KEY:
    raise ImproperlyConfigured("SECRET_KEY must be at least 50 random characters.")

STORAGES["staticfiles"] = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
