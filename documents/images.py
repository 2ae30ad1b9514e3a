"""Store pictures and open them again: the one place that makes storage keys."""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import IO, Any

from botocore.exceptions import ClientError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from config.crash import crash_point
from documents.models import Image, ImageSource
from documents.uploads import CleanImage, UploadRejected, UploadsRejected, clean_image
from workspaces.models import User, Workspace

_STALE = timedelta(hours=1)
"""An object older than this may be on its way out as an orphan, so it is made young again."""
_PATIENCE_SECONDS = 2.0
"""How long another thread may take to finish writing the same object on disk."""


class StorageFault(Exception):
    """The storage did not keep what it was given."""


def put_object(clean: CleanImage, *, workspace_id: int) -> str:
    """Store a picture's bytes under a key of ids and content hash, and read them back.

    Threads may call it; the database is not touched. The same picture has the same key, and an
    object that is there and whole is left alone, or made young again where it is old; one that a
    dead process left half-written is replaced. Raises ``StorageFault`` when the stored bytes are
    not those given, and whatever the storage raises when it cannot be reached.
    """
    return _put(clean, f"w/{workspace_id}/images/{clean.sha256[:2]}/{clean.name}")


def put_gallery_object(clean: CleanImage, *, entry_id: int) -> str:
    """Store a picture of a gallery entry, which belongs to no workspace, as ``put_object`` does.

    Gives its name, which is its content's hash; ``gallery_key`` has the key. One that is whole is
    left alone whatever its age, for nothing removes gallery pictures by age.
    """
    key = gallery_key(entry_id, clean.name)
    if _hash(key) != clean.sha256:
        _put(clean, key)
    return clean.name


def gallery_key(entry_id: int, name: str) -> str:
    """The key of a gallery entry's picture."""
    return f"gallery/{entry_id}/{name}"


def _put(clean: CleanImage, key: str) -> str:
    if default_storage.exists(key):
        if not _is_whole(key, clean):
            default_storage.delete(key)
        elif _is_young(key) or _made_young(key, clean):
            return key
    crash_point("object.before_put")
    saved = default_storage.save(key, _content(clean))
    crash_point("object.after_put")
    if saved != key:
        # Another thread was first, and the storage gave us a name of its own making.
        default_storage.delete(saved)
    if not _is_whole(key, clean):
        raise StorageFault(f"The storage returned other bytes for {key} than it was given.")
    return key


def store_image(
    *,
    workspace: Workspace,
    clean: CleanImage,
    key: str,
    source: str,
    alt_text: str = "",
    provenance: Mapping[str, Any] | None = None,
    created_by: User | None = None,
) -> Image:
    """Write the row of a picture whose bytes ``put_object`` has stored under ``key``.

    ``source`` is ``upload`` or ``generated``. ``provenance`` is kept as it is; of its keys
    ``execution``, ``agent_job``, ``reviewer`` (ids) and ``node`` (a key) can be searched for,
    and ``provider``, ``model`` and ``prompt`` are what people look for in it.
    """
    image = _row(
        workspace,
        clean,
        key,
        source=source,
        alt_text=alt_text[:500],
        created_by=created_by,
        provenance=provenance,
    )
    image.save()
    return image


def _row(
    workspace: Workspace,
    clean: CleanImage,
    key: str,
    *,
    provenance: Mapping[str, Any] | None = None,
    **fields: Any,
) -> Image:
    """The row, not yet saved."""
    made = dict(provenance or {})
    return Image(
        workspace=workspace,
        key=key,
        sha256=clean.sha256,
        size=len(clean.data),
        content_type=clean.content_type,
        width=clean.width,
        height=clean.height,
        execution_id=made.get("execution"),
        node_key=made.get("node", ""),
        agent_job_id=made.get("agent_job"),
        reviewer_id=made.get("reviewer"),
        provenance=made,
        **fields,
    )


