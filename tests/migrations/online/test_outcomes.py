"""What comes of it is what is declared."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dialects.postgres.migrations.online.stages import Online
from qb.migrations.diff import diff
from qb.migrations.hints import Hints
from qb.migrations.making import draft
from qb.migrations.wording import described
from qb.schema.objects import (
    Check,
    Column,
    Enum,
    Generated,
    Index,
    IndexKey,
    Key,
    Name,
    Schema,
    Sequence,
    Trigger,
    View,
)
from tests.migrations.engines import PostgresEngine
from tests.migrations.online.albums import BEFORE, POSTGRES, drafts
from tests.migrations.online.plain import BIG, BY_N, ID, NAME, OTHER, PLAIN, TO_U, N, T, U, with_

MOOD, FEELING = Enum(Name("mood"), ("good", "bad")), Column("feeling", '"mood"')
TITLE, OTHERS = Column("title", "text"), (Index("o", (IndexKey("id"),)), Index("p", (IndexKey("id", descending=True),)))
WIDE = replace(NAME, type="character varying(40)", collation="C")
VALUES = {"id": "1", "name": "'x'", "title": "'y'", "n": "7", "feeling": "'good'"}

WHOLE: dict[str, tuple[Schema, Schema, Hints | None]] = {
    "a check has the name that another one of a column of another type gets": (
        with_(checks=(Check('"n" > 0', "c"),)),
        with_(columns=(ID, WIDE, N), checks=(Check("\"name\" <> ''", "c"),)),
        None,
    ),
    "a check of the name of a column that is renamed at once": (
        with_(columns=(ID, NAME, TITLE), checks=(Check("name <> ''", "c"),)),
        with_(
            columns=(ID, replace(NAME, type="character varying(9)"), Column("other", "text")),
            checks=(Check("name <> 'x'", "c"),),
        ),
        Hints(columns={(T, "name"): "title", (T, "other"): "name"}),
    ),
    "two columns of a key change their types": (
        with_(uniques=(Key(("n", "name"), "k"),)),
        with_(columns=(ID, WIDE, replace(N, type="bigint")), uniques=(Key(("n", "name"), "k"),)),
        None,
    ),
    "two columns of a key change their names": (
        with_(uniques=(Key(("n", "name"), "k"),)),
        with_(columns=(ID, TITLE, replace(N, name="m")), uniques=(Key(("m", "title"), "k"),)),
        Hints(columns={(T, "title"): "name", (T, "m"): "n"}),
    ),
    "of two columns of a key one changes its type and the other one its name": (
        with_(uniques=(Key(("n", "name"), "k"),)),
        with_(columns=(ID, TITLE, replace(N, type="bigint")), uniques=(Key(("title", "n"), "k"),)),
        Hints(columns={(T, "title"): "name"}),
    ),
    "a column beside the primary key changes its name, and that, too": (
        with_(),
        with_(columns=(replace(ID, name="key"), TITLE, N), primary_key=Key(("key",), "t_pkey")),
        Hints(columns={(T, "title"): "name", (T, "key"): "id"}),
    ),
    "what names a column that is renamed goes": (
        with_(checks=(Check("name <> ''", "c"),), indexes=(Index("i", (IndexKey("name"),), unique=True),)),
        with_(columns=(ID, TITLE, N)),
        Hints(columns={(T, "title"): "name"}),
    ),
    "what names a column that is renamed changes its name, and another one gets that": (
        with_(checks=(Check("name <> ''", "c"), Check("n > 0", "d")), indexes=(BY_N,)),
        with_(
            columns=(ID, TITLE, N),
            checks=(Check("title <> ''", "d"), Check("n > 0", "e")),
            indexes=(replace(BY_N, name="by"), Index("by_n", (IndexKey("title"),))),
        ),
        Hints(columns={(T, "title"): "name"}),
    ),
    "an index has the name of one of another table": (
        with_(PLAIN, replace(OTHER, indexes=OTHERS)),
        with_(PLAIN, OTHER, indexes=OTHERS),
        None,
    ),
    "a foreign key to an index that goes": (
        with_(
            PLAIN,
            replace(OTHER, primary_key=None, indexes=(Index("u_id", (IndexKey("id"),), unique=True),)),
        ),
        with_(PLAIN, OTHER, foreign_keys=(replace(TO_U, on_delete=None),)),
        None,
    ),
    "a foreign key may keep an index that goes": (
        with_(
            PLAIN,
            replace(OTHER, indexes=(Index("u_id", (IndexKey("id"),), unique=True),)),
            foreign_keys=(TO_U,),
        ),
        with_(PLAIN, OTHER, foreign_keys=(TO_U,)),
        None,
    ),
    "a foreign key keeps an index that becomes a key": (
        with_(
            PLAIN,
            replace(OTHER, primary_key=None, indexes=(Index("u_id", (IndexKey("id"),), unique=True),)),
            foreign_keys=(TO_U,),
        ),
        with_(PLAIN, OTHER, foreign_keys=(TO_U,)),
        None,
    ),
    "a foreign key that is not valid": (
        with_(PLAIN, OTHER, foreign_keys=(replace(TO_U, valid=False),)),
        with_(PLAIN, OTHER, columns=(ID, NAME, replace(N, type="bigint")), foreign_keys=(replace(TO_U, valid=False),)),
        None,
    ),
    "an enum type goes with a column of another type": (
        replace(with_(columns=(ID, NAME, N, FEELING)), enums=(MOOD,)),
        with_(columns=(ID, NAME, N, replace(FEELING, type="text"))),
        None,
    ),
    "a sequence goes with a column that is renamed, and stays without it": (
        replace(with_(), sequences=(Sequence(Name("s"), table=T, column="n"),)),
        replace(with_(columns=(ID, NAME, replace(N, name="m"))), sequences=(Sequence(Name("s")),)),
        Hints(columns={(T, "m"): "n"}),
    ),
    "a column that had a sequence is computed": (
        replace(
            with_(columns=(ID, NAME, replace(N, default="nextval('s'::regclass)"))),
            sequences=(Sequence(Name("s"), table=T, column="n"),),
        ),
        with_(columns=(ID, NAME, Column("n", "integer", generated=Generated("id + 1")))),
        None,
    ),
    "a sequence goes with a new column": (
        with_(),
        replace(
            with_(columns=(ID, NAME, N, Column("m", "integer", nullable=False, default="nextval('s'::regclass)"))),
            sequences=(Sequence(Name("s"), table=T, column="m"),),
        ),
        None,
    ),
    "a new column of a new label": (
        replace(with_(columns=(ID, NAME, N, FEELING)), enums=(MOOD,)),
        replace(
            with_(
                columns=(ID, NAME, N, FEELING, Column("m", '"mood"', default="'well'")),
                checks=(Check("feeling <> 'well'", "c"),),
            ),
            enums=(Enum(Name("mood"), ("bad", "good", "well")),),
        ),
        None,
    ),
    "a new column is filled of one that changes": (
        with_(),
        with_(columns=(ID, NAME, replace(N, type="text"), Column("m", "integer", nullable=False))),
        Hints(using={(T, "m"): "n + 1"}),
    ),
    "a new column has no values yet": (
        with_(),
        with_(columns=(ID, WIDE, N, Column("m", "integer")), checks=(Check("m IS NOT NULL", "c"),)),
        Hints(using={(T, "m"): "n + 1"}),
    ),
    "rows change at once, and a constraint waits": (
        replace(
            with_(
                PLAIN,
                OTHER,
                columns=(ID, NAME, N, FEELING),
                checks=(Check("n > 6", "c", valid=False),),
                foreign_keys=(replace(TO_U, deferral="deferred"),),
            ),
            enums=(MOOD,),
        ),
        replace(
            with_(
                PLAIN,
                OTHER,
                columns=(ID, NAME, N, FEELING, Column("m", "integer", nullable=False)),
                checks=(Check("n > 6", "c", valid=False),),
                foreign_keys=(replace(TO_U, deferral="deferred"),),
            ),
            enums=(replace(MOOD, labels=("bad", "good")),),
        ),
        Hints(using={(T, "m"): "n + 1"}),
    ),
    "a check that is not valid": (
        with_(checks=(Check("n > 8", "c", valid=False),)),
        with_(columns=(ID, WIDE, N), checks=(Check("n > 8", "c", valid=False),)),
        None,
    ),
}


@pytest.mark.parametrize("case", WHOLE)
def test_what_comes_of_it_is_what_is_declared(engine: PostgresEngine, case: str) -> None:
    before, after, hints = WHOLE[case]
    engine.begin_again()
    statements = POSTGRES.ddl().create_all(before)
    unchecked = [each for each in statements if "NOT VALID" in each]
    engine.execute(*[each for each in statements if each not in unchecked])
    is_whole = all(key.valid for key in before.table(T).foreign_keys)
    parents = [f"INSERT INTO u VALUES ({VALUES['n']})" for table in before.tables if table.name == U and is_whole]
    values = ", ".join([VALUES[column.name] for column in before.table(T).columns])
    engine.execute(*parents, f"INSERT INTO t VALUES ({values})")
    for statement in unchecked:  # which the row may break
        engine.execute(statement)
    for each in draft(POSTGRES, before, after, hints, online=True):
        engine.migrate(each.up)
    assert engine.rows("SELECT count(*) FROM t") == [(1,)]
    done = engine.facts()
    engine.begin_again()
    engine.execute(*POSTGRES.ddl().create_all(after))
    assert done == engine.facts()


def test_triggers_views_and_enums(engine: PostgresEngine) -> None:
    view = View(Name("v"), 'CREATE VIEW "v" AS SELECT n FROM t')
    before, after = with_(), with_(columns=(ID, NAME, BIG))
    found = draft(POSTGRES, replace(before, views=(view,)), replace(after, views=(view,)), online=True, finish=True)
    assert [note for each in found for note in each.notes] == []
    engine.begin_again()
    engine.execute(*POSTGRES.ddl().create_all(replace(before, views=(view,))), "INSERT INTO t VALUES (1, 'x', 7)")
    for each in found:
        engine.migrate(each.up)
    assert engine.rows("SELECT n, pg_typeof(n)::text FROM v") == [(7, "bigint")]
    for parts, why in (
        (
            {"views": (replace(view, materialized=True, sql=view.sql.replace("VIEW", "MATERIALIZED VIEW")),)},
            "filled anew",
        ),
        (
            {"triggers": (Trigger("x", T, "CREATE TRIGGER x BEFORE UPDATE OF n ON t EXECUTE FUNCTION f()"),)},
            "a trigger",
        ),
    ):
        notes = Online(POSTGRES.renderer(), replace(before, **parts), diff(before, after)).refused
        assert [why in note for _, note in notes] == [True]
    old, new = Enum(Name("mood"), ("good", "bad")), Enum(Name("mood"), ("bad", "good"))
    mood = (ID, NAME, N, Column("mood", '"mood"'))
    before = replace(with_(columns=mood), enums=(old,))
    (found_one,) = draft(POSTGRES, before, replace(before, enums=(new,)), online=True)
    assert found_one.notes == ("make enum mood (bad, good) of (good, bad): every column of the type is written again",)


def test_who_may_use_a_column_may_use_what_takes_its_place(engine: PostgresEngine) -> None:
    engine.begin_again()
    engine.execute(*POSTGRES.ddl().create_all(BEFORE), "CREATE ROLE online_reader")
    try:
        engine.execute(
            "GRANT SELECT (title, year), UPDATE (plays) ON albums TO online_reader WITH GRANT OPTION",
            "GRANT SELECT (plays) ON albums TO PUBLIC",
        )
        for each in drafts(finish=True):
            engine.migrate(each.up)
        found = engine.rows(
            """SELECT a.attname, p.privilege_type, p.grantee = 0, p.is_grantable
            FROM pg_attribute a, aclexplode(a.attacl) p
            WHERE a.attrelid = 'albums'::regclass AND NOT a.attisdropped ORDER BY 1, 2"""
        )
        assert found == [
            ("name", "SELECT", False, True),
            ("plays", "SELECT", True, False),
            ("plays", "UPDATE", False, True),
            ("year", "SELECT", False, True),
        ]
    finally:
        engine.execute("DROP OWNED BY online_reader", "DROP ROLE online_reader")


def test_a_trigger_that_may_read_a_view_goes_before_its_table_is_moved() -> None:
    text = "CREATE TRIGGER noted BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f()"
    view, there = View(Name("noted"), 'CREATE VIEW "noted" AS SELECT n FROM t'), Name("t", "app")
    before = replace(with_(), schemas=("app",), views=(view,), triggers=(Trigger("noted", T, text),))
    after = replace(with_(replace(PLAIN, name=there)), schemas=("app",), triggers=(Trigger("noted", there, text),))
    first, *_ = draft(POSTGRES, before, after, Hints(tables={there: T}), online=True)
    assert [described(each) for each in first.operations][:3] == [
        "drop trigger noted on t",
        "drop view noted",
        "rename table t to app.t",
    ]
