"""What a web request names or brings: sort keys, directions, dictionary keys, cursors, options of statements.

Text that became SQL there: CVE-2019-7164 and CVE-2019-7548 (SQLAlchemy), CVE-2021-35042 and CVE-2025-64459 (Django),
CVE-2026-84993 (MikroORM), GHSA-w7q7-vjp8-7jv4 (TypeORM), CVE-2023-47128 (Piccolo).
"""

from __future__ import annotations

import base64
import json
from decimal import Decimal
from typing import Any

import pytest

from qb import (
    Database,
    Executor,
    Table,
    col,
    column_named,
    cursor_of,
    fn,
    fts,
    insert,
    keyset,
    merge,
    select,
    sort_keys,
    update,
    window,
)
from qb.errors import CompileError, InvalidCursor, QbError, SchemaError, TransactionError, UnknownName
from tests.injection.hostile import DIALECTS, NAMES, NO_NAMES, SECRETS, TEXTS, Note, Secret, unchecked

ALL = select(Secret.id)


# Sort keys


@pytest.mark.parametrize(
    "keys", [*NAMES, *NO_NAMES[1:], "id desc", "-id desc", "id;", "1", "word--", "--word", "__class__", "ID", "word.id"]
)
def test_sort_keys_are_those_that_are_allowed(keys: str) -> None:
    for allowed in (("id", "word"), ("id",)):
        with pytest.raises(UnknownName):
            sort_keys(Secret, keys, among=allowed)
    with pytest.raises(UnknownName):
        sort_keys({"id": Secret.id}, keys)
    with pytest.raises(UnknownName):
        column_named(Secret, keys)


@pytest.mark.parametrize("key", ["id", "id DESC", "1", "id; DROP TABLE secrets", "", "\0"])
def test_text_is_no_key(key: Any) -> None:
    for make in (
        lambda: ALL.order_by(key),
        lambda: ALL.group_by(key),
        lambda: ALL.having(key),
        lambda: ALL.where(key),
        lambda: ALL.distinct_on(key),
        lambda: fn.rank().over(partition_by=key),
        lambda: window("w", order_by=key),
        lambda: keyset(ALL, by=(key,), size=5),
    ):
        with pytest.raises((TypeError, QbError)):
            make()
    for count in (ALL.limit, ALL.offset, ALL.fetch):
        with pytest.raises((TypeError, QbError)):
            count(key).compile("postgres")


# Cursors


class Thing(Table, name="things"):
    id = col.integer().primary_key()
    name = col.text()
    price = col.numeric(10, 2)
    share = col.real()
    at = col.timestamp()
    key = col.uuid()


CURSORS: list[tuple[Any, Any, list[Any]]] = [
    (Thing.id, 5, ["1 OR 1=1", 2**70, 10**400, [1], {"a": 1}, "1", 1.5, True]),
    (Thing.name, "x", ["\0", "\ud800", 5, ["x"], {"$ne": ""}, *NAMES]),
    (Thing.price, Decimal("1.50"), ["NaN", "sNaN", "Infinity", "1e999999", "1e-999999", "1;", "1_0", 1.5, "\0"]),
    (Thing.share, 0.5, [float("nan"), float("inf"), "0.5", 10**400, "1; --"]),
]


@pytest.mark.parametrize(("key", "value", "others"), CURSORS, ids=lambda part: str(part)[:20])
async def test_a_cursor_that_was_changed(canary: Database, key: Any, value: Any, others: list[Any]) -> None:
    """It is another place among the rows, or an error of ours; never anything else."""
    await canary.create_tables(Thing)
    cursor = cursor_of((value,), (key,))
    mark = json.loads(base64.urlsafe_b64decode(cursor + "=="))[0]
    for other in others:
        text = base64.urlsafe_b64encode(json.dumps([mark, other]).encode()).decode().rstrip("=")
        for place in ({"after": text}, {"before": text}):
            try:
                rows = await canary.fetch_all(keyset(select(Thing.id), by=(key,), size=5, **place))
            except QbError:
                continue
            assert rows == []