def clean_uploads(
    *, workspace: Workspace, files: Iterable[IO[bytes]], created_by: User | None = None
) -> list[Image]:
    """Clean and store pictures, all or none; returns their rows, for the caller to create.

    Takes seconds, so call it outside a transaction. Raises ``UploadsRejected``.
    """
    rows: list[Image] = []
    faults: dict[int, UploadRejected] = {}
    for place, file in enumerate(files):
        try:
            clean = clean_image(file.read())
        except UploadRejected as error:
            faults[place] = error
            continue
        if not faults:
            key = put_object(clean, workspace_id=workspace.pk)
            source = ImageSource.UPLOAD
            rows.append(_row(workspace, clean, key, source=source, created_by=created_by))
    if faults:
        raise UploadsRejected(faults)
    return rows


def add_upload(
    *, workspace: Workspace, data: bytes, alt_text: str = "", created_by: User | None = None
) -> Image:
    """Clean, store and record a picture that a person sent. Raises ``UploadRejected``."""
    clean = clean_image(data)
    return store_image(
        workspace=workspace,
        clean=clean,
        key=put_object(clean, workspace_id=workspace.pk),
        source=ImageSource.UPLOAD,
        alt_text=alt_text,
        created_by=created_by,
    )


def record_reviewer(*, workspace_id: int, image_ids: Collection[int], reviewer: User) -> None:
    """Write on pictures of the workspace who approved them; others are left alone."""
    for image in Image.objects.filter(workspace_id=workspace_id, pk__in=image_ids):
        image.reviewer_id = reviewer.pk
        image.provenance |= {"reviewer": reviewer.pk, "reviewer_name": str(reviewer)}
        image.save(update_fields=["reviewer_id", "provenance"])


def file_url(image_id: int) -> str:
    """The address at which pages and API clients fetch a picture."""
    return f"/api/images/{image_id}/file"


def open_image(image: Image) -> bytes:
    """Read a picture's bytes. Raises ``FileNotFoundError`` when the object is gone."""
    with default_storage.open(image.key) as file:
        return bytes(file.read())


def image_url(image: Image) -> str:
    """Make a link to the bytes in the storage; on S3 it ends after 5 minutes.

    Make it after the access check, and never store it: pages and outputs keep the image's id.
    """
    return default_storage.url(image.key)


def _content(clean: CleanImage) -> ContentFile[bytes]:
    content = ContentFile(clean.data)
    content.content_type = clean.content_type  # type: ignore[attr-defined]  # read by the S3 storage
    return content


def stored_at(key: str) -> datetime | None:
    """When an object was last written; None where there is none."""
    try:
        return default_storage.get_modified_time(key)
    except FileNotFoundError:
        return None
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in ("404", "NoSuchKey"):
            return None
        raise


def _is_young(key: str) -> bool:
    written = stored_at(key)
    return written is not None and timezone.now() - written < _STALE


def _made_young(key: str, clean: CleanImage) -> bool:
    """Give a whole object the present time in one step, for readers may be at it.

    False when it was removed meanwhile, so that it must be stored anew; see ``orphans.py``.
    """
    try:
        path = default_storage.path(key)
    except NotImplementedError:
        overwrite = default_storage._save  # type: ignore[attr-defined]  # save() renames instead
        overwrite(key, _content(clean))  # S3 replaces an object as a whole
    else:
        with contextlib.suppress(FileNotFoundError):
            os.utime(path)
    return _hash(key) == clean.sha256


def _is_whole(key: str, clean: CleanImage) -> bool:
    until = time.monotonic() + _PATIENCE_SECONDS
    while not (whole := _hash(key) == clean.sha256) and time.monotonic() < until:
        time.sleep(0.05)
    return whole


def _hash(key: str) -> str:
    try:
        with default_storage.open(key) as file:
            return hashlib.sha256(file.read()).hexdigest()
    except FileNotFoundError:
        return ""
