"""The typed cases, checked cold, from a warm cache, and under mypy's daemon."""

from __future__ import annotations

import pytest

from tests.typing.harness import Report, expectations

MODES = ("cold", "warm", "daemon")
ALL = expectations()


@pytest.fixture(params=MODES)
def report(request: pytest.FixtureRequest) -> Report:
    """What mypy said, in one mode after the other."""
    found: Report = request.getfixturevalue(request.param)
    return found


@pytest.mark.parametrize("file", sorted({case.file for case in ALL}))
def test_cases(file: str, report: Report) -> None:
    unmet = [case for case in ALL if case.file == file and not report.meets(case)]
    assert not unmet, "\n".join(map(report.contradiction, unmet))


def test_nothing_else_is_reported(report: Report) -> None:
    assert not report.surprises(ALL), "\n".join(report.surprises(ALL))
    assert "INTERNAL ERROR" not in report.output
    assert "Traceback" not in report.output


def test_there_are_as_many_refusals_as_it_takes() -> None:
    refused = [case for case in ALL if case.kind == "E"]
    assert len(ALL) >= 600
    assert len(refused) >= 400
