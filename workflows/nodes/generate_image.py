"""Makes images: n pictures by n agents side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field

from workflows.graph.model import Issue
from workflows.nodes.agents import (
    ModelName,
    ProviderSlug,
    Retries,
    RetryConfig,
    WhenAgentFails,
    settle,
)
from workflows.nodes.base import (
    AgentCall,
    Estimate,
    NodeConfig,
    NodeContext,
    NodeError,
    NodeResult,
    NodeType,
)
from workflows.nodes.fields import Hint, Line, Quantity, Variable
from workflows.nodes.generate_copy import revision_note
from workflows.nodes.icons import icon
from workflows.nodes.registry import register
from workflows.providers.base import ImageRequest
from workflows.providers.studio_art.sizes import parse_size

Prompt = Annotated[str, Hint("template", "prompt", extra_roots=("variant",))]
AltText = Annotated[str, Hint("template", "template-line", extra_roots=("variant",))]


class Config(NodeConfig):
    """What to draw, by which model, in which size."""

    prompt: Annotated[
        Prompt,
        Field(
            min_length=1,
            title="Prompt",
            description="What to show. Studio also reads lines such as Headline: and Colour:.",
        ),
    ]
    negative_prompt: Annotated[Line, Field(title="Leave out")] = ""
    size: Annotated[
        Line,
        Field(
            title="Size",
            description="A channel such as square or story, or 1200x628.",
            json_schema_extra={"x-summary": "{}"},
        ),
    ] = "square"
    style: Annotated[Line, Field(max_length=200, title="Style")] = ""
    quantity: Quantity = 1
    alt_text: Annotated[AltText, Field(title="Alt text")] = ""
    photo: Annotated[
        Variable,
        Field(
            title="Photo",
            description="A picture to build on; studio alone uses it.",
            json_schema_extra={"x-level": "advanced"},
        ),
    ] = ""
    provider: ProviderSlug = ""
    model: ModelName = ""
    retry: Retries = RetryConfig()
    on_error: WhenAgentFails = "fail"


@register
class GenerateImage(NodeType[Config]):
    """Asks ``quantity`` agents for one picture each."""

    type = "generate_image"
    label = "Generate Image"
    category = "Create"
    color = "#8B5CF6"
    icon = icon(
        '<rect width="18" height="18" x="3" y="3" rx="2" ry="2"/><circle cx="9" cy="9" r="2"/>'
        '<path d="m21 15-3.086-3.086a2 2 0 0 0-2.828 0L6 21"/>'
    )
    help = (
        "Cards, heroes, product shots. Agents make images from your prompt; without an image "
        "model, studio draws cards."
    )
    config_model = Config
    outputs = frozenset({"images", "image", "count"})

    def check(self, config: Config) -> Iterable[Issue]:
        """The size must be one that can be drawn."""
        if "{{" not in config.size and "{%" not in config.size:
            try:
                parse_size(config.size)
            except ValueError as error:
                yield Issue("bad_config", str(error), field="size")

    def estimate(self, config: Config) -> Estimate:
        """One call a picture."""
        return Estimate("image", config.quantity, config.provider, config.model)

    def run(self, config: Config, ctx: NodeContext) -> NodeResult:
        """``images`` has ``{id, url, alt_text, width, height}`` each; ``image`` is the first."""
        size, photo = self._size(config), self._photo(config, ctx)
        calls = [
            self._call(config, ctx, variant, size, photo)
            for variant in range(1, config.quantity + 1)
        ]
        outcomes = ctx.run_agents(calls, config.retry.as_retry())
        return NodeResult(self.gather(settle(outcomes, config.on_error)))

    def gather(self, finished: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """The pictures in the order of their agents."""
        images = [dict(one) for one in finished]
        return {"images": images, "image": images[0] if images else None, "count": len(images)}

    def call(self, config: Config, ctx: NodeContext, variant: int) -> AgentCall:
        """What ``run`` asks its agent of this number, from 1. Raises ``NodeError``."""
        return self._call(config, ctx, variant, self._size(config), self._photo(config, ctx))

    def _size(self, config: Config) -> tuple[int, int]:
        try:
            return parse_size(config.size)
        except ValueError as error:
            raise NodeError("bad_config", f"size: {error}") from error

    def _photo(self, config: Config, ctx: NodeContext) -> bytes | None:
        """The picture to build on; an optional one that nobody gave is left out."""
        value = ctx.value_or_none(config.photo) if config.photo else None
        if not value:
            return None
        first = value[0] if isinstance(value, list) else value
        image_id = first.get("id") if isinstance(first, dict) else first
        if not isinstance(image_id, int):
            raise NodeError("bad_photo", f"{config.photo} is not a picture.")
        return ctx.image_bytes(image_id)

    def _call(
        self,
        config: Config,
        ctx: NodeContext,
        variant: int,
        size: tuple[int, int],
        photo: bytes | None,
    ) -> AgentCall:
        prompt = ctx.render(config.prompt, variant=variant).strip()
        if not prompt:
            raise NodeError("empty_prompt", "The prompt is empty once its variables are filled in.")
        request = ImageRequest(
            prompt=prompt + revision_note(config.prompt, ctx),
            model=config.model,
            width=size[0],
            height=size[1],
            negative_prompt=config.negative_prompt.strip(),
            style=config.style.strip(),
            photo=photo,
        )
        alt_text = " ".join(ctx.render(config.alt_text, variant=variant).split())
        return AgentCall(request, config.provider, alt_text=alt_text)
