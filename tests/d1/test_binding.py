"""D1 by its binding, in the Python of a Worker: compiled to WebAssembly, of every version that Workers have."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from dialects.d1 import D1
from qb import Database
from qb.errors import QbError
from tests.node.packages import NODE, packages

HERE = Path(__file__).parent
VERSIONS = ["3.12", "3.13", "3.14"]
FIGURES = ["duration", "rows_read", "rows_written"]


@pytest.fixture(scope="module")
def started() -> dict[str, subprocess.Popen[str]]:
    """One for each version, all at the same time."""
    return {
        version: subprocess.Popen(
            [NODE, HERE / "pyodide.mjs", packages(), version, HERE.parents[1], HERE / "in_worker.py"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for version in VERSIONS
    }


@pytest.fixture(scope="module", params=VERSIONS)
def answers(started: dict[str, subprocess.Popen[str]], request: pytest.FixtureRequest) -> dict[str, Any]:
    """What in_worker.py answers."""
    output, errors = started[request.param].communicate(timeout=400)
    assert started[request.param].returncode == 0, f"{output[-3000:]}\n{errors[-3000:]}"
    found: dict[str, Any] = json.loads(output.splitlines()[-1])
    return found


def test_values_come_back_equal(answers: dict[str, Any]) -> None:
    assert answers["affected"] == [[1, 1, True], [1, 2, True], [1, 3, True]]
    assert answers["rows"] == repr(
        [
            (1, 2**63 - 1, 0.1, "ä\0😀", b"\0\xff", None),
            (2, -5, 1.0, None, b"", None),
            (3, 2**53 + 1, None, "", None, None),
        ]
    )


def test_the_binding_may_be_wrapped(answers: dict[str, Any]) -> None:
    assert answers["wrapped"] == [2**63 - 1, -5, 2**53 + 1]


def test_a_batch(answers: dict[str, Any]) -> None:
    assert answers["batch"] == [[2**63 - 1, -5, 2**53 + 1], 1, [[1, 1, 1, 1]]]


def test_very_many_rows(answers: dict[str, Any]) -> None:
    assert answers["many"] == [500, True]


def test_errors(answers: dict[str, Any]) -> None:
    assert answers["errors"] == [
        ["UniqueViolated", "readings", ["key"], True],
        ["NotNullViolated", "readings", ["key"], True],
        ["UndefinedTable", "missing", [], True],
    ]


def test_what_a_batch_expects(answers: dict[str, Any]) -> None:
    assert answers["requirement"] == "another number of rows than 1 was changed"
    assert answers["undone"] == "x"


def test_figures(answers: dict[str, Any]) -> None:
    assert answers["metas"] == [FIGURES, FIGURES]


def test_sessions(answers: dict[str, Any]) -> None:
    assert answers["session"] == [None, True, True]


def test_what_is_no_binding() -> None:
    for binding in (None, "DB", Database):
        with pytest.raises(QbError, match=r"D1\(env\.DB\)"):
            D1(binding)
