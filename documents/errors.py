"""Why images could not be attached or arranged."""

from __future__ import annotations

from collections.abc import Sequence


class AttachmentError(Exception):
    """Images that cannot be attached or arranged so; nothing was changed."""

    hint = ""


class TooManyImages(AttachmentError):
    """The document would have more images than its workspace allows."""

    def __init__(self, present: int, wanted: int, limit: int) -> None:
        super().__init__(
            f"The document has {present} images and may have {limit}; {wanted} more do not fit."
        )
        self.present, self.wanted, self.limit = present, wanted, limit
        self.hint = f"Detach images first, or attach {max(limit - present, 0)} at most."


class ForeignImage(AttachmentError):
    """Images that do not exist in the document's workspace."""

    hint = "Choose images of the document's workspace."

    def __init__(self, image_ids: Sequence[int]) -> None:
        names = ", ".join(map(str, image_ids))
        super().__init__(f"There is no image {names} in this workspace.")
        self.image_ids = list(image_ids)


class NotAttached(AttachmentError):
    """An image that the document does not have."""

    hint = "Attach the image first."

    def __init__(self, image_id: int) -> None:
        super().__init__(f"Image {image_id} is not attached to this document.")
        self.image_id = image_id


class NotAPermutation(AttachmentError):
    """A new order that is not the document's images, each once."""

    hint = "Send the ids of all of the document's images, each once."

    def __init__(self, wanted: Sequence[int], present: Sequence[int]) -> None:
        super().__init__(
            f"The order names images {list(wanted)}, but the document has {list(present)}."
        )
