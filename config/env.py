"""Every environment variable, read and checked once.

``manage.py`` works beside ``make run`` in another shell because the launcher leaves what it
started in ``.local/env``; a variable set in the shell wins.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import environs

BASE_DIR = Path(__file__).resolve().parent.parent
LOCAL_ENV = BASE_DIR / ".local" / "env"
LOCAL_SECRET = "local-development-only-not-a-secret-0123456789abcdef"  # noqa: S105 - not for production
LOCAL_KEY = "Y29weWxvb20tbG9jYWwtZGV2ZWxvcG1lbnQta2V5ISE="
LOCAL_DATABASE = "postgres://copyloom@127.0.0.1:5432/copyloom"
LOCAL_REDIS = "redis://127.0.0.1:6379/0"
LOOPBACK = ["127.0.0.1", "localhost", "::1"]


@dataclass(frozen=True, slots=True)
class StorageEnv:
    """Where files live; disk when no bucket is named."""

    bucket: str
    endpoint_url: str
    access_key: str
    secret_key: str
    region: str


@dataclass(frozen=True, slots=True)
class ProviderEnv:
    """Which model service the default steps use."""

    openai_base_url: str
    openai_api_key: str
    openai_model: str
    openai_image_model: str
    local_model_url: str
    local_model_name: str
    private_hosts: list[str]
    allowed_hosts: list[str]


@dataclass(frozen=True, slots=True)
class WebhookEnv:
    """Where a workspace's webhooks may lead."""

    private_hosts: list[str]
    allowed_hosts: list[str]


@dataclass(frozen=True, slots=True)
class EngineEnv:
    """Timings of the engine, in seconds unless named otherwise."""

    lease_seconds: float
    renew_seconds: float
    reconcile_seconds: float
    unsent_seconds: float
    unknown_seconds: float
    node_deadline_seconds: float
    deadline_grace_seconds: float
    database_patience_seconds: float


@dataclass(frozen=True, slots=True)
class EmailEnv:
    """The server that takes e-mails, and who they are from."""

    server: dict[str, Any]
    """Settings of Django's by name; empty without one."""
    sender: str


@dataclass(frozen=True, slots=True)
class RetentionEnv:
    """How long ``prune_executions`` keeps what has ended, in days; 0 keeps it for ever."""

    run_days: int
    event_days: int


@dataclass(frozen=True, slots=True)
class Env:
    """The whole environment of the app."""

    database: dict[str, Any]
    redis_url: str
    secret_key: str
    encryption_keys: list[str]
    allowed_hosts: list[str]
    csrf_trusted_origins: list[str]
    site_url: str
    trusted_proxies: int
    """How many reverse proxies of one's own stand in front of the web processes."""
    log_level: str
    storage: StorageEnv
    providers: ProviderEnv
    webhooks: WebhookEnv
    engine: EngineEnv
    retention: RetentionEnv
    email: EmailEnv
    metrics_token: str
    """Who may read ``/metrics``; empty hides it."""


def read_env(*, local: bool) -> Env:
    """Read the environment, and ``.local/env`` behind it when ``local`` is set.

    Raises ``environs.EnvError`` naming the variable that is missing or malformed. Locally the
    two secrets have throw-away defaults; elsewhere they must be set.
    """
    env = environs.Env()
    if local and LOCAL_ENV.exists():
        env.read_env(str(LOCAL_ENV), override=False)
    secret: dict[str, Any] = {"default": LOCAL_SECRET} if local else {}
    keys: dict[str, Any] = {"default": [LOCAL_KEY]} if local else {}
    database: dict[str, Any] = {"default": LOCAL_DATABASE} if local else {}
    redis: dict[str, Any] = {"default": LOCAL_REDIS} if local else {}
    return Env(
        database=env.dj_db_url("DATABASE_URL", **database),
        redis_url=env.str("REDIS_URL", **redis),
        secret_key=env.str("SECRET_KEY", **secret),
        encryption_keys=env.list("FIELD_ENCRYPTION_KEYS", **keys),
        allowed_hosts=env.list("ALLOWED_HOSTS", default=["*"] if local else []),
        csrf_trusted_origins=env.list("CSRF_TRUSTED_ORIGINS", default=[]),
        site_url=env.str("SITE_URL", default=f"http://127.0.0.1:{env.int('PORT', default=8000)}"),
        trusted_proxies=env.int("TRUSTED_PROXIES", default=0),
        log_level=env.str("LOG_LEVEL", default="INFO"),
        storage=_storage(env),
        providers=_providers(env, local=local),
        webhooks=_webhooks(env, local=local),
        engine=_engine(env),
        retention=_retention(env),
        email=_email(env),
        metrics_token=env.str("METRICS_TOKEN", default=""),
    )


