"""Which browser the tests take."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scripts import browser


def _program(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine without any browser."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "cache"))
    monkeypatch.delenv("CHROMIUM", raising=False)
    return tmp_path


def test_the_systems_chromium_is_taken(bare: Path) -> None:
    chromium = _program(bare / "bin" / "chromium")
    assert browser.find() == str(chromium)


def test_playwrights_own_is_taken_where_the_system_has_none(bare: Path) -> None:
    old = _program(bare / "cache" / "chromium-1100" / "chrome-linux" / "chrome")
    new = _program(bare / "cache" / "chromium-1200" / "chrome-linux64" / "chrome")
    assert browser.find() == str(new) != str(old)


def test_a_named_browser_comes_first(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _program(bare / "bin" / "chromium")
    own = _program(bare / "elsewhere" / "browser")
    monkeypatch.setenv("CHROMIUM", str(own))
    assert browser.find() == str(own)


def test_without_any_browser_the_tests_fail_with_one_line(
    bare: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setattr(browser, "install", lambda: None)
    assert browser.main() == 1
    assert capsys.readouterr().err.count("\n") == 1
