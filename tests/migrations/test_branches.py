"""Two branches of history meet where it does not matter which of them is applied first."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from qb.migrations import operations as ops
from qb.migrations.apply import applied
from qb.migrations.branches import commute, merge
from qb.migrations.errors import MigrationError
from qb.migrations.files import Folder
from qb.migrations.operations import Constraint, Operation
from qb.migrations.scripts import Script
from qb.schema.objects import Check, Column, Enum, ForeignKey, Index, IndexKey, Key, Name, Schema, Table, Trigger, View
from qb.schema.objects import Sequence as NumberSequence

ALBUMS, ARTISTS = Name("albums"), Name("artists")
TITLE, YEAR = Column("title", "text"), Column("year", "integer")
BASE = Schema(
    "postgres",
    enums=(Enum(Name("mood"), ("good", "bad")),),
    sequences=(NumberSequence(Name("numbers"), table=ARTISTS, column="id"),),
    tables=(
        Table(ARTISTS, (Column("id", "integer"), Column("name", "text")), Key(("id",), "artists_pkey")),
        Table(ALBUMS, (Column("id", "integer"), TITLE), Key(("id",), "albums_pkey")),
    ),
)


def index(name: str, column: str) -> ops.CreateIndex:
    return ops.CreateIndex(ALBUMS, Index(name, (IndexKey(column),)))


TO_ARTISTS = ForeignKey(("id",), ARTISTS, ("id",), name="f")
SONGS = Table(Name("songs"), (YEAR,))
MATERIALIZED = View(Name("v"), "CREATE MATERIALIZED VIEW v AS SELECT 1 AS n", True, (Index("by_n", (IndexKey("n"),)),))
GO_TOGETHER: list[tuple[Sequence[Operation], Sequence[Operation]]] = [
    ([ops.AddColumn(ALBUMS, YEAR)], [ops.AddColumn(ALBUMS, Column("plays", "integer"))]),
    ([ops.AddColumn(ALBUMS, YEAR), index("by_year", "year")], [index("by_title", "title")]),
    ([ops.CreateTable(SONGS)], [ops.DropTable(BASE.tables[0])]),
    ([ops.RenameColumn(ALBUMS, "title", "name")], [ops.RenameColumn(ARTISTS, "name", "title")]),
    ([ops.AddLabel(Name("mood"), "new", "good")], [ops.AddLabel(Name("mood"), "worse", None)]),
    ([], [ops.DropColumn(ALBUMS, TITLE)]),
    ([ops.RenameEnum(Name("mood"), Name("feeling"))], [ops.AddColumn(ALBUMS, YEAR)]),
    ([ops.RenameSequence(Name("numbers"), Name("no"))], [ops.RenameColumn(ARTISTS, "id", "number")]),
    (
        [ops.AddConstraint(ALBUMS, Constraint(unique=Key(("title",), "c")))],
        [ops.AddConstraint(ARTISTS, Constraint(check=Check("name <> ''", "c")))],
    ),
    (
        [ops.AddConstraint(ALBUMS, Constraint(foreign_key=TO_ARTISTS))],
        [ops.RenameColumn(ARTISTS, "name", "title"), ops.DropColumn(ALBUMS, TITLE)],
    ),
    ([index("mood", "title")], [ops.RenameEnum(Name("mood"), Name("feeling"))]),
    (
        [ops.CreateTrigger(Trigger("t", ALBUMS, "CREATE TRIGGER t BEFORE INSERT ON albums …"))],
        [ops.CreateTrigger(Trigger("t", ARTISTS, "CREATE TRIGGER t BEFORE INSERT ON artists …"))],
    ),
    (
        [index("i", "title")],
        [ops.CreateTable(Table(Name("songs", "app"), (YEAR,), indexes=(Index("i", (IndexKey("year"),)),)))],
    ),
    ([ops.CreateView(MATERIALIZED)], [index("i", "title")]),
]
GO_APART: list[tuple[Sequence[Operation], Sequence[Operation], str]] = [
    ([ops.AddColumn(ALBUMS, YEAR)], [ops.AddColumn(ALBUMS, YEAR)], "add column albums.year"),
    ([ops.AddColumn(ALBUMS, YEAR)], [ops.AddColumn(ALBUMS, Column("year", "text"))], "add column albums.year"),
    ([ops.AddColumn(ALBUMS, YEAR)], [ops.DropTable(BASE.tables[1])], "drop table"),
    ([ops.AddColumn(ALBUMS, YEAR)], [ops.RenameTable(ALBUMS, Name("records"))], "rename table albums to records"),
    ([index("i", "title")], [index("i", "id")], "create index i on albums"),
    ([index("i", "title")], [ops.DropColumn(ALBUMS, TITLE)], "drop column albums.title"),
    ([index("i", "title")], [ops.RenameColumn(ALBUMS, "title", "name")], "rename column albums.title"),
    (
        [ops.DropColumn(ALBUMS, TITLE)],
        [ops.AlterColumn(ALBUMS, TITLE, Column("title", "text", False))],
        "alter column albums.title: not null",
    ),
    ([ops.RenameColumn(ALBUMS, "title", "a")], [ops.RenameColumn(ALBUMS, "title", "b")], "rename column albums.title"),
    ([ops.AddLabel(Name("mood"), "new", None)], [ops.AddLabel(Name("mood"), "worse", None)], "to enum mood"),
    ([ops.RenameEnum(Name("mood"), Name("a"))], [ops.RenameEnum(Name("mood"), Name("b"))], "rename enum mood to a"),
    (
        [ops.RenameEnum(Name("mood"), Name("feeling"))],
        [ops.AddColumn(ALBUMS, Column("mood", '"mood"'))],
        "rename enum mood to feeling",
    ),
    (
        [ops.RenameSequence(Name("numbers"), Name("no"))],
        [ops.AddColumn(ALBUMS, Column("number", "integer", default="nextval('numbers')"))],
        "rename sequence numbers to no",
    ),
    (
        [ops.AddConstraint(ALBUMS, Constraint(foreign_key=TO_ARTISTS))],
        [ops.DropTable(BASE.tables[0])],
        "drop table",
    ),
    (
        [ops.AddConstraint(ALBUMS, Constraint(foreign_key=TO_ARTISTS))],
        [ops.RenameColumn(ARTISTS, "id", "number")],
        "rename column artists.id",
    ),
    (
        [ops.AddConstraint(ALBUMS, Constraint(unique=Key(("title",), "c")))],
        [ops.AddConstraint(ALBUMS, Constraint(check=Check("title <> ''", "c")))],
        "add check c to albums",
    ),
    (
        [ops.AddConstraint(ALBUMS, Constraint(unique=Key(("title",), "c")))],
        [ops.DropColumn(ALBUMS, TITLE)],
        "drop column albums.title",
    ),
    (
        [ops.CreateIndex(ALBUMS, Index("i", (IndexKey("id"),), include=("title",)))],
        [ops.DropColumn(ALBUMS, TITLE)],
        "drop column albums.title",
    ),
    ([index("i", "title")], [ops.CreateIndex(ARTISTS, Index("i", (IndexKey("id"),)))], "create index i on artists"),
    ([index("songs", "title")], [ops.CreateTable(SONGS)], "create table songs"),
    ([ops.CreateTable(SONGS)], [ops.CreateTable(SONGS)], "create table songs"),
    ([ops.CreateTable(SONGS)], [ops.CreateView(View(SONGS.name, "CREATE VIEW songs AS SELECT 1"))], "view songs"),
    (
        [ops.CreateSequence(NumberSequence(SONGS.name))],
        [ops.CreateView(View(SONGS.name, "CREATE VIEW songs AS SELECT 1"))],
        "create view songs",
    ),
    ([ops.CreateTable(SONGS)], [ops.CreateEnum(Enum(SONGS.name, ("x",)))], "create enum songs"),
    (
        [ops.CreateEnum(Enum(SONGS.name, ("x",)))],
        [ops.CreateEnum(Enum(SONGS.name, ("y",)))],
        "create enum songs",
    ),
    (
        [ops.CreateTrigger(Trigger("t", ALBUMS, "CREATE TRIGGER t BEFORE INSERT ON albums …"))],
        [ops.CreateTrigger(Trigger("t", ALBUMS, "CREATE TRIGGER t BEFORE DELETE ON albums …"))],
        "create trigger t on albums",
    ),
    (
        [ops.CreateView(MATERIALIZED)],
        [index("by_n", "title")],
        "create index by_n on albums",
    ),
]


@pytest.mark.parametrize(("one", "other"), GO_TOGETHER)
def test_what_goes_together(one: Sequence[Operation], other: Sequence[Operation]) -> None:
    assert commute(BASE, one, other)
    assert commute(BASE, other, one)


@pytest.mark.parametrize(("one", "other", "words"), GO_APART)
def test_what_does_not(one: Sequence[Operation], other: Sequence[Operation], words: str) -> None:
    assert not commute(BASE, one, other)
    assert not commute(BASE, other, one)


def branched(path: Path, one: Sequence[Operation], other: Sequence[Operation]) -> Folder:
    """A folder whose history parts after the first migration."""
    folder = Folder(path)
    folder.add("base", Script(()), Script(()), BASE)
    for title, operations in (("one", one), ("other", other)):
        folder.add(title, Script(()), Script(()), applied(BASE, operations), ["0001_base"], operations)
    return Folder(path)  # as it is read


@pytest.mark.parametrize(("one", "other"), GO_TOGETHER)
def test_they_are_joined(tmp_path: Path, one: Sequence[Operation], other: Sequence[Operation]) -> None:
    folder = branched(tmp_path, one, other)
    assert [tuple(one), tuple(other)] == [folder.find(name).operations for name in ("0002", "0003")]
    joined = merge(folder)
    assert (joined.name, joined.parents) == ("0004_merge", ("0002_one", "0003_other"))
    again = Folder(tmp_path)
    assert (again.problems, again.head()) == ([], joined)
    tables = {table.name for table in joined.schema.tables}
    assert tables == {table.name for table in applied(applied(BASE, one), other).tables}


@pytest.mark.parametrize(("one", "other", "words"), GO_APART)
def test_conflicts_are_named(tmp_path: Path, one: Sequence[Operation], other: Sequence[Operation], words: str) -> None:
    with pytest.raises(MigrationError, match="0002_one and 0003_other do not go together") as caught:
        merge(branched(tmp_path, one, other))
    assert words in str(caught.value)
    assert str(caught.value).count("\n  against ") == 1, "and nothing else is named"
    assert len(Folder(tmp_path).heads()) == 2


def test_only_two_are_joined(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.add("base", Script(()), None, BASE)
    with pytest.raises(MigrationError, match="there are 1 branches of history"):
        merge(folder)
