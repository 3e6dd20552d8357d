"""What the plugin costs, in work that is counted: hooks that mypy calls, and types that they make.

How long that takes is for `make bench` to say, which other programs on the machine disturb.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.checked_qb import chain, joins, queries, schema, wide_select, wide_table

ROOT = Path(__file__).parents[2]
HOOKS, TYPES = 56, 59
"""For one function of the generated module, which has one to three statements. When a change makes more of it for a
good reason, the new figures are what the test says.
"""
HEADROOM = 1.1
NOISE = 1.01

Counts = dict[str, dict[str, int]]

PROGRAMS = {
    "qb_itself": "from qb import *\n",
    "schema_101": schema(101),
    "schema": schema(245),
    "no_queries": queries(0, 245),
    "queries_100": queries(100, 245),
    "queries_1000": queries(1000, 245),
    "queries_of_101": queries(100, 101, "schema_101"),
    **{f"table_{count}": wide_table(count) for count in (1, 50, 100, 200)},
    "wide": wide_table(60),
    **{f"select_{count}": wide_select(count) for count in (1, 15, 30, 60)},
    **{f"joins_{count}": joins(count) for count in (1, 6, 12, 24)},
    **{f"chain_{count}": chain(count) for count in (2, 20, 40, 80)},
}


@pytest.fixture(scope="module")
def counts(tmp_path_factory: pytest.TempPathFactory) -> Counts:
    folder = tmp_path_factory.mktemp("programs")
    (folder / "mypy.ini").write_text("[mypy]\nstrict = True\nplugins = qb_mypy.plugin\n")
    for name, text in PROGRAMS.items():
        (folder / f"{name}.py").write_text(text)
    command = [sys.executable, "-m", "tests.typing.counting", str(folder), *PROGRAMS]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    found: Counts = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(("kind", "budget"), [("hooks", HOOKS), ("types", TYPES)])
def test_a_query_is_within_its_budget(kind: str, budget: int, counts: Counts) -> None:
    each = (counts["queries_1000"][kind] - counts["no_queries"][kind]) / 1000
    assert each <= budget * HEADROOM, f"{each:.1f} {kind} a query, and {budget} were expected"


@pytest.mark.parametrize("kind", ["hooks", "types"])
def test_ten_times_the_queries_are_ten_times_the_work(kind: str, counts: Counts) -> None:
    none = counts["no_queries"][kind]
    assert counts["queries_1000"][kind] - none <= 10 * (counts["queries_100"][kind] - none) * NOISE


@pytest.mark.parametrize("kind", ["hooks", "types"])
def test_a_query_costs_the_same_in_a_large_schema(kind: str, counts: Counts) -> None:
    assert counts["queries_100"][kind] <= counts["queries_of_101"][kind] * NOISE


@pytest.mark.parametrize("kind", ["hooks", "types"])
def test_a_table_costs_the_same_in_a_large_schema(kind: str, counts: Counts) -> None:
    assert counts["schema"][kind] <= counts["schema_101"][kind] * 245 / 101 * NOISE


@pytest.mark.parametrize("kind", ["hooks", "types"])
@pytest.mark.parametrize("shape", ["table_1 50 100 200", "select_1 15 30 60", "joins_1 6 12 24", "chain_2 20 40 80"])
def test_no_program_is_worse_than_linear(shape: str, kind: str, counts: Counts) -> None:
    """Each step costs no more in a large program than in one of half the size."""
    name, _, sizes = shape.partition("_")
    least, *rest = map(int, sizes.split())
    costs = [(counts[f"{name}_{size}"][kind] - counts[f"{name}_{least}"][kind]) / (size - least) for size in rest]
    assert costs[-1] > 0
    assert max(costs) <= costs[0] * NOISE, f"{kind} for each more: {costs}"
