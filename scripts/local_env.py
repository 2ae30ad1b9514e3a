"""What the launcher decides once and keeps below ``.local``: ports, secrets and the environment.

``.local/env`` is what ``manage.py`` reads in another shell. It holds secrets, so only its owner
can read it.
"""

from __future__ import annotations

import base64
import json
import os
import re
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

from dotenv import dotenv_values

from scripts.network import free_ports, port_is_free

PASSED_ON = re.compile(
    r"^(DATABASE_URL|REDIS_URL|SECRET_KEY|FIELD_ENCRYPTION_KEYS|PORT|SITE_URL|LOG_LEVEL"
    r"|ALLOWED_HOSTS|CSRF_TRUSTED_ORIGINS|(LOCAL_MODEL|OPENAI|STORAGE|PROVIDER|ENGINE)_[A-Z_]+)$"
)
"""What the app reads, and so what ``manage.py`` in another shell must read as well."""
_PLAIN = re.compile(r"^[\w:/@%.,?&=+~*\[\]-]*$", re.ASCII)


Maker = Callable[[], str]


def kept_secret(file: Path, make: Maker) -> str:
    """The secret in ``file``, made at the first call and readable by its owner alone."""
    if not file.exists():
        write_private(file, make())
    return file.read_text().strip()


def fernet_key() -> str:
    """A new key for ``FIELD_ENCRYPTION_KEYS``: 32 random bytes in URL-safe base64."""
    return base64.urlsafe_b64encode(os.urandom(32)).decode()


def kept_ports(file: Path, names: tuple[str, ...]) -> dict[str, int]:
    """A loopback port for each name, the same at every start unless somebody took it."""
    known: dict[str, int] = json.loads(file.read_text()) if file.exists() else {}
    fresh = free_ports(len(names))
    chosen = {
        name: known[name] if name in known and port_is_free(known[name]) else port
        for name, port in zip(names, fresh, strict=True)
    }
    write_private(file, json.dumps(chosen))
    return chosen


def with_dotenv(file: Path, shell: Mapping[str, str]) -> dict[str, str]:
    """The shell's variables, those of a ``.env`` file behind them; empty ones count as unset."""
    found = dotenv_values(file, interpolate=False) if file.exists() else {}
    return {key: value for key, value in {**found, **shell}.items() if value}


def write_env(file: Path, values: Mapping[str, str]) -> None:
    """Write the app's variables among ``values`` as ``KEY=value`` lines, private and at once."""
    ours = sorted((key, value) for key, value in values.items() if PASSED_ON.match(key))
    lines = (f"{key}={_quoted(value)}\n" for key, value in ours)
    write_private(file, "".join(lines))


def write_private(file: Path, text: str) -> None:
    """Replace a file by one of mode 600, so that no reader meets half of it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    draft.touch(mode=0o600)
    draft.write_text(text)
    draft.replace(file)


def _quoted(value: str) -> str:
    if _PLAIN.match(value):
        return value
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
