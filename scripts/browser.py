"""The Chromium of the browser tests: the system's, else Playwright's own, else Debian's package."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
MISSING = (
    "No Chromium was found and none could be installed: install Debian's package `chromium`, "
    "or name a browser in CHROMIUM."
)


def find() -> str | None:
    """The path of a browser that is there already; ``CHROMIUM`` comes first."""
    named = os.environ.get("CHROMIUM")
    if named:
        return shutil.which(named)
    return next((path for name in NAMES if (path := shutil.which(name))), None) or _playwrights()


def _playwrights() -> str | None:
    """What ``playwright install`` has left in its cache."""
    cache = os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright"
    found = sorted(Path(cache).glob("chromium-*/chrome-linux*/chrome"))
    return str(found[-1]) if found else None


def install() -> None:
    """Try the two ways of getting one; ``find`` says whether either has worked."""
    print("Installing a Chromium for the browser tests (minutes, once) …", flush=True)
    playwright = [sys.executable, "-m", "playwright", "install", "chromium"]
    subprocess.run(playwright, check=False, timeout=600)
    if find() is None and os.geteuid() == 0 and shutil.which("apt-get"):
        env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (("update", "-qq"), ("install", "-y", "-qq", "chromium")):
            subprocess.run(["apt-get", *command], check=False, env=env, timeout=900)  # noqa: S607 - Debian's


def main() -> int:
    """Make sure that there is one; returns the exit status."""
    if find() is None:
        install()
    if find() is None:
        print(MISSING, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
