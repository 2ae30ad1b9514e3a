"""Chaos by one command; prints a table, and the exit status says whether everything held.

``python -m tests.chaos`` is the long form; ``recovery``, ``limits`` and ``stops`` are alone.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
from pathlib import Path

from tests.services import BLANK


def main() -> int:
    """Read what is asked, do it, print the table."""
    os.environ |= dict.fromkeys(BLANK, "")
    options = _options()
    with tempfile.TemporaryDirectory(prefix="copyloom-chaos-", ignore_cleanup_errors=True) as name:
        base = Path(name).resolve()
        figures = _do(options, base)
        if figures.wrong and options.keep_logs:
            for log in sorted((base / "log").glob("*.log")):
                print(f"--- {log.name}\n" + "\n".join(log.read_text().splitlines()[-40:]))
    print(figures.table())
    return int(bool(figures.wrong))


def _do(options: argparse.Namespace, base: Path):  # type: ignore[no-untyped-def]
    latency = (options.least, options.most)
    if options.what == "recovery":
        from tests.chaos.recovery import recover

        engine = {"lease_seconds": options.lease, "renew_seconds": options.lease / 3}
        return recover(options.kills or 20, base, engine if options.lease else None)
    if options.what == "limits":
        from tests.chaos.limits import limits

        return limits(latency, base)
    if options.what == "stops":
        from tests.chaos.stops import stops

        return stops(options.stops, options.seed, base)
    from tests.chaos.storm import Storm, rage

    kills = options.kills or 300
    storm = Storm(
        kills,
        options.minutes,
        options.node_runs,
        options.seed,
        latency,
        options.pause,
        flushes=max(1, kills // 30),
        restarts=max(1, kills // 60),
    )
    return rage(storm, base)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser("tests.chaos", description=__doc__)
    known = ["storm", "recovery", "limits", "stops"]
    parser.add_argument("what", nargs="?", default="storm", choices=known)
    parser.add_argument("--kills", type=int, default=0, help="300; 20 for recovery")
    parser.add_argument("--minutes", type=float, default=120, help="at most so long")
    parser.add_argument("--node-runs", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=random.randrange(10_000))
    parser.add_argument("--least", type=float, default=0.2, help="the provider's latency")
    parser.add_argument("--most", type=float, default=5.0)
    parser.add_argument("--pause", type=float, default=4.0, help="seconds between two kills")
    parser.add_argument("--stops", type=int, default=1_000)
    parser.add_argument("--lease", type=float, default=0, help="another lease than the default")
    parser.add_argument("--keep-logs", action="store_true", help="print the logs of a failure")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
