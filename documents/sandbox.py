"""Opens files that strangers made, in a process of its own that may use little and ends soon.

Run as ``python -I sandbox.py picture|docx MAX_SIDE`` (0: a picture keeps its size): the file comes
on stdin; one line of JSON and then the result's bytes go to stdout. The line is ``{"ok": true,
...}`` or ``{"code", "message"}``.
Imports no Django, so that it starts in a tenth of a second.
"""

from __future__ import annotations

import contextlib
import io
import json
import resource
import sys
import warnings
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from documents import inspect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docx.table import Table
    from PIL.Image import Image
    from PIL.ImageFile import ImageFile

MEMORY_BYTES = 1_500_000_000
CPU_SECONDS = 20
_SAVE: dict[str, dict[str, Any]] = {
    "PNG": {"compress_level": 6},
    "JPEG": {"quality": 90, "optimize": True},
    "WEBP": {"quality": 90, "method": 4},
}


def clean_picture(data: bytes, max_side: int = 0) -> tuple[dict[str, Any], bytes]:
    """Decode a picture wholly and draw it anew: upright, in sRGB, with nothing but its pixels.

    With ``max_side`` it is made smaller where a side is longer. Returns format, width and height
    with the new file's bytes.
    """
    kind = inspect.picture_format(data)
    plain = _decoded(data, kind)
    if max_side:
        plain.thumbnail((max_side, max_side))
    out = io.BytesIO()
    try:
        plain.save(out, kind, **_SAVE[kind])
    except (OSError, ValueError) as error:
        # The decoder was content with the picture: the encoders' errors are about memory.
        raise MemoryError from error
    return {"format": kind, "width": plain.width, "height": plain.height}, out.getvalue()


def _decoded(data: bytes, kind: str) -> Image:
    from PIL import Image, ImageOps  # noqa: PLC0415 - a docx needs no Pillow

    Image.MAX_IMAGE_PIXELS = inspect.MAX_IMAGE_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        with _opened(data, kind) as picture:
            picture.verify()
        with _opened(data, kind) as picture:
            picture.load()
            ImageOps.exif_transpose(picture, in_place=True)
            plain = _converted(picture, kind)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise inspect.too_many_pixels() from error
    plain.info = {}
    return plain


@contextlib.contextmanager
def _opened(data: bytes, kind: str) -> Iterator[ImageFile]:
    from PIL import Image  # noqa: PLC0415 - a docx needs no Pillow

    with Image.open(io.BytesIO(data), formats=[kind]) as picture:
        inspect.check_picture(picture, getattr(picture, "n_frames", 1))
        yield picture


def _converted(picture: Image, kind: str) -> Image:
    """Return the pixels in a plain mode, moved to sRGB where the file had a colour profile."""
    alpha = picture.has_transparency_data and kind != "JPEG"
    grey = picture.mode in {"1", "L"} and not alpha
    profile = picture.info.get("icc_profile")
    if profile and not grey:
        picture = _in_srgb(picture, profile)
    return picture.convert("RGBA" if alpha else "L" if grey else "RGB")


def _in_srgb(picture: Image, profile: bytes) -> Image:
    from PIL import ImageCms  # noqa: PLC0415 - a docx needs no Pillow

    mode = "RGBA" if picture.mode == "RGBA" else "RGB"
    source = picture if picture.mode in {"RGB", "RGBA", "CMYK"} else picture.convert(mode)
    try:
        moved = ImageCms.profileToProfile(
            source, io.BytesIO(profile), ImageCms.createProfile("sRGB"), outputMode=mode
        )
    except ImageCms.PyCMSError:
        return picture
    return moved or picture


def docx_text(data: bytes, _: int = 0) -> tuple[dict[str, Any], bytes]:
    """Read paragraphs and tables in their order; cells of a row are separated by tabs."""
    import docx  # noqa: PLC0415 - a picture needs no docx
    from docx.table import Table  # noqa: PLC0415 - a picture needs no docx

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
    names = frozenset(part.filename for part in parts)
    inspect.check_docx(inspect.Packed(names, len(parts), sum(part.file_size for part in parts)))
    lines: list[str] = []
    for block in docx.Document(io.BytesIO(data)).iter_inner_content():
        lines.extend(_rows(block) if isinstance(block, Table) else [block.text])
    return {}, inspect.check_text("\n".join(lines)).encode()


def _rows(table: Table) -> Iterator[str]:
    # The cells that are there: ``row.cells`` repeats one for every column that it claims to span.
    for row in table.rows:
        yield "\t".join("\n".join(p.text for p in cell.p_lst) for cell in row._tr.tc_lst)


def main(task: str, max_side: int = 0) -> None:
    """Do the task on what stdin holds, and say on stdout how it went."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    do = {"picture": clean_picture, "docx": docx_text}[task]
    body = b""
    try:
        facts, body = do(sys.stdin.buffer.read(), max_side)
        answer = {"ok": True, **facts}
    except inspect.UploadRejected as error:
        answer = {"code": error.code, "message": error.message}
    except MemoryError:
        answer = {"code": "too_demanding", "message": "Opening the file takes too much memory."}
    except Exception as error:  # noqa: BLE001 - decoders fail in every way on hostile files
        answer = {
            "code": "damaged",
            "message": "The file is damaged or cut off and cannot be read.",
            "cause": f"{type(error).__name__}: {error}",
        }
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + body)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
