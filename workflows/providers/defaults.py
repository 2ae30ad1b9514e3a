"""The instance's own providers, as the environment names them (architecture.md, section 8).

``studio`` is always there; ``openai`` when ``OPENAI_BASE_URL`` or ``OPENAI_API_KEY`` is set,
else ``local`` when a local model runs. What the environment decides on a row is listed in its
``options["environment"]``: ``row`` for its fields, ``copy`` and ``images`` for being the
default. An administrator's change takes its mark away (see the admin), and is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from config.env import ProviderEnv
from workflows.models import Provider
from workflows.providers.base import ProviderError
from workflows.providers.openai_compatible import OpenAICompatibleProvider

OPENAI_URL = "https://api.openai.com/v1"
LOCAL_CHAT = {"temperature": 0.4, "frequency_penalty": 0.6}
"""What the small local model reads best with; without the penalty it repeats itself."""
LIST_SECONDS = 3.0
_LOCK = 7_305_221
_FLAGS = {"copy": "default_for_copy", "images": "default_for_images"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A row as the environment describes it."""

    slug: str
    name: str
    kind: str
    base_url: str = ""
    api_key_env: str = ""
    copy_model: str = ""
    image_model: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)


def sync_default_providers(*, dry_run: bool = False) -> list[str]:
    """Make and update the instance's rows; returns what changed, in words. Idempotent.

    With ``dry_run`` nothing is kept. Asks the service for its first model where none is named,
    for at most 3 s; a service that does not answer is asked again at first use.
    """
    env: ProviderEnv = settings.PROVIDERS
    wanted = wanted_rows(env)
    listed = {row.slug: _first_listed(row, env) for row in wanted if not row.copy_model}
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        changes = _switch_off({row.slug for row in wanted})
        for row in wanted:
            changes += _write(row, listed.get(row.slug, ""))
        for kind, slug in _default_slugs(wanted).items():
            changes += _set_default(kind, slug)
        transaction.set_rollback(dry_run)
    return changes


def wanted_rows(env: ProviderEnv) -> list[Wanted]:
    """The rows that the environment asks for."""
    rows = [Wanted("studio", "Studio", Provider.Kind.STUDIO)]
    if env.openai_base_url or env.openai_api_key:
        rows.append(
            Wanted(
                "openai",
                "OpenAI-compatible service" if env.openai_base_url else "OpenAI",
                Provider.Kind.OPENAI_COMPATIBLE,
                base_url=env.openai_base_url or OPENAI_URL,
                api_key_env="OPENAI_API_KEY" if env.openai_api_key else "",
                copy_model=env.openai_model,
                image_model=env.openai_image_model,
            )
        )
    elif env.local_model_url:
        rows.append(
            Wanted(
                "local",
                "Local model",
                Provider.Kind.OPENAI_COMPATIBLE,
                base_url=env.local_model_url,
                copy_model=env.local_model_name,
                options={"chat": LOCAL_CHAT, "free": True},
            )
        )
    return rows


def _default_slugs(wanted: list[Wanted]) -> dict[str, str]:
    """The default row of each kind; blank where there is none."""
    services = [row for row in wanted if row.kind == Provider.Kind.OPENAI_COMPATIBLE]
    painters = [row.slug for row in services if row.image_model]
    return {
        "copy": services[0].slug if services else "",
        "images": painters[0] if painters else "studio",
    }


def _first_listed(row: Wanted, env: ProviderEnv) -> str:
    if row.kind != Provider.Kind.OPENAI_COMPATIBLE:
        return ""
    key = env.openai_api_key if row.api_key_env else ""
    try:
        names = OpenAICompatibleProvider(row.slug, row.base_url, key).models(LIST_SECONDS)
    except ProviderError:
        return ""
    return names[0] if names else ""


def _write(wanted: Wanted, listed: str) -> list[str]:
    row = Provider.objects.filter(workspace=None, slug=wanted.slug).first()
    if row is None:
        row = Provider(slug=wanted.slug, options={"environment": ["row"]}, enabled=False)
    elif "row" not in _marks(row):
        return []
    fields = {
        "name": wanted.name,
        "kind": wanted.kind,
        "base_url": wanted.base_url,
        "api_key_env": wanted.api_key_env,
        "image_model": wanted.image_model,
        "copy_model": wanted.copy_model or listed or _kept_model(row, wanted),
        "options": {**wanted.options, "environment": _marks(row)},
        "enabled": True,
    }
    if row.pk and all(getattr(row, name) == value for name, value in fields.items()):
        return []
    word = "Updated" if row.pk else "Added"
    for name, value in fields.items():
        setattr(row, name, value)
    row.save()
    return [f"{word} provider {row.slug}."]


def _kept_model(row: Provider, wanted: Wanted) -> str:
    """The model found earlier, while the address is the same."""
    return row.copy_model if row.base_url == wanted.base_url else ""


def _switch_off(slugs: set[str]) -> list[str]:
    """Switch off rows of ours that the environment no longer asks for."""
    changes = []
    for row in Provider.objects.filter(workspace=None, enabled=True).exclude(slug__in=slugs):
        if "row" in _marks(row):
            row.enabled = False
            row.save()
            changes.append(f"Switched off provider {row.slug}.")
    return changes


def _set_default(kind: str, slug: str) -> list[str]:
    """Make ``slug`` the default unless an administrator has chosen another."""
    flag = _FLAGS[kind]
    current = Provider.objects.filter(workspace=None, **{flag: True}).first()
    if current is not None and current.enabled and kind not in _marks(current):
        return []
    if current is not None and current.slug == slug:
        return []
    if current is not None:
        _mark(current, kind, chosen=False)
    chosen = Provider.objects.filter(workspace=None, slug=slug, enabled=True).first()
    if chosen is None:
        return []
    _mark(chosen, kind, chosen=True)
    return [f"Made {slug} the default for {kind}."]


def _mark(row: Provider, kind: str, *, chosen: bool) -> None:
    marks = [mark for mark in _marks(row) if mark != kind]
    row.options = {**row.options, "environment": [*marks, kind] if chosen else marks}
    setattr(row, _FLAGS[kind], chosen)
    row.save()


def _marks(row: Provider) -> list[str]:
    marks = row.options.get("environment")
    return list(marks) if isinstance(marks, list) else []
