"""Timing: contestants take turns, so that whatever else the machine does meets all of them alike."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from statistics import median

ROUNDS = 25
SLICE = 0.01
"""Seconds of one contestant in one round."""

ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""For other processes: what they import is compiled once, as it is for users."""

Times = dict[str, list[float]]
"""For each contestant, the seconds of one call in each round."""


def take_turns(contestants: Mapping[str, Callable[[], object]], rounds: int = ROUNDS) -> Times:
    """Call each contestant many times a round, by the processor's time: what other programs take does not count."""
    counts = {name: calls_in_a_slice(call) for name, call in contestants.items()}
    times: Times = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, call in contestants.items():
            repeat = range(counts[name])
            started = time.process_time()
            for _ in repeat:
                call()
            times[name].append((time.process_time() - started) / counts[name])
    return times


async def take_turns_async(contestants: Mapping[str, Callable[[], Awaitable[object]]], rounds: int = ROUNDS) -> Times:
    """The same for coroutines, with the time that threads take for them."""
    times: Times = {name: [] for name in contestants}
    for _ in range(rounds + 1):
        for name, call in contestants.items():
            count, started = 0, time.process_time()
            while (passed := time.process_time() - started) < 2 * SLICE:
                await call()
                count += 1
            times[name].append(passed / count)
    return {name: found[1:] for name, found in times.items()}  # the first round warms up


def calls_in_a_slice(call: Callable[[], object]) -> int:
    """How many calls fill a slice."""
    call()  # caches are filled
    started = time.perf_counter()
    count = 0
    while time.perf_counter() - started < SLICE:
        call()
        count += 1
    return count


def ratio(times: Times, one: str, other: str) -> float:
    """How many times as long `one` takes as `other`: the median over the rounds."""
    return median(a / b for a, b in zip(times[one], times[other], strict=True))


def run(*arguments: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run this Python with some arguments."""
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=False)


def seconds(arguments: Sequence[str], folder: Path | None = None) -> float:
    """How long this Python takes with some arguments."""
    started = time.perf_counter()
    run(*arguments, folder=folder)
    return time.perf_counter() - started


def processor_seconds(arguments: Sequence[str], folder: Path | None = None) -> float:
    """How long the processor works for this Python with some arguments: other programs do not count."""
    before = os.times()
    run(*arguments, folder=folder)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system
