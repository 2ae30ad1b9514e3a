"""Settings that every environment shares; each concern has a file beside this one."""

from config.env import BASE_DIR
from config.settings.accounts import *
from config.settings.api import *
from config.settings.cache import *
from config.settings.database import *
from config.settings.email import *
from config.settings.engine import *
from config.settings.environment import ENV
from config.settings.logs import *
from config.settings.queue import *
from config.settings.security import *
from config.settings.storage import *

DEBUG = False
STYLEGUIDE = False
"""Whether ``/styleguide`` is there."""
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_cotton.apps.SimpleAppConfig",
    "django_filters",
    "django_htmx",
    "django_structlog",
    "django_rq",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "drf_standardized_errors",
    "knox",
    "rest_framework",
    "template_partials.apps.SimpleAppConfig",
    "workspaces",
    "documents",
    "workflows",
    "templates_gallery",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "workspaces.last_seen.LastSeenMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "workspaces.middleware.HtmxLoginMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
_LOADERS = [
    "django_cotton.cotton_loader.Loader",
    "django.template.loaders.filesystem.Loader",
    "django.template.loaders.app_directories.Loader",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [("django.template.loaders.cached.Loader", _LOADERS)],
                )
            ],
            "builtins": [
                "django_cotton.templatetags.cotton",
                "template_partials.templatetags.partials",
                "workspaces.templatetags.interface",
                "workflows.templatetags.steps",
                "workflows.templatetags.drawn",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.navigation.navigation",
            ],
        },
    }
]
COTTON_DIR = "components"
SITE_URL = ENV.site_url
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
