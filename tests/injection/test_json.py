"""Keys and indexes of documents.

CVE-2026-32763 and CVE-2026-44635 (Kysely: quotes and metacharacters in a path), CVE-2026-30951 (Sequelize: a cast in
a key).
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from qb import Database, col, fn, insert, literal, select, update, values
from qb.errors import CompileError, UnsupportedError
from tests.injection.hostile import ANY_TEXT, DIALECTS, MANY, TEXTS, Note

KEYS = [
    *[text for text in TEXTS if len(text) < 100],
    *["a.b", "a[0]", "[0]", "$", "$.a", "*", "**", "?", "a?(@.b)", "#", "#-1", "-1", "0", "a::text", "a::int) --"],
    *["{a,b}", "{}", "a'--", "a'] || (SELECT 1) --", "@", "last", "strict $", "\t", "\u2028"],
]


@pytest.mark.parametrize("key", KEYS)
async def test_a_key_is_a_key(notes: Database, key: str) -> None:
    """It finds its own part, of many that an evil reading would find."""
    document: dict[str, Any] = dict.fromkeys(("a", "b", "0", "", "$", *KEYS), "wrong")
    document |= {"list": ["x", "y"], key: {key: ["right", 5]}}
    await notes.execute(insert(Note).values(id=1000, text="", data=document))
    row = await notes.fetch_one(
        select(
            Note.data[key][key][0],
            fn.json_value(Note.data, key, key, 1, returns=col.integer()),
            Note.data.has_key(key),
            Note.data.has_key(key + "no"),
            Note.data["list"][key],
            fn.json_object(**{key: literal(key)}),
        ).where(Note.id == 1000, Note.data[key][key][0] == "right")
    )
    assert row == ("right", 5, True, False, None, {key: key})
    for dialect in DIALECTS:
        text = select(Note.data[key]).compile(dialect).sql
        assert text == select(Note.data["plain"]).compile(dialect).sql or '"' in key or "\\" in key or min(key) < " "


@pytest.mark.parametrize("key", KEYS)
async def test_a_key_is_set_and_removed(notes: Database, key: str) -> None:
    await notes.execute(insert(Note).values(id=1000, text="", data={"a": 1, "b": [2], "0": 3}))
    change = update(Note).set(data=fn.json_set(Note.data[key], key)).where(Note.id == 1000)
    gone = update(Note).set(data=fn.json_remove(Note.data[key])).where(Note.id == 1000)
    try:
        change.compile(notes.dialect)
    except UnsupportedError as error:
        assert notes.dialect.name == "sqlite"  # the other engine has it
        assert "no path to the key" in str(error)  # noqa: PT017  # some keys are refused, the others are not
        return
    kept = {"a": 1, "b": [2], "0": 3}
    await notes.execute(change)
    assert await notes.fetch_value(select(Note.data).where(Note.id == 1000)) == kept | {key: key}
    await notes.execute(gone)
    kept.pop(key, None)
    assert await notes.fetch_value(select(Note.data).where(Note.id == 1000)) == kept


@MANY
@given(ANY_TEXT)
async def test_any_key(canary: Database, key: str) -> None:
    document: Any = literal_document({key: [key], key + "x": 0})
    row = await canary.fetch_one(select(document[key][0], document.has_key(key), document.has_key(key + "y")))
    assert row == (key, True, False)


def literal_document(value: Any) -> Any:
    source = values("v", [(value,)], data=col.json(object))
    return source.data


@pytest.mark.parametrize("index", [2**31, 2**32, 2**64, -(2**31), -(2**32) - 1])
def test_indexes_of_more_than_31_bits(index: int) -> None:
    """SQLite would take 2**32 for 0."""
    with pytest.raises(CompileError, match="an index has 31 bits"):
        Note.data[index]
    with pytest.raises(CompileError, match="an index has 31 bits"):
        fn.json_value(Note.data, index, returns=col.text())


@pytest.mark.parametrize("key", ["\0", "a\0b", "\ud800"])
def test_what_is_no_key(key: str) -> None:
    makers: list[Any] = [lambda: Note.data[key], lambda: Note.data.has_key(key)]
    for make in makers:
        with pytest.raises(CompileError, match="holds NUL or half of a character"):
            make()


@pytest.mark.parametrize("key", [None, 1.5, True, b"a", ["a"], {"a": 1}])
def test_what_is_neither_key_nor_index(key: Any) -> None:
    with pytest.raises(TypeError):
        Note.data[key]
