"""Nothing that a program takes from outside becomes SQL: names are quoted, values are parameters."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qb import Database, Executor, Table, alias, col, delete, fn, insert, literal, select, sql, update
from qb.dialect import find_dialect
from qb.errors import CompileError, QbError, SchemaError, TransactionError
from qb.tables import definition_of

DIALECTS = ("sqlite", "postgres", "d1")
HOSTILE = [
    '"',
    '""',
    'x" FROM secrets --',
    'a"; DROP TABLE notes; --',
    "'",
    "';--",
    "a.b",
    "a b",
    "é\u202e",
    "\n--",
    "/*",
    "?",
    "$1",
    "%s",
    ":a",
    "{}",
    "\\",
    "select",
    "\x01\x1f",
    "\x7f",
]
TEXTS = [
    *HOSTILE,
    "' OR '1'='1",
    "%",
    "_",
    "a%b",
    "[a]",
    "*",
    "a?c",
    "[^x]",
    "]",
    "\\%",
    "\\\\",
    "100%",
    "NULL",
    "",
    " ",
]


class Note(Table, name="notes"):
    id = col.integer().primary_key()
    text = col.text()


@pytest.fixture
async def notes(database: Database) -> Database:
    await database.create_tables(Note)
    await database.execute(insert(Note).values_many([{"text": text} for text in TEXTS]))
    return database


# Names


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_label_is_a_name(notes: Database, name: str) -> None:
    row = await notes.fetch_one(select(Note.text.as_(name)).where(Note.id == 1).order_by(Note.text.as_(name)))
    assert row._asdict() == {name: TEXTS[0]}


@pytest.mark.parametrize("name", HOSTILE)
async def test_an_alias_is_a_name(notes: Database, name: str) -> None:
    other = alias(Note, name)
    assert await notes.fetch_all(select(other.id).where(other.id == 1)) == [(1,)]
    rows = await notes.fetch_all(
        select(Note, other).from_(Note).join(other, on=other.id == Note.id).where(other.id == 1)
    )
    assert rows[0]._asdict() == {"note": (1, TEXTS[0]), name: (1, TEXTS[0])}


@pytest.mark.parametrize("name", HOSTILE)
async def test_tables_and_columns_have_any_name(database: Database, name: str) -> None:
    class Odd(Table, name=name):
        id = col.integer().primary_key()
        value = col.text(name)

    await database.create_tables(Odd)
    await database.execute(insert(Odd).values(value="x"))
    await database.execute(update(Odd).set(value=Odd.value + "y").where(Odd.value == "x"))
    assert await database.fetch_all(select(Odd)) == [(1, "xy")]
    assert await database.execute(delete(Odd).where(Odd.value == "xy")) == 1


@pytest.mark.parametrize("name", ["", "a\0b", "\0"])
def test_a_name_that_is_none(name: str) -> None:
    with pytest.raises(SchemaError):
        alias(Note, name)
    for dialect in DIALECTS:
        with pytest.raises(CompileError, match="cannot be an identifier"):
            select(Note.id.as_(name)).compile(dialect)


@pytest.mark.parametrize("name", [5, None, object(), b"x", ["x"]])
def test_a_label_is_a_text(name: Any) -> None:
    with pytest.raises(TypeError, match="a label is a text"):
        Note.id.as_(name)


@settings(max_examples=200, deadline=None)
@given(st.text(min_size=1).filter(lambda name: "\0" not in name))
def test_a_quoted_name_has_no_end_but_its_own(name: str) -> None:
    text, _ = select(Note.id.as_(name)).compile("sqlite")
    start, end = 'SELECT "notes"."id" AS "', '" FROM "notes"'
    assert text.startswith(start)
    assert text.endswith(end)
    assert text[len(start) : -len(end)].replace('""', "").count('"') == 0
    assert text[len(start) : -len(end)].replace('""', '"') == name


# Values


@pytest.mark.parametrize("text", TEXTS)
async def test_a_value_is_a_parameter(notes: Database, text: str) -> None:
    query = select(Note.text).where(Note.text == text, Note.text.in_([text]), Note.text.between(text, text))
    compiled = query.compile(notes.dialect)
    assert compiled.parameters == (text,) * 4
    assert await notes.fetch_all(query) == [(text,)]
    assert await notes.fetch_value(select(literal(text).as_("x"))) == text
    assert await notes.fetch_value(select(sql("{}", text, returns=str).as_("x"))) == text


@pytest.mark.parametrize("part", TEXTS)
async def test_no_character_of_an_affix_is_a_wildcard(notes: Database, part: str) -> None:
    for condition, test in [
        (Note.text.startswith(part), str.startswith),
        (Note.text.endswith(part), str.endswith),
        (Note.text.contains(part), str.__contains__),
        (Note.text.startswith(fn.concat(part, "")), str.startswith),
        (Note.text.endswith(fn.concat(part, "")), str.endswith),
        (Note.text.contains(fn.concat(part, "")), str.__contains__),
    ]:
        rows = await notes.fetch_all(select(Note.text).where(condition).order_by(Note.id))
        assert [row[0] for row in rows] == [text for text in TEXTS if test(text, part)]


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.text("aA%_*?[]^\\-'\"é", max_size=4), st.lists(st.text("aA%_*?[]^\\-'\"é", max_size=6), min_size=1, max_size=6)
)
async def test_affixes_of_all_texts(database: Database, part: str, texts: list[str]) -> None:
    for text in texts:
        query = select(literal(text).startswith(part), literal(text).endswith(part), literal(text).contains(part))
        assert await database.fetch_all(query) == [(text.startswith(part), text.endswith(part), part in text)]


NO_VALUES: list[Any] = [
    {"a": 1},
    {"node": "1"},
    ["x"],
    ("x",),
    {"x"},
    SimpleNamespace(node="1 = 1"),
    object(),
    Note,
    select,
]


@pytest.mark.parametrize("value", NO_VALUES)
def test_an_object_is_no_sql(value: Any) -> None:
    """Neither is one that looks like an expression from outside."""
    with pytest.raises((TypeError, QbError)):
        (Note.text == value).node and select(Note.id).where(Note.text == value).compile("sqlite")
    with pytest.raises((TypeError, QbError)):
        select(Note.id).where(Note.id == 1, value)
    with pytest.raises((TypeError, QbError)):
        select(Note.id).order_by(value)
    with pytest.raises((TypeError, QbError)):
        select(Note.id).group_by(value)
    with pytest.raises((TypeError, QbError)):
        literal(value)
    with pytest.raises((TypeError, QbError)):
        select(Note.id).limit(value).compile("sqlite")
    for dialect in ("sqlite", "postgres"):
        with pytest.raises((TypeError, QbError)):
            insert(Note).values(text=value).compile(dialect)
        with pytest.raises((TypeError, QbError)):
            insert(Note).values_many([{"text": value}]).compile(dialect)
        with pytest.raises((TypeError, QbError)):
            update(Note).set(text=value).all_rows().compile(dialect)


@pytest.mark.parametrize("text", ["id", "id DESC", "1", "id; DROP TABLE notes"])
def test_text_is_no_sort_key(text: Any) -> None:
    with pytest.raises(TypeError, match="a sort key is a SQL expression"):
        select(Note.id).order_by(text)
    with pytest.raises(TypeError, match="a group key is a SQL expression"):
        select(Note.id).group_by(text)
    with pytest.raises((TypeError, QbError)):
        select(Note.id).limit(text).compile("sqlite")
    with pytest.raises((TypeError, QbError)):
        select(Note.id).offset(text).compile("sqlite")


@pytest.mark.parametrize("key", ["text) VALUES ('x'); --", 'text"', "id; --", "__class__", "TEXT", "", 5])
def test_keys_of_rows_are_columns(key: Any) -> None:
    for rows in ([{key: 1}], [{"text": "x"}, {key: 1}]):
        with pytest.raises(SchemaError, match="Note has no column"):
            insert(Note).values_many(rows)  # type: ignore[arg-type]  # rows of different keys
    values: dict[str, Any] = {key: 1}
    if isinstance(key, str):
        with pytest.raises(SchemaError, match="Note has no column"):
            update(Note).set(**values)
        with pytest.raises(SchemaError, match="Note has no column"):
            insert(Note).values(**values)


async def test_braces_and_marks_in_values_are_values(notes: Database) -> None:
    query = select(sql("{} || {}", "{} $1 ?", "%s", returns=str).as_("x"))
    assert await notes.fetch_value(query) == "{} $1 ?%s"


# Text in DDL, where nothing can be bound


@settings(max_examples=200, deadline=None)
@given(st.text().filter(lambda text: "\0" not in text))
def test_a_literal_has_no_end_but_its_own(text: str) -> None:
    for dialect in DIALECTS:
        written = find_dialect(dialect).compiler().literal(text, definition_of(Note).columns["text"].node.type)
        assert written[0] == written[-1] == "'"
        assert written[1:-1].replace("''", "").count("'") == 0


def test_nul_is_no_literal() -> None:
    class Bad(Table):
        text = col.text().default("a\0b")

    for dialect in DIALECTS:
        with pytest.raises(QbError, match="NUL"):
            find_dialect(dialect).ddl().create([Bad])


# Options of statements


@pytest.mark.parametrize("level", ["serializable; DROP TABLE notes", "SERIALIZABLE", "", 5])
async def test_an_isolation_level_is_one_of_those_there_are(notes: Database, level: Any) -> None:
    with pytest.raises(TransactionError, match="no isolation level"):
        async with notes.transaction(isolation=level):
            pytest.fail("it began")
    assert await notes.fetch_value(select(fn.count()).from_(Note)) == len(TEXTS)


async def test_nested_transactions_have_no_names_from_outside(notes: Database) -> None:
    async def inside(executor: Executor, depth: int) -> None:
        async with executor.transaction() as nested:
            await nested.execute(insert(Note).values(text=f"'; ROLLBACK; -- {depth}"))
            if depth:
                await inside(nested, depth - 1)

    await inside(notes, 3)
    assert await notes.fetch_value(select(fn.count()).from_(Note)) == len(TEXTS) + 4
