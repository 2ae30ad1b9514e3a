"""What the launcher plans from the shell's variables, and what it keeps in ``.local``."""

from __future__ import annotations

from pathlib import Path

import pytest
from dotenv import dotenv_values

from scripts import local_env
from scripts.processes import StackError
from scripts.stack import Plan


def test_without_variables_every_server_is_local(base: Path) -> None:
    plan = Plan(base, {})
    assert [server.name for server in plan.servers] == ["postgres", "valkey", "model"]
    assert plan.env["LOCAL_MODEL_NAME"] == "smollm2-135m-instruct"


@pytest.mark.parametrize(
    ("variable", "left_out"),
    [
        ("DATABASE_URL", "postgres"),
        ("REDIS_URL", "valkey"),
        ("OPENAI_BASE_URL", "model"),
        ("OPENAI_API_KEY", "model"),
    ],
)
def test_a_variable_replaces_its_local_server(base: Path, variable: str, left_out: str) -> None:
    plan = Plan(base, {variable: "somewhere"})
    assert left_out not in {server.name for server in plan.servers}
    assert len(plan.servers) == 2
    assert plan.env[variable] == "somewhere"


def test_secrets_ports_and_the_password_are_the_same_at_every_start(base: Path) -> None:
    first, second = Plan(base, {}), Plan(base, {})
    assert first.env == second.env
    assert first.password == second.password
    assert len(first.env["SECRET_KEY"]) >= 50


def test_the_env_file_is_private_and_reads_back_as_it_was_written(base: Path) -> None:
    odd = 'it\'s a \\ "key" # with $signs'
    plan = Plan(base, {"OPENAI_API_KEY": odd, "HOME": "/somewhere"})
    plan.write_env()
    file = base / "env"
    assert file.stat().st_mode & 0o777 == 0o600
    found = dotenv_values(file)
    assert found["OPENAI_API_KEY"] == odd
    assert found["DATABASE_URL"] == plan.env["DATABASE_URL"]
    assert {"HOME", "DEMO_PASSWORD"}.isdisjoint(found)


def test_the_shell_wins_over_the_dotenv_file_and_empty_counts_as_unset(base: Path) -> None:
    file = base / ".env"
    file.write_text("PORT=9000\nREDIS_URL=redis://elsewhere\nOPENAI_API_KEY=\n# note\n")
    read = local_env.with_dotenv(file, {"PORT": "9001", "DATABASE_URL": ""})
    assert read == {"PORT": "9001", "REDIS_URL": "redis://elsewhere"}


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http"])
def test_a_port_out_of_range_is_refused(base: Path, port: str) -> None:
    with pytest.raises(StackError, match="PORT must be a number"):
        Plan(base, {"PORT": port})
