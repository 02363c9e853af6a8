"""Two servers or two requests in turns: how much longer the one takes than the other."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable
from dataclasses import dataclass

from bench import load, report
from bench.servers import Target

WARM_UP = 50
TITLES = [
    *("database", "what", "large ms", "small ms", "ratio", "lowest", "highest", "mark", "", "load"),
]
Build = Callable[[], list[bytes]]


@dataclass(frozen=True, slots=True)
class Side:
    """One half of a comparison: where its requests go, and how they are made anew for each turn."""

    target: Target
    build: Build


@dataclass(frozen=True, slots=True)
class Comparison:
    """`large` may take at most `mark` times as long as `small`."""

    what: str
    large: Side
    small: Side
    mark: float


def line(kind: str, comparison: Comparison, *, seconds: float, repeats: int) -> list[str]:
    """Both sides in turns: a line of TITLES."""
    sides = (comparison.large, comparison.small)
    for side in sides:
        load.run(load.Load(side.target.port, side.build(), 8, seconds=1, most=WARM_UP))
    times = [[_time_ms(side, seconds) for side in sides] for _turn in range(repeats)]
    ratios = [of_large / of_small for of_large, of_small in times]
    ratio = statistics.median(ratios)
    large_ms, small_ms = (statistics.median(column) for column in zip(*times, strict=True))
    shown = [
        *(kind, comparison.what, f"{large_ms:.2f}", f"{small_ms:.2f}"),
        *(f"{ratio:.2f}", f"{min(ratios):.2f}", f"{max(ratios):.2f}", f"{comparison.mark:g}"),
        *(report.verdict(ratio <= comparison.mark), f"{report.load_average().split()[2]}"),
    ]
    print(*shown, file=sys.stderr)
    return shown


def _time_ms(side: Side, seconds: float) -> float:
    """The median time of a request."""
    measured = load.run(load.Load(side.target.port, side.build(), 1, seconds))
    if measured.refused:
        raise SystemExit(f"{side.target.name} refused some requests: {measured.refusal!r}")
    return measured.p50_ms
