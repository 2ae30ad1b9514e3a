"""Signing in: e-mail address and password, a second factor where a person has set one up."""

from config.settings.environment import ENV

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "workspaces:start"
LOGOUT_REDIRECT_URL = "account_login"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
ACCOUNT_ADAPTER = "workspaces.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_PREVENT_ENUMERATION = True
ALLAUTH_TRUSTED_PROXY_COUNT = ENV.trusted_proxies
"""Whose ``X-Forwarded-For`` is believed when attempts are counted by address."""
MFA_ADAPTER = "workspaces.accounts.MFAAdapter"
MFA_ALLOW_UNVERIFIED_EMAIL = True  # nobody verifies one here
MFA_TOTP_ISSUER = "Copyloom"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
