"""One run at a time with one worker: a chain, and a fan-out with its join."""

from __future__ import annotations

from benchmarks import bare, celery_peer, marks, ours
from benchmarks.clock import Side, in_turns
from benchmarks.report import CELERY, CELERY_ROWS, FORKING, OURS, SIMPLE, Figure, Results

SIZE, WIDTH = 50, 20


def measure_chain(results: Results, rounds: int) -> None:
    """Add the chain's figure."""
    flow = ours.Chain(SIZE)
    sides: dict[str, Side] = {
        OURS: flow.once,
        SIMPLE: bare.Chain("simple", SIZE).once,
        FORKING: bare.Chain("forking", SIZE).once,
        CELERY_ROWS: celery_peer.chain_of(flow, SIZE),
        CELERY: celery_peer.chain_of(None, SIZE),
    }
    _measure(results, marks.CHAIN, sides, rounds)
    flow.clear()


def measure_fan_out(results: Results, rounds: int) -> None:
    """Add the fan-out's figure."""
    flow = ours.FanOut(WIDTH)
    sides: dict[str, Side] = {
        OURS: flow.once,
        SIMPLE: bare.FanOut("simple", WIDTH).once,
        FORKING: bare.FanOut("forking", WIDTH).once,
        CELERY_ROWS: celery_peer.fan_out_of(flow, WIDTH),
        CELERY: celery_peer.fan_out_of(None, WIDTH),
    }
    _measure(results, marks.FAN_OUT, sides, rounds)
    flow.clear()


def _measure(results: Results, name: str, sides: dict[str, Side], rounds: int) -> None:
    with celery_peer.workers(1):
        results.figures.append(Figure(name, "ms", in_turns(sides, rounds)))
