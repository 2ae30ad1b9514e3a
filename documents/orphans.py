"""Removes stored pictures that no row knows: what a crash between storing and writing down left.

Only keys that ``images.put_object`` makes are looked at: pictures of the gallery have a prefix of
their own, and reference files are rows without an object.

**Why no picture in use can go.** A writer stores first and writes the row later, in a thread that
touches no database, so a row may still be on its way. Three things keep such an object safe: it is
young (an orphan must be older than ``older_than``, which is far longer than a step may take);
``put_object`` makes an object young again when it finds an old one with the same bytes, and reads
it back after that; and the age is asked once more as the last thing before the delete, after the
rows. For a picture to be lost, a writer would have to store it, read it back and be done between
that last question and the delete which follows it at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

import structlog
from django.core.cache import cache
from django.core.files.storage import Storage, default_storage
from django.utils import timezone

from documents.images import stored_at
from documents.models import Image
from documents.models.image import KEY

log = structlog.get_logger(__name__)
_ROOT = "w"
_OURS = re.compile(KEY)
_CURSOR = "documents:orphans:behind"
_PAGE = 500
"""Keys asked of the database, and of S3, at once."""
_A_WEEK = 7 * 24 * 60 * 60


def remove_orphans(older_than: timedelta, limit: int) -> int:
    """Look at the next ``limit`` stored pictures; how many were deleted because no row has them.

    Begins where the last call ended, in whatever process, and at the beginning again behind the
    last one; where Redis has forgotten the place, too. Safe to call from several at once. Raises
    whatever the storage raises when it cannot be reached; what was deleted stays so.
    """
    removed, seen, last = 0, 0, ""
    keys = islice(_stored(default_storage, cache.get(_CURSOR) or ""), limit)
    while page := list(islice(keys, _PAGE)):
        removed += _sweep(page, older_than)
        seen, last = seen + len(page), page[-1][0]
        cache.set(_CURSOR, last, _A_WEEK)
    if seen < limit:
        cache.delete(_CURSOR)
    if removed:
        log.info("orphans removed", removed=removed, seen=seen)
    return removed


def _sweep(page: list[tuple[str, datetime | None]], older_than: timedelta) -> int:
    old = [
        key
        for key, changed in page
        if _OURS.match(key) and (changed is None or _is_old(changed, older_than))
    ]
    used = set(Image.objects.filter(key__in=old).values_list("key", flat=True))
    return sum(_remove(key, older_than) for key in old if key not in used)


def _remove(key: str, older_than: timedelta) -> bool:
    """The order is what counts: first the rows, then the age, then the delete."""
    if Image.objects.filter(key=key).exists():
        return False
    written = stored_at(key)
    if written is None or not _is_old(written, older_than):
        return False
    default_storage.delete(key)
    return True


def _is_old(changed: datetime, older_than: timedelta) -> bool:
    return timezone.now() - changed >= older_than


def _stored(storage: Any, behind: str) -> Iterator[tuple[str, datetime | None]]:
    """Keys after ``behind`` in one order, with their times where those come for nothing."""
    if hasattr(storage, "bucket_name"):
        return _in_bucket(storage, behind)
    return ((key, None) for key in _walk(storage, _ROOT, behind.split("/")[1:]))


def _in_bucket(storage: Any, behind: str) -> Iterator[tuple[str, datetime | None]]:
    """One request of S3 lists many keys, whatever folders they seem to be in."""
    client = storage.connection.meta.client
    pages = client.get_paginator("list_objects_v2").paginate(
        Bucket=storage.bucket_name,
        Prefix=f"{_ROOT}/",
        StartAfter=behind,
        PaginationConfig={"PageSize": _PAGE},
    )
    for page in pages:
        for entry in page.get("Contents", ()):
            yield entry["Key"], entry["LastModified"]


def _walk(storage: Storage, folder: str, behind: list[str]) -> Iterator[str]:
    """Files below a folder by name; ``behind`` holds the parts of the path to go on after."""
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return
    here, below = (behind[0], behind[1:]) if behind else ("", [])
    for name in sorted(files):
        if name > here:
            yield f"{folder}/{name}"
    for name in _from(folders, here):
        yield from _walk(storage, f"{folder}/{name}", below if name == here else [])


def _from(names: Iterable[str], first: str) -> list[str]:
    return sorted(name for name in names if name >= first)
