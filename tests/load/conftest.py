"""How long, and how much: `--load 60` is what `make prove` says."""

from __future__ import annotations

import pytest


@pytest.fixture
def load_seconds(pytestconfig: pytest.Config) -> float:
    """How long the tasks work."""
    return float(pytestconfig.getoption("load"))


@pytest.fixture
def load_tasks(load_seconds: float) -> int:
    """How many there are."""
    return 200 if load_seconds >= 30 else 40
