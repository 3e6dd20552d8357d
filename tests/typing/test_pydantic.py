"""The plugin beside that of pydantic, which makes the constructors of models."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
from datetime import date
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field
from qb import Table, col, select

T = TypeVar("T")


class Album(Table, name="albums"):
    id = col.integer().primary_key()
    title = col.text()
    released = col.date().nullable()
    plays = col.integer()


class Card(BaseModel):
    title: str
    plays: int = Field(alias="playCount")


class ByName(BaseModel):
    model_config = ConfigDict(populate_by_name=True, extra="forbid")

    title: str = Field(alias="t")
    plays: int = 0


class Box(BaseModel, Generic[T]):
    title: T


class Wrong(BaseModel):
    title: int
    released: date


cards = select(Album.title, Album.plays)
cards.into(Card)
cards.into(ByName)
select(Album.title).into(Box[str])
select(Album.title).into(Box[int])
select(Album.title).into(Card)
select(Album.title, Album.released).into(Wrong)
"""
SAID = [
    "Box.title is int, but the column is str: declare it str",
    "Card.plays has no default, and there is no column for it (the query has title): select it, or give it a default",
    "Wrong.title is int, but the column is str: declare it str",
    "Wrong.released is date, but the column may be NULL: declare it date | None",
]


@pytest.mark.parametrize(
    "plugins", ["qb_mypy.plugin", "qb_mypy.plugin, pydantic.mypy", "pydantic.mypy, qb_mypy.plugin"]
)
def test_models_fit_with_and_without_the_plugin_of_pydantic(plugins: str, tmp_path: Path) -> None:
    (tmp_path / "mypy.ini").write_text(f"[mypy]\nstrict = True\nplugins = {plugins}\n")
    for program in (PROGRAM, f"{PROGRAM}# changed, and its imports are not\n"):
        (tmp_path / "program.py").write_text(program)
        command = [sys.executable, "-m", "mypy", "program.py"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)
        errors = [line.partition(": error: ")[2] for line in done.stdout.splitlines()[:-1]]
        assert errors == [f"{text}  [qb-type]" for text in SAID]
