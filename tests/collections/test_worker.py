"""Documents in a Worker: Python compiled to WebAssembly, with the bindings of workerd's D1 and KV."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.node.packages import NODE, packages

ROOT = Path(__file__).parents[2]
SCRIPT = Path(__file__).parent / "in_worker.py"


@pytest.mark.parametrize("version", ["3.12", "3.14"])
def test_documents_in_a_worker(version: str) -> None:
    command = [str(NODE), str(ROOT / "tests/d1/pyodide.mjs"), str(packages()), version, str(ROOT), str(SCRIPT)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [
        None,
        "conflict",
        [["2", ""], ["Süß 🎉", "b"]],
        ["0", "1", "2", "x", "x"],
        True,
        None,
        True,
        0,
    ]
