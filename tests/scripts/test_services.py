"""The servers start, answer, stop without a trace and come back with their data."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from scripts.accounts import database_account, reachable
from scripts.network import free_ports, port_is_free
from scripts.processes import StackError, end_leftovers, leftovers, wait_until
from scripts.services import ROOT, Postgres, Server, Valkey

Make = Callable[[type[Server]], Server]


@pytest.fixture
def make(base: Path) -> Iterator[Make]:
    """Makes servers that are gone after the test, whatever it did."""
    made: list[Server] = []

    def new(kind: type[Server]) -> Server:
        made.append(kind(base))
        return made[-1]

    yield new
    for server in made:
        server.kill()
    end_leftovers(base, [server.data for server in made])


@pytest.fixture(scope="module")
def cluster() -> Iterator[Postgres]:
    """One PostgreSQL for the tests of this file, since a new one costs most of a second."""
    base = Path(tempfile.mkdtemp(prefix="copyloom-scripts-")).resolve()
    base.chmod(0o711)
    server = Postgres(base)
    yield server
    server.kill()
    shutil.rmtree(base)


@pytest.fixture
def postgres(cluster: Postgres) -> Postgres:
    """PostgreSQL, running."""
    if not cluster.child.running:
        cluster.start()
    return cluster


def count_rows(server: Server) -> int:
    with psycopg.connect(server.url) as link:
        link.execute("CREATE TABLE IF NOT EXISTS kept (at timestamptz DEFAULT now())")
        link.execute("INSERT INTO kept DEFAULT VALUES")
        row = link.execute("SELECT count(*) FROM kept").fetchone()
    assert row
    return int(row[0])


def count_calls(server: Server) -> int:
    with redis.Redis.from_url(server.url) as client:
        return int(str(client.incr("calls")))


PARENT = """
import sys, pathlib, signal
from scripts.services import Postgres, Valkey
for kind in (Postgres, Valkey): kind(pathlib.Path(sys.argv[1])).start()
print("up", flush=True)
signal.pause()
"""


def test_a_stopped_postgres_leaves_no_process_and_keeps_its_data(postgres: Postgres) -> None:
    rows = count_rows(postgres)
    assert leftovers(postgres.base, [postgres.data])
    postgres.stop()
    assert leftovers(postgres.base, [postgres.data]) == []
    postgres.start()
    assert count_rows(postgres) == rows + 1


def test_a_stopped_valkey_leaves_no_process_and_keeps_its_data(make: Make, base: Path) -> None:
    server = make(Valkey)
    server.start()
    assert count_calls(server) == 1
    server.stop()
    assert leftovers(base, [server.data]) == []
    server.start()
    assert count_calls(server) == 2


def test_postgres_comes_back_with_its_data_after_a_crash(postgres: Postgres) -> None:
    rows = count_rows(postgres)
    postgres.kill()
    postgres.start()
    assert count_rows(postgres) == rows + 1


def test_postgres_starts_though_its_stale_lock_names_a_process_of_somebody_else(
    postgres: Postgres,
) -> None:
    rows = count_rows(postgres)
    lock = postgres.data / "cluster" / "postmaster.pid"
    lines = lock.read_text().splitlines()
    postgres.kill()
    stranger = subprocess.Popen(["sleep", "60"], user=postgres.account.user, cwd="/")
    try:
        lock.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
        postgres.start()
        assert count_rows(postgres) == rows + 1
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_postgres_keeps_its_promises_to_the_disk_and_hears_no_network(postgres: Postgres) -> None:
    with psycopg.connect(postgres.url) as link:
        shown = {
            name: link.execute(f"SHOW {name}").fetchone()
            for name in ("fsync", "synchronous_commit", "listen_addresses")
        }
    assert shown == {"fsync": ("on",), "synchronous_commit": ("on",), "listen_addresses": ("",)}


def test_postgres_fits_its_socket_below_a_very_long_path(base: Path) -> None:
    deep = base / ("long" * 40)
    server = Postgres(deep)
    try:
        server.start()
        assert count_rows(server) == 1
    finally:
        server.stop()
    assert not server.sockets.exists()


def test_valkey_refuses_a_client_without_its_password(make: Make) -> None:
    server = make(Valkey)
    server.start()
    assert isinstance(server, Valkey)
    with (
        redis.Redis(port=server.port) as client,
        pytest.raises(redis.exceptions.AuthenticationError),
    ):
        client.ping()
    assert server.password not in Path(f"/proc/{server.child.pid}/cmdline").read_text()


def test_a_server_whose_port_is_taken_says_so_in_one_line(base: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        server = Valkey(base, port=taken.getsockname()[1])
        with pytest.raises(StackError, match=r"^valkey did not start: [^\n]*port[^\n]*$"):
            server.start()
    assert leftovers(base, [server.data]) == []


def test_servers_end_with_a_killed_parent(base: Path) -> None:
    parent = subprocess.Popen(
        [
            *(sys.executable, "-c", PARENT, str(base)),
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
    )
    assert parent.stdout
    assert parent.stdout.readline() == b"up\n"
    places = [base / "postgres", base / "valkey"]
    assert len(leftovers(base, places)) >= 2
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    assert wait_until(lambda: not leftovers(base, places), 10)


def test_leftovers_are_ended_and_strangers_are_not(make: Make, base: Path) -> None:
    server = make(Valkey)
    server.start()
    stranger = subprocess.Popen(["sleep", "60"], cwd=base)
    try:
        assert end_leftovers(base, [server.data]) == [server.child.pid]
        assert stranger.poll() is None
        assert leftovers(base, [server.data]) == []
    finally:
        stranger.kill()
        stranger.wait()


def test_the_databases_account_gets_a_place_that_it_can_reach(tmp_path: Path) -> None:
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    account = database_account()
    place = reachable(account, private / "postgres")
    try:
        assert account.can("/bin/sh", "-c", 'cd -- "$0"', place.parent)
    finally:
        if place.parent != private:
            place.parent.rmdir()


def test_free_ports_are_distinct_and_free() -> None:
    ports = free_ports(5)
    assert len(set(ports)) == 5
    assert all(port_is_free(port) for port in ports)
