"""Every operation is a line that people can read."""

from __future__ import annotations

import pytest

from qb.migrations import operations as ops
from qb.migrations.operations import Constraint, Operation
from qb.migrations.wording import described
from qb.schema.objects import (
    Check,
    Column,
    Enum,
    ForeignKey,
    Generated,
    Identity,
    Index,
    IndexKey,
    Key,
    Name,
    Sequence,
    Table,
    Trigger,
    View,
)

ALBUMS, MOOD = Name("albums", "app"), Enum(Name("mood"), ("good", "bad"))
YEAR, INDEX = Column("year", "integer", nullable=False), Index("by_year", (IndexKey("year"),))
OTHER = Column("year", "text", True, "'x'", Generated("1"), Identity("always"), "C", "a year")
KEY = Constraint(foreign_key=ForeignKey(("artist_id",), Name("artists"), ("id",)))

LINES: list[tuple[Operation, str]] = [
    (ops.CreateSchema("app"), "create schema app"),
    (ops.DropSchema("app"), "drop schema app"),
    (ops.CreateEnum(MOOD), "create enum mood (good, bad)"),
    (ops.DropEnum(MOOD), "drop enum mood"),
    (ops.AddLabel(MOOD.name, "new"), "add 'new' to enum mood"),
    (ops.AddLabel(MOOD.name, "new", "bad"), "add 'new' to enum mood before 'bad'"),
    (ops.RenameSchema("app", "music"), "rename schema app to music"),
    (ops.RenameEnum(MOOD.name, Name("feeling", "app")), "rename enum mood to app.feeling"),
    (ops.RenameLabel(MOOD.name, "bad", "worse"), "rename 'bad' of enum mood to 'worse'"),
    (ops.ReplaceEnum(MOOD, Enum(MOOD.name, ("bad",))), "make enum mood (bad) of (good, bad)"),
    (ops.CreateSequence(Sequence(Name("numbers"))), "create sequence numbers"),
    (ops.RenameSequence(Name("numbers"), Name("no", "app")), "rename sequence numbers to app.no"),
    (
        ops.AlterSequence(Sequence(Name("n")), Sequence(Name("n"), "", ALBUMS, "year")),
        "alter sequence n: owned by app.albums.year",
    ),
    (
        ops.AlterSequence(Sequence(Name("n"), "", ALBUMS, "year"), Sequence(Name("n"))),
        "alter sequence n: owned by no column",
    ),
    (ops.DropSequence(Sequence(Name("numbers"))), "drop sequence numbers"),
    (ops.AlterSequence(Sequence(Name("n")), Sequence(Name("n"), "CYCLE")), "alter sequence n: CYCLE"),
    (ops.AlterSequence(Sequence(Name("n"), "CYCLE"), Sequence(Name("n"))), "alter sequence n: no options"),
    (ops.CreateTable(Table(ALBUMS, (YEAR, OTHER))), "create table app.albums (year, year)"),
    (ops.DropTable(Table(ALBUMS, (YEAR,))), "drop table app.albums"),
    (ops.RenameTable(ALBUMS, Name("records")), "rename table app.albums to records"),
    (ops.AlterTable(ALBUMS, ("STRICT",), ()), "alter table app.albums: options [] for ['STRICT']"),
    (ops.AlterTable(ALBUMS, (), (), "a", None), "alter table app.albums: its comment"),
    (ops.AddColumn(ALBUMS, YEAR), "add column app.albums.year (integer, not null)"),
    (ops.AddColumn(ALBUMS, YEAR, "5"), "add column app.albums.year (integer, not null, filled with 5)"),
    (ops.DropColumn(ALBUMS, YEAR), "drop column app.albums.year"),
    (ops.RenameColumn(ALBUMS, "a", "b"), "rename column app.albums.a to b"),
    (
        ops.AlterColumn(ALBUMS, YEAR, OTHER, "x"),
        "alter column app.albums.year: text for integer, nullable, default 'x', generated as 1, identity always, "
        "collation C, its comment, values from x",
    ),
    (
        ops.AlterColumn(ALBUMS, OTHER, YEAR),
        "alter column app.albums.year: integer for text, not null, no default ('x'), not generated, no identity, "
        "collation of the database, its comment",
    ),
    (ops.Backfill(ALBUMS, "year", "1999", "year IS NULL", ("id",)), "fill app.albums.year with 1999 in batches"),
    (ops.AddConstraint(ALBUMS, KEY), "add foreign key (artist_id) to app.albums"),
    (ops.AddConstraint(ALBUMS, Constraint(check=Check("x > 1", "c"))), "add check c to app.albums"),
    (ops.AddConstraint(ALBUMS, Constraint(check=Check("x > 1"))), "add check (x > 1) to app.albums"),
    (ops.DropConstraint(ALBUMS, Constraint(unique=Key(("a", "b")))), "drop unique (a, b) of app.albums"),
    (ops.RenameConstraint(ALBUMS, "a", "b"), "rename constraint a of app.albums to b"),
    (ops.ValidateConstraint(ALBUMS, "a"), "validate constraint a of app.albums"),
    (ops.CreateIndex(ALBUMS, INDEX), "create index by_year on app.albums"),
    (ops.CreateIndex(ALBUMS, INDEX, concurrently=True), "create index by_year on app.albums concurrently"),
    (ops.DropIndex(ALBUMS, INDEX), "drop index by_year of app.albums"),
    (ops.DropIndex(ALBUMS, INDEX, concurrently=True), "drop index by_year of app.albums concurrently"),
    (ops.RenameIndex(ALBUMS, "a", "b"), "rename index a of app.albums to b"),
    (ops.CreateView(View(Name("v"), "…")), "create view v"),
    (ops.DropView(View(Name("v"), "…")), "drop view v"),
    (ops.CreateTrigger(Trigger("t", ALBUMS, "…")), "create trigger t on app.albums"),
    (ops.DropTrigger(Trigger("t", ALBUMS, "…")), "drop trigger t on app.albums"),
]


@pytest.mark.parametrize(("operation", "line"), LINES, ids=[line for _, line in LINES])
def test_an_operation_in_a_line(operation: Operation, line: str) -> None:
    assert described(operation) == line


def test_every_operation_has_words() -> None:
    assert {type(operation).__name__ for operation, _ in LINES} == set(Operation.kinds)
