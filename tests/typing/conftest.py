"""One run of mypy over the typed cases in each of its modes, for all tests here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.typing.harness import Project, Report


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Iterator[Project]:
    """The cases, which the runs below check one after the other."""
    made = Project(tmp_path_factory.mktemp("cases"), pytestconfig.getoption("mypy_python"))
    yield made
    made.stop_daemon()


@pytest.fixture(scope="session")
def cold(project: Project) -> Report:
    """mypy with an empty cache."""
    return project.mypy()


@pytest.fixture(scope="session")
def warm(cold: Report, project: Project) -> Report:
    """mypy with the schema from its cache."""
    project.touch_cases()
    return project.mypy()


@pytest.fixture(scope="session")
def daemon(warm: Report, project: Project) -> Report:
    """mypy's daemon, after an edit."""
    project.daemon()
    project.touch_cases()
    return project.daemon()
