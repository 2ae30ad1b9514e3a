"""The one door for files from outside, whether people or providers send them.

Files are opened in a short-lived process with limits on memory, processor and wall time
(``sandbox.py``), never in this one. Nothing here touches the database; threads may call it.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

import structlog

from documents import inspect
from documents.inspect import UploadRejected

__all__ = ["CleanImage", "UploadRejected", "UploadsRejected", "clean_image", "read_reference"]

SANDBOX = Path(__file__).with_name("sandbox.py")
WALL_SECONDS = 40
# Each may hold over 1 GB for a moment; 20 agents that finish at once must not fill the machine.
_SLOTS = BoundedSemaphore(2)
log = structlog.get_logger(__name__)


class UploadsRejected(Exception):
    """Files of which some may not come in; none did."""

    def __init__(self, faults: Mapping[int, UploadRejected]) -> None:
        super().__init__("; ".join(fault.message for fault in faults.values()))
        self.faults = dict(faults)
        """What is wrong, by the file's place in the upload, from 0."""


@dataclass(frozen=True, slots=True)
class CleanImage:
    """A picture that we encoded ourselves: pixels only, upright, in sRGB."""

    data: bytes
    content_type: str
    extension: str
    """``png``, ``jpg`` or ``webp``, without a dot."""
    width: int
    height: int
    sha256: str
    """Of ``data``."""

    @property
    def name(self) -> str:
        """A file name that says what is in it: the hash and the format."""
        return f"{self.sha256}.{self.extension}"


def clean_image(data: bytes, *, max_side: int = 0) -> CleanImage:
    """Verify and re-encode a PNG, JPEG or WebP of at most 25 MB and 40 million pixels.

    Drops EXIF (after turning the picture upright), colour profile (after moving to sRGB), text
    and whatever hid behind the picture. With ``max_side`` a picture with a longer side is made
    smaller. Raises ``UploadRejected`` in plain words.
    """
    inspect.picture_format(data)
    facts, cleaned = _in_sandbox("picture", data, max_side)
    if len(cleaned) > inspect.MAX_IMAGE_BYTES:
        raise UploadRejected(
            "too_large", "The picture is too large once it is saved anew. Please make it smaller."
        )
    return CleanImage(
        data=cleaned,
        content_type=inspect.CONTENT_TYPES[facts["format"]],
        extension=inspect.EXTENSIONS[facts["format"]],
        width=facts["width"],
        height=facts["height"],
        sha256=hashlib.sha256(cleaned).hexdigest(),
    )


def read_reference(name: str, data: bytes) -> tuple[str, str]:
    """Return kind (txt, md, csv, docx) and text of a reference file of at most 2 MB.

    The kind comes from the name's ending. Raises ``UploadRejected`` in plain words.
    """
    kind = inspect.reference_kind(name, data)
    if kind != "docx":
        return kind, inspect.decode_text(data)
    return kind, _in_sandbox("docx", data)[1].decode()


def _in_sandbox(task: str, data: bytes, max_side: int = 0) -> tuple[dict[str, Any], bytes]:
    """Run ``sandbox.py``; raise ``UploadRejected`` for the file's faults, others as they come."""
    with _SLOTS:
        try:
            done = subprocess.run(  # noqa: S603 - our own interpreter and script
                [sys.executable, "-I", str(SANDBOX), task, str(max_side)],
                input=data,
                capture_output=True,
                timeout=WALL_SECONDS,
                env={"PATH": os.environ.get("PATH", "")},
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise _too_demanding() from error
    if done.returncode < 0:
        log.warning("upload.sandbox_killed", task=task, signal=-done.returncode)
        raise _too_demanding()
    if done.returncode:
        raise RuntimeError(f"The upload sandbox failed: {done.stderr.decode()[-2000:]}")
    line, _, body = done.stdout.partition(b"\n")
    answer: dict[str, Any] = json.loads(line)
    if "ok" not in answer:
        log.info("upload.rejected", task=task, **answer)
        raise UploadRejected(answer["code"], answer["message"])
    return answer, body


def _too_demanding() -> UploadRejected:
    return UploadRejected(
        "too_demanding", "Opening the file takes too much memory or time. Please simplify it."
    )
