"""Write the API's description to docs/openapi.yaml; ``--check`` only compares."""

from __future__ import annotations

import os
import subprocess
import sys

from scripts.services import ROOT

TARGET = ROOT / "docs" / "openapi.yaml"


def describe() -> bytes | None:
    """The description as the code has it; None when it is not sound, with the reasons printed."""
    argv = (sys.executable, "manage.py", "spectacular", "--fail-on-warn", "--validate")
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.dev"}
    done = subprocess.run(argv, cwd=ROOT, env=env, stdout=subprocess.PIPE, check=False)
    return done.stdout if done.returncode == 0 else None


def main(argv: list[str]) -> int:
    """Write or compare; returns the exit status."""
    described = describe()
    if described is None:
        return 1
    if argv != ["--check"]:
        TARGET.write_bytes(described)
        return 0
    if TARGET.is_file() and TARGET.read_bytes() == described:
        return 0
    print("docs/openapi.yaml is not what the code says: run `python -m scripts.openapi`.")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
