"""Creates or updates a document and attaches images."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import Field

from workflows.graph.model import Issue, Reference
from workflows.nodes.base import NodeConfig, NodeContext, NodeError, NodeResult, NodeType
from workflows.nodes.effects import SaveDocument
from workflows.nodes.fields import Line, Template, Variable
from workflows.nodes.icons import icon
from workflows.nodes.registry import register


class Config(NodeConfig):
    """What to write where."""

    target: Annotated[Literal["new", "existing"], Field(title="Document")] = "new"
    document_id: Annotated[
        Line,
        Field(
            title="Which document",
            description="Its id, or a variable that holds it.",
            json_schema_extra={"x-when": {"target": ["existing"]}},
        ),
    ] = ""
    title: Annotated[Line, Field(title="Title", json_schema_extra={"x-summary": "{}"})] = ""
    body: Annotated[
        Template,
        Field(
            title="Text",
            description="Markdown with variables.",
            json_schema_extra={"x-prefill": ["text"]},
        ),
    ] = ""
    images: Annotated[
        list[Variable],
        Field(
            max_length=20,
            title="Images",
            description="Attached in this order.",
            json_schema_extra={"x-prefill": ["images"]},
        ),
    ] = []
    primary: Annotated[
        str,
        Field(
            title="Primary image",
            description="first, none, or a variable that holds a picture.",
            json_schema_extra={"x-widget": "primary"},
        ),
    ] = "first"
    mode: Annotated[
        Literal["append", "replace"],
        Field(title="Images already there", json_schema_extra={"x-level": "advanced"}),
    ] = "append"


@register
class AttachToDocument(NodeType[Config]):
    """Asks the engine to save the document in the transaction that ends the step."""

    type = "attach_to_document"
    label = "Attach to Document"
    category = "Deliver"
    color = "#10B981"
    icon = icon(
        '<path d="M4 22h14a2 2 0 0 0 2-2V7l-5-5H6a2 2 0 0 0-2 2v4"/><path d="M14 2v4a2 2 0 0 0 2 '
        '2h4"/><path d="M2 15h10"/><path d="m9 18 3-3-3-3"/>'
    )
    help = (
        "Place picks in a document. Writes a document, or adds to one, and attaches images in "
        "order."
    )
    config_model = Config
    is_sink = True
    outputs = frozenset({"document_id", "title", "attachment_ids"})

    def references(self, config: Any) -> Iterable[Reference]:
        """The templated fields, the images, and the primary where it is a variable."""
        found = list(super().references(config))
        primary = config.get("primary", "first")
        if isinstance(primary, str) and primary not in ("first", "none", ""):
            found.append(Reference("primary", "variable", primary))
        return found

    def check(self, config: Config) -> Iterable[Issue]:
        """A new document needs a title, an existing one its id."""
        if config.target == "new" and not config.title.strip():
            yield Issue("bad_config", "Give the new document a title.", field="title")
        if config.target == "existing" and not config.document_id.strip():
            yield Issue("bad_config", "Say which document to add to.", field="document_id")

    def run(self, config: Config, ctx: NodeContext) -> NodeResult:
        """Output: ``document_id``, ``title``, ``attachment_ids``."""
        title = " ".join(config.title.split())[:200]
        if config.target == "new" and not title:
            raise NodeError(
                "empty_title",
                "The document's title is empty once its variables are filled in.",
                hint="Give the title some text of its own.",
            )
        images = self._images(config, ctx)
        effect = SaveDocument(
            document_id=self._document_id(config),
            title=title,
            body=config.body.strip(),
            images=tuple((image["id"], str(image.get("alt_text") or "")) for image in images),
            mode=config.mode,
            primary=self._primary(config, ctx, images),
        )
        return NodeResult(effect=effect)

    def _document_id(self, config: Config) -> int | None:
        if config.target == "new":
            return None
        text = config.document_id.strip()
        if not text.isdecimal() or len(text) > 18:
            raise NodeError(
                "bad_document_id",
                f"document_id must be the number of a document, not “{text[:40]}”.",
                hint="Choose a variable such as nodes.first_document.document_id.",
            )
        return int(text)

    def _images(self, config: Config, ctx: NodeContext) -> list[dict[str, Any]]:
        found: dict[int, dict[str, Any]] = {}
        for path in config.images:
            for image in pictures(ctx.value_or_none(path), path):
                found.setdefault(image["id"], image)
        return list(found.values())

    def _primary(
        self, config: Config, ctx: NodeContext, images: list[dict[str, Any]]
    ) -> int | Literal["first", "none"]:
        """A reviewer's choice counts before ``first``."""
        if config.primary == "none":
            return "none"
        named = config.primary not in ("first", "")
        found = (
            pictures(ctx.value_or_none(config.primary), config.primary)
            if named
            else [image for image in images if image.get("primary")]
        )
        return int(found[0]["id"]) if found else "first"


def pictures(value: Any, path: str) -> list[dict[str, Any]]:
    """Every picture in a value: one, a list, or lists of lanes in item order.

    Nothing there gives none. Raises ``NodeError`` when something else is there.
    """
    if value is None:
        return []
    if isinstance(value, list):
        return [image for entry in value for image in pictures(entry, path)]
    if isinstance(value, dict) and type(value.get("id")) is int:
        return [value]
    if isinstance(value, dict) and "images" in value:
        return pictures(value["images"], path)
    raise NodeError(
        "not_an_image",
        f"{path} holds something that is no picture.",
        hint="Choose the output of an image step, such as nodes.images.images.",
    )
