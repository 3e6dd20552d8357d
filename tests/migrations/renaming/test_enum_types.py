"""An enum type gets another name, or another schema, and takes its columns along."""

from __future__ import annotations

from dataclasses import replace

import pytest

from qb import Table, col, enum_type
from qb.dialect import find_dialect
from qb.errors import UnsupportedError
from qb.migrations import operations as ops
from qb.migrations.apply import applied
from qb.migrations.diff import diff
from qb.migrations.following import type_renamed
from qb.migrations.hints import Hints, MaybeRenamed, Undecided, declared_hints
from qb.migrations.making import draft
from qb.schema.declared import Declared
from qb.schema.objects import Column, Name, Schema
from qb.schema.objects import Enum as EnumOf
from qb.schema.objects import Table as TableOf
from tests.migrations.renaming.place import POSTGRES, Place
from tests.migrations.renaming.things import INVOICES, MOOD, Feeling, Mood, felt

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
