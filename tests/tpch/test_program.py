"""The example as a program."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from examples.tpch import __main__ as program
from examples.tpch.dates import months_after
from examples.tpch.queries import QUERIES


async def test_it_reports_all_queries(
    generated: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def generate(folder: Path, scale_factor: float) -> None:
        assert scale_factor == 0.25
        shutil.copytree(generated, folder, dirs_exist_ok=True)

    monkeypatch.setattr(program, "generate", generate)
    await program.main(0.25)
    printed = capsys.readouterr().out
    assert "TPC-H at scale factor 0.25" in printed
    assert "rows, generated and loaded into SQLite 3." in " ".join(printed.split())
    for number in QUERIES:
        assert f" Q{number} " in printed


def test_all_22() -> None:
    assert list(QUERIES) == list(range(1, 23))
    assert all(query.__doc__ and query.__doc__.partition("\n")[0].endswith("?") for query in QUERIES.values())


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(1993, 10, 1), 3, date(1994, 1, 1)),
        (date(1994, 1, 1), 12, date(1995, 1, 1)),
        (date(1995, 9, 1), 1, date(1995, 10, 1)),
        (date(1993, 12, 1), 1, date(1994, 1, 1)),
    ],
)
def test_months(start: date, months: int, end: date) -> None:
    assert months_after(start, months) == end
