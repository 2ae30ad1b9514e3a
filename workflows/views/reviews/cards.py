"""The pieces of a review as the page shows them. Pure values."""

from __future__ import annotations

from dataclasses import dataclass

from workflows.reviews.diff import Piece


@dataclass(frozen=True, slots=True)
class Part:
    """A text that is judged and edited by itself: a whole variant, or one of its fields."""

    place: str
    label: str
    text: str
    """As it stands, edited or not."""
    original: str
    """As the step wrote it."""
    max_length: int | None
    diff: tuple[Piece, ...]
    """Against the earlier round; on a decided review, what the reviewer changed."""
    html: str = ""
    """The text as its readers will see it, safe to show, where it is Markdown."""

    @property
    def is_edited(self) -> bool:
        """Whether the reviewer has changed it."""
        return self.text != self.original


@dataclass(frozen=True, slots=True)
class CopyCard:
    """One copy variant."""

    id: str
    number: int
    parts: tuple[Part, ...]
    is_picked: bool
    changes: int
    """Places that differ from the earlier round."""

    @property
    def is_edited(self) -> bool:
        """Whether the reviewer has changed any of it."""
        return any(part.is_edited for part in self.parts)

    @property
    def length(self) -> int:
        """Characters in all."""
        return sum(len(part.text) for part in self.parts)


@dataclass(frozen=True, slots=True)
class ImageCard:
    """One image."""

    id: str
    number: int
    url: str
    width: int
    height: int
    alt_text: str
    is_picked: bool
    is_primary: bool
    is_new: bool
    """Whether the earlier round had another one here."""


Card = CopyCard | ImageCard


@dataclass(frozen=True, slots=True)
class Rule:
    """How many of a kind are to be picked."""

    kind: str
    mode: str
    """``none``, ``one``, ``many`` or ``number``."""
    wanted: int
    """How many it takes; 1 at least for ``many``."""
    found: int
    label: str
    """Of the step that made them; the kind where there are several."""

    @property
    def is_met(self) -> bool:
        """Whether the picks are enough, and not too many."""
        return self.found >= 1 if self.mode == "many" else self.found == self.wanted

    @property
    def token(self) -> str:
        """The colour, as a status has it: waiting when there are too many."""
        if self.is_met:
            return "completed"
        return "waiting" if self.found > self.wanted else "pending"

    @property
    def words(self) -> str:
        """``2 of 3 picked``; without a number asked for, ``2 picked``."""
        many = self.mode == "many"
        return f"{self.found} picked" if many else f"{self.found} of {self.wanted} picked"


@dataclass(frozen=True, slots=True)
class Group:
    """The pieces of one kind that one step made."""

    id: str
    kind: str
    label: str
    type: str
    """The step's node type, which has its own colour."""
    cards: tuple[Card, ...]
    rule: Rule | None
    """None where nothing is picked."""
    columns: int

    @property
    def is_wide(self) -> bool:
        """Whether its images are broad, so that they need broader columns."""
        images = [card for card in self.cards if isinstance(card, ImageCard)]
        return any(card.width > 1.3 * card.height for card in images)

    @property
    def changes(self) -> int:
        """Cards that differ from the earlier round."""
        return sum(card.changes > 0 for card in self.cards if isinstance(card, CopyCard))


@dataclass(frozen=True, slots=True)
class Board:
    """All that is under review."""

    groups: tuple[Group, ...]

    @property
    def rules(self) -> list[Rule]:
        """What must be picked, a rule a kind."""
        found = {group.rule.kind: group.rule for group in self.groups if group.rule}
        return list(found.values())

    @property
    def images(self) -> list[ImageCard]:
        """Every image, in the order that it would be handed on."""
        return [
            card for group in self.groups for card in group.cards if isinstance(card, ImageCard)
        ]

    @property
    def kept_images(self) -> list[ImageCard]:
        """The images that approving hands on."""
        picks = any(rule.kind == "image" for rule in self.rules)
        return [card for card in self.images if card.is_picked or not picks]

    @property
    def without_alt_text(self) -> list[ImageCard]:
        """Those of them that nobody has described."""
        return [card for card in self.kept_images if not card.alt_text]

    @property
    def primary(self) -> ImageCard | None:
        """The primary image, if one is chosen."""
        return next((card for card in self.kept_images if card.is_primary), None)
