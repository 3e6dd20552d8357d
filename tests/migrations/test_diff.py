"""What lies between two schemas: each operation found, in an order that works, and nothing guessed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from qb import Table, col
from qb.errors import SchemaError
from qb.migrations import operations as ops
from qb.migrations.apply import applied
from qb.migrations.diff import diff
from qb.migrations.hints import Hints, MaybeRenamed, NoValue, Undecided, declared_hints
from qb.migrations.operations import Constraint, Operation, dump_operations, load_operations
from qb.migrations.plan import planned
from qb.schema import objects
from qb.schema.canonical import canonical
from qb.schema.objects import (
    Check,
    Column,
    Enum,
    Exclusion,
    ForeignKey,
    Generated,
    Identity,
    Index,
    IndexKey,
    Key,
    Name,
    Schema,
    Trigger,
    View,
)
from qb.schema.objects import (
    Sequence as NumberSequence,
)

ID = Column("id", "integer", nullable=False)
PLAYS = Column("plays", "integer")
ALBUMS = Name("albums")


def table(*columns: Column, name: str = "albums", **parts: object) -> objects.Table:
    """A table."""
    return replace(objects.Table(Name(name), columns), **parts)  # type: ignore[arg-type]  # parts of a table


def schema(*tables: objects.Table, dialect: str = "postgres", **parts: object) -> Schema:
    """A schema."""
    return replace(Schema(dialect, tables=tables), **parts)  # type: ignore[arg-type]  # parts of a schema


def sorted_columns(found: Schema) -> Schema:
    """Without the one thing in which an operation may leave a difference: the order of columns."""
    tables = [replace(each, columns=tuple(sorted(each.columns, key=lambda c: c.name))) for each in found.tables]
    return canonical(replace(found, tables=tuple(tables)))


def check(before: Schema, after: Schema, hints: Hints | None = None) -> list[Operation]:
    """The operations, which make the one of the other, and are JSON."""
    found = diff(before, after, hints)
    assert sorted_columns(applied(before, found)) == sorted_columns(after)
    assert load_operations(dump_operations(found)) == found
    assert diff(after, after) == ()
    return list(found)


def test_nothing() -> None:
    one = schema(table(ID, PLAYS), table(ID, name="tracks"))
    other = schema(table(ID, name="tracks"), table(PLAYS, ID))
    assert diff(one, other) == (), "neither the order of tables nor of columns is a difference"


def test_new_tables_come_after_those_that_they_reference() -> None:
    key = ForeignKey(("id",), Name("z"), ("id",), name="a_id_fkey")
    after = schema(table(ID, name="a", foreign_keys=(key,)), table(ID, name="z"))
    assert check(schema(), after) == [ops.CreateTable(after.tables[1]), ops.CreateTable(after.tables[0])]
    assert check(after, schema()) == [ops.DropTable(after.tables[0]), ops.DropTable(after.tables[1])]


def test_a_circle_of_tables() -> None:
    there, back = ForeignKey(("id",), Name("b"), ("id",), name="there"), ForeignKey(("id",), Name("a"), ("id",))
    one, other = table(ID, name="a"), table(ID, name="b")
    circle = schema(replace(one, foreign_keys=(there,)), replace(other, foreign_keys=(back,)))
    created, dropped = check(schema(), circle), check(circle, schema())
    assert {type(each) for each in created} == {ops.CreateTable}
    assert planned(created, "postgres", breaks_circles=True) == (
        ops.CreateTable(one),
        ops.CreateTable(other),
        ops.AddConstraint(one.name, Constraint(foreign_key=there)),
        ops.AddConstraint(other.name, Constraint(foreign_key=back)),
    )
    assert [type(each) for each in planned(dropped, "postgres", breaks_circles=True)] == [
        ops.DropConstraint,
        ops.DropConstraint,
        ops.DropTable,
        ops.DropTable,
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"type": "bigint"},
        {"nullable": False},
        {"default": "0"},
        {"collation": "C"},
        {"comment": "how often"},
        {"identity": Identity("always")},
        {"generated": Generated('"id" * 2')},
        {"generated": Generated('"id"', stored=False)},
    ],
)
def test_a_column_changes(change: dict[str, object]) -> None:
    other = replace(PLAYS, **change)  # type: ignore[arg-type]  # its fields
    before, after = schema(table(ID, PLAYS)), schema(table(ID, other))
    assert check(before, after) == [ops.AlterColumn(ALBUMS, PLAYS, other)]
    assert check(after, before) == [ops.AlterColumn(ALBUMS, other, PLAYS)]


def test_columns_come_and_go() -> None:
    total = Column("total", "bigint", generated=Generated('"plays" * 2'))
    before, after = schema(table(ID)), schema(table(total, ID, PLAYS))
    assert check(before, after) == [ops.AddColumn(ALBUMS, PLAYS), ops.AddColumn(ALBUMS, total)]
    assert check(after, before) == [ops.DropColumn(ALBUMS, total), ops.DropColumn(ALBUMS, PLAYS)]


CONSTRAINTS = [
    ("primary_key", Constraint(primary_key=Key(("id",), "albums_pkey"))),
    ("uniques", Constraint(unique=Key(("id",), "u", "deferred"))),
    ("checks", Constraint(check=Check('"id" > 1', "c"))),
    ("checks", Constraint(check=Check('"id" > 1', column="id"))),
    ("foreign_keys", Constraint(foreign_key=ForeignKey(("id",), ALBUMS, ("id",), "CASCADE", name="f"))),
    ("exclusions", Constraint(exclusion=Exclusion("e", "EXCLUDE USING gist (id WITH =)"))),
]


@pytest.mark.parametrize(("field", "constraint"), CONSTRAINTS)
def test_constraints_come_and_go(field: str, constraint: Constraint) -> None:
    parts: dict[str, object] = {field: constraint.rule if field == "primary_key" else (constraint.rule,)}
    before, after = schema(table(ID)), schema(replace(table(ID), **parts))  # type: ignore[arg-type]  # its fields
    assert check(before, after) == [ops.AddConstraint(ALBUMS, constraint)]
    assert check(after, before) == [ops.DropConstraint(ALBUMS, constraint)]


def test_a_constraint_that_changes_goes_and_comes_back() -> None:
    one, other = Check('"id" > 1', "c"), Check('"id" > 2', "c")
    assert check(schema(table(ID, checks=(one,))), schema(table(ID, checks=(other,)))) == [
        ops.DropConstraint(ALBUMS, Constraint(check=one)),
        ops.AddConstraint(ALBUMS, Constraint(check=other)),
    ]


def test_a_constraint_with_another_name_is_renamed() -> None:
    one, other = Key(("id",), "one"), Key(("id",), "other")
    assert check(schema(table(ID, uniques=(one,))), schema(table(ID, uniques=(other,)))) == [
        ops.RenameConstraint(ALBUMS, "one", "other")
    ]


def test_a_constraint_is_validated() -> None:
    one, other = Check('"id" > 1', "c", valid=False), Check('"id" > 1', "c")
    assert check(schema(table(ID, checks=(one,))), schema(table(ID, checks=(other,)))) == [
        ops.ValidateConstraint(ALBUMS, "c")
    ]


def test_expressions_are_compared_as_tokens() -> None:
    one = table(ID, checks=(Check('("id" > 1)', "c"),), indexes=(Index("i", (IndexKey(None, 'lower("id")'),)),))
    other = table(ID, checks=(Check("( id>1 )", "c"),), indexes=(Index("i", (IndexKey(None, "LOWER(id)"),)),))
    assert diff(schema(one), schema(other)) == ()
    text, capitals = table(replace(ID, default="'x'")), table(replace(ID, default="'X'"))
    assert check(schema(text), schema(capitals)) == [ops.AlterColumn(ALBUMS, text.columns[0], capitals.columns[0])]


def test_indexes() -> None:
    one, other = Index("i", (IndexKey("id"),)), Index("i", (IndexKey("id", descending=True),), unique=True)
    third = replace(other, name="j")
    before, after = schema(table(ID, indexes=(one,))), schema(table(ID, indexes=(other,)))
    assert check(before, after) == [ops.DropIndex(ALBUMS, one), ops.CreateIndex(ALBUMS, other)]
    assert check(after, schema(table(ID, indexes=(third,)))) == [ops.RenameIndex(ALBUMS, "i", "j")]


def test_a_key_comes_before_what_points_to_it() -> None:
    before = schema(table(ID))
    unique = Constraint(unique=Key(("id",), "u"))
    child = table(ID, name="a", foreign_keys=(ForeignKey(("id",), ALBUMS, ("id",), name="f"),))
    after = schema(child, table(ID, uniques=(Key(("id",), "u"),)))
    assert check(before, after) == [ops.AddConstraint(ALBUMS, unique), ops.CreateTable(child)]
    assert check(after, before) == [ops.DropTable(child), ops.DropConstraint(ALBUMS, unique)]


def test_the_options_and_the_comment_of_a_table() -> None:
    before, after = table(ID, options=("STRICT",)), table(ID, options=("STRICT", "WITHOUT ROWID"), comment="x")
    assert check(schema(before), schema(after)) == [
        ops.AlterTable(ALBUMS, ("STRICT",), ("STRICT", "WITHOUT ROWID"), None, "x")
    ]


def test_schemas_enums_and_sequences() -> None:
    mood, numbers = Enum(Name("mood", "app"), ("a", "b")), NumberSequence(Name("numbers"), "START WITH 5")
    other = NumberSequence(Name("numbers"), "INCREMENT BY 2")
    full = schema(schemas=("app",), enums=(mood,), sequences=(numbers,))
    assert check(schema(), full) == [ops.CreateSchema("app"), ops.CreateEnum(mood), ops.CreateSequence(numbers)]
    assert check(full, schema()) == [ops.DropSequence(numbers), ops.DropEnum(mood), ops.DropSchema("app")]
    assert check(full, replace(full, sequences=(other,))) == [ops.AlterSequence(numbers, other)]


@pytest.mark.parametrize(
    ("labels", "operations"),
    [
        ("abcd", [ops.AddLabel(Name("m"), "d", None)]),
        ("xaybzc", [ops.AddLabel(Name("m"), *each) for each in [("z", "c"), ("y", "b"), ("x", "a")]]),
        ("abcxy", [ops.AddLabel(Name("m"), "y", None), ops.AddLabel(Name("m"), "x", "y")]),
        ("ab", [ops.ReplaceEnum(Enum(Name("m"), tuple("abc")), Enum(Name("m"), tuple("ab")))]),
        ("cab", [ops.ReplaceEnum(Enum(Name("m"), tuple("abc")), Enum(Name("m"), tuple("cab")))]),
    ],
)
def test_the_labels_of_an_enum(labels: str, operations: Sequence[Operation]) -> None:
    before, after = schema(enums=(Enum(Name("m"), tuple("abc")),)), schema(enums=(Enum(Name("m"), tuple(labels)),))
    assert check(before, after) == operations


def test_a_label_is_renamed_by_a_hint_only() -> None:
    before, after = schema(enums=(Enum(Name("m"), tuple("abc")),)), schema(enums=(Enum(Name("m"), tuple("axc")),))
    with pytest.raises(Undecided, match=r"the enum \"m\" has no label 'b' any more, but 'x'. If that is its new name"):
        diff(before, after)
    assert check(before, after, Hints(labels={(Name("m"), "x"): "b"})) == [ops.RenameLabel(Name("m"), "b", "x")]


def test_views_and_triggers_come_back_after_everything() -> None:
    inner, outer = (
        View(Name("z"), "CREATE VIEW z AS SELECT id FROM albums"),
        View(Name("a"), "CREATE VIEW a AS TABLE z"),
    )
    changed = View(Name("z"), "CREATE VIEW z AS SELECT id, plays FROM albums")
    trigger = Trigger("t", ALBUMS, "CREATE TRIGGER t …")
    other = replace(trigger, sql="CREATE TRIGGER t … plays")
    before = schema(table(ID), views=(outer, inner), triggers=(trigger,))
    after = schema(table(ID, PLAYS), views=(outer, changed), triggers=(other,))
    assert check(before, after) == [
        ops.DropTrigger(trigger),
        ops.DropView(inner),
        ops.AddColumn(ALBUMS, PLAYS),
        ops.CreateView(changed),
        ops.CreateTrigger(other),
    ]
    assert check(schema(), schema(views=(outer, inner))) == [ops.CreateView(inner), ops.CreateView(outer)]
    assert check(schema(views=(outer, inner)), schema()) == [ops.DropView(outer), ops.DropView(inner)]


# Renames


def test_a_renamed_table_keeps_its_constraints_under_new_names() -> None:
    key, unique = Key(("id",), "albums_pkey"), Key(("plays",), "albums_plays_key")
    own = ForeignKey(("plays",), ALBUMS, ("id",), name="albums_plays_fkey")
    child = table(ID, name="tracks", foreign_keys=(ForeignKey(("id",), ALBUMS, ("id",), name="tracks_id_fkey"),))
    before = schema(table(ID, PLAYS, primary_key=key, uniques=(unique,), foreign_keys=(own,)), child)
    records = Name("records")
    after = schema(
        objects.Table(
            records,
            (ID, PLAYS),
            replace(key, name="records_pkey"),
            (replace(unique, name="records_plays_key"),),
            foreign_keys=(replace(own, table=records, name="records_plays_fkey"),),
        ),
        replace(child, foreign_keys=(replace(child.foreign_keys[0], table=records),)),
    )
    with pytest.raises(Undecided) as found:
        diff(before, after)
    assert found.value.questions == (MaybeRenamed("table", None, "albums", "records"),)
    assert str(found.value) == (
        'the table "albums" is gone, and "records" has much the same columns. If it is the same table, declare it with '
        'renamed_from="albums"; if not, hint that "albums" is dropped'
    )
    assert check(before, after, Hints(tables={records: ALBUMS})) == [
        ops.RenameTable(ALBUMS, records),
        ops.RenameConstraint(records, "albums_pkey", "records_pkey"),
        ops.RenameConstraint(records, "albums_plays_key", "records_plays_key"),
        ops.RenameConstraint(records, "albums_plays_fkey", "records_plays_fkey"),
    ]


def test_a_table_that_was_not_renamed() -> None:
    before, after = schema(table(ID)), schema(table(ID, name="records"))
    assert check(before, after, Hints(dropped=frozenset({(ALBUMS, None)}))) == [
        ops.DropTable(before.tables[0]),
        ops.CreateTable(after.tables[0]),
    ]
    unlike = schema(table(Column("a", "text"), Column("b", "text"), name="records"))
    assert check(before, unlike) == [ops.DropTable(before.tables[0]), ops.CreateTable(unlike.tables[0])]


def test_a_renamed_column_is_followed_everywhere() -> None:
    child = table(ID, name="tracks", foreign_keys=(ForeignKey(("id",), ALBUMS, ("plays",)),))

    def named(name: str) -> Schema:
        albums = table(
            ID,
            Column(name, "integer"),
            Column("twice", "integer", generated=Generated(f'"{name}" * 2')),
            primary_key=Key((name,)),
            uniques=(Key(("id",), include=(name,)),),
            checks=(Check(f"\"{name}\" > 1 AND 'plays' <> 'x'", column=name), Check(f"abs(({name})) > 1")),
            foreign_keys=(ForeignKey((name,), ALBUMS, ("id",)),),
            exclusions=(Exclusion("e", f'EXCLUDE USING gist ("{name}" WITH =)'),),
            indexes=(
                Index(
                    "i", (IndexKey(name), IndexKey(None, f'plays("{name}")')), where=f'"{name}" > 0', include=(name,)
                ),
            ),
        )
        return schema(albums, replace(child, foreign_keys=(ForeignKey(("id",), ALBUMS, (name,)),)))

    before, after = named("plays"), named("heard")
    hints = Hints(columns={(ALBUMS, "heard"): "plays"})
    assert diff(before, after, hints) == (ops.RenameColumn(ALBUMS, "plays", "heard"),)
    assert diff(after, named("heard"), hints) == (), "a former name may stay in the declaration"


def test_a_column_may_have_been_renamed() -> None:
    before, after = schema(table(ID, PLAYS)), schema(table(ID, Column("heard", "integer", nullable=False)))
    with pytest.raises(Undecided) as found:
        diff(before, after)
    assert found.value.questions == (MaybeRenamed("column", ALBUMS, "plays", "heard"),)
    assert str(found.value) == (
        '"albums" has no column "plays" any more, and "heard" is new and of the same type. If it is the same column, '
        'declare it with renamed_from="plays"; if not, hint that "albums.plays" is dropped'
    )
    assert check(before, after, Hints(columns={(ALBUMS, "heard"): "plays"})) == [
        ops.RenameColumn(ALBUMS, "plays", "heard"),
        ops.AlterColumn(ALBUMS, replace(PLAYS, name="heard"), after.tables[0].columns[1]),
    ]
    with pytest.raises(Undecided) as missing:
        diff(before, after, Hints(dropped=frozenset({(ALBUMS, "plays")})))
    assert missing.value.questions == (NoValue(ALBUMS, "heard"),)
    dropped = Hints(dropped=frozenset({(ALBUMS, "plays")}), using={(ALBUMS, "heard"): "1"})
    assert check(before, after, dropped) == [
        ops.AddColumn(ALBUMS, after.tables[0].columns[1], "1"),
        ops.DropColumn(ALBUMS, PLAYS),
    ]


@pytest.mark.parametrize(
    ("old", "new", "asked"),
    [
        ("varchar(30)", "varchar(60)", True),
        ("numeric(10, 2)", "numeric", True),
        ("varchar(30)", "text", False),
        ("varchar(30)[]", "varchar(30)", False),
        ("timestamp(3) with time zone", "timestamp(3)", False),
    ],
)
def test_a_renamed_column_may_be_longer(old: str, new: str, asked: bool) -> None:
    before, after = (schema(table(ID, Column(name, type))) for name, type in [("note", old), ("remark", new)])
    if not asked:
        assert [type(each) for each in diff(before, after)] == [ops.AddColumn, ops.DropColumn]
        return
    with pytest.raises(Undecided) as found:
        diff(before, after)
    assert found.value.questions == (MaybeRenamed("column", ALBUMS, "note", "remark"),)


def test_names_that_change_places() -> None:
    one, other = Column("a", "integer"), Column("b", "text")
    before = schema(table(one, name="x"), table(other, name="y"))
    after = schema(table(other, name="x"), table(one, name="y"))
    hints = Hints(tables={Name("x"): Name("y"), Name("y"): Name("x")})
    assert diff(before, after, hints) != (), "both names are there: what was renamed then is not renamed again"
    columns = schema(table(replace(one, name="b"), replace(other, name="a"), ID))
    with_id = schema(table(one, other, ID))
    assert check(with_id, columns) == [
        ops.AlterColumn(ALBUMS, other, replace(one, name="b")),
        ops.AlterColumn(ALBUMS, one, replace(other, name="a")),
    ]


def test_renames_in_turn() -> None:
    one, other = Column("a", "integer"), Column("b", "text")
    before, after = schema(table(one, other)), schema(table(replace(one, name="b"), replace(other, name="d")))
    hints = Hints(columns={(ALBUMS, "b"): "a", (ALBUMS, "d"): "b"})
    assert check(before, after, hints) == [ops.RenameColumn(ALBUMS, "b", "d"), ops.RenameColumn(ALBUMS, "a", "b")]
    assert diff(after, after, hints) == ()


def test_case_is_a_rename_to_sqlite() -> None:
    before = schema(table(ID, PLAYS), dialect="sqlite")
    after = schema(table(ID, replace(PLAYS, name="Plays"), name="Albums"), dialect="sqlite")
    assert check(before, after) == [
        ops.RenameTable(ALBUMS, Name("__old_albums")),
        ops.RenameTable(Name("__old_albums"), Name("Albums")),
        ops.RenameColumn(Name("Albums"), "plays", "__old_plays"),
        ops.RenameColumn(Name("Albums"), "__old_plays", "Plays"),
    ]


def test_the_declarations_say_former_names() -> None:
    class Record(Table, name="records", renamed_from="albums"):
        id = col.integer().primary_key()
        heard = col.integer(renamed_from="plays")
        title = col.text("Title", renamed_from="name")

    records = Name("records")
    before = schema(table(ID, PLAYS))
    after = applied(before, [ops.RenameTable(ALBUMS, records)])
    assert declared_hints([Record], before, after) == Hints(
        {records: ALBUMS}, {(records, "heard"): "plays", (records, "Title"): "name"}
    )
    assert declared_hints([Record], after, after).tables == {}, "it was done"


def test_former_names_in_other_schemas() -> None:
    class Record(Table, name="records", schema="app", renamed_from="old.albums"):
        id = col.integer().primary_key()

    class Moved(Table, name="moved", schema="app", renamed_from="moved"):
        id = col.integer().primary_key()

    class Same(Table, name="same", schema="app", renamed_from="albums"):
        id = col.integer().primary_key()

    class Odd(Table, name="odd", renamed_from="with.dot"):
        id = col.integer().primary_key()

    names = [Name("albums", "old"), Name("moved"), Name("albums", "app"), Name("albums"), Name("with.dot")]
    before = schema(*[objects.Table(name, (ID,)) for name in names])
    assert declared_hints([Record, Moved, Same, Odd], before, schema()).tables == {
        Name("records", "app"): Name("albums", "old"),
        Name("moved", "app"): Name("moved"),
        Name("same", "app"): Name("albums", "app"),
        Name("odd"): Name("with.dot"),
    }
    nothing, after = schema(), schema(objects.Table(Name("records", "app"), (ID,)))
    hints = declared_hints([Record], nothing, after)
    assert hints.tables == {Name("records", "app"): Name("old.albums", "app")}
    assert diff(nothing, after, hints) == (ops.CreateTable(after.tables[0]),)


def test_what_is_still_declared_is_nothing_that_went_to_another_schema() -> None:
    class Record(Table, name="records", schema="app", renamed_from="albums"):
        id = col.integer().primary_key()

    class Copy(Table, name="copy", renamed_from="app.albums"):
        id = col.integer().primary_key()

    both = schema(table(ID), objects.Table(Name("albums", "app"), (ID,)))
    assert declared_hints([Record], schema(table(ID)), both).tables == {Name("records", "app"): Name("albums", "app")}
    assert declared_hints([Copy], both, both).tables == {Name("copy"): Name("albums", "app")}, "which is said"


def test_every_question_is_asked_at_once() -> None:
    text = Column("title", "text", nullable=False)
    before = schema(table(ID, PLAYS), table(ID, name="x"))
    after = schema(table(ID, Column("heard", "integer"), text), table(ID, name="y"))
    with pytest.raises(Undecided) as found:
        diff(before, after)
    assert [type(each) for each in found.value.questions] == [MaybeRenamed, MaybeRenamed, NoValue]
    assert str(found.value.questions[2]) == (
        '"albums.title" is NOT NULL and has no default, but the rows that are there need a value: give the column a '
        "default or make it nullable, or hint what fills it"
    )


def test_two_dialects() -> None:
    with pytest.raises(SchemaError, match="one schema is for postgres and the other for sqlite"):
        diff(schema(), schema(dialect="sqlite"))


def test_views_that_read_each_other() -> None:
    views = (View(Name("a"), "CREATE VIEW a AS TABLE b"), View(Name("b"), "CREATE VIEW b AS TABLE a"))
    with pytest.raises(SchemaError, match="the views a, b read each other"):
        diff(schema(), schema(views=views))


def test_an_operation_that_does_not_fit() -> None:
    with pytest.raises(SchemaError, match="is about something that is not in the schema: 'albums'"):
        applied(schema(), [ops.AddColumn(ALBUMS, ID)])
    with pytest.raises(SchemaError, match="is about something that is not in the schema"):
        applied(schema(), [ops.DropEnum(Enum(Name("m"), ("a",)))])


def test_a_name_beside_one_that_differs_in_case() -> None:
    """It is another one to PostgreSQL, whose column stays."""
    kept, old, new = (Column(name, "integer") for name in ("Plays", "heard", "plays"))
    hints = Hints(columns={(ALBUMS, "plays"): "heard"})
    found = check(schema(table(ID, kept, old)), schema(table(ID, kept, new)), hints)
    assert found == [ops.RenameColumn(ALBUMS, "heard", "plays")]
    case = Hints(columns={(ALBUMS, "plays"): "Plays"})
    assert check(schema(table(ID, kept)), schema(table(ID, new)), case) == [ops.RenameColumn(ALBUMS, "Plays", "plays")]


def test_two_things_of_one_name() -> None:
    index, rule = Index("i", (IndexKey("id"),)), objects.Check("id > 0", "i")
    there = schema(table(ID, indexes=(index, replace(index, name="j")), checks=(rule,)))
    for operation, message in (
        (ops.CreateIndex(ALBUMS, index), r"albums cannot have index Index\(name='i'.* as well as index Index"),
        (ops.RenameIndex(ALBUMS, "j", "i"), r"index Index\(name='i'.* as well as index Index\(name='i'"),
        (
            ops.AddConstraint(ALBUMS, Constraint(check=Check("id > 1", "i"))),
            r"albums cannot have Check\(expression='id > 1'.* as well as Check\(expression='id > 0', name='i'",
        ),
    ):
        with pytest.raises(SchemaError, match=message):
            applied(there, [operation])


@pytest.mark.parametrize("names", ["abc", "bca", "bac", "bcd", "cba"])
def test_names_that_go_from_one_to_another(names: str) -> None:
    """Within a table, one after the other; of a circle one goes and comes back."""
    columns = [Column(name, "integer") for name in ("x", "y", "z")]

    def named(names: str) -> Schema:
        pairs = list(zip(names, columns, strict=True))
        return schema(
            table(
                *columns,
                indexes=tuple([Index(f"by {name}", (IndexKey(column.name),)) for name, column in pairs]),
                checks=tuple([Check(f"{column.name} > 0", name) for name, column in pairs]),
            )
        )

    found = check(named("abc"), named(names))
    circles = {"bca": 1, "bac": 1, "cba": 1}.get(names, 0)
    assert [type(each) for each in found].count(ops.DropIndex) == circles
    assert [type(each) for each in found].count(ops.DropConstraint) == circles


@pytest.mark.parametrize(
    "data", [{}, {"operation": "Explode"}, {"operation": "DropSchema"}, {"operation": "DropSchema", "x": 1}]
)
def test_what_is_no_operation(data: dict[str, object]) -> None:
    with pytest.raises(SchemaError, match=r"this is no|does not know"):
        load_operations([data])
