"""``manage.py control_run``: pause, resume, stop, retry and skip from a terminal."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from enum import IntEnum
from typing import Any, NoReturn

from django.core.management.base import BaseCommand

from workflows.engine.states import Control
from workflows.executions.moves import NoSuchStep, NotNow
from workflows.executions.pause import pause
from workflows.executions.resume import resume
from workflows.executions.retry import retry
from workflows.executions.skip import skip
from workflows.executions.snapshot import take
from workflows.executions.stop import stop
from workflows.models import WorkflowExecution
from workflows.terminal.display import run_words
from workflows.terminal.report import standing
from workspaces.models import User


class Exit(IntEnum):
    """What the exit status says."""

    DONE = 0
    NOT_NOW = 1
    BAD_INPUT = 2


class _Bad(Exception):
    """The command cannot be done as it was given."""


class Command(BaseCommand):
    """Moves a run as its page does, through the same verbs."""

    help = (
        "Pause, resume or stop a run, or retry or skip its failed steps. Exit status: 0 done, "
        "1 not now (the run's state is printed), 2 bad input."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which run, what to do, and to which step."""
        parser.add_argument("run", type=int, metavar="ID", help="the number of the run")
        parser.add_argument("verb", choices=[control.value for control in Control])
        parser.add_argument("--step", metavar="KEY", help="retry and skip: which step")
        parser.add_argument("--lane", metavar="N", help="which lane of the step, from 0")
        parser.add_argument("--fresh", action="store_true", help="retry: call every agent again")
        parser.add_argument("--user", metavar="EMAIL", help="who does it")
        parser.add_argument("--json", action="store_true", help="print the state as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it, and say how the run stands. Ends the process with the status."""
        try:
            verb = _verb(options)
            if not WorkflowExecution.objects.filter(pk=options["run"]).exists():
                raise _Bad(f"There is no run {options['run']}.")
            verb(options["run"], user=_user(options["user"]))
        except NotNow as error:
            self.stderr.write(str(error))
            self._end(options, Exit.NOT_NOW)
        except NoSuchStep:
            self.stderr.write(f"Run {options['run']} has no such step.")
            sys.exit(Exit.BAD_INPUT)
        except _Bad as error:
            self.stderr.write(str(error))
            sys.exit(Exit.BAD_INPUT)
        self._end(options, Exit.DONE)

    def _end(self, options: dict[str, Any], end: Exit) -> NoReturn:
        snapshot = take(options["run"])
        if options["json"]:
            self.stdout.write(json.dumps(standing(snapshot), indent=2, default=str))
        else:
            steps = [f"  {step.key}: {step.status}" for step in snapshot.steps]
            head = f"Run {snapshot.execution.pk} is {run_words(snapshot)}."
            self.stdout.write("\n".join([head, *steps]))
        sys.exit(end)


def _verb(options: dict[str, Any]) -> Callable[..., WorkflowExecution]:
    """The verb with what it takes. Raises ``_Bad`` for options that it does not take."""
    control, step, lane = Control(options["verb"]), options["step"], options["lane"]
    simple = {Control.PAUSE: pause, Control.RESUME: resume, Control.STOP: stop}
    if control in simple:
        if step or lane or options["fresh"]:
            raise _Bad("--step, --lane and --fresh go with retry and skip.")
        return simple[control]
    if lane and not step:
        raise _Bad("--lane needs --step.")
    if control == Control.RETRY:
        fresh = options["fresh"]
        return lambda run, user: retry(run, key=step, lane=lane, fresh=fresh, user=user)
    if not step:
        raise _Bad("skip needs --step.")
    if options["fresh"]:
        raise _Bad("--fresh goes with retry.")
    return lambda run, user: skip(run, key=step, lane=lane, user=user)


def _user(email: str | None) -> User | None:
    if email is None:
        return None
    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        raise _Bad(f"--user: there is nobody with the address {email}.")
    return user
