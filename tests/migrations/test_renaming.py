"""What stands beside tables gets another name, or another schema, and loses nothing: there and back on PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from dialects.postgres.migrations import sync
from qb import Database, Table, check, col, enum_type, index, schema_named, sequence, sql, trigger, view
from qb.dialect import find_dialect
from qb.errors import SchemaError, UnsupportedError
from qb.migrations import operations as ops
from qb.migrations.apply import applied
from qb.migrations.branches import commute
from qb.migrations.diff import diff
from qb.migrations.errors import MigrationError, MigrationFailed
from qb.migrations.files import Folder
from qb.migrations.following import sequence_renamed, type_renamed
from qb.migrations.hints import Hints, MaybeRenamed, Undecided, declared_hints
from qb.migrations.making import draft, write
from qb.migrations.operations import Operation
from qb.migrations.reverse import reverse
from qb.migrations.runner import Runner
from qb.migrations.scripts import Script
from qb.migrations.squash import squash
from qb.migrations.validate import validate
from qb.migrations.wording import described
from qb.schema.canonical import canonical
from qb.schema.declared import Declared
from qb.schema.objects import Column, ForeignKey, Key, Name, Schema, Sequence, View
from qb.schema.objects import Enum as EnumOf
from qb.schema.objects import Table as TableOf

POSTGRES = find_dialect("postgres")
describe = POSTGRES.ddl().description.describe


class Place:
    """A schema of PostgreSQL with a history, beside which is another schema."""

    def __init__(self, db: Database, folder: Folder, other: str) -> None:
        self.db = db
        self.folder = folder
        self.other = other

    async def migrate(self, *declared: Declared, hints: Hints | None = None) -> list[str]:
        """Come to what is declared. Returns the statements."""
        head = self.folder.head()
        before = Schema("postgres") if head is None else head.schema
        after = describe(declared)
        known = declared_hints(declared, before, after).merged(hints or Hints())
        drafts = draft(POSTGRES, before, after, known)
        write(self.folder, "next", drafts)
        await Runner(self.db, self.folder).up()
        assert str(await validate(self.db, *declared)) == "The database is as declared."
        assert diff(after, after, declared_hints(declared, after, after)) == (), "former names may stay"
        return [statement for each in drafts for statement in each.up.statements]

    async def back(self, *declared: Declared) -> None:
        """Undo the last migration, which leads to what was declared before."""
        await Runner(self.db, self.folder).down()
        assert str(await validate(self.db, *declared)) == "The database is as declared."

    async def execute(self, *statements: str) -> None:
        for statement in statements:
            await self.db.execute(sql(statement))

    async def rows(self, query: str) -> list[tuple[Any, ...]]:
        async with self.db.driver.acquire() as connection:
            return [tuple(row) for row in await connection.fetch(query, (), list)]


@pytest.fixture
async def place(postgres_url: str, tmp_path: Path) -> AsyncIterator[Place]:
    other = postgres_url.partition("search_path=")[2].partition("&")[0] + "_other"
    async with Database.connect(postgres_url) as db:
        found = Place(db, Folder(tmp_path / "migrations"), other)
        await found.execute(f"CREATE SCHEMA {other}")
        yield found
        await found.execute(f"DROP SCHEMA IF EXISTS {other} CASCADE")


# Sequences


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


NUMBERS, INVOICES = Sequence(Name("numbers")), Name("invoices")


def schema(*sequences: Sequence, default: str | None = None) -> Schema:
    """Sequences, and a column with a default."""
    table = TableOf(INVOICES, (Column("number", "integer", default=default),))
    return Schema("postgres", sequences=sequences, tables=(table,))


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


# Enum types


class Mood(Enum):
    SAD = "sad"
    GLAD = "glad"


class Feeling(Enum):
    SAD = "sad"
    HAPPY = "happy"
    CALM = "calm"


def felt(kind: type[Enum], type_name: str, in_schema: str | None = None) -> type[Table]:
    """A table with columns of an enum type, and with all that may name it."""
    path = f'"{type_name}"' if in_schema is None else f'"{in_schema}"."{type_name}"'
    of_kind = partial(col.enum, kind, type_name=type_name, schema=in_schema)

    class Song(Table, name="songs"):
        id = col.integer().primary_key()
        mood = of_kind().default_sql(sql(f"'sad'::{path}"))
        more = col.array(of_kind()).nullable()
        is_sad = col.boolean().generated(sql(f"mood = 'sad'::{path}", returns=bool))
        no_sad_ones = check(sql(f"NOT (more @> ARRAY['sad'::{path}])", returns=bool), name="no sad ones")
        sad_first = index(sql(f"(mood <> CAST('sad' AS {path}))"), name="sad_first")

    return Song


FILLED = (
    "INSERT INTO songs DEFAULT VALUES",
    "INSERT INTO songs (mood, more) VALUES ('glad', '{glad}')",
)


async def test_an_enum_type_has_another_name(place: Place) -> None:
    before: list[Declared] = [felt(Mood, "mood")]
    await place.migrate(*before)
    await place.execute(
        *FILLED,
        f"CREATE VIEW {place.other}.glad AS SELECT id FROM songs WHERE mood = 'glad'::mood",
        "CREATE FUNCTION is_glad(given mood) RETURNS boolean LANGUAGE sql IMMUTABLE RETURN given = 'glad'::mood",
    )
    stored = await place.rows("SELECT pg_relation_filenode('songs')")
    after: list[Declared] = [felt(Mood, "Feeling"), enum_type(Mood, name="Feeling", renamed_from="mood")]
    assert await place.migrate(*after) == ['ALTER TYPE "mood" RENAME TO "Feeling"']
    await place.execute(FILLED[0])
    rows = await place.rows("SELECT id, mood::text, more::text, is_sad, is_glad(mood) FROM songs ORDER BY id")
    assert rows == [
        (1, "sad", None, True, False),
        (2, "glad", "{glad}", False, True),
        (3, "sad", None, True, False),
    ]
    assert await place.rows(f"SELECT id FROM {place.other}.glad") == [(2,)]
    assert await place.rows("SELECT pg_relation_filenode('songs')") == stored, "no row is written again"
    await place.back(*before)
    await place.execute(*FILLED)
    assert await place.rows("SELECT count(*), pg_typeof(min(mood))::text FROM songs") == [(5, "mood")]


async def test_an_enum_type_of_another_schema_with_other_labels(place: Place) -> None:
    before: list[Declared] = [felt(Mood, "mood")]
    await place.migrate(*before)
    await place.execute(*FILLED)
    after: list[Declared] = [
        felt(Feeling, "feeling", place.other),
        enum_type(Feeling, name="feeling", schema=place.other, renamed_from="mood"),
    ]
    hints = Hints(labels={(Name("feeling", place.other), "happy"): "glad"})
    assert await place.migrate(*after, hints=hints) == [
        f'ALTER TYPE "mood" SET SCHEMA "{place.other}"',
        f'ALTER TYPE "{place.other}"."mood" RENAME TO "feeling"',
        f"ALTER TYPE \"{place.other}\".\"feeling\" RENAME VALUE 'glad' TO 'happy'",
        f'ALTER TYPE "{place.other}"."feeling" ADD VALUE \'calm\'',
    ]
    assert await place.rows("SELECT mood::text, more::text FROM songs ORDER BY id") == [
        ("sad", None),
        ("happy", "{happy}"),
    ]
    await place.back(*before)
    assert await place.rows("SELECT mood::text, more::text FROM songs ORDER BY id") == [
        ("sad", None),
        ("glad", "{glad}"),
    ]


async def test_a_type_gets_the_name_of_one_that_is_renamed(place: Place) -> None:
    before: list[Declared] = [enum_type(Mood, name="a"), enum_type(Feeling, name="b"), felt(Mood, "a")]
    await place.migrate(*before)
    await place.execute(*FILLED)
    after: list[Declared] = [
        enum_type(Mood, name="b", renamed_from="a"),
        enum_type(Feeling, name="c", renamed_from="b"),
        felt(Mood, "b"),
    ]
    assert await place.migrate(*after) == ['ALTER TYPE "b" RENAME TO "c"', 'ALTER TYPE "a" RENAME TO "b"']
    await place.back(*before)
    assert await place.rows("SELECT mood::text FROM songs ORDER BY id") == [("sad",), ("glad",)]


def test_a_new_enum_type_may_be_one_that_is_gone() -> None:
    before = Schema("postgres", enums=(MOOD,))
    after = Schema("postgres", enums=(EnumOf(Name("feeling"), ("glad", "wild")),))
    with pytest.raises(Undecided) as found:
        diff(before, after)
    assert found.value.questions == (MaybeRenamed("enum", None, "mood", "feeling"),)
    assert str(found.value) == (
        'the enum "mood" is gone, and "feeling" has much the same labels. If it is the same type, declare it by '
        'enum_type(…, renamed_from="mood"); if not, hint that "mood" is dropped'
    )
    dropped = Hints(dropped=frozenset({(Name("mood"), None)}))
    unlike = Schema("postgres", enums=(EnumOf(Name("feeling"), ("x", "sad", "y")),))
    assert diff(before, after, dropped) == (ops.CreateEnum(after.enums[0]), ops.DropEnum(MOOD))
    assert diff(before, unlike) == (ops.CreateEnum(unlike.enums[0]), ops.DropEnum(MOOD))


MOOD = EnumOf(Name("mood"), ("sad", "glad"))


@pytest.mark.parametrize(
    ("type", "default", "renamed", "text"),
    [
        ('"mood"', "'sad'::\"mood\"", '"app"."feeling"', '\'sad\'::"app"."feeling"'),
        ("mood[]", "'{sad}'::MOOD[]", '"app"."feeling"[]', '\'{sad}\'::"app"."feeling"[]'),
        ('"Mood"', "'sad'::\"Mood\"", None, None),
        ("app.mood", "CAST('sad' AS app.mood)", None, None),
        ("mood", "CAST('sad' AS mood)", '"app"."feeling"', 'CAST(\'sad\' AS "app"."feeling")'),
        ("text", "mood 'sad'", None, '"app"."feeling" \'sad\''),
        ("text", "'mood'", None, None),
        ("text", "mood", None, None),
        ("text", "mood('sad')", None, None),
        ("mood(5)", "x.mood", None, None),
    ],
)
def test_what_names_a_type(type: str, default: str, renamed: str | None, text: str | None) -> None:
    def with_column(enum: Name, type: str, default: str) -> Schema:
        table = TableOf(INVOICES, (Column("m", type, default=default),))
        return Schema("postgres", enums=(EnumOf(enum, MOOD.labels),), tables=(table,))

    new = Name("feeling", "app")
    after = applied(with_column(MOOD.name, type, default), [ops.RenameEnum(MOOD.name, new)])
    assert after == with_column(new, renamed or type, text or default)


def test_the_schema_of_a_type_is_a_part_of_its_name() -> None:
    old, new = Name("mood", "app"), Name("mood")
    assert type_renamed("app.mood", old, new, True) == '"mood"'
    assert type_renamed("'sad'::app.mood", old, new) == "'sad'::\"mood\""
    assert type_renamed("'sad'::other.app.mood", old, new) == "'sad'::other.app.mood"
    assert type_renamed("'sad'::mood", old, new) == "'sad'::mood"


def test_programs_know_one_name_of_a_type() -> None:
    before = Schema("postgres", enums=(MOOD,))
    after = Schema("postgres", enums=(EnumOf(Name("feeling"), MOOD.labels),))
    (found,) = draft(POSTGRES, before, after, Hints(enums={Name("feeling"): MOOD.name}), online=True)
    assert found.notes == ("rename enum mood to feeling: programs know one of both names",)
    assert [each.rule.code for each in found.findings] == ["rename-type"]


@pytest.mark.parametrize("dialect", ["sqlite", "d1"])
def test_other_engines_have_no_enum_types(dialect: str) -> None:
    class One(Table, name="songs"):
        mood = col.enum(Mood)

    class Other(Table, name="songs"):
        mood = col.enum(Mood, type_name="feeling")

    describe = find_dialect(dialect).ddl().description.describe
    declared: list[Declared] = [Other, enum_type(Mood, name="feeling", renamed_from="mood")]
    before, after = describe([One]), describe(declared)
    assert diff(before, after, declared_hints(declared, before, after)) == ()
    with pytest.raises(UnsupportedError, match="neither enum types nor sequences"):
        find_dialect(dialect).renderer().stages(replace(before, enums=(MOOD,)), [ops.RenameEnum(MOOD.name, Name("m"))])


# Tables of other schemas


async def test_a_table_goes_to_another_schema(place: Place) -> None:
    class Artist(Table, name="artists"):
        id = col.integer().primary_key()
        name = col.text().unique()

    class Album(Table, name="albums"):
        id = col.integer().primary_key()
        artist_id = col.integer().references(lambda: Artist.id, on_delete="cascade")
        by_artist = index(artist_id)

    class Moved(Table, name="artists", schema=place.other, renamed_from="artists"):
        id = col.integer().primary_key()
        name = col.text().unique()

    class Kept(Table, name="albums"):
        id = col.integer().primary_key()
        artist_id = col.integer().references(lambda: Moved.id, on_delete="cascade")
        by_artist = index(artist_id)

    names = view("names", "SELECT name FROM artists")
    before: list[Declared] = [Artist, Album, names]
    await place.migrate(*before)
    await place.execute(
        "INSERT INTO artists (name) VALUES ('a'), ('b')",
        "INSERT INTO albums (artist_id) VALUES (1), (2), (2)",
        "CREATE FUNCTION count_of(given artists) RETURNS bigint LANGUAGE sql STABLE RETURN "
        "(SELECT count(*) FROM albums WHERE artist_id = given.id)",
    )
    after: list[Declared] = [Moved, Kept, view("names", f"SELECT name FROM {place.other}.artists")]
    statements = await place.migrate(*after)
    assert f'ALTER TABLE "artists" SET SCHEMA "{place.other}"' in statements
    assert not [each for each in statements if "DROP TABLE" in each or "CREATE TABLE" in each]
    await place.execute(f"INSERT INTO {place.other}.artists (name) VALUES ('c')")
    counted = f"SELECT a.id, a.name, count_of(a) FROM {place.other}.artists AS a ORDER BY id"
    assert await place.rows(counted) == [(1, "a", 1), (2, "b", 2), (3, "c", 0)]
    assert await place.rows("SELECT name FROM names ORDER BY name") == [("a",), ("b",), ("c",)]
    await place.back(*before)
    await place.execute("INSERT INTO artists (name) VALUES ('d')", "DELETE FROM artists WHERE id = 2")
    assert await place.rows("SELECT id, name FROM artists ORDER BY id") == [(1, "a"), (3, "c"), (4, "d")]
    assert await place.rows("SELECT id FROM albums") == [(1,)]


@pytest.mark.parametrize(
    ("taken", "statements"),
    [
        ([], ['ALTER TABLE "x"."a" SET SCHEMA "y"', 'ALTER TABLE "y"."a" RENAME TO "b"']),
        (["y.a"], ['ALTER TABLE "x"."a" RENAME TO "b"', 'ALTER TABLE "x"."b" SET SCHEMA "y"']),
        (
            ["y.a", "x.b"],
            [
                'ALTER TABLE "x"."a" RENAME TO "__old_a"',
                'ALTER TABLE "x"."__old_a" SET SCHEMA "y"',
                'ALTER TABLE "y"."__old_a" RENAME TO "b"',
            ],
        ),
    ],
)
def test_the_name_between_two_schemas_is_free(taken: list[str], statements: list[str]) -> None:
    names = [Name("a", "x"), *[Name(text[2:], text[0]) for text in taken]]
    before = Schema("postgres", tables=tuple([TableOf(name, (Column("id", "integer"),)) for name in names]))
    (stage,) = POSTGRES.renderer().stages(before, [ops.RenameTable(Name("a", "x"), Name("b", "y"))])
    assert list(stage.script.statements) == statements


def test_a_new_table_may_be_one_of_another_schema() -> None:
    before = Schema("postgres", tables=(TableOf(Name("t", "one"), (Column("a", "text"), Column("b", "text"))),))
    unlike = Schema("postgres", tables=(TableOf(Name("t", "other"), (Column("c", "text"),)),))
    with pytest.raises(Undecided) as found:
        diff(before, unlike)
    assert found.value.questions == (MaybeRenamed("table", None, "one.t", "other.t"),)
    assert 'declare it with renamed_from="one.t"; if not, hint that "one.t" is dropped' in str(found.value)


def test_one_thing_becomes_one_thing() -> None:
    before = schema(NUMBERS)
    after = schema(Sequence(Name("a")), Sequence(Name("b")))
    with pytest.raises(SchemaError, match="a and b cannot both be what numbers was"):
        diff(before, after, Hints(sequences={Name("a"): NUMBERS.name, Name("b"): NUMBERS.name}))


# Schemas


async def test_a_schema_has_another_name(place: Place) -> None:
    """Also what qb does not know of it stays: functions, privileges, what is said of it by default."""
    old, new = place.other, f"{place.other}_2"

    def declared(name: str, former: str | None = None) -> list[Declared]:
        class Artist(Table, name="artists", schema=name):
            id = col.integer().primary_key()
            mood = col.enum(Mood, schema=name).default(Mood.SAD)
            number = col.integer().default_sql(sql(f"nextval('{name}.numbers')", returns=int))

        class Album(Table, name="albums"):
            id = col.integer().primary_key()
            artist_id = col.integer().references(lambda: Artist.id)
            mood = col.enum(Mood, schema=name)

        return [
            schema_named(name, renamed_from=former),
            Artist,
            Album,
            sequence("numbers", schema=name, owned_by=lambda: Artist.number),
            view("sad", f'SELECT id FROM "{name}".artists WHERE mood = \'sad\'::"{name}"."mood"', schema=name),
            trigger(
                "noted",
                lambda: Artist,
                f'CREATE TRIGGER noted BEFORE INSERT ON "{name}".artists FOR EACH ROW EXECUTE FUNCTION note()',
            ),
        ]

    await place.execute(
        "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.mood := 'glad'; RETURN NEW; END $$",
        f"CREATE FUNCTION {old}.next_number() RETURNS bigint LANGUAGE sql VOLATILE RETURN 7",
        f"GRANT USAGE ON SCHEMA {old} TO PUBLIC",
        f"COMMENT ON SCHEMA {old} IS 'all music'",
    )
    there = schema_named(old)
    place.folder.add("schema", Script(()), Script(()), describe([there]))
    await Runner(place.db, place.folder).up()
    before, after = declared(old), declared(new, old)
    await place.migrate(*before)
    await place.execute(
        f"INSERT INTO {old}.artists DEFAULT VALUES",
        f"INSERT INTO {old}.artists DEFAULT VALUES",
        "INSERT INTO albums (artist_id, mood) VALUES (2, 'sad')",
    )
    assert await place.migrate(*after) == [f'ALTER SCHEMA "{old}" RENAME TO "{new}"']
    try:
        await place.execute(f"INSERT INTO {new}.artists DEFAULT VALUES")
        assert await place.rows(f"SELECT id, number, mood::text FROM {new}.artists ORDER BY id") == [
            (1, 1, "glad"),
            (2, 2, "glad"),
            (3, 3, "glad"),
        ]
        assert await place.rows(f"SELECT {new}.next_number(), count(*) FROM {new}.sad") == [(7, 0)]
        facts = f"""SELECT has_schema_privilege('public', '{new}', 'USAGE'),
            obj_description('{new}'::regnamespace, 'pg_namespace')"""
        assert await place.rows(facts) == [(True, "all music")]
        await place.back(*before)
    finally:
        await place.execute(f"DROP SCHEMA IF EXISTS {new} CASCADE")
    await place.execute(f"INSERT INTO {old}.artists DEFAULT VALUES")
    assert await place.rows(f"SELECT max(number), count(*) FROM {old}.artists") == [(4, 4)]
    assert await place.rows("SELECT artist_id, mood::text FROM albums") == [(2, "sad")]


MUSIC = Schema(
    "postgres",
    schemas=("app",),
    enums=(EnumOf(Name("mood", "app"), MOOD.labels),),
    sequences=(Sequence(Name("no", "app"), "", Name("albums", "app"), "number"),),
    tables=(
        TableOf(
            Name("albums", "app"),
            (
                Column("id", "integer"),
                Column("mood", '"app"."mood"', default='\'sad\'::"app"."mood"'),
                Column("number", "bigint", default="nextval('app.no')"),
            ),
            foreign_keys=(ForeignKey(("id",), Name("albums", "app"), ("number",), name="f"),),
        ),
        TableOf(Name("albums"), (Column("id", "integer"), Column("title", "text"))),
    ),
    views=(View(Name("sad", "app"), 'CREATE VIEW "app"."sad" AS SELECT id FROM app.albums'),),
)


def in_schema(name: str) -> Schema:
    """All of it in another schema."""
    return applied(MUSIC, [ops.RenameSchema("app", name)])


def test_everything_in_a_schema_follows() -> None:
    found = in_schema("Music")
    assert (found.schemas, found.enums[0].name) == (("Music",), Name("mood", "Music"))
    assert (found.sequences[0].name, found.sequences[0].table) == (Name("no", "Music"), Name("albums", "Music"))
    table = found.table(Name("albums", "Music"))
    assert [column.type for column in table.columns] == ["integer", '"Music"."mood"', "bigint"]
    assert table.columns[1].default == '\'sad\'::"Music"."mood"'
    assert table.columns[2].default == "nextval('\"Music\".no')"
    assert table.foreign_keys[0].table == Name("albums", "Music")
    assert found.views == (View(Name("sad", "Music"), 'CREATE VIEW "Music"."sad" AS SELECT id FROM "Music".albums'),)
    assert in_schema("music").views[0].sql == 'CREATE VIEW "music"."sad" AS SELECT id FROM music.albums'
    assert found.tables[1] == MUSIC.tables[1]
    assert applied(found, [ops.RenameSchema("Music", "app")]).tables == MUSIC.tables


def test_a_new_schema_may_be_one_that_is_gone() -> None:
    before, after = MUSIC, in_schema("music")
    with pytest.raises(Undecided) as found:
        diff(before, after)
    assert found.value.questions == (MaybeRenamed("schema", None, "app", "music"),), "and nothing of what is in it"
    assert str(found.value) == (
        'the schema "app" is gone, and "music" has something of it. If it is the same schema, declare it by '
        'schema_named("music", renamed_from="app"); if not, hint that "app" is dropped'
    )
    assert diff(before, after, Hints(schemas={"music": "app"})) == (ops.RenameSchema("app", "music"),)
    with pytest.raises(Undecided) as rest:
        diff(before, after, Hints(dropped_schemas=frozenset({"app"})))
    assert rest.value.questions[:2] == (
        MaybeRenamed("table", None, "app.albums", "music.albums"),
        MaybeRenamed("enum", None, "app.mood", "music.mood"),
    )
    unlike = Schema("postgres", schemas=("music",))
    assert ops.DropSchema("app") in diff(before, unlike, Hints(certain=False))


def test_more_is_renamed_in_a_renamed_schema() -> None:
    """Former names are those of before, whatever schemas are called by then."""
    before = MUSIC
    moves: list[Operation] = [
        ops.RenameSchema("app", "music"),
        ops.RenameEnum(Name("mood", "music"), Name("feeling", "music")),
        ops.RenameTable(Name("albums", "music"), Name("records", "music")),
        ops.RenameColumn(Name("records", "music"), "number", "no"),
        ops.RenameSequence(Name("no", "music"), Name("numbers", "music")),
    ]
    after = applied(before, moves)
    hints = Hints(
        schemas={"music": "app"},
        tables={Name("records", "music"): Name("albums", "app")},
        enums={Name("feeling", "music"): Name("mood", "app")},
        columns={(Name("records", "music"), "no"): "number"},
        sequences={Name("numbers", "music"): Name("no", "app")},
    )
    found = diff(before, after, hints)
    assert [each for each in found if type(each).__name__.startswith("Rename")] == moves
    with pytest.raises(Undecided) as open_ones:
        diff(before, after, Hints(schemas=hints.schemas, columns=hints.columns))
    assert [(each.kind, each.old) for each in open_ones.value.questions if isinstance(each, MaybeRenamed)] == [
        ("table", "app.albums"),
        ("enum", "app.mood"),
    ]
    back = reverse(before, found)
    assert back.losses == ()
    assert canonical(applied(applied(before, found), back.operations)) == canonical(before)
    assert len(back.operations) == len(found)


def test_schemas_that_exchange_their_names() -> None:
    before = replace(MUSIC, schemas=("app", "b"))
    hints = Hints(schemas={"app": "b", "b": "app"}, certain=True)
    after = applied(before, [ops.RenameSchema(*each) for each in (("b", "x"), ("app", "b"), ("x", "app"))])
    found = diff(before, after, hints)
    assert [type(each) for each in found] == [ops.RenameSchema] * 3
    assert canonical(applied(before, found)) == canonical(after)
    assert [type(each) for each in reverse(before, found).operations] == [ops.RenameSchema] * 3


async def test_a_schema_with_what_nobody_knows_does_not_go(place: Place) -> None:
    there = schema_named(place.other)
    place.folder.add("schema", Script(()), Script(()), describe([there]))
    await Runner(place.db, place.folder).up()
    await place.execute(f"CREATE FUNCTION {place.other}.f() RETURNS int LANGUAGE sql RETURN 1")
    with pytest.raises(MigrationFailed, match="other objects depend on it"):
        await place.migrate(schema_named(f"{place.other}_2"), hints=Hints(certain=True))
    assert await place.rows(f"SELECT {place.other}.f()") == [(1,)]


def test_programs_know_one_name_of_a_schema() -> None:
    first, second = draft(
        POSTGRES,
        MUSIC,
        replace(in_schema("music"), sequences=()),
        Hints(schemas={"music": "app"}),
        online=True,
    )
    assert first.notes == ("rename schema app to music: programs know one of both names",)
    assert [each.rule.code for each in first.findings] == ["rename-schema"]
    assert [type(each) for each in second.operations] == [ops.DropSequence]


@pytest.mark.parametrize("operation", [ops.RenameSchema("a", "b"), ops.RenameSequence(Name("a"), Name("b"))])
def test_what_is_not_there_is_not_renamed(operation: Operation) -> None:
    with pytest.raises(SchemaError, match="is about something that is not in the schema"):
        applied(Schema("postgres"), [operation])


@pytest.mark.parametrize(
    ("operation", "message"),
    [
        (ops.RenameSchema("a", "b"), "a schema of SQLite is a file: it is attached"),
        (ops.RenameTable(Name("t", "a"), Name("t")), 'a schema of SQLite is a file: "a.t" cannot go to another'),
    ],
)
def test_sqlite_has_no_schemas_to_rename(operation: Operation, message: str) -> None:
    before = Schema("sqlite", schemas=("a",), tables=(TableOf(Name("t", "a"), (Column("id", "INTEGER"),)),))
    with pytest.raises(UnsupportedError, match=message):
        find_dialect("sqlite").renderer().stages(before, [operation])


def test_what_an_online_change_has_left_does_not_follow() -> None:
    """The body of a function is a text."""
    trigger = sync.filled(INVOICES, "m", "'sad'::\"mood\"")
    before = replace(schema(), enums=(MOOD,), triggers=(trigger,))
    rename = ops.RenameEnum(MOOD.name, Name("feeling"))
    with pytest.raises(MigrationError, match=f"mood cannot be renamed while the trigger {sync.FILL}m of invoices"):
        POSTGRES.renderer().stages(before, [rename])
    other = replace(before, triggers=(sync.filled(INVOICES, "m", "'mood'"),))
    assert len(POSTGRES.renderer().stages(other, [rename])) == 1


GO_TOGETHER = [ops.AddColumn(Name("albums"), Column("x", "text")), ops.RenameColumn(Name("albums"), "title", "name")]
GO_APART = [
    ops.AddColumn(Name("albums", "app"), Column("x", "text")),
    ops.AddColumn(Name("albums"), Column("x", '"app"."mood"')),
    ops.RenameEnum(Name("mood", "app"), Name("mood")),
    ops.RenameSchema("app", "other"),
]


@pytest.mark.parametrize("operation", [*GO_TOGETHER, *GO_APART], ids=described)
def test_what_goes_together_with_another_name_of_a_schema(operation: Operation) -> None:
    rename = ops.RenameSchema("app", "music")
    assert commute(MUSIC, [rename], [operation]) == (operation in GO_TOGETHER)


async def test_history_with_other_names_is_squashed(place: Place) -> None:
    """From the beginning it is what comes of it; after what somebody wrote, the statements stay."""
    before: list[Declared] = [felt(Mood, "mood"), sequence("numbers")]
    await place.migrate(*before)
    after: list[Declared] = [
        felt(Feeling, "feeling"),
        enum_type(Feeling, name="feeling", renamed_from="mood"),
        sequence("no", renamed_from="numbers"),
    ]
    await place.migrate(*after, hints=Hints(labels={(Name("feeling"), "happy"): "glad"}))
    whole = squash(POSTGRES, place.folder).migration
    assert [type(each).__name__ for each in whole.operations] == ["CreateEnum", "CreateSequence", "CreateTable"]
    assert canonical(whole.schema) == canonical(describe(after))

    first, *rest = list(place.folder.migrations.values())
    by_hand = Folder(place.folder.path.parent / "by hand")
    by_hand.add("first", first.script(), None, first.schema, operations=first.operations)
    by_hand.add("rows", Script(("INSERT INTO songs DEFAULT VALUES",)), Script(()), first.schema)
    for each in rest:
        by_hand.add("more", each.script(), None, each.schema, operations=each.operations)
    joined = squash(POSTGRES, by_hand).migration
    assert 'ALTER TYPE "mood" RENAME TO "feeling"' in joined.up
    assert 'ALTER SEQUENCE "numbers" RENAME TO "no"' in joined.up
    by_hand.replace(joined)
    for statement in ("DROP TABLE songs", "DROP TYPE feeling", "DROP SEQUENCE no", "DROP TABLE qb_migrations"):
        await place.execute(statement)
    await Runner(place.db, Folder(by_hand.path)).up()
    assert str(await validate(place.db, *after)) == "The database is as declared."
    assert await place.rows("SELECT mood::text FROM songs") == [("sad",)]


async def test_a_name_of_its_own_that_a_counting_sequence_has_is_a_difference(place: Place) -> None:
    """Unless it is declared, it may be the name of before a table was renamed."""

    class Counted(Table, name="t"):
        id = col.integer().identity()

    class Named(Table, name="t"):
        id = col.integer().identity(sequence="numbers")

    await place.migrate(Counted)
    assert str(await validate(place.db, Named)) == (
        "column t.id: the identity is Identity(kind='by default', options=''), and not "
        "Identity(kind='by default', options='SEQUENCE NAME \"numbers\"')"
    )
    await place.execute("ALTER SEQUENCE t_id_seq RENAME TO numbers")
    assert (await validate(place.db, Named)).is_valid
    assert (await validate(place.db, Counted)).is_valid
