"""A table goes to another schema."""

from __future__ import annotations

import pytest

from qb import Table, col, index, view
from qb.errors import SchemaError
from qb.migrations import operations as ops
from qb.migrations.diff import diff
from qb.migrations.hints import Hints, MaybeRenamed, Undecided
from qb.schema.declared import Declared
from qb.schema.objects import Column, Name, Schema, Sequence
from qb.schema.objects import Table as TableOf
from tests.migrations.renaming.place import POSTGRES, Place
from tests.migrations.renaming.things import NUMBERS, schema


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
