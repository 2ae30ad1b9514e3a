"""The short forms of ``python -m tests.chaos``; the long ones run by that command."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest

from scripts.services import ROOT

pytestmark = [pytest.mark.xdist_group("chaos"), pytest.mark.timeout(400)]
SHORT = {
    "storm": "--kills 20 --minutes 2 --node-runs 300 --least 0.1 --most 0.8 --pause 1.2 --seed 1",
    "limits": "--least 2 --most 3",
    "stops": "--stops 20 --seed 1",
    "recovery": "--kills 4 --lease 3",
}


@pytest.mark.parametrize("form", SHORT)
def test_chaos_loses_doubles_and_delays_nothing(
    form: str, record_property: Callable[[str, object], None]
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.chaos", form, *SHORT[form].split(), "--keep-logs"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=390,
        check=False,
    )
    record_property("figures", done.stdout[-3_000:])
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-5_000:]
