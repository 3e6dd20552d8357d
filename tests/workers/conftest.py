"""The wheel for Workers, and a Node with Pyodide: each made once."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.workers.emulation import PYTHONS, TOKEN, Python, Runtime, emulation, sdk
from tools.worker_wheel.building import build

EXAMPLE = Path(__file__).parents[2] / "examples" / "worker_games"


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel."""
    return build(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="session")
def site(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which it is installed."""
    folder = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


@pytest.fixture(scope="session")
def runtime() -> Iterator[Runtime]:
    """A Node for all Pythons."""
    with emulation() as runtime:
        yield runtime


@pytest.fixture(scope="session")
def start(runtime: Runtime, site: Path) -> Callable[[str], Python]:
    """Starts each Python once, whatever the order of the tests: a Node cannot load the same Pyodide twice."""

    @cache
    def started(version: str) -> Python:
        folders = {f"/site/{path.name}": path for path in site.iterdir()}
        python = Python(runtime, version, {**folders, "/sdk/workers": sdk(), "/src": EXAMPLE / "src"})
        migrated = python.request("POST", "/migrations", token=TOKEN)
        assert migrated[1]["applied"] == ["0001_games", "0002_scores"]
        return python

    return started


@pytest.fixture(params=PYTHONS)
def python(request: pytest.FixtureRequest, start: Callable[[str], Python]) -> Python:
    """A Python with the wheel for Workers, the SDK and the example, whose migrations are applied."""
    return start(request.param)