def _storage(env: environs.Env) -> StorageEnv:
    with env.prefixed("STORAGE_"):
        return StorageEnv(
            bucket=env.str("BUCKET", default=""),
            endpoint_url=env.str("ENDPOINT_URL", default=""),
            access_key=env.str("ACCESS_KEY", default=""),
            secret_key=env.str("SECRET_KEY", default=""),
            region=env.str("REGION", default="us-east-1"),
        )


def _providers(env: environs.Env, *, local: bool) -> ProviderEnv:
    return ProviderEnv(
        openai_base_url=env.str("OPENAI_BASE_URL", default=""),
        openai_api_key=env.str("OPENAI_API_KEY", default=""),
        openai_model=env.str("OPENAI_MODEL", default=""),
        openai_image_model=env.str("OPENAI_IMAGE_MODEL", default=""),
        local_model_url=env.str("LOCAL_MODEL_URL", default=""),
        local_model_name=env.str("LOCAL_MODEL_NAME", default=""),
        private_hosts=env.list("PROVIDER_PRIVATE_HOSTS", default=LOOPBACK if local else []),
        allowed_hosts=env.list("PROVIDER_HOSTS", default=[]),
    )


def _webhooks(env: environs.Env, *, local: bool) -> WebhookEnv:
    with env.prefixed("WEBHOOK_"):
        return WebhookEnv(
            private_hosts=env.list("PRIVATE_HOSTS", default=LOOPBACK if local else []),
            allowed_hosts=env.list("HOSTS", default=[]),
        )


def _engine(env: environs.Env) -> EngineEnv:
    with env.prefixed("ENGINE_"):
        return EngineEnv(
            lease_seconds=env.float("LEASE_SECONDS", default=45),
            renew_seconds=env.float("RENEW_SECONDS", default=15),
            reconcile_seconds=env.float("RECONCILE_SECONDS", default=5),
            unsent_seconds=env.float("UNSENT_SECONDS", default=5),
            unknown_seconds=env.float("UNKNOWN_SECONDS", default=5),
            node_deadline_seconds=env.float("NODE_DEADLINE_SECONDS", default=900),
            deadline_grace_seconds=env.float("DEADLINE_GRACE_SECONDS", default=10),
            database_patience_seconds=env.float("DATABASE_PATIENCE_SECONDS", default=40),
        )


def _retention(env: environs.Env) -> RetentionEnv:
    at_least_0 = environs.validate.Range(min=0, max=36_500)
    with env.prefixed("RETENTION_"):
        return RetentionEnv(
            run_days=env.int("RUN_DAYS", default=365, validate=at_least_0),
            event_days=env.int("EVENT_DAYS", default=90, validate=at_least_0),
        )


def _email(env: environs.Env) -> EmailEnv:
    named = bool(env.str("EMAIL_URL", default=""))
    server: dict[str, Any] = dict(env.dj_email_url("EMAIL_URL")) if named else {}
    if named and "EMAIL_BACKEND" not in server:
        raise environs.EnvError("EMAIL_URL must begin with submission:// or smtp://.")
    return EmailEnv(
        server=server, sender=env.str("EMAIL_FROM", default="Copyloom <copyloom@localhost>")
    )
