"""A real S3 server for the length of a test session."""

from __future__ import annotations

import json
import random
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from collections.abc import Iterator

WEED = Path(sys.executable).with_name("weed")
GRPC = 10_000  # weed opens every port a second time, this much higher


@dataclass(frozen=True, slots=True)
class S3Server:
    endpoint_url: str
    access_key: str
    secret_key: str
    bucket: str


@contextmanager
def s3_running(folder: Path) -> Iterator[S3Server]:
    """Run SeaweedFS in the folder and stop it afterwards."""
    ports = _free_ports(5)
    server = S3Server(f"http://127.0.0.1:{ports[0]}", "copyloom", "copyloom-secret", "copyloom")
    identity = {
        "name": "copyloom",
        "credentials": [{"accessKey": server.access_key, "secretKey": server.secret_key}],
        "actions": ["Admin", "Read", "Write", "List", "Tagging"],
    }
    config = folder / "s3.json"
    config.write_text(json.dumps({"identities": [identity]}))
    names = ("s3", "master", "volume", "filer", "admin")
    command = [
        *[str(WEED), "mini", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1"],
        *["-admin.ui=false", "-webdav=false", "-master.telemetry=false"],
        *["-s3.port.iceberg=0", "-s3.port.lance=0"],
        *[f"-{name}.port={port}" for name, port in zip(names, ports, strict=True)],
        *[f"-s3.config={config}", f"-bucket={server.bucket}"],
    ]
    with (folder / "weed.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
        try:
            _wait(server, process, folder / "weed.log")
            yield server
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def client(server: S3Server):
    return boto3.client(
        "s3",
        endpoint_url=server.endpoint_url,
        aws_access_key_id=server.access_key,
        aws_secret_access_key=server.secret_key,
        region_name="us-east-1",
        config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 1}),
    )


def _wait(server: S3Server, process: subprocess.Popen, log: Path) -> None:
    s3 = client(server)
    until = time.monotonic() + 30
    while True:
        try:
            s3.put_object(Bucket=server.bucket, Key="ready", Body=b"yes")
        except (BotoCoreError, ClientError):
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"The S3 server did not start: {log.read_text()}") from None
            time.sleep(0.1)
        else:
            return


def _free_ports(count: int) -> list[int]:
    ports: list[int] = []
    while len(ports) < count:
        port = random.randrange(15_000, 22_000)
        if port not in ports and _free(port) and _free(port + GRPC):
            ports.append(port)
    return ports


def _free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
