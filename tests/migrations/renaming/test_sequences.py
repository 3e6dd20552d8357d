"""A sequence gets another name, or another schema, and goes on from where it stands."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from qb import Table, col, sequence, sql, view
from qb.migrations import operations as ops
from qb.migrations.apply import applied
from qb.migrations.diff import diff
from qb.migrations.following import sequence_renamed
from qb.migrations.hints import Hints, MaybeRenamed, Undecided
from qb.migrations.making import draft
from qb.migrations.operations import Operation
from qb.migrations.reverse import reverse
from qb.schema.canonical import canonical
from qb.schema.declared import Declared
from qb.schema.objects import Column, Key, Name, Schema, Sequence
from qb.schema.objects import Table as TableOf
from tests.migrations.renaming.place import POSTGRES, Place, describe
from tests.migrations.renaming.things import INVOICES, NUMBERS, schema


def numbered(default: str, name: str = "invoices") -> Any:  # a table, with the columns below
    """A table whose rows a sequence numbers."""

    class Invoice(Table, name=name):
        id = col.integer().primary_key()
        number = col.integer().default_sql(sql(f"nextval('{default}')", returns=int))

    return Invoice


async def test_a_sequence_goes_on_by_another_name(place: Place) -> None:
    before: list[Declared] = [numbered("bill_numbers"), sequence("bill_numbers", start=1000)]
    await place.migrate(*before)
    await place.execute(
        "INSERT INTO invoices DEFAULT VALUES",
        f"CREATE VIEW {place.other}.last AS SELECT last_value FROM bill_numbers",
        "CREATE FUNCTION next_number() RETURNS bigint LANGUAGE sql VOLATILE RETURN nextval('bill_numbers')",
        "GRANT USAGE ON SEQUENCE bill_numbers TO PUBLIC",
        "INSERT INTO invoices DEFAULT VALUES",
    )
    name = "Invoice's no."
    after: list[Declared] = [numbered("\"Invoice''s no.\""), sequence(name, start=1000, renamed_from="bill_numbers")]
    assert await place.migrate(*after) == [f'ALTER SEQUENCE "bill_numbers" RENAME TO "{name}"']
    await place.execute("INSERT INTO invoices DEFAULT VALUES")
    assert await place.rows("SELECT number FROM invoices ORDER BY id") == [(1000,), (1001,), (1002,)]
    assert await place.rows(f"SELECT last_value, next_number() FROM {place.other}.last") == [(1002, 1003)]
    assert await place.rows("SELECT has_sequence_privilege('public', '\"Invoice''s no.\"', 'USAGE')") == [(True,)]
    await place.back(*before)
    await place.execute("INSERT INTO invoices DEFAULT VALUES")
    assert await place.rows("SELECT max(number) FROM invoices") == [(1004,)]


async def test_a_sequence_goes_to_another_schema_and_back(place: Place) -> None:
    before: list[Declared] = [sequence("numbers", start=5), numbered("numbers")]
    await place.migrate(*before)
    await place.execute("INSERT INTO invoices DEFAULT VALUES")
    there = sequence("no", schema=place.other, start=5, increment=10, renamed_from="numbers")
    after: list[Declared] = [there, numbered(f"{place.other}.no")]
    assert await place.migrate(*after) == [
        f'ALTER SEQUENCE "numbers" SET SCHEMA "{place.other}"',
        f'ALTER SEQUENCE "{place.other}"."numbers" RENAME TO "no"',
        f'ALTER SEQUENCE "{place.other}"."no" INCREMENT BY 10',
    ]
    await place.execute("INSERT INTO invoices DEFAULT VALUES")
    assert await place.rows("SELECT number FROM invoices ORDER BY id") == [(5,), (15,)]
    await place.back(*before)
    await place.execute("INSERT INTO invoices DEFAULT VALUES")
    assert await place.rows("SELECT max(number) FROM invoices") == [(16,)]


async def test_sequences_that_exchange_their_names(place: Place) -> None:
    before: list[Declared] = [sequence("a", start=10), sequence("b", start=20), numbered("a")]
    await place.migrate(*before)
    await place.execute("INSERT INTO invoices DEFAULT VALUES")
    declared: list[Declared] = [sequence("a", start=20), sequence("b", start=10), numbered("b")]
    hints = Hints(sequences={Name("a"): Name("b"), Name("b"): Name("a")}, certain=True)
    assert await place.migrate(*declared, hints=hints) == [
        'ALTER SEQUENCE "a" RENAME TO "__old_a"',
        'ALTER SEQUENCE "b" RENAME TO "a"',
        'ALTER SEQUENCE "__old_a" RENAME TO "b"',
    ]
    await place.execute("INSERT INTO invoices DEFAULT VALUES")
    assert await place.rows("SELECT number FROM invoices ORDER BY id") == [(10,), (11,)]
    await place.back(*before)
    await place.execute("INSERT INTO invoices DEFAULT VALUES")
    assert await place.rows("SELECT max(number) FROM invoices") == [(12,)]


async def test_the_sequence_of_a_column_goes_along_with_the_table(place: Place) -> None:
    one = numbered("invoices_number_seq")
    before: list[Declared] = [one, sequence("invoices_number_seq", owned_by=lambda: one.number)]
    await place.migrate(*before)
    await place.execute("INSERT INTO invoices DEFAULT VALUES")

    class Bill(Table, name="bills", schema=place.other, renamed_from="invoices"):
        id = col.integer().primary_key()
        no = col.integer(renamed_from="number").default_sql(sql(f"nextval('{place.other}.bills_no')", returns=int))

    after: list[Declared] = [
        Bill,
        sequence("bills_no", schema=place.other, owned_by=lambda: Bill.no, renamed_from="invoices_number_seq"),
    ]
    statements = await place.migrate(*after)
    assert [each for each in statements if "SEQUENCE" in each] == [
        f'ALTER SEQUENCE "{place.other}"."invoices_number_seq" RENAME TO "bills_no"'
    ]
    await place.execute(f"INSERT INTO {place.other}.bills DEFAULT VALUES")
    assert await place.rows(f"SELECT no FROM {place.other}.bills ORDER BY id") == [(1,), (2,)]
    await place.back(*before)
    await place.execute("INSERT INTO invoices DEFAULT VALUES")
    assert await place.rows("SELECT number FROM invoices ORDER BY id") == [(1,), (2,), (3,)]


async def test_a_sequence_that_stays_does_not_go_with_its_column(place: Place) -> None:
    one = numbered("numbers")
    before: list[Declared] = [one, sequence("numbers", owned_by=lambda: one.number)]
    await place.migrate(*before)
    await place.execute("INSERT INTO invoices DEFAULT VALUES")
    other = numbered("no", name="bills")
    hints = Hints(dropped=frozenset({(Name("invoices"), None)}))
    after: list[Declared] = [other, sequence("no", renamed_from="numbers", owned_by=lambda: other.number)]
    statements = await place.migrate(*after, hints=hints)
    assert [each.partition("(")[0].strip() for each in statements] == [
        'ALTER SEQUENCE "numbers" RENAME TO "no"',
        'ALTER SEQUENCE "no" OWNED BY NONE',
        'DROP TABLE "invoices"',
        'CREATE TABLE "bills"',
        'ALTER SEQUENCE "no" OWNED BY "bills"."number"',
    ]
    await place.execute("INSERT INTO bills DEFAULT VALUES")
    assert await place.rows("SELECT number FROM bills") == [(2,)]
    await place.back(*before)
    await place.execute("INSERT INTO invoices DEFAULT VALUES")
    assert await place.rows("SELECT number FROM invoices") == [(3,)]


async def test_a_sequence_does_not_go_with_a_column_that_is_computed_from_now_on(place: Place) -> None:
    """Which is another column to PostgreSQL."""
    one = numbered("numbers")
    before: list[Declared] = [one, sequence("numbers", owned_by=lambda: one.number)]
    await place.migrate(*before)
    await place.execute("INSERT INTO invoices DEFAULT VALUES")

    class Computed(Table, name="invoices"):
        id = col.integer().primary_key()
        number = col.integer().generated(id * 10)

    after: list[Declared] = [Computed, sequence("numbers", owned_by=lambda: Computed.number)]
    statements = await place.migrate(*after)
    assert (statements[0], statements[-1]) == (
        'ALTER SEQUENCE "numbers" OWNED BY NONE',
        'ALTER SEQUENCE "numbers" OWNED BY "invoices"."number"',
    )
    assert await place.rows("SELECT nextval('numbers'), number FROM invoices") == [(2, 10)]
    await place.back(*before)
    await place.execute("INSERT INTO invoices DEFAULT VALUES")
    assert await place.rows("SELECT number FROM invoices WHERE id = 2") == [(3,)]


async def test_a_sequence_stays_where_its_table_was(place: Place) -> None:
    one = numbered("numbers")
    before: list[Declared] = [one, sequence("numbers", owned_by=lambda: one.number)]
    await place.migrate(*before)
    await place.execute("INSERT INTO invoices DEFAULT VALUES")

    class Moved(Table, name="invoices", schema=place.other, renamed_from="invoices"):
        id = col.integer().primary_key()
        number = col.integer().default_sql(sql("nextval('no')", returns=int))

    class Owner(Table, name="owner"):
        number = col.integer()

    after: list[Declared] = [
        Moved,
        Owner,
        sequence("no", owned_by=lambda: Owner.number, renamed_from="numbers"),
    ]
    statements = await place.migrate(*after)
    assert statements[:2] == [
        f'ALTER TABLE "invoices" SET SCHEMA "{place.other}"',
        f'ALTER SEQUENCE "{place.other}"."numbers" OWNED BY NONE',
    ]
    assert statements[-1] == 'ALTER SEQUENCE "no" OWNED BY "owner"."number"'
    await place.execute(f"INSERT INTO {place.other}.invoices DEFAULT VALUES")
    assert await place.rows(f"SELECT number FROM {place.other}.invoices ORDER BY id") == [(1,), (2,)]
    await place.back(*before)
    await place.execute("INSERT INTO invoices DEFAULT VALUES")
    assert await place.rows("SELECT number FROM invoices ORDER BY id") == [(1,), (2,), (3,)]


async def test_a_sequence_that_goes_with_its_table(place: Place) -> None:
    one = numbered("numbers")
    rest = sequence("rest")
    await place.migrate(rest, one, sequence("numbers", owned_by=lambda: one.number))
    assert await place.migrate(rest, hints=Hints(certain=True)) == [
        'ALTER SEQUENCE "numbers" OWNED BY NONE',
        'DROP TABLE "invoices"',
        'DROP SEQUENCE "numbers"',
    ]


def test_a_new_sequence_may_be_one_that_is_gone() -> None:
    before, after = schema(NUMBERS), schema(Sequence(Name("no", "app"), "START WITH 5"))
    with pytest.raises(Undecided) as found:
        diff(before, after)
    assert found.value.questions == (MaybeRenamed("sequence", None, "numbers", "app.no"),)
    assert str(found.value) == (
        'the sequence "numbers" is gone, and "app.no" is new. If it is the same sequence, declare it with '
        'renamed_from="numbers"; if not, hint that "numbers" is dropped'
    )
    dropped = Hints(dropped=frozenset({(Name("numbers"), None)}))
    assert diff(before, after, dropped) == (ops.CreateSequence(after.sequences[0]), ops.DropSequence(NUMBERS))


def test_sequences_of_other_columns_are_others() -> None:
    one, other = (Sequence(Name(name), "", INVOICES, column) for name, column in (("one", "number"), ("other", "id")))
    assert [type(each) for each in diff(schema(one), schema(other))] == [
        ops.CreateSequence,
        ops.AlterSequence,
        ops.DropSequence,
    ]
    with pytest.raises(Undecided, match='the sequence "one" is gone, and "free" is new'):
        diff(schema(one), schema(Sequence(Name("free"))))


def test_a_sequence_leaves_a_renamed_column_online() -> None:
    columns = (Column("id", "integer", False), Column("a", "integer"), Column("b", "integer"))
    table = TableOf(INVOICES, columns, Key(("id",), "k"))
    before = Schema("postgres", sequences=(Sequence(Name("n"), "", INVOICES, "a"),), tables=(table,))
    after = applied(before, [ops.RenameColumn(INVOICES, "a", "c")])
    after = replace(after, sequences=(Sequence(Name("n"), "", INVOICES, "b"),))
    (found,) = draft(POSTGRES, before, after, Hints(columns={(INVOICES, "c"): "a"}), online=True)
    assert found.notes == ("rename column invoices.a to c: a sequence belongs to it",)
    assert found.up.statements == (
        'ALTER TABLE "invoices" RENAME COLUMN "a" TO "c"',
        'ALTER SEQUENCE "n" OWNED BY NONE',
        'ALTER SEQUENCE "n" OWNED BY "invoices"."b"',
    )


def test_where_a_sequence_stood_does_not_come_back() -> None:
    found = reverse(schema(NUMBERS), [ops.DropSequence(NUMBERS)])
    assert found.operations == (ops.CreateSequence(NUMBERS),)
    assert found.losses == ('where "numbers" stood does not come back: it counts from its start again',)


@pytest.mark.parametrize(
    ("text", "renamed"),
    [
        ("nextval('numbers')", "nextval('app.no')"),
        ("(nextval('Numbers'::regclass) + 1)", "(nextval('app.no'::regclass) + 1)"),
        ("""setval('"numbers"', 1)""", "setval('app.no', 1)"),
        ("""nextval('"Numbers"')""", None),
        ("nextval('app.numbers')", None),
        ("'numbers'", None),
        ("lower('numbers')", None),
        ("nextval('a b c')", None),
        ("nextval('')", None),
        ("numbers", None),
    ],
)
def test_what_names_a_sequence(text: str, renamed: str | None) -> None:
    new = Name("no", "app")
    assert sequence_renamed(text, NUMBERS.name, new) == (renamed or text)
    after = applied(schema(NUMBERS, default=text), [ops.RenameSequence(NUMBERS.name, new)])
    assert after == schema(Sequence(new), default=renamed or text)


def test_names_in_strings_are_quoted_where_they_must_be() -> None:
    odd = Name('it\'s "no"', "App")
    text = sequence_renamed("nextval('numbers')", Name("numbers"), odd)
    assert text == """nextval('"App"."it''s ""no\"""')"""
    assert sequence_renamed(text, odd, Name("numbers")) == "nextval('numbers')"


def test_views_that_read_a_renamed_sequence_are_made_again() -> None:
    """As those of a renamed table: by then another one may have the name."""
    last = describe([view("last", "SELECT last_value FROM numbers")]).views
    before = Schema("postgres", sequences=(NUMBERS,), views=last)
    after = Schema("postgres", sequences=(NUMBERS, Sequence(Name("no"))), views=last)
    operations: list[Operation] = [ops.RenameSequence(NUMBERS.name, Name("no")), ops.CreateSequence(NUMBERS)]
    (stage,) = POSTGRES.renderer().stages(before, operations)
    assert [type(each) for each in stage.operations] == [
        ops.DropView,
        ops.RenameSequence,
        ops.CreateSequence,
        ops.CreateView,
    ]
    assert canonical(applied(before, operations)) == canonical(after)


def test_programs_know_one_name_of_a_sequence() -> None:
    hints = Hints(sequences={Name("no"): NUMBERS.name})
    before, after = schema(NUMBERS), schema(Sequence(Name("no")))
    (found,) = draft(POSTGRES, before, after, hints, online=True)
    assert found.notes == ("rename sequence numbers to no: programs know one of both names",)
    assert [each.rule.code for each in found.findings] == ["rename-sequence"]
