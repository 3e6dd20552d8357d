"""The typed cases, checked cold, from a warm cache, and under mypy's daemon."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.typing.harness import Expected, Project, Report, expectations

MODES = ("cold", "warm", "daemon")
ALL = expectations()


@pytest.fixture(scope="session")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Report]]:
    project = Project(tmp_path_factory.mktemp("cases"))
    found = {"cold": project.mypy()}
    project.touch_cases()
    found["warm"] = project.mypy()
    project.daemon()
    project.touch_cases()
    found["daemon"] = project.daemon()
    yield found
    project.stop_daemon()


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("case", ALL, ids=str)
def test_case(case: Expected, mode: str, reports: dict[str, Report]) -> None:
    report = reports[mode]
    said = "\n".join(map(str, report.lines[case.file, case.line])) or "nothing"
    assert report.meets(case), f"{case}\nexpected {case.text!r} [{case.code}]\nmypy said:\n{said}"


@pytest.mark.parametrize("mode", MODES)
def test_nothing_else_is_reported(mode: str, reports: dict[str, Report]) -> None:
    report = reports[mode]
    assert not report.surprises(ALL), "\n".join(report.surprises(ALL))
    assert "INTERNAL ERROR" not in report.output
    assert "Traceback" not in report.output


def test_there_are_as_many_refusals_as_it_takes() -> None:
    refused = [case for case in ALL if case.kind == "E"]
    assert len(ALL) >= 600
    assert len(refused) >= 400
