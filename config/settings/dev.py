"""Development: what ``make run`` uses."""

from config.settings.base import *

DEBUG = True
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
