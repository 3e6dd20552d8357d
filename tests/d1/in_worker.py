"""What test_binding.py runs in a Worker's Python: `main` is given its bindings, and answers with JSON."""

from __future__ import annotations

import json
from typing import Any

from dialects.d1 import D1
from qb import Database, NewRow, Table, alias, col, expect, fn, insert, select, update
from qb.errors import DatabaseError, RequirementFailed
from qb.observers import StatementRun


class Reading(Table, name="readings"):
    id = col.integer().primary_key()
    key = col.bigint().unique()
    value = col.real().nullable()
    text = col.text().nullable()
    data = col.blob().nullable()
    moment = col.timestamp(zone=False).nullable()


class Wrapped:
    """A binding as Cloudflare's SDK wraps it."""

    def __init__(self, binding: Any) -> None:
        self._binding = binding

    def __getattr__(self, name: str) -> Any:
        return getattr(self._binding, name)


KEYS = select(Reading.key).order_by(Reading.id)
OTHER = alias(Reading, "other")
TWICE = (  # its rows are objects, in which two values cannot have one name
    select(Reading.id, OTHER.id.as_("other"), fn.count(), fn.count().as_("1"))
    .join(OTHER, on=Reading.id == OTHER.id)
    .where(Reading.id == 1)
    .group_by(Reading.id, OTHER.id)
)
ROWS: list[NewRow[Reading]] = [
    {"key": 2**63 - 1, "value": 0.1, "text": "ä\0😀", "data": b"\0\xff"},
    {"key": -5, "value": 1.0, "text": None, "data": b""},
    {"key": 2**53 + 1, "value": None, "text": "", "data": None},
]


async def main(env: Any) -> str:
    answers: dict[str, Any] = {}
    db = Database(D1(env.DB))
    await db.create_tables(Reading)
    added = [await db.execute(insert(Reading).values(**row)) for row in ROWS]
    answers["affected"] = [(int(one), one.last_row_id, one.meta["rows_written"] > 0) for one in added]
    answers["rows"] = repr([tuple(row) for row in await db.fetch_all(select(Reading).order_by(Reading.id))])
    answers["wrapped"] = [row.key for row in await Database(D1(Wrapped(env.DB))).fetch_all(KEYS)]
    found = await db.batch(KEYS, update(Reading).set(text="x").where(Reading.id == 2), TWICE)
    answers["batch"] = [[row.key for row in found[0]], int(found[1]), [list(row) for row in found[2]]]
    many: list[NewRow[Reading]] = [{"key": number, "value": number / 3} for number in range(500)]
    answers["many"] = [int(await db.execute(insert(Reading).values_many(many))), await is_exact(db)]
    answers["errors"] = []
    for statement in (
        insert(Reading).values(key=-5),
        insert(Reading).values(key=None),  # type: ignore[arg-type]  # the mistake
        update(Missing).set(id=1).all_rows(),
    ):
        try:
            await db.execute(statement)
        except DatabaseError as error:
            answers["errors"].append([type(error).__name__, error.table, list(error.columns), error.sql is not None])
    try:
        await db.batch(
            update(Reading).set(text="y").where(Reading.id == 2),
            expect(update(Reading).set(text="z").where(Reading.id == -1)),
        )
    except RequirementFailed as error:
        answers["requirement"] = error.args[0]
    answers["undone"] = await db.fetch_value(select(Reading.text).where(Reading.id == 2))
    answers["metas"] = await metas_of(db)
    answers["session"] = await in_a_session(env)
    return json.dumps(answers)


class Missing(Table, name="missing"):
    id = col.integer().primary_key()


async def is_exact(db: Database) -> bool:
    rows = await db.fetch_all(select(Reading.key, Reading.value).where(Reading.key.between(0, 499)))
    return len(rows) == 500 and all(row.value == row.key / 3 for row in rows)


async def metas_of(db: Database) -> list[list[str]]:
    events: list[Any] = []
    with db.observe(events.append):
        await db.fetch_all(KEYS)
        await db.batch(KEYS)
    metas = [event.meta for event in events if isinstance(event, StatementRun)]
    return [sorted((meta or {}).keys() & {"duration", "rows_read", "rows_written"}) for meta in metas]


async def in_a_session(env: Any) -> list[Any]:
    session = D1(env.DB).session("first-primary")
    before = session.bookmark
    count = await Database(session).fetch_value(select(fn.count()).from_(Reading))
    later = D1(env.DB).session(session.bookmark)
    same = await Database(later).fetch_value(select(fn.count()).from_(Reading))
    return [before, count == same, isinstance(session.bookmark, str)]
