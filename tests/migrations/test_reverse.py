"""The way back: what comes back, and what is said of the rest."""

from __future__ import annotations

from dataclasses import replace

import pytest

from qb.dialect import find_dialect
from qb.migrations import operations as ops
from qb.migrations.apply import applied
from qb.migrations.diff import diff
from qb.migrations.hints import Hints
from qb.migrations.reverse import Reversal, reverse
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
    Schema,
    Table,
)
from tests.migrations.engines import sorted_columns

ALBUMS = Name("albums")
ID = Column("id", "integer", nullable=False)
PLAYS = Column("plays", "integer")


def schema(*columns: Column, **parts: object) -> Schema:
    """A table with these columns."""
    return Schema("postgres", tables=(replace(Table(ALBUMS, (ID, *columns)), **parts),))  # type: ignore[arg-type]  # fields


def back(before: Schema, after: Schema, hints: Hints | None = None) -> Reversal:
    """The way back, which leads to where one came from."""
    operations = diff(before, after, hints)
    found = reverse(before, operations)
    assert sorted_columns(applied(after, found.operations)) == sorted_columns(before)
    return found


def test_nothing_is_lost() -> None:
    table = Table(Name("new"), (ID,))
    after = replace(schema(PLAYS), tables=(*schema(PLAYS).tables, table))
    assert back(schema(), after) == Reversal((ops.DropTable(table), ops.DropColumn(ALBUMS, PLAYS)))


def test_a_table_comes_back_empty() -> None:
    before = schema(PLAYS)
    assert back(before, Schema("postgres")) == Reversal(
        (ops.CreateTable(before.tables[0]),),
        ('the rows of "albums" do not come back: it is made again, empty',),
    )


@pytest.mark.parametrize(
    ("column", "parts", "using", "text"),
    [
        (PLAYS, {}, None, "it is NULL in every row"),
        (replace(PLAYS, default="1"), {}, None, "every row gets its default"),
        (replace(PLAYS, nullable=False), {}, "0", "it is 0 in every row"),
        (replace(PLAYS, type="character varying(3)", nullable=False), {}, "''", "it is '' in every row"),
        (replace(PLAYS, nullable=False, identity=Identity("always")), {}, None, "the rows are numbered anew"),
        (replace(PLAYS, type="date", nullable=False), {}, None, "the way back works only while the table is empty"),
        (
            replace(PLAYS, nullable=False),
            {"uniques": (Key(("plays",), "u"),)},
            None,
            "the way back works only while the table is empty",
        ),
        (
            PLAYS,
            {"uniques": (Key(("plays",), "u", nulls_distinct=False),)},
            None,
            "the way back works only while the table is empty",
        ),
        (
            replace(PLAYS, nullable=False),
            {"primary_key": Key(("plays",), "albums_pkey")},
            None,
            "the way back works only while the table is empty",
        ),
        (PLAYS, {"uniques": (Key(("plays",), "u"),)}, None, "it is NULL in every row"),
        (PLAYS, {"indexes": (Index("i", (IndexKey("plays"),), unique=True),)}, None, "it is NULL in every row"),
        (
            PLAYS,
            {"indexes": (Index("i", (IndexKey("plays"),), unique=True, nulls_distinct=False),)},
            None,
            "the way back works only while the table is empty",
        ),
        (
            replace(PLAYS, nullable=False),
            {"indexes": (Index("i", (IndexKey(None, 'abs("plays")'),), unique=True),)},
            None,
            "the way back works only while the table is empty",
        ),
        (
            replace(PLAYS, default="1"),
            {"indexes": (Index("i", (IndexKey("plays"),), unique=True),)},
            None,
            "the way back works only while the table is empty",
        ),
        (
            replace(PLAYS, nullable=False),
            {"checks": (Check('"plays" > 5', "c"),)},
            None,
            "the way back works only while the table is empty",
        ),
    ],
)
def test_a_column_comes_back(column: Column, parts: dict[str, object], using: str | None, text: str) -> None:
    found = back(schema(column, **parts), schema())
    assert found.losses == (f'the values of "albums.plays" do not come back: {text}',)
    assert ops.AddColumn(ALBUMS, column, using) in found.operations
    assert found.empty_only == ((ALBUMS,) if "only while" in text else ())


