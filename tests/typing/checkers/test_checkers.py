"""What every type checker knows of qb: no more and no less than the cases and docs/checkers.md say."""

from __future__ import annotations

import pytest

from tests.typing.checkers.checkers import CHECKERS, WRONG_ON_PURPOSE, Case, Report, cases
from tests.typing.checkers.table import MAKE, PAGE, table

ALL = cases()


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Report]:
    return {name: check(tmp_path_factory.mktemp(name)) for name, check in CHECKERS.items()}


@pytest.mark.parametrize("checker", CHECKERS)
@pytest.mark.parametrize("case", ALL, ids=str)
def test_case(case: Case, checker: str, reports: dict[str, Report]) -> None:
    place = case.file, case.line
    report = reports[checker]
    assert report.revealed.get(place, []) == [case.revealed[name] for name in case.revealed if name == checker]
    assert bool(report.errors.get(place)) == (checker in case.refused_by), report.errors.get(place)


@pytest.mark.parametrize("checker", CHECKERS)
def test_nothing_else_is_refused(checker: str, reports: dict[str, Report]) -> None:
    """The examples above all: they are right, and no checker says otherwise."""
    known = {(case.file, case.line) for case in ALL}
    errors = reports[checker].errors
    surprises = [
        f"{file}:{line}: {texts[0]}"
        for (file, line), texts in errors.items()
        if file != WRONG_ON_PURPOSE and (file, line) not in known
    ]
    assert not surprises, "\n".join(surprises)


@pytest.mark.parametrize("checker", CHECKERS)
def test_it_reads_the_examples(checker: str, reports: dict[str, Report]) -> None:
    """A checker that finds no module is silent, too: this one is wrong, and some see in it what is."""
    mistakes = [place for place in reports[checker].errors if place[0] == WRONG_ON_PURPOSE]
    assert bool(mistakes) == (checker == "plugin")


def test_the_page_has_their_figures() -> None:
    assert table(ALL) in PAGE.read_text(encoding="utf-8"), f"{PAGE.name} is old: make it new with `{MAKE}`"
