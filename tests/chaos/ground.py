"""A whole copy of Copyloom with servers of its own, so that it may be shot at."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from scripts.network import free_ports, http_status
from scripts.processes import Child
from scripts.services import ROOT, Postgres, Valkey
from tests.scripted_openai import ScriptedOpenAI

EMAIL = "chaos@example.test"


class Ground:
    """Servers, processes and a scripted service. The app can be imported once it is up."""

    def __init__(self, base: Path, engine: Mapping[str, float], *, slots: int = 10) -> None:
        base.chmod(0o711)
        self.base = base
        self.postgres, self.valkey = Postgres(base), Valkey(base)
        self.server = ScriptedOpenAI()
        self.port = free_ports(1)[0]
        self.engine = dict(engine)
        """Timings that differ from the defaults; once started, all of them."""
        self.slots = slots
        self.children: list[Child] = []

    def start(self) -> None:
        """Start the servers, import the app and make its tables, a workspace and a token."""
        self.postgres.start()
        self.valkey.start()
        self.server.start()
        os.environ |= {
            "DATABASE_URL": self.postgres.url,
            "REDIS_URL": self.valkey.url,
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
            "TEST_DATABASE_NAME": "copyloom",
            "TEST_MEDIA_ROOT": str(self.base / "media"),
            "ALLOWED_HOSTS": "127.0.0.1",
            "LOG_LEVEL": "ERROR",
        }
        from config.settings.environment import ENV

        self.engine = asdict(ENV.engine) | self.engine
        timings = (f"{name}={value}" for name, value in self.engine.items())
        os.environ["TEST_ENGINE"] = ",".join(timings)
        import django

        from tests.command import prepare

        prepare()
        django.setup()
        self._fill()

    def _fill(self) -> None:
        from django.core.management import call_command

        from tests.conftest import add_providers
        from workflows import queue
        from workspaces.access import find_access
        from workspaces.models import Membership, User, Workspace
        from workspaces.tokens import issue_token

        call_command("migrate", verbosity=0)
        self.workspace = Workspace.objects.create(
            name="Chaos", slug="chaos", max_concurrent_executions=self.slots
        )
        self.user = User.objects.create_user(EMAIL, "a-long-password", name="Chaos")
        Membership.objects.create(workspace=self.workspace, user=self.user, role="owner")
        add_providers(self.server.base_url)
        access = find_access(self.user, "chaos")
        assert access is not None
        _, self.token = issue_token(user=self.user, access=access, name="chaos", scopes=[], days=1)
        queue.epoch_is_new()

    def template(self, graph: Any, slug: str) -> int:
        """A saved workflow; its id."""
        from workflows.models import WorkflowTemplate
        from workflows.versions import save_version

        made = WorkflowTemplate.objects.create(
            workspace=self.workspace, name=slug, slug=slug, created_by=self.user
        )
        save_version(made, graph, author=self.user)
        return made.pk

    def launch(self, template: int, **inputs: Any) -> Any:
        """Start a run from here."""
        from workflows.executions.launch import launch
        from workflows.models import WorkflowTemplate

        found = WorkflowTemplate.objects.select_related("current_version").get(pk=template)
        return launch(template=found, inputs=inputs, workspace=self.workspace, user=self.user)

    def workers(self, count: int) -> Child:
        """A pool of so many workers."""
        return self._command("worker", "--processes", str(count))

    def reconcile(self) -> Child:
        """A reconcile."""
        return self._command("reconcile")

    def web(self) -> Child:
        """The API."""
        return self._child(
            *("web", "-m", "gunicorn", "config.wsgi:application", "--threads", "4"),
            *("--bind", f"127.0.0.1:{self.port}", "--log-level", "critical"),
            "--no-control-socket",
        )

    def answers(self) -> bool:
        """Whether the API does."""
        return http_status(f"http://127.0.0.1:{self.port}/healthz") == 200

    def _command(self, *arguments: str) -> Child:
        return self._child(arguments[0], "-m", "tests.command", *arguments)

    def _child(self, name: str, *arguments: str) -> Child:
        child = Child(
            name, [sys.executable, *arguments], self.base / "log" / f"{name}.log", ROOT, self.base
        )
        child.start()
        self.children.append(child)
        return child

    def kill(self, child: Child) -> None:
        """SIGKILL for a process and all that it started."""
        os.killpg(child.pid, signal.SIGKILL)
        assert child.process is not None
        child.process.wait()
        self.children.remove(child)

    def end(self) -> None:
        """End everything."""
        for child in list(self.children):
            if child.running:
                self.kill(child)
        self.server.stop()
        self.valkey.stop()
        self.postgres.stop()


def wait_for(check: Callable[[], Any], seconds: float, what: str) -> Any:
    """Wait for a truthy answer, over outages of the database."""
    from django.db import DatabaseError, connection

    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        try:
            if found := check():
                return found
        except DatabaseError:
            connection.close()
        time.sleep(0.1)
    raise AssertionError(f"not within {seconds} s: {what}")
