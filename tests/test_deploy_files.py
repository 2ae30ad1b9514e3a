"""The files that put Copyloom on a server say what the code reads, and give no secret away."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import environs
import pytest
import yaml

from config import env as config_env
from config.env import LOCAL_KEY, LOCAL_SECRET, read_env
from scripts.lint import production_env

ROOT = Path(__file__).resolve().parent.parent
PRODUCTION, DEVELOPMENT = "docker-compose.yml", "docker-compose.dev.yml"
SECRETS = {
    "SECRET_KEY",
    "FIELD_ENCRYPTION_KEYS",
    "POSTGRES_PASSWORD",
    "REDIS_PASSWORD",
    "STORAGE_ACCESS_KEY",
    "STORAGE_SECRET_KEY",
}
APP = ("web", "worker", "reconcile", "migrate")


def compose(name: str) -> dict[str, Any]:
    loaded = yaml.safe_load((ROOT / name).read_text())
    assert isinstance(loaded, dict)
    return loaded


def interpolated(text: str) -> dict[str, str]:
    """Variables of a compose file and how each is asked for: ``:?…``, ``:-…`` or nothing."""
    plain = re.sub(r"(?m)^\s*#.*$", "", text).replace("$$", "")
    return dict(re.findall(r"\$\{([A-Z_]+)(:[?-])?[^}]*\}", plain))


def read_by_the_app(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    seen: list[environs.Env] = []

    class Recorder(environs.Env):
        def __init__(self, **options: Any) -> None:
            super().__init__(**options)
            seen.append(self)

    monkeypatch.setattr(config_env.environs, "Env", Recorder)
    for name, value in production_env().items():
        monkeypatch.setenv(name, value)
    read_env(local=False)
    return set(seen[0].dump())


def test_production_names_no_host_port_and_no_container() -> None:
    for name, service in compose(PRODUCTION)["services"].items():
        assert "ports" not in service, name
        assert "container_name" not in service, name


def test_production_asks_for_every_secret_and_has_no_default_for_any() -> None:
    asked = interpolated((ROOT / PRODUCTION).read_text())
    assert {name for name, how in asked.items() if how == ":?"} >= SECRETS
    services = compose(PRODUCTION)["services"]
    for name, service in services.items():
        for variable, value in service.get("environment", {}).items():
            if re.search("SECRET|PASSWORD|KEY|AUTH", variable) and value is not None:
                assert ":?" in str(value), f"{name}: {variable}"


def test_the_app_runs_from_one_image_unprivileged_and_after_the_migration() -> None:
    services = compose(PRODUCTION)["services"]
    assert {services[name]["image"] for name in APP} == {"copyloom"}
    for name in APP:
        assert services[name]["cap_drop"] == ["ALL"]
        if name != "migrate":
            wanted = services[name]["depends_on"]["migrate"]["condition"]
            assert wanted == "service_completed_successfully"


def test_a_worker_has_time_to_finish_the_call_in_hand() -> None:
    assert compose(PRODUCTION)["services"]["worker"]["stop_grace_period"] == "160s"


def test_every_server_and_process_of_production_has_a_health_check() -> None:
    services = compose(PRODUCTION)["services"]
    for name in ("worker", "reconcile", "postgres", "redis", "minio"):
        assert services[name]["healthcheck"]["test"], name
    assert "/healthz" in (ROOT / "Dockerfile").read_text()


def test_queue_messages_survive_a_restart_of_the_queue_and_are_never_evicted() -> None:
    words = compose(PRODUCTION)["services"]["redis"]["command"]
    assert words[words.index("--appendonly") + 1] == "yes"
    assert words[words.index("--maxmemory-policy") + 1] == "noeviction"


def test_development_listens_on_loopback_alone() -> None:
    services = compose(DEVELOPMENT)["services"]
    ports = [port for service in services.values() for port in service.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)
    assert not any("container_name" in service for service in services.values())


@pytest.mark.parametrize("name", ["web", "worker"])
def test_development_reloads_what_is_edited(name: str) -> None:
    actions = {
        rule["action"] for rule in compose(DEVELOPMENT)["services"][name]["develop"]["watch"]
    }
    assert actions & {"sync", "sync+restart"}


def test_every_variable_of_the_app_reaches_its_containers(monkeypatch: pytest.MonkeyPatch) -> None:
    read = read_by_the_app(monkeypatch) - {"PORT"}
    for name in APP:
        assert compose(PRODUCTION)["services"][name]["environment"].keys() >= read, name


def test_the_example_names_exactly_what_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = (ROOT / ".env.example").read_text().splitlines()
    named = [line[1:].partition("=")[0] for line in lines if re.match(r"#[A-Z_]+=", line)]
    by_compose = interpolated((ROOT / PRODUCTION).read_text()).keys()
    assert sorted(named) == sorted(read_by_the_app(monkeypatch) | by_compose)
    assert not [line for line in lines if line and not line.startswith("#")]


def test_the_example_explains_each_variable() -> None:
    lines = (ROOT / ".env.example").read_text().splitlines()
    for above, line in pairwise(lines):
        if re.match(r"#[A-Z_]+=", line):
            assert above.startswith("# "), line


def test_the_guide_for_operators_has_a_row_for_each_variable() -> None:
    named = re.findall(r"(?m)^#([A-Z_]+)=", (ROOT / ".env.example").read_text())
    guide = (ROOT / "docs" / "operate.md").read_text()
    assert [name for name in named if f"| `{name}` |" not in guide] == []


def test_the_image_runs_as_nobody_in_particular_and_checks_every_hash() -> None:
    text = (ROOT / "Dockerfile").read_text()
    assert "--require-hashes" in text
    last = text.rpartition("\nFROM ")[2]
    assert re.search(r"(?m)^USER (?!0|root)\S+", last)
    assert not re.search(r"(?m)^(ENV|ARG) .*(SECRET|PASSWORD|KEY)", text)


def test_the_image_takes_in_what_the_app_needs_and_nothing_else() -> None:
    kept = re.findall(r"(?m)^!(.+)$", (ROOT / ".dockerignore").read_text())
    assert [name for name in kept if not (ROOT / name).exists()] == []
    assert not {".env", ".git", ".local", "tests", "scripts"} & set(kept)


def boot(code: str = "", **changes: str | None) -> subprocess.CompletedProcess[str]:
    """Load the production settings in a process of their own; None takes a variable away."""
    outside = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    values = {**outside, **production_env(), **changes}
    given = {name: value for name, value in values.items() if value is not None}
    argv = [sys.executable, "-c", f"import django; django.setup(); {code}"]
    return subprocess.run(argv, cwd=ROOT, env=given, capture_output=True, text=True, check=False)


def test_production_starts_with_what_it_needs() -> None:
    started = boot()
    assert started.returncode == 0, started.stderr


@pytest.mark.parametrize(
    "name", ["SECRET_KEY", "FIELD_ENCRYPTION_KEYS", "ALLOWED_HOSTS", "DATABASE_URL", "REDIS_URL"]
)
def test_production_refuses_to_start_without(name: str) -> None:
    refused = boot(**{name: None})
    assert refused.returncode != 0
    assert name in refused.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", LOCAL_SECRET),
        ("SECRET_KEY", "changeme"),
        ("FIELD_ENCRYPTION_KEYS", LOCAL_KEY),
        ("FIELD_ENCRYPTION_KEYS", "not-a-key"),
        ("METRICS_TOKEN", "short"),
        ("RETENTION_RUN_DAYS", "-1"),
        ("EMAIL_URL", "mail.example.com"),
    ],
)
def test_production_refuses_a_secret_that_is_known_or_weak(name: str, value: str) -> None:
    refused = boot(**{name: value})
    assert refused.returncode != 0
    assert name in refused.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("", ("console", "localhost", 25, "", False, False)),
        (
            "submission://me%40example.com:p%2Fw@mail.example.com",
            ("smtp", "mail.example.com", 587, "p/w", True, False),
        ),
        (
            "smtp://me:pw@mail.example.com:465?ssl=True",
            ("smtp", "mail.example.com", 465, "pw", False, True),
        ),
    ],
)
def test_the_mail_server_is_read_from_one_address(url: str, wanted: tuple[object, ...]) -> None:
    code = (
        "from django.conf import settings as s; print((s.EMAIL_BACKEND.split('.')[-2],"
        " s.EMAIL_HOST, s.EMAIL_PORT, s.EMAIL_HOST_PASSWORD, s.EMAIL_USE_TLS, s.EMAIL_USE_SSL))"
    )
    assert boot(code, EMAIL_URL=url).stdout.strip() == str(wanted)
