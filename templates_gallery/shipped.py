"""Pictures of the samples that Copyloom comes with: WebP files beside the templates.

``pictures/<slug>/<n>.webp`` is the nth picture of that template's sample. They are stored as they
are, without being encoded again, so that their names are the same wherever they are seeded.
"""

from __future__ import annotations

import hashlib
import io
from functools import lru_cache
from pathlib import Path
from typing import Any

from PIL import Image as Pillow

from documents.inspect import CONTENT_TYPES, EXTENSIONS
from documents.uploads import CleanImage
from workflows.interchange import Export

_FORMAT = "WEBP"
_FOLDER = "pictures"


class BadPicture(ValueError):
    """A picture that is not there, cannot be read, or is another one; the text names its file."""


def read_pictures(folder: Path, export: Export) -> tuple[CleanImage, ...]:
    """The pictures of a template's sample, each decoded to its end. Raises ``BadPicture``."""
    images = export.gallery.sample.get("images", []) if export.gallery else []
    place = folder / _FOLDER / export.slug
    return tuple(
        _read(place / f"{number}.{EXTENSIONS[_FORMAT]}", image)
        for number, image in enumerate(images, 1)
    )


def with_names(sample: dict[str, Any], pictures: tuple[CleanImage, ...]) -> dict[str, Any]:
    """The sample as an entry holds it: each image with the name that its copy will have."""
    if not pictures:
        return sample
    pairs = zip(sample["images"], pictures, strict=True)
    return {**sample, "images": [{**image, "picture": one.name} for image, one in pairs]}


def _read(path: Path, image: dict[str, Any]) -> CleanImage:
    name = "/".join(path.parts[-3:])
    try:
        picture = _decoded(path.read_bytes())
    except FileNotFoundError:
        raise BadPicture(f"{name} is missing.") from None
    except (OSError, ValueError, SyntaxError) as error:
        raise BadPicture(f"{name} is no whole WebP picture: {error}") from None
    told = (image.get("width"), image.get("height"))
    if told != (picture.width, picture.height):
        raise BadPicture(
            f"{name} has {picture.width} by {picture.height} pixels, and the sample says "
            f"{told[0]} by {told[1]}."
        )
    return picture


@lru_cache(maxsize=256)
def _decoded(data: bytes) -> CleanImage:
    """The picture in the bytes; kept in the process, for the same bytes give the same picture."""
    with Pillow.open(io.BytesIO(data), formats=[_FORMAT]) as opened:
        opened.load()
        width, height = opened.size
    return CleanImage(
        data=data,
        content_type=CONTENT_TYPES[_FORMAT],
        extension=EXTENSIONS[_FORMAT],
        width=width,
        height=height,
        sha256=hashlib.sha256(data).hexdigest(),
    )
