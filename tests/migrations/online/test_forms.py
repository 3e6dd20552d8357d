"""The online form of each change, and what has none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from qb.migrations.hints import Hints
from qb.migrations.making import draft
from qb.migrations.scripts import Script
from qb.schema.objects import Check, Column, Exclusion, ForeignKey, Generated, Identity, Index, IndexKey, Key, Schema
from tests.migrations.engines import PostgresEngine
from tests.migrations.online.albums import POSTGRES
from tests.migrations.online.plain import (
    ADDED,
    BIG,
    BY_N,
    GENERATED,
    ID,
    NAME,
    OTHER,
    PLAIN,
    TO_U,
    N,
    T,
    U,
    scripts,
    with_,
)

CASES: dict[str, tuple[Schema, Schema, list[list[str]]]] = {
    "an index": (with_(), with_(indexes=(BY_N,)), [['CREATE INDEX CONCURRENTLY "by_n" ON "t" ("n")']]),
    "no index": (with_(indexes=(BY_N,)), with_(), [['DROP INDEX CONCURRENTLY "by_n"']]),
    "another index": (
        with_(indexes=(BY_N,)),
        with_(indexes=(replace(BY_N, unique=True),)),
        [
            ['CREATE UNIQUE INDEX CONCURRENTLY "__new_by_n" ON "t" ("n")', 'DROP INDEX CONCURRENTLY "by_n"'],
            ['ALTER INDEX "__new_by_n" RENAME TO "by_n"'],
        ],
    ),
    "a foreign key": (
        with_(PLAIN, OTHER),
        with_(PLAIN, OTHER, foreign_keys=(TO_U,)),
        [
            [
                'ALTER TABLE "t" ADD CONSTRAINT "t_n_fkey" FOREIGN KEY ("n") REFERENCES "u" ("id") ON DELETE CASCADE '
                "NOT VALID"
            ],
            ['ALTER TABLE "t" VALIDATE CONSTRAINT "t_n_fkey"'],
        ],
    ),
    "a foreign key to a key that comes": (
        with_(PLAIN, OTHER),
        with_(
            PLAIN,
            replace(OTHER, columns=(ID, N), uniques=(Key(("n",), "u_n_key"),)),
            foreign_keys=(replace(TO_U, references=("n",)),),
        ),
        [
            ['ALTER TABLE "u" ADD COLUMN "n" integer NOT NULL DEFAULT 1'],
            ['CREATE UNIQUE INDEX CONCURRENTLY "u_n_key" ON "u" ("n")'],
            ['ALTER TABLE "u" ADD CONSTRAINT "u_n_key" UNIQUE USING INDEX "u_n_key"'],
            [
                'ALTER TABLE "t" ADD CONSTRAINT "t_n_fkey" FOREIGN KEY ("n") REFERENCES "u" ("n") ON DELETE CASCADE '
                "NOT VALID"
            ],
            ['ALTER TABLE "t" VALIDATE CONSTRAINT "t_n_fkey"'],
        ],
    ),
    "another check": (
        with_(checks=(Check("n > 0", "positive"),)),
        with_(checks=(Check("n > 1", "positive"),)),
        [
            [
                'ALTER TABLE "t" DROP CONSTRAINT "positive"',
                'ALTER TABLE "t" ADD CONSTRAINT "positive" CHECK (n > 1) NOT VALID',
            ],
            ['ALTER TABLE "t" VALIDATE CONSTRAINT "positive"'],
        ],
    ),
    "not null": (
        with_(),
        with_(columns=(ID, replace(NAME, nullable=False, default="'x'"), N)),
        [
            [
                'ALTER TABLE "t" ALTER COLUMN "name" SET DEFAULT \'x\'',
                'ALTER TABLE "t" ADD CONSTRAINT "__not_null_name" CHECK ("name" IS NOT NULL) NOT VALID',
            ],
            ['ALTER TABLE "t" VALIDATE CONSTRAINT "__not_null_name"'],
            [
                'ALTER TABLE "t" ALTER COLUMN "name" SET NOT NULL',
                'ALTER TABLE "t" DROP CONSTRAINT "__not_null_name"',
            ],
        ],
    ),
    "a key": (
        with_(),
        with_(uniques=(Key(("n", "name"), "t_key", "deferred", ("id",), nulls_distinct=False),)),
        [
            ['CREATE UNIQUE INDEX CONCURRENTLY "t_key" ON "t" ("n", "name") INCLUDE ("id") NULLS NOT DISTINCT'],
            ['ALTER TABLE "t" ADD CONSTRAINT "t_key" UNIQUE USING INDEX "t_key" DEFERRABLE INITIALLY DEFERRED'],
        ],
    ),
    "another key": (
        with_(uniques=(Key(("n",), "k"),)),
        with_(uniques=(Key(("n", "id"), "k"),)),
        [
            ['CREATE UNIQUE INDEX CONCURRENTLY "__new_k" ON "t" ("n", "id")'],
            ['ALTER TABLE "t" ADD CONSTRAINT "__new_k" UNIQUE USING INDEX "__new_k"'],
            ['ALTER TABLE "t" DROP CONSTRAINT "k"', 'ALTER TABLE "t" RENAME CONSTRAINT "__new_k" TO "k"'],
        ],
    ),
    "a primary key": (
        with_(primary_key=None),
        with_(),
        [
            ['CREATE UNIQUE INDEX CONCURRENTLY "t_pkey" ON "t" ("id")'],
            ['ALTER TABLE "t" ADD CONSTRAINT "t_pkey" PRIMARY KEY USING INDEX "t_pkey"'],
        ],
    ),
    "what takes no time": (
        with_(),
        with_(columns=(ID, replace(NAME, default="'x'"), N, Column("m", "integer", default="1"))),
        [['ALTER TABLE "t" ADD COLUMN "m" integer DEFAULT 1', 'ALTER TABLE "t" ALTER COLUMN "name" SET DEFAULT \'x\'']],
    ),
    "a new table with an index": (
        with_(),
        with_(PLAIN, replace(OTHER, indexes=(Index("by_id", (IndexKey("id", descending=True),)),))),
        [
            [
                'CREATE TABLE "u" (\n  "id" integer NOT NULL,\n  CONSTRAINT "u_pkey" PRIMARY KEY ("id")\n)',
                'CREATE INDEX "by_id" ON "u" ("id" DESC)',
            ]
        ],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_one_by_one(engine: PostgresEngine, case: str) -> None:
    before, after, expected = CASES[case]
    if case == "a foreign key to a key that comes":  # with rows, the column is the row's number
        tables = tuple([replace(each, columns=(ID, ADDED)) if each.name == U else each for each in after.tables])
        after = replace(after, tables=tables)
    found = scripts(before, after)
    assert [list(each.statements) for each in found] == expected
    outside = ("CONCURRENTLY", "DO $qb$")
    assert [each.transactional for each in found] == [not any(word in each[0] for word in outside) for each in expected]
    engine.begin_again()
    engine.execute(*POSTGRES.ddl().create_all(before))
    if "key" not in case:
        others = [f"INSERT INTO {table.name} VALUES (7)" for table in before.tables if table.name == U]
        engine.execute(*others, "INSERT INTO t VALUES (1, 'x', 7)")
    for each in found:
        engine.migrate(each)
    done = engine.facts()
    engine.begin_again()
    engine.execute(*POSTGRES.ddl().create_all(after))
    assert done == engine.facts()


def test_an_index_that_is_declared_so_is_built_beside_others() -> None:
    """Without --online, too."""
    before, after = with_(), with_(indexes=(replace(BY_N, concurrently=True),))
    (found,) = draft(POSTGRES, before, after)
    assert found.up == Script(('CREATE INDEX CONCURRENTLY "by_n" ON "t" ("n")',), transactional=False)
    assert draft(POSTGRES, Schema("postgres"), after)[0].up.transactional, "nobody uses a new table"


ONLY = "the table has no primary key, by whose order batches could be made"


@pytest.mark.parametrize(
    ("before", "after", "hints", "note"),
    [
        (
            with_(),
            with_(columns=(ID, NAME, N, GENERATED)),
            None,
            "add column t.m (integer): it is computed for every row",
        ),
        (
            with_(),
            with_(columns=(ID, NAME, N, Column("m", "integer", False, identity=Identity("always")))),
            None,
            "add column t.m (integer, not null): every row gets a number",
        ),
        (
            with_(primary_key=None),
            with_(primary_key=None, columns=(ID, NAME, BIG)),
            None,
            f"alter column t.n: bigint for integer: {ONLY}",
        ),
        (with_(), with_(columns=(ID, NAME, replace(N, type="smallint"))), None, None),
        (
            with_(),
            replace(with_(), tables=(replace(PLAIN, name=U),)),
            Hints(tables={U: T}),
            "rename table t to u: programs know one of both names: leave a view of the old one",
        ),
        (
            with_(),
            with_(columns=(ID, NAME, replace(N, identity=Identity("by default")))),
            None,
            "alter column t.n: identity by default: its highest number is searched",
        ),
        (
            with_(),
            with_(columns=(ID, NAME, Column("n", "integer", generated=Generated("id + 1")))),
            None,
            "alter column t.n: nullable, generated as id + 1: it is computed for every row",
        ),
        (
            with_(columns=(ID, NAME, N, GENERATED)),
            with_(columns=(ID, NAME, N, Column("m", "integer", nullable=False))),
            None,
            "alter column t.m: not null, not generated: it is computed until then",
        ),
        (
            with_(columns=(ID, NAME, N, replace(GENERATED, nullable=False))),
            with_(columns=(ID, NAME, N, Column("m", "integer", nullable=False))),
            None,
            None,
        ),
        (
            with_(),
            with_(columns=(replace(ID, type="bigint"), NAME, N)),
            None,
            "alter column t.id: bigint for integer: it is in the primary key t_pkey",
        ),
        (
            with_(columns=(ID, NAME, N, GENERATED)),
            with_(columns=(ID, NAME, BIG, GENERATED)),
            None,
            "alter column t.n: bigint for integer: another column is computed of it",
        ),
        (
            with_(
                PLAIN,
                replace(OTHER, foreign_keys=(ForeignKey(("id",), T, ("n",), name="f"),)),
                uniques=(Key(("n",), "k"),),
            ),
            with_(
                PLAIN,
                replace(OTHER, foreign_keys=(ForeignKey(("id",), T, ("n",), name="f"),)),
                uniques=(Key(("n",), "k"),),
                columns=(ID, NAME, BIG),
            ),
            None,
            "alter column t.n: bigint for integer: foreign keys point to it",
        ),
        (
            with_(columns=(ID, NAME, replace(N, type="double precision"))),
            with_(),
            None,
            "alter column t.n: integer for double precision: a value may be another one afterwards: "
            "say what it is, by --filled",
        ),
        (
            with_(columns=(ID, replace(NAME, default="'x'"), N)),
            with_(columns=(ID, Column("title", "text", default="'x'"), N)),
            Hints(columns={(T, "title"): "name"}),
            "rename column t.name to title: it has a default, and may be NULL: "
            "nobody can tell which of both was written",
        ),
        (
            with_(),
            with_(columns=(ID, Column("title", "text", nullable=False), N)),
            Hints(columns={(T, "title"): "name"}),
            "rename column t.name to title: it changes in other ways, too: rename it in a migration of its own",
        ),
        (
            with_(),
            with_(exclusions=(Exclusion("e", "EXCLUDE USING btree (n WITH =)"),)),
            None,
            "add exclusion e to t: PostgreSQL builds it in one go only",
        ),
        (
            with_(),
            with_(columns=(ID, NAME, N, GENERATED), indexes=(Index("i", (IndexKey("m"),)),)),
            None,
            "create index i on t: its column comes later",
        ),
    ],
)
def test_what_has_no_online_form_is_named(
    engine: PostgresEngine, before: Schema, after: Schema, hints: Hints | None, note: str | None
) -> None:
    found = draft(POSTGRES, before, after, hints, online=True, finish=True)
    notes = [note for each in found for note in each.notes]
    assert note in notes if note is not None else notes == []
    engine.begin_again()
    engine.execute(*POSTGRES.ddl().create_all(before))
    for each in found:
        engine.migrate(each.up)
    done = engine.facts()
    engine.begin_again()
    engine.execute(*POSTGRES.ddl().create_all(after))
    assert done == engine.facts()
