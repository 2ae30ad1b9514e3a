"""E-mail: through the server of ``EMAIL_URL``; without one, onto the terminal of the process."""

from config.settings.environment import ENV

_CONSOLE = "django.core.mail.backends.console.EmailBackend"
_SERVER = ENV.email.server
EMAIL_BACKEND = _SERVER.get("EMAIL_BACKEND", _CONSOLE)
EMAIL_HOST = _SERVER.get("EMAIL_HOST") or "localhost"
EMAIL_PORT = _SERVER.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = _SERVER.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = _SERVER.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = bool(_SERVER.get("EMAIL_USE_TLS"))
EMAIL_USE_SSL = bool(_SERVER.get("EMAIL_USE_SSL"))
EMAIL_FILE_PATH = _SERVER.get("EMAIL_FILE_PATH") or ""
EMAIL_TIMEOUT = 10
"""Seconds that a silent server may hold up whoever sends."""
EMAIL_SUBJECT_PREFIX = ""
DEFAULT_FROM_EMAIL = ENV.email.sender
SERVER_EMAIL = ENV.email.sender
