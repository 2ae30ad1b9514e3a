"""The builder's script: its own tests, its size, and that a strict policy lets it run."""

from __future__ import annotations

import gzip
import re

import pytest

from scripts import island

FIRST_LOAD = 190_000
"""Bytes of the script over the wire, compressed."""


@pytest.mark.timeout(300)
def test_the_core_passes_its_own_tests() -> None:
    assert island.run("vitest", "run", "--silent") == 0


def test_the_first_load_stays_within_its_budget() -> None:
    script = (island.BUILT / "builder.js").read_bytes()
    assert len(gzip.compress(script, 9)) <= FIRST_LOAD


def test_the_layout_is_loaded_only_when_somebody_tidies_up() -> None:
    assert (island.BUILT / "layout.js").stat().st_size > 10_000
    script = (island.BUILT / "builder.js").read_text("utf-8")
    assert "./layout.js" in script
    assert not re.search(r"^import[^(]*layout\.js", script)


def test_the_script_evaluates_no_text() -> None:
    script = (island.BUILT / "builder.js").read_text("utf-8")
    assert not re.search(r"\bnew Function\b|[^\w.$]eval\(", script)


def test_no_node_type_is_named_in_the_source() -> None:
    """A type that is new in Python needs no change here."""
    names = re.compile(
        r"""["'](generate_copy|generate_image|attach_to_document|compose_text|conditional|parallel)["']"""
    )
    sources = [*island.SOURCE.glob("src/**/*.ts"), *island.SOURCE.glob("src/**/*.tsx")]
    named = [path.name for path in sources if names.search(path.read_text("utf-8"))]
    assert named == []
