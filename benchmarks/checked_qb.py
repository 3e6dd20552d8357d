"""Programs of qb for type checkers to check: a schema, queries as people write them, and some that are large."""

from __future__ import annotations

HEAD = """\
from decimal import Decimal
from qb import (
    Database, Table, alias, case, col, delete, exists, excluded, fn, index, insert, many, select, update, window,
)
"""
TABLE = """

class T{0}(Table, name="t{0}"):
    id = col.integer().primary_key()
    parent_id = col.integer().references(lambda: T{1}.id, on_delete="cascade")
    name = col.text().unique()
    note = col.text().nullable()
    amount = col.numeric(10, 2)
    rating = col.real().nullable()
    created = col.timestamp().default_sql(fn.now())
    day = col.date().nullable()
    plays = col.integer().default(0)
    live = col.boolean().default(False)

    by_parent = index(parent_id, created.desc())
"""
JOIN = """
async def query_{0}(db: Database) -> None:
    rows = await db.fetch_all(
        select(T{1}.name, T{2}.name.as_("parent"), T{1}.amount, T{1}.day)
        .join(T{2}, on=T{1}.parent_id == T{2}.id)
        .where(T{1}.plays > {0}, T{2}.name.startswith("A"))
        .order_by(T{1}.created.desc())
        .limit(10)
    )
    for name, parent, amount, day in rows:
        print(name + parent, amount, day)
"""
AGGREGATE = """
async def query_{0}(db: Database) -> None:
    per_parent = (
        select(T{2}.name, fn.count(T{1}.id).as_("items"), fn.sum(T{1}.amount).as_("total"))
        .left_join(T{1}, on=T{1}.parent_id == T{2}.id)
        .group_by(T{2}.id, T{2}.name)
        .having(fn.count(T{1}.id) > {0})
        .order_by(fn.count(T{1}.id).desc(), T{2}.name)
    )
    for row in await db.fetch_all(per_parent):
        print(row[0].upper(), row[1] + 1)
"""
WINDOW = """
async def query_{0}(db: Database) -> None:
    latest = window("latest", partition_by=T{1}.parent_id, order_by=T{1}.created.desc())
    ranked = select(
        T{1}.id, T{1}.name, T{1}.amount, fn.row_number().over(latest).as_("place"),
        fn.sum(T{1}.plays).over(partition_by=T{1}.parent_id).as_("all_plays"),
    ).subquery("ranked")
    first = select(ranked.id, ranked.name, ranked.all_plays).where(ranked.place == 1).order_by(ranked.amount.desc())
    print(await db.fetch_all(first))
"""
CTE = """
async def query_{0}(db: Database) -> None:
    recent = (
        select(T{1}.parent_id, fn.sum(T{1}.plays).as_("plays"))
        .where(T{1}.day.is_not_null())
        .group_by(T{1}.parent_id)
        .cte("recent")
    )
    rows = await db.fetch_all(
        select(T{2}.name, fn.coalesce(recent.plays, 0).as_("plays"))
        .left_join(recent, on=recent.parent_id == T{2}.id)
        .order_by(T{2}.name)
    )
    for name, plays in rows:
        print(name, plays + {0})
"""
NESTED = """
async def query_{0}(db: Database) -> None:
    inner = many(select(T{1}.name, T{1}.amount).order_by(T{1}.created).limit(3))
    row = await db.fetch_one_or_none(select(T{2}.id, T{2}.name, inner.as_("items")).where(T{2}.id == {0}))
    if row is not None:
        print(row[1], len(row[2]))
"""
INSERT = """
async def query_{0}(db: Database, name: str) -> None:
    made = (
        insert(T{1})
        .values(parent_id={0}, name=name, amount=Decimal(5), note=None)
        .on_conflict(T{1}.name)
        .do_update(plays=T{1}.plays + 1, amount=excluded(T{1}.amount))
        .returning(T{1}.id, T{1}.plays)
    )
    print(await db.fetch_one(made))
    await db.execute(insert(T{2}).values_many([{{"parent_id": 1, "name": name, "amount": Decimal(2)}}]))
"""
UPDATE = """
async def query_{0}(db: Database, note: str) -> None:
    await db.execute(update(T{1}).set(note=note, plays=T{1}.plays + {0}).where(T{1}.id == {0}, T{1}.live))
    await db.execute(delete(T{2}).where(T{2}.created < fn.now(), T{2}.note.is_null()))
"""
WHOLE = """
async def query_{0}(db: Database) -> None:
    other = alias(T{1}, "other")
    rows = await db.fetch_all(
        select(T{1}, T{2})
        .left_join(T{2}, on=T{1}.parent_id == T{2}.id)
        .where(exists(select(other.id).where(other.parent_id == T{1}.id, other.plays > T{1}.plays)))
    )
    for one, two in rows:
        print(one, two)
"""
CASES = """
async def query_{0}(db: Database, names: list[str]) -> None:
    size = case((T{1}.amount > 1000, "large"), (T{1}.amount > 100, "medium"), else_="small")
    rows = await db.fetch_all(
        select(T{1}.id, size.as_("size"), (T{1}.rating * 100).as_("percent"), fn.lower(T{1}.name).as_("lower"))
        .where(T{1}.name.in_(names), T{1}.parent_id.in_(select(T{2}.id).where(T{2}.live)))
        .order_by(T{1}.id)
    )
    print([row[1] for row in rows])
"""
UNION = """
async def query_{0}(db: Database) -> None:
    both = (
        select(T{1}.name, T{1}.day)
        .where(T{1}.live)
        .union_all(select(T{2}.name, T{2}.day).where(T{2}.plays > {0}))
    )
    print(await db.fetch_all(both.limit(20)))
    most = select(fn.max(T{1}.amount)).where(T{1}.parent_id == T{2}.id).scalar_subquery()
    print(await db.fetch_all(select(T{2}.name, most.as_("most"))))
"""
FORMS = (JOIN, AGGREGATE, WINDOW, CTE, NESTED, INSERT, UPDATE, WHOLE, CASES, UNION)