def test_a_column_of_which_a_key_is_computed_comes_back() -> None:
    twice = Column("twice", "integer", generated=Generated('"plays" * 2'))
    before = schema(replace(PLAYS, nullable=False), twice, uniques=(Key(("twice",), "u"),))
    found = back(before, schema())
    assert found.losses == (
        'the values of "albums.plays" do not come back: the way back works only while the table is empty',
    )
    assert found.empty_only == (ALBUMS,)


def child(**parts: object) -> Table:
    """A table that references the albums."""
    key = ForeignKey(("album_id",), ALBUMS, ("id",), name="f")
    album = replace(Column("album_id", "integer"), **parts)  # type: ignore[arg-type]  # its fields
    return Table(Name("tracks"), (ID, album), foreign_keys=(key,))


def test_what_references_a_table_that_comes_back_empty() -> None:
    before = replace(schema(), tables=(*schema().tables, child()))
    found = back(before, Schema("postgres", tables=(replace(child(), foreign_keys=()),)))
    assert found.losses == (
        'the rows of "albums" do not come back: it is made again, empty',
        'what "tracks" references in "albums" does not come back: the way back works only while "tracks" has no such '
        "references",
    )
    assert found.empty_only == (Name("tracks"),)
    assert back(before, Schema("postgres", tables=(Table(Name("tracks"), (ID,)),))).empty_only == (), "they are NULL"


@pytest.mark.parametrize(
    ("parts", "using", "empty_only"),
    [
        ({"default": "1"}, "NULL", ()),
        ({"default": "1", "nullable": False}, None, (Name("tracks"),)),
        ({"nullable": False}, None, (Name("tracks"),)),
    ],
)
def test_a_reference_is_not_filled_with_what_may_not_be_there(
    parts: dict[str, object], using: str | None, empty_only: tuple[Name, ...]
) -> None:
    before = replace(schema(), tables=(*schema().tables, child(**parts)))
    found = back(before, replace(schema(), tables=(*schema().tables, Table(Name("tracks"), (ID,)))))
    assert ops.AddColumn(Name("tracks"), child(**parts).columns[1], using) in found.operations
    assert found.empty_only == empty_only


def test_a_computed_column_loses_nothing() -> None:
    column = replace(PLAYS, generated=Generated('"id" * 2'))
    assert back(schema(column), schema()) == Reversal((ops.AddColumn(ALBUMS, column),))
    assert back(schema(PLAYS), schema(column)).losses == (
        'the values that "albums.plays" had before it was computed do not come back: it keeps the computed ones',
    )


def test_values_that_were_replaced() -> None:
    found = back(schema(PLAYS), schema(replace(PLAYS, type="text")), Hints(using={(ALBUMS, "plays"): "'x'"}))
    assert found.losses == ('the values that "albums.plays" had before do not come back: it keeps the new ones',)


def test_renames_are_undone() -> None:
    records = Name("records")
    before = replace(schema(PLAYS, Column("title", "text")), enums=(Enum(Name("m"), ("a", "b")),))
    after = Schema(
        "postgres",
        enums=(Enum(Name("m"), ("a", "c")),),
        tables=(Table(records, (ID, Column("heard", "integer"))), Table(ALBUMS, (ID,))),
    )
    hints = Hints(
        {records: ALBUMS},
        {(records, "heard"): "plays"},
        {(Name("m"), "c"): "b"},
        frozenset({(records, "title")}),
        certain=True,
    )
    found = back(before, after, hints)
    assert found.losses == ('the values of "albums.title" do not come back: it is NULL in every row',)
    assert {
        each for each in found.operations if isinstance(each, (ops.RenameTable, ops.RenameColumn, ops.RenameLabel))
    } == {
        ops.RenameTable(ALBUMS, Name("__old_albums")),
        ops.RenameTable(records, ALBUMS),
        ops.RenameColumn(ALBUMS, "heard", "plays"),
        ops.RenameLabel(Name("m"), "c", "b"),
    }


def test_labels_come_back_in_one_transaction() -> None:
    mood = Column("mood", '"mood"', default="'b'::\"mood\"")
    before = replace(schema(mood), enums=(Enum(Name("mood"), ("a", "b")),))
    after = replace(schema(replace(mood, default=None)), enums=(Enum(Name("mood"), ("a",)),))
    found = back(before, after)
    assert [type(each) for each in found.operations] == [ops.ReplaceEnum, ops.AlterColumn]
    assert len(find_dialect("postgres").renderer().stages(after, found.operations)) == 1
