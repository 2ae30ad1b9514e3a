"""Files: on disk, or on any S3 endpoint when ``STORAGE_BUCKET`` is set."""

from typing import Any

from botocore.config import Config

from config.env import BASE_DIR
from config.settings.environment import ENV


def s3_storage(
    bucket: str, endpoint_url: str, access_key: str, secret_key: str, region: str
) -> dict[str, Any]:
    """Options of a private bucket; links expire after 5 minutes and never overwrite.

    The client's own patience, a minute to connect and five tries, would hold a step or a request
    for minutes.
    """
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": bucket,
            "endpoint_url": endpoint_url or None,
            "access_key": access_key or None,
            "secret_key": secret_key or None,
            "region_name": region,
            "default_acl": None,
            "querystring_auth": True,
            "querystring_expire": 300,
            "file_overwrite": False,
            "client_config": Config(
                signature_version="s3v4",
                s3={"addressing_style": "path" if endpoint_url else "auto"},
                connect_timeout=5,
                read_timeout=20,
                retries={"mode": "standard", "max_attempts": 2},
            ),
        },
    }


_STORE = ENV.storage
MEDIA_ROOT = BASE_DIR / ".local" / "media"
MEDIA_URL = "/media/"
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES: dict[str, dict[str, Any]] = {
    "default": (
        s3_storage(
            _STORE.bucket, _STORE.endpoint_url, _STORE.access_key, _STORE.secret_key, _STORE.region
        )
        if _STORE.bucket
        else {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    ),
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1_000
DATA_UPLOAD_MAX_NUMBER_FILES = 100
"""More than a document takes, so that the 21st picture is refused by its own rule."""
