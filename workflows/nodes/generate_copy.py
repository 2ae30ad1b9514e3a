"""Writes copy: n variants by n agents side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field

from workflows.graph.bindings import references
from workflows.graph.model import KEY, Issue
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
from workflows.nodes.fields import Hint, Quantity, Template
from workflows.nodes.icons import icon
from workflows.nodes.registry import register
from workflows.providers.base import ChatRequest, OutputField

Prompt = Annotated[str, Hint("template", "prompt", extra_roots=("variant",))]


class CopyField(NodeConfig):
    """One field of a structured answer."""

    key: Annotated[str, Field(pattern=KEY.pattern, title="Name")]
    label: Annotated[str, Field(max_length=120, title="Label")] = ""
    description: Annotated[str, Field(max_length=500, title="What it holds")] = ""
    max_length: Annotated[
        int | None, Field(ge=1, le=20_000, title="Longest", description="Characters.")
    ] = None


class Config(NodeConfig):
    """What to write, by which model, how often."""

    prompt: Annotated[
        Prompt,
        Field(
            min_length=1,
            title="Prompt",
            description="What to write. {{ variant }} is the agent's number, from 1.",
        ),
    ]
    system: Annotated[
        Template, Field(title="Role and rules", description="Who the agent is, what always holds.")
    ] = ""
    quantity: Quantity = 1
    fields: Annotated[
        list[CopyField],
        Field(max_length=20, title="Fields", description="Leave empty for plain text."),
    ] = []
    provider: ProviderSlug = ""
    model: ModelName = ""
    temperature: Annotated[
        float | None,
        Field(ge=0, le=2, title="Creativity", json_schema_extra={"x-level": "advanced"}),
    ] = None
    max_tokens: Annotated[
        int | None,
        Field(ge=16, le=32_000, title="Longest answer", json_schema_extra={"x-level": "advanced"}),
    ] = None
    retry: Retries = RetryConfig()
    on_error: WhenAgentFails = "fail"


@register
class GenerateCopy(NodeType[Config]):
    """Asks ``quantity`` agents for one variant each."""

    type = "generate_copy"
    label = "Generate Copy"
    category = "Create"
    color = "#5B8DEF"
    icon = icon(
        '<path d="M13 21h8"/><path d="M21.174 6.812a1 1 0 0 0-3.986-3.987L3.842 16.174a2 2 0 0 '
        "0-.5.83l-1.321 4.352a.5.5 0 0 0 .623.622l4.353-1.32a2 2 0 0 0 "
        '.83-.497z"/>'
    )
    help = (
        "Captions, emails, articles. Agents write copy from your prompt, one variant each, side by "
        "side."
    )
    config_model = Config
    outputs = frozenset({"text", "variants", "count"})

    def check(self, config: Config) -> Iterable[Issue]:
        """Field names must differ."""
        seen: set[str] = set()
        for number, field in enumerate(config.fields):
            if field.key in seen:
                text = f"Two fields are called {field.key}; rename one."
                yield Issue("bad_config", text, field=f"fields.{number}.key")
            seen.add(field.key)

    def estimate(self, config: Config) -> Estimate:
        """Four characters a token, and 300 tokens an answer where none is named."""
        asked = (len(config.prompt) + len(config.system)) // 4 + 30 * len(config.fields)
        return Estimate(
            kind="copy",
            calls=config.quantity,
            provider=config.provider,
            model=config.model,
            prompt_tokens=asked * config.quantity,
            completion_tokens=(config.max_tokens or 300) * config.quantity,
        )

    def run(self, config: Config, ctx: NodeContext) -> NodeResult:
        """``text`` is the first variant; ``variants`` has ``{text, fields}`` each."""
        calls = [
            AgentCall(self._request(config, ctx, variant), config.provider)
            for variant in range(1, config.quantity + 1)
        ]
        outcomes = ctx.run_agents(calls, config.retry.as_retry())
        return NodeResult(self.gather(settle(outcomes, config.on_error)))

    def gather(self, finished: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """The variants in the order of their agents."""
        return {
            "text": finished[0]["text"] if finished else "",
            "variants": [dict(one) for one in finished],
            "count": len(finished),
        }

    def _request(self, config: Config, ctx: NodeContext, variant: int) -> ChatRequest:
        prompt = ctx.render(config.prompt, variant=variant).strip()
        if not prompt:
            raise NodeError(
                "empty_prompt",
                "The prompt is empty once its variables are filled in.",
                hint="Give the prompt text of its own beside the variables.",
            )
        return ChatRequest(
            prompt=prompt + revision_note(config.prompt, ctx),
            system=config.system.strip(),
            model=config.model,
            temperature=config.temperature,
            max_tokens=config.max_tokens,
            fields=tuple(
                OutputField(field.key, field.label, field.description, field.max_length)
                for field in config.fields
            ),
        )


def revision_note(prompt: str, ctx: NodeContext) -> str:
    """The reviewer's comment, where the prompt does not place ``feedback`` itself."""
    if not ctx.feedback or any(path.segments[0] == "feedback" for path in references(prompt)):
        return ""
    return f"\n\nA reviewer asked for this change. Follow it: {ctx.feedback}"


def copy_text(variant: Mapping[str, Any]) -> str:
    """A variant in one piece of text: its text, else its fields one below the other."""
    return str(variant.get("text") or "\n".join(map(str, variant.get("fields", {}).values())))