LARGE = """
async def large_{0}(db: Database) -> None:
    for row in await db.fetch_all({1}):
        print(row[0])
"""


def schema(tables: int) -> str:
    """A module with so many tables, each with a foreign key to the one before."""
    return HEAD + "".join([TABLE.format(number, max(number - 1, 0)) for number in range(tables)])


def queries(count: int, tables: int, schema: str = "schema") -> str:
    """A module with so many functions, a few statements in each, over all of the tables."""
    child = [number % (tables - 1) + 1 for number in range(count)]
    functions = [FORMS[n % len(FORMS)].format(n, child[n], child[n] - 1) for n in range(count)]
    return HEAD + imported(schema, tables) + "".join(functions)


def imported(schema: str, tables: int) -> str:
    """The import of the tables."""
    return f"from {schema} import {', '.join([f'T{number}' for number in range(tables)])}\n"


def wide_table(columns: int) -> str:
    """A module with a table of so many columns, and one query of it."""
    body = "".join([f"    c{number} = col.text().nullable()\n" for number in range(columns)])
    used = LARGE.format("of_all", "select(Wide).where(Wide.c0.is_not_null())")
    return f"{HEAD}\n\nclass Wide(Table):\n    id = col.integer().primary_key()\n{body}{used}"


def wide_select(columns: int, copies: int = 1) -> str:
    """A module that selects so many columns."""
    names = ", ".join([f"Wide.c{number}" for number in range(columns)])
    body = "".join([LARGE.format(copy, f"select({names}).where(Wide.id > 0)") for copy in range(copies)])
    return f"{HEAD}from wide import Wide\n{body}"


def joins(count: int, copies: int = 1) -> str:
    """A module that joins so many tables to another one."""
    steps = "".join([f".left_join(T{n}, on=T{n}.parent_id == T{n - 1}.id)" for n in range(1, count + 1)])
    query = f"select(T0.name, T{count}.amount){steps}"
    return HEAD + imported("schema", count + 1) + "".join([LARGE.format(copy, query) for copy in range(copies)])


def chain(steps: int, copies: int = 1) -> str:
    """A module that builds a query in so many steps."""
    body = "".join([f".where(T0.plays > {step}).order_by(T0.name)" for step in range(steps // 2)])
    query = f"select(T0.name, T0.amount){body}"
    return HEAD + imported("schema", 1) + "".join([LARGE.format(copy, query) for copy in range(copies)])
