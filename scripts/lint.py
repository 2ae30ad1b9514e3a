"""Every check behind ``make lint``, run to the end and summed up."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from dataclasses import dataclass, field

from scripts.local_env import fernet_key
from scripts.services import ROOT

PYTHON = sys.executable


@dataclass(frozen=True, slots=True)
class Check:
    """A command that must end with status 0."""

    title: str
    argv: tuple[str, ...]
    env: dict[str, str] = field(default_factory=dict)

    def passes(self) -> bool:
        """Run it from the top of the repo, its output on the terminal."""
        print(f"--- {self.title}", flush=True)
        env = {**os.environ, **self.env}
        return subprocess.run(self.argv, cwd=ROOT, env=env, check=False).returncode == 0


def production_env() -> dict[str, str]:
    """A complete production environment with throw-away secrets; its servers are never asked."""
    return {
        "DJANGO_SETTINGS_MODULE": "config.settings.production",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "FIELD_ENCRYPTION_KEYS": fernet_key(),
        "ALLOWED_HOSTS": "copyloom.example.com",
        "DATABASE_URL": "postgres://copyloom@127.0.0.1:1/copyloom",
        "REDIS_URL": "redis://127.0.0.1:1/0",
    }


def checks() -> list[Check]:
    """What a commit must pass, the quick ones first."""
    production = production_env()
    found = [
        Check("hygiene", (PYTHON, "-m", "scripts.hygiene")),
        Check("ruff check", (PYTHON, "-m", "ruff", "check", ".")),
        Check("ruff format", (PYTHON, "-m", "ruff", "format", "--check", ".")),
        Check(
            "import rules",
            (PYTHON, "-c", "from importlinter.cli import lint_imports_command as main; main()"),
        ),
        Check(
            "migrations",
            (PYTHON, "-W", "ignore", "manage.py", "makemigrations", "--check", "--dry-run"),
            production,
        ),
        Check(
            "deployment",
            (PYTHON, "manage.py", "check", "--deploy", "--fail-level", "WARNING"),
            production,
        ),
        Check("API description", (PYTHON, "-m", "scripts.openapi", "--check")),
        Check("builder", (PYTHON, "-m", "scripts.island", "--check")),
        Check("mypy", (PYTHON, "-m", "mypy", ".")),
    ]
    if next((ROOT / "templates").rglob("*.html"), None):
        found.append(Check("templates", (PYTHON, "-m", "djlint", "templates", "--lint")))
    return found


def main() -> int:
    """Run every check and name those that failed; returns the exit status."""
    results = {check.title: check.passes() for check in checks()}
    failed = [title for title, passed in results.items() if not passed]
    print(f"--- {len(results) - len(failed)} of {len(results)} checks passed", flush=True)
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
