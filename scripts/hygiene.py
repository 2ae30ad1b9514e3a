"""What git must not track: secrets, build products, big files, a lock that names an index."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from scripts.services import ROOT

UNWANTED = re.compile(
    r"(^|/)(\.env|\.venv|\.local|__pycache__|node_modules|\.DS_Store|staticfiles)(/|$)"
    r"|\.(pyc|sqlite3|log|orig|rej)$"
)
LOCK = re.compile(r"^(requirements\.txt|requirements/.*\.txt)$")
BIGGEST = 1_000_000
"""Bytes; the built island and vendored scripts stay well below."""


def tracked(root: Path) -> list[str]:
    """Paths that git tracks below ``root``, as they are on disk."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"],  # noqa: S607 - whatever git the developer has
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    return [name for name in listed.stdout.split("\0") if name and (root / name).is_file()]


def faults(root: Path, names: list[str]) -> Iterator[str]:
    """One line for everything that is wrong with the named files."""
    for name in names:
        file = root / name
        if UNWANTED.search(name):
            yield f"{name}: must not be tracked"
        if file.stat().st_size > BIGGEST:
            yield f"{name}: is larger than {BIGGEST:,} bytes"
            continue
        content = file.read_bytes()
        if LOCK.match(name) and b"://" in content:
            yield f"{name}: a lock names no index; run `make lock`"
        if LOCK.match(name) and b"--hash=sha256:" not in content:
            yield f"{name}: a lock has a hash for every package"
        if re.search(rb"^(<{7} |>{7} )", content, re.MULTILINE):
            yield f"{name}: has a merge conflict"


def main() -> int:
    """Print every fault; returns the exit status."""
    found = list(faults(ROOT, tracked(ROOT)))
    print("\n".join(found) or "git tracks nothing that it should not")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
