"""Prints at the end of a session what tests have recorded by ``record_property("figures", …)``."""

from __future__ import annotations

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Also of tests that ran in other processes: properties travel with the reports."""
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, text in getattr(report, "user_properties", ()):
                if name == "figures" and getattr(report, "when", "") == "call":
                    terminalreporter.section(report.nodeid.split("::")[-1])
                    terminalreporter.write_line(str(text))
