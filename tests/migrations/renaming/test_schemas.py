"""A schema gets another name, and all that is in it stays."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dialects.postgres.migrations import sync
from qb import Table, col, enum_type, schema_named, sequence, sql, trigger, view
from qb.dialect import find_dialect
from qb.errors import SchemaError, UnsupportedError
from qb.migrations import operations as ops
from qb.migrations.apply import applied
from qb.migrations.branches import commute
from qb.migrations.diff import diff
from qb.migrations.errors import MigrationError, MigrationFailed
from qb.migrations.files import Folder
from qb.migrations.hints import Hints, MaybeRenamed, Undecided
from qb.migrations.making import draft
from qb.migrations.operations import Operation
from qb.migrations.reverse import reverse
from qb.migrations.runner import Runner
from qb.migrations.scripts import Script
from qb.migrations.squash import squash
from qb.migrations.validate import validate
from qb.migrations.wording import described
from qb.schema.canonical import canonical
from qb.schema.declared import Declared
from qb.schema.objects import Column, ForeignKey, Name, Schema, Sequence, View
from qb.schema.objects import Enum as EnumOf
from qb.schema.objects import Table as TableOf
from tests.migrations.renaming.place import POSTGRES, Place, describe
from tests.migrations.renaming.things import INVOICES, MOOD, Feeling, Mood, felt, schema


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