@pytest.mark.parametrize("text", [*NAMES, *NO_NAMES, "AAAA", "[1,2]", "WzEsMl0", "bnVsbA", "x" * 100_000])
def test_what_is_no_cursor(text: str) -> None:
    with pytest.raises(InvalidCursor):
        keyset(ALL, by=(Secret.id,), size=5, after=text)


# Dictionary keys


@pytest.mark.parametrize(
    "key", [*NAMES, *NO_NAMES, "id) VALUES (1); --", "word = 'x' --", "self", "table", "__class__", "WORD", "node", 5]
)
async def test_keys_are_columns(canary: Database, key: Any) -> None:
    for rows in ([{key: "x"}], [{"word": "x"}, {key: "x"}]):
        with pytest.raises(SchemaError, match="Secret has no column"):
            insert(Secret).values_many(unchecked(rows))
    if isinstance(key, str):
        values: dict[str, Any] = {key: "x"}
        for make in (
            lambda: insert(Secret).values(**values),
            lambda: update(Secret).set(**values),
            lambda: insert(Secret).values(id=1, word="x").on_conflict(Secret.id).do_update(**values),
            lambda: merge(Secret).using(Note, on=Note.id == Secret.id).when_matched().update(**values),
            lambda: merge(Secret).using(Note, on=Note.id == Secret.id).when_not_matched().insert(**values),
        ):
            with pytest.raises(SchemaError, match="Secret has no column"):
                make()


# Options


@pytest.mark.parametrize("option", [*NAMES, *NO_NAMES, "cascade; DROP TABLE secrets", "SERIALIZABLE", "nowait", 5])
async def test_options_are_those_there_are(canary: Database, option: Any) -> None:
    for make in (
        lambda: canary.dialect.ddl().create([made(option)]),
        lambda: col.integer().references(lambda: Secret.id, on_delete=option),
        lambda: col.integer().references(lambda: Secret.id, on_update=option),
        lambda: fn.extract(option, Thing.at),
        lambda: fn.date_trunc(option, Thing.at),
        lambda: ALL.clear(option),
        lambda: fn.count().over(order_by=Secret.id, exclude=option),
        lambda: fn.count().over(order_by=Secret.id, rows=(option, 0)),
        lambda: ALL.with_for_update(of=option).compile("postgres"),
        lambda: ALL.compile(option),
        lambda: col.varchar(option),
        lambda: col.numeric(option, 2),
        lambda: col.numeric(5, option),
    ):
        with pytest.raises((TypeError, ValueError, LookupError, AttributeError, QbError)):
            make()
            assert option == 5, "a length"
            raise QbError
    with pytest.raises(TransactionError, match="no isolation level"):
        async with canary.transaction(isolation=option):
            pytest.fail("it began")
    with pytest.raises(ValueError, match="the formats are"):
        await canary.explain(ALL, format=option)


def made(option: Any) -> type[Table]:
    return type("Odd", (Table,), {"id": col.integer(), "other": col.varchar(option)})


@pytest.mark.parametrize("config", [*NAMES[:6], *NO_NAMES, "english'); --", "english\n", "simple--", "a.b.c"])
def test_configurations_of_full_text_search(config: str) -> None:
    with pytest.raises(CompileError, match="cannot be the name"):
        fts.match(Note.text, "x", config=config)


async def test_nested_transactions_have_no_names_from_outside(notes: Database) -> None:
    async def inside(executor: Executor, depth: int) -> None:
        async with executor.transaction() as nested:
            await nested.execute(insert(Note).values(text=f"'; ROLLBACK; -- {depth}"))
            if depth:
                await inside(nested, depth - 1)

    await inside(notes, 3)
    assert await notes.fetch_value(select(fn.count()).from_(Note)) == len(TEXTS) + 4


async def test_plans_of_evil_statements(notes: Database) -> None:
    for text in TEXTS:
        query = select(Note.text.as_(text[:50] or "x")).where(Note.text == text)
        assert await notes.explain(query)
    assert await notes.fetch_all(select(Secret).order_by(Secret.id)) == SECRETS


def test_dialects() -> None:
    for dialect in DIALECTS:
        assert select(Secret.id).compile(dialect)
