"""Which account PostgreSQL runs as, and where that account can read and write.

PostgreSQL refuses to run as root. A launcher that is root hands it to another account, which
may be unable to reach a clone below a private directory such as root's home.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from scripts.processes import StackError


@dataclass(frozen=True, slots=True)
class Account:
    """A user and group id; both None means the account that we are."""

    user: int | None
    group: int | None

    def run(self, *argv: str | Path) -> subprocess.CompletedProcess[str]:
        """Run a command as this account from ``/`` and return what it said."""
        return subprocess.run(
            [str(part) for part in argv],
            cwd="/",
            user=self.user,
            group=self.group,
            extra_groups=None if self.user is None else [],
            capture_output=True,
            text=True,
            check=False,
        )

    def can(self, *argv: str | Path) -> bool:
        """Whether this account can run the command, and it succeeds."""
        try:
            return self.run(*argv).returncode == 0
        except OSError:
            return False

    def own(self, directory: Path) -> Path:
        """Make ``directory`` private to this account; raises ``StackError`` when it is not ours."""
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        wanted = os.getuid() if self.user is None else self.user
        found = directory.lstat()
        if directory.is_symlink() or found.st_uid not in {wanted, os.getuid()}:
            raise StackError(f"{directory} belongs to somebody else; remove it and start again.")
        if self.user is not None and self.group is not None:
            os.chown(directory, self.user, self.group)
        directory.chmod(0o700)
        return directory


def database_account() -> Account:
    """The account for PostgreSQL: our own, or ``postgres`` or ``nobody`` when we are root."""
    if os.getuid() != 0:
        return Account(None, None)
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise StackError("PostgreSQL cannot run as root and there is no account named nobody.")


def short_hash(path: Path) -> str:
    """Eight hexadecimal digits for a path, the same at every start."""
    return hashlib.sha256(str(path).encode()).hexdigest()[:8]


def reachable(account: Account, directory: Path) -> Path:
    """``directory`` itself, or one under ``/var/lib`` when the account cannot get to it."""
    parent = directory.parent
    parent.mkdir(parents=True, exist_ok=True)
    if account.can("/bin/sh", "-c", 'cd -- "$0"', parent):
        return directory
    return outside(parent) / directory.name


def outside(path: Path) -> Path:
    """A directory under ``/var/lib`` that stands for ``path``; only root needs it."""
    place = Path("/var/lib") / f"copyloom-{short_hash(path)}"
    place.mkdir(mode=0o711, parents=True, exist_ok=True)
    return place


def runnable(account: Account, installation: Path) -> Path:
    """``installation`` itself, or a copy of it that the account can run programs from.

    The wheel keeps its libraries beside the package, and its programs look for them there.
    """
    probe = ("bin", "initdb")
    if account.can(installation.joinpath(*probe), "--version"):
        return installation
    package = installation.parent
    place = outside(installation)
    copy = place / package.name / installation.name
    if not account.can(copy.joinpath(*probe), "--version"):
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(installation, copy, symlinks=True)
        libraries = f"{package.name}.libs"
        shutil.copytree(package.with_name(libraries), place / libraries, symlinks=True)
        place.chmod(0o711)
    if not account.can(copy.joinpath(*probe), "--version"):
        raise StackError(f"PostgreSQL can be run neither from {installation} nor from {copy}.")
    return copy
