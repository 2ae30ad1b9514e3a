"""``/styleguide``: every component with its states, drawn by the templates that the pages use."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from workflows.engine.states import EXECUTION_LOOKS, NODE_LOOKS
from workflows.nodes import registry
from workflows.reviews.diff import word_diff
from workflows.runs.bars import Bar
from workflows.runs.chart import Chart, ChartRow
from workflows.views.reviews.cards import CopyCard, Group, Part, Rule

_BEFORE = "A lamp for every desk, made to last."
_AFTER = "A lamp for the desk you work at, made to be mended."


class _Inputs(forms.Form):
    """One field of each kind; the last one is wrong."""

    name = forms.CharField(label="Name", initial="Autumn letter", help_text="People see it.")
    tone = forms.ChoiceField(label="Tone", choices=[("warm", "Warm"), ("plain", "Plain")])
    brief = forms.CharField(label="Brief", widget=forms.Textarea, required=False)
    images = forms.BooleanField(label="With images", initial=True, required=False)
    quantity = forms.IntegerField(label="How many", min_value=1, max_value=20)


def styleguide(request: HttpRequest) -> HttpResponse:
    """The living page of the design system, for whoever works on the look."""
    form = _Inputs({"name": "Autumn letter", "tone": "warm", "images": "on", "quantity": "21"})
    context = {
        "form": form,
        "types": [kind.type for kind in registry.all_types()],
        "node_looks": list(NODE_LOOKS.values()),
        "run_looks": list(EXECUTION_LOOKS.values()),
        "board": {"chart": _chart()},
        "group": _group(),
        "errors": {},
        "task": {"state": "waiting"},
        "before": {"round": 1},
        "may": True,
        "is_open": True,
    }
    return render(request, "styleguide.html", context)


def _chart() -> Chart:
    """A run in its middle: done, failed, waiting, to come."""

    def row(label: str, kind: str, words: str, *bars: Bar) -> ChartRow:
        return ChartRow(label, "", label, kind, bars, words, 1, None)

    captions = (Bar("queue", 4, 6), Bar("work", 10, 30, "completed"))
    return Chart(
        rows=(
            row("Brief", "brief", "< 1 s", Bar("work", 0, 4, "completed")),
            row("Captions", "generate_copy", "12 s", *captions),
            row("Picture", "generate_image", "9 s", Bar("work", 10, 22, "failed")),
            row("Check", "review", "waits", Bar("wait", 40, 25)),
            row("Letter", "attach_to_document", "about 8 s", Bar("estimate", 65, 20)),
        ),
        hidden=0,
        ticks=((0.0, "0 s"), (50.0, "20 s"), (100.0, "40 s")),
        now=65.0,
        speed=0.0,
        has_queue=True,
        has_estimate=True,
    )


def _group() -> Group:
    """Two variants, one changed since the last round and picked."""

    def card(number: int, *, diff: Any = ()) -> CopyCard:
        part = Part(f"copy-{number}", "Headline", _AFTER, _AFTER, 80, tuple(diff))
        return CopyCard(f"copy-{number}", number, (part,), number == 1, len(diff) // 2)

    return Group(
        "group-copy",
        "copy",
        "Headline",
        "generate_copy",
        (card(1, diff=word_diff(_BEFORE, _AFTER)), card(2)),
        Rule("copy", "one", 1, 1, "Headline"),
        2,
    )
