"""Production: refuses to start without its own secrets, database, queue and hosts."""

from cryptography.fernet import Fernet, MultiFernet
from django.core.exceptions import ImproperlyConfigured

from config.env import LOCAL_KEY
from config.settings.base import *

if not ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS must name the host people open Copyloom at.")
if len(SECRET_KEY) < 50 or "local-development-only" in SECRET_KEY:
    raise ImproperlyConfigured("SECRET_KEY must be at least 50 random characters.")
if METRICS_TOKEN and len(METRICS_TOKEN) < 20:
    raise ImproperlyConfigured("METRICS_TOKEN must be at least 20 characters.")

if not FIELD_ENCRYPTION_KEYS or LOCAL_KEY in FIELD_ENCRYPTION_KEYS:
    raise ImproperlyConfigured("FIELD_ENCRYPTION_KEYS must hold a Fernet key of your own.")
try:
    MultiFernet([Fernet(key) for key in FIELD_ENCRYPTION_KEYS])
except ValueError as error:
    raise ImproperlyConfigured("FIELD_ENCRYPTION_KEYS holds what is no Fernet key.") from error

MIDDLEWARE.insert(0, "config.health.HealthMiddleware")
STORAGES["staticfiles"] = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
