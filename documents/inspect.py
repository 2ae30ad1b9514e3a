"""Decides what an uploaded file is and whether it may come in. Pure: bytes and sizes in, a
decision out; no Django, so that the short-lived subprocess can use the same rules.
"""

from __future__ import annotations

import ntpath
import unicodedata
from dataclasses import dataclass
from typing import Protocol

MAX_IMAGE_BYTES = 25_000_000
MAX_IMAGE_PIXELS = 40_000_000
MAX_IMAGE_SIDE = 16_000
"""Pixels; WebP itself ends at 16,383."""
MAX_REFERENCE_BYTES = 2_000_000
MAX_DOCX_UNPACKED_BYTES = 20_000_000
MAX_DOCX_PARTS = 1_000
MAX_TEXT_BYTES = 4_000_000
"""Of the text that a reference file holds, as UTF-8."""
MAX_NAME = 200

PILLOW_FORMATS = ("PNG", "JPEG", "WEBP")
CONTENT_TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}
EXTENSIONS = {"PNG": "png", "JPEG": "jpg", "WEBP": "webp"}
REFERENCE_KINDS = {"txt": "txt", "md": "md", "markdown": "md", "csv": "csv", "docx": "docx"}

_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"8BPS", "Photoshop"),
    (b"%!PS", "EPS"),
    (b"\xc5\xd0\xd3\xc6", "EPS"),
    (b"%PDF", "PDF"),
    (b"SIMPLE  =", "FITS"),
    (b"BM", "BMP"),
    (b"PK\x03\x04", "ZIP"),
)


class UploadRejected(Exception):
    """A file that may not come in. ``code`` is for programs, ``message`` for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class OpenedPicture(Protocol):
    """What is read of a picture whose header alone has been parsed."""

    @property
    def format(self) -> str | None:
        """Pillow's name of the format."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""


@dataclass(frozen=True, slots=True)
class Packed:
    """The promises of a ZIP archive's directory."""

    names: frozenset[str]
    parts: int
    unpacked_bytes: int


def sniff(data: bytes) -> str:
    """Name the kind of file from its first bytes; "" when they say nothing."""
    for signature, name in _SIGNATURES:
        if data.startswith(signature):
            return name
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if data[4:8] == b"ftyp":
        return "HEIC, AVIF or video"
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"<svg" in head:
        return "SVG"
    return "HTML or XML" if head.startswith(b"<") else ""


def picture_format(data: bytes) -> str:
    """Return ``PNG``, ``JPEG`` or ``WEBP``, or raise ``UploadRejected`` naming what it is."""
    if not data:
        raise UploadRejected("empty", "The file is empty.")
    if len(data) > MAX_IMAGE_BYTES:
        raise UploadRejected(
            "too_large",
            f"The picture has {_megabytes(len(data))}; at most {_megabytes(MAX_IMAGE_BYTES)}"
            " are allowed.",
        )
    kind = sniff(data)
    if kind not in PILLOW_FORMATS:
        what = f"This is a {kind} file." if kind else "This file is not a picture that we know."
        raise UploadRejected("format", f"{what} Please use PNG, JPEG or WebP.")
    return kind


def check_picture(picture: OpenedPicture, frames: int) -> None:
    """Raise ``UploadRejected`` unless the opened picture is one still of a bearable size."""
    width, height = picture.size
    if width * height > MAX_IMAGE_PIXELS:
        raise too_many_pixels(width * height)
    if max(width, height) > MAX_IMAGE_SIDE:
        raise UploadRejected(
            "too_long",
            f"The picture is {width:,} x {height:,} pixels; no side may be longer than"
            f" {MAX_IMAGE_SIDE:,}.",
        )
    # MPO is a JPEG from a phone that carries a second view behind the first.
    if frames > 1 and picture.format != "MPO":
        raise UploadRejected(
            "animated", f"The picture is an animation of {frames:,} frames. Please use a still."
        )


def too_many_pixels(pixels: int | None = None) -> UploadRejected:
    """Make the refusal of a picture that would fill the memory."""
    much = f"{pixels / 1e6:,.1f} million" if pixels else "too many"
    return UploadRejected(
        "too_many_pixels",
        f"The picture has {much} pixels; at most {MAX_IMAGE_PIXELS // 1_000_000} million are"
        " allowed.",
    )


def reference_kind(name: str, data: bytes) -> str:
    """Return ``txt``, ``md``, ``csv`` or ``docx``, or raise ``UploadRejected``."""
    if not data:
        raise UploadRejected("empty", "The file is empty.")
    if len(data) > MAX_REFERENCE_BYTES:
        raise UploadRejected(
            "too_large",
            f"The file has {_megabytes(len(data))}; at most {_megabytes(MAX_REFERENCE_BYTES)}"
            " are allowed.",
        )
    suffix = display_name(name).rpartition(".")[2].lower()
    kind = REFERENCE_KINDS.get(suffix)
    if kind is None:
        raise UploadRejected("format", "Please use a .txt, .md, .csv or .docx file.")
    if kind == "docx" and sniff(data) != "ZIP":
        raise UploadRejected("format", "The file is named .docx but is no Word document.")
    return kind


def check_docx(packed: Packed) -> None:
    """Raise ``UploadRejected`` unless the archive is a Word document of a bearable size."""
    if packed.parts > MAX_DOCX_PARTS or packed.unpacked_bytes > MAX_DOCX_UNPACKED_BYTES:
        raise UploadRejected(
            "too_large_unpacked",
            f"The document would unpack to {_megabytes(packed.unpacked_bytes)} in"
            f" {packed.parts:,} parts; at most {_megabytes(MAX_DOCX_UNPACKED_BYTES)} in"
            f" {MAX_DOCX_PARTS:,} are allowed.",
        )
    if not {"[Content_Types].xml", "word/document.xml"} <= packed.names:
        raise UploadRejected("format", "The file is named .docx but is no Word document.")


def decode_text(data: bytes) -> str:
    """Read text as UTF-8, as UTF-16 where a mark says so, else as Western European.

    Raises ``UploadRejected`` for what is not text; line ends become ``\\n``.
    """
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        text = data.decode("utf-16", errors="replace")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("cp1252", errors="replace")
    return check_text(text.replace("\r\n", "\n").replace("\r", "\n"))


def check_text(text: str) -> str:
    """Return the text, or raise ``UploadRejected`` where it is empty, too long or not text."""
    if "\x00" in text:
        raise UploadRejected("binary", "The file holds binary data, not text.")
    if not text.strip():
        raise UploadRejected("empty", "The file holds no text.")
    if (size := len(text.encode())) > MAX_TEXT_BYTES:
        raise UploadRejected(
            "too_large",
            f"The file holds {_megabytes(size)} of text; at most {_megabytes(MAX_TEXT_BYTES)}"
            " are allowed.",
        )
    return text


def display_name(name: str) -> str:
    """Make a client's file name safe to show: the last part, no control characters, 200 long."""
    last = ntpath.basename(name)
    clean = "".join(c for c in last if unicodedata.category(c)[0] != "C").strip()
    return (clean or "file")[-MAX_NAME:]


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"
