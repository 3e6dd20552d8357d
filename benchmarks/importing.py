"""Importing."""

from __future__ import annotations

from statistics import median

from rich.table import Table

from benchmarks.measure import run, seconds

WORKER = "from qb import Database, Table, col, select; from dialects.d1 import D1"
STATEMENTS = {"bare Python": "pass", "core and D1 of qb": WORKER} | {
    f"import {name}": f"import {name}" for name in ("sqlite3", "qb", "pypika", "sqlalchemy")
}
ROUNDS = 15
SLOWEST = 8


def table() -> Table:
    """Milliseconds of a whole process, and what is more than bare Python's."""
    shown = Table(title="Import: milliseconds of a process", title_justify="left")
    for heading in ("", "median", "more than bare Python"):
        shown.add_column(heading, justify="right" if heading else "left")
    times: dict[str, list[float]] = {name: [] for name in STATEMENTS}
    for number in range(ROUNDS + 1):
        for name, statement in STATEMENTS.items():
            milliseconds = seconds(["-c", statement]) * 1000
            if number:  # the first round may compile modules
                times[name].append(milliseconds)
    bare = median(times["bare Python"])
    for name, found in times.items():
        shown.add_row(name, f"{median(found):.1f}", f"{median(found) - bare:.1f}")
    return shown


def slowest() -> Table:
    """The modules in which importing core and D1 spends its time."""
    shown = Table(title="The slowest modules of core and D1, without what they import", title_justify="left")
    shown.add_column("module")
    shown.add_column("milliseconds", justify="right")
    before, loaded = self_times("pass"), self_times(WORKER)
    found = {name: time for name, time in loaded.items() if name not in before}
    for name in sorted(found, key=found.__getitem__, reverse=True)[:SLOWEST]:
        shown.add_row(name, f"{found[name] / 1000:.2f}")
    shown.caption = (
        f"{len(found)} modules, {sum(found.values()) / 1000:.1f} ms in all, with Python's clock in each of them"
    )
    shown.caption_justify = "left"
    return shown


def self_times(statement: str) -> dict[str, float]:
    """Microseconds of each module, without what it imports; the median of several runs."""
    times: dict[str, list[int]] = {}
    for _ in range(ROUNDS):
        for line in run("-X", "importtime", "-c", statement).stderr.splitlines():
            own, _, name = line.removeprefix("import time:").replace("|", " ").split(maxsplit=2)
            if own.isdigit():
                times.setdefault(name, []).append(int(own))
    return {name: median(found) for name, found in times.items()}
