"""How long things take, in bounded memory."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

STEPS = 4
"""Buckets for each doubling: a quantile is off by less than a fifth."""
BOUNDS = [1e-5 * 2 ** (number / STEPS) for number in range(24 * STEPS + 1)]
"""The upper bounds of the buckets, in seconds: from 10 microseconds to 168 seconds; one more bucket is above them."""


@dataclass(slots=True, frozen=True)
class Durations:
    """How often something was done, and how many seconds it took: in all, and at most for a half, 95 % and 99 % of the
    times. Those three are None when it was never done.
    """

    count: int
    seconds: float
    p50: float | None
    p95: float | None
    p99: float | None


class Histogram:
    """Counts durations by their length."""

    __slots__ = ("counts", "longest", "seconds")

    def __init__(self) -> None:
        self.counts = [0] * (len(BOUNDS) + 1)
        self.seconds = 0.0
        self.longest = 0.0

    def add(self, seconds: float) -> None:
        """Count a duration."""
        self.counts[bisect_left(BOUNDS, seconds)] += 1
        self.seconds += seconds
        self.longest = max(self.longest, seconds)

    def quantile(self, part: float) -> float | None:
        """The duration that a part of all do not exceed, between the bounds of its bucket."""
        total = sum(self.counts)
        if not total:
            return None
        rank, below = part * total, 0
        for place, count in enumerate(self.counts):
            if count and below + count >= rank:
                lower = BOUNDS[place - 1] if place else 0.0
                upper = min(BOUNDS[place], self.longest) if place < len(BOUNDS) else self.longest
                return lower + max(upper - lower, 0.0) * (rank - below) / count
            below += count
        return self.longest

    def durations(self) -> Durations:
        """What it has counted."""
        return Durations(sum(self.counts), self.seconds, self.quantile(0.5), self.quantile(0.95), self.quantile(0.99))

    def cumulative(self) -> list[tuple[float, int]]:
        """For each doubling, how many durations do not exceed it."""
        found, total = [], 0
        for place, bound in enumerate(BOUNDS):
            total += self.counts[place]
            if place % STEPS == 0:
                found.append((bound, total))
        return found
