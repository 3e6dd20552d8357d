"""Random schemas of everything that a table can have, with names and texts that nobody should choose."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from qb.identifiers import QUOTED
from qb.schema.objects import Check, Column, ForeignKey, Generated, Identity, Index, IndexKey, Key, Name, Schema, Table

Draw = Callable[[st.SearchStrategy[Any]], Any]

NAMES = st.text("abA 1_\"'`[](),;-/*.{}\\é#$@?:\n", min_size=1, max_size=12)
TEXTS = st.text("abA\"'`[](),;-/*.{}\\é#$@?:\n ", max_size=12)
ACTIONS = st.sampled_from([None, "CASCADE", "SET NULL", "SET DEFAULT", "RESTRICT"])
TYPES = {
    "sqlite": ["INTEGER", "TEXT", "REAL", "BLOB", "varchar(30)", "", '"odd ) type"', "double precision"],
    "postgres": ["integer", "bigint", "text", "varchar(30)", "numeric(5, 2)", "timestamptz", "text[]", "jsonb"],
}


def literal(text: str) -> str:
    """A text as SQL."""
    return "'" + text.replace("'", "''") + "'"


def expressions(columns: list[Column]) -> st.SearchStrategy[str]:
    """Expressions over some columns, as a person writes them."""
    operands = st.one_of(st.sampled_from([QUOTED[column.name] for column in columns]), TEXTS.map(literal))
    forms = ["lower(/* ( */ {0})", "({0} || {1})", "coalesce({0},{1}, {0})", "CASE WHEN {0} > {1} THEN {0} END"]
    return st.tuples(st.sampled_from(forms), operands, operands).map(lambda parts: parts[0].format(*parts[1:]))


def conditions(columns: list[Column]) -> st.SearchStrategy[str]:
    """Conditions over some columns."""
    names = st.sampled_from([QUOTED[column.name] for column in columns])
    forms = ["{0} <> {1}", "({0}) IS NOT NULL", "NOT ({0}  =\n{1})", "{0} IN ({1}, -- (\n')')"]
    return st.tuples(st.sampled_from(forms), names, TEXTS.map(literal)).map(lambda parts: parts[0].format(*parts[1:]))


@st.composite
def schemas(draw: Draw, dialect: str) -> Schema:
    """Some tables that reference each other."""
    names = draw(st.lists(NAMES, min_size=1, max_size=3, unique_by=str.lower))
    free = iter(f"{draw(NAMES)}{number}" for number in range(1000))  # of constraints and indexes
    tables: list[Table] = []
    for name in names:
        tables.append(draw(table(dialect, Name(name), tables, free)))
    return Schema(dialect, tables=tuple(tables))


@st.composite
def table(draw: Draw, dialect: str, name: Name, before: list[Table], free: Any) -> Table:
    """One of them."""
    own = draw(st.lists(NAMES, min_size=2, max_size=5, unique_by=str.lower))
    texts = [column(draw, dialect, "text" if dialect == "postgres" else "TEXT", each) for each in own[:2]]
    others = [column(draw, dialect, draw(st.sampled_from(TYPES[dialect])), each) for each in own[2:]]
    key, columns = primary_key(draw, dialect, [*texts, *others], free)
    if draw(st.booleans()):
        stored = dialect == "postgres" or draw(st.booleans())
        expression = f"{QUOTED[texts[0].name]} || {literal(draw(TEXTS))}"
        kind = "text" if dialect == "postgres" else "TEXT"
        columns.append(Column("generated column", kind, generated=Generated(expression, stored)))
    uniques = [
        Key((each.name, columns[0].name), next(free), **unique_options(draw, dialect))
        for each in columns[1:2]
        if draw(st.booleans())
    ]
    checks = [Check(draw(conditions(texts)), next(free)) for _ in range(draw(st.integers(0, 2)))]
    targets = [each for each in before if each.primary_key is not None and len(each.primary_key.columns) == 1]
    keys = []
    for other in targets:
        assert other.primary_key is not None
        target = other.column(other.primary_key.columns[0])
        columns.append(Column(f"to {other.name.name[:8]} {len(columns)}", target.type, True))
        deferral = draw(st.sampled_from([None, "immediate", "deferred"]))
        actions = draw(ACTIONS), draw(ACTIONS)
        keys.append(ForeignKey((columns[-1].name,), other.name, (target.name,), *actions, next(free), deferral))
    indexes = [index(draw, dialect, texts, next(free)) for _ in range(draw(st.integers(0, 2)))]
    options: tuple[str, ...] = ()
    if dialect == "sqlite" and {each.type for each in columns} <= {"INTEGER", "TEXT", "REAL", "BLOB"}:
        options = draw(st.sampled_from([(), ("STRICT",)]))
    return Table(name, tuple(columns), key, tuple(uniques), tuple(checks), tuple(keys), (), tuple(indexes), options)


def column(draw: Draw, dialect: str, type: str, name: str) -> Column:
    """A column."""
    is_text = type in ("text", "TEXT")
    default = draw(st.sampled_from([None, "text", "expression"])) if is_text else None
    # One of PostgreSQL: an expression over two columns with different ones has none.
    collations = {"sqlite": [None, "NOCASE", "RTRIM"], "postgres": [None, "C"]}[dialect]
    given = draw(TEXTS)
    defaults = {"text": literal(given), "expression": f"({literal(given)} || {literal(draw(TEXTS))})"}
    return Column(
        name,
        type,
        draw(st.booleans()),
        defaults[default] if default else None,
        collation=draw(st.sampled_from(collations)) if is_text else None,
        comment=draw(st.sampled_from([None, "a comment", given or None])) if dialect == "postgres" else None,
    )


def primary_key(draw: Draw, dialect: str, columns: list[Column], free: Any) -> tuple[Key | None, list[Column]]:
    """A primary key, or none; its columns are never NULL."""
    kind = draw(st.sampled_from(["none", "number", "text"]))
    if kind == "none":
        return None, columns
    if kind == "text":
        first = columns[0]
        changed = Column(first.name, first.type, False, first.default, None, None, first.collation, first.comment)
        return Key((first.name,), next(free)), [changed, *columns[1:]]
    identity = draw(st.sampled_from([Identity("autoincrement"), None]))
    if dialect == "sqlite":
        return Key(("the key",)), [Column("the key", "INTEGER", identity=identity), *columns]
    always = draw(st.sampled_from([Identity("always", "START WITH 5"), Identity("by default"), None]))
    return Key(("the key",), next(free)), [Column("the key", "integer", False, identity=always), *columns]


def unique_options(draw: Draw, dialect: str) -> dict[str, Any]:
    """What a unique constraint has besides its columns."""
    if dialect == "sqlite":
        return {"on_conflict": draw(st.sampled_from([None, "REPLACE", "IGNORE"]))}
    return {"deferral": draw(st.sampled_from([None, "immediate", "deferred"]))}


def index(draw: Draw, dialect: str, columns: list[Column], name: str) -> Index:
    """An index."""
    keys = []
    for each in draw(st.lists(st.sampled_from(columns), min_size=1, max_size=2, unique=True)):
        if draw(st.booleans()):
            keys.append(IndexKey(each.name, None, draw(st.booleans())))
        else:
            text = draw(expressions(columns))
            keys.append(IndexKey(None, text if dialect == "sqlite" else f"({text})", draw(st.booleans())))
    where = draw(st.one_of(st.none(), conditions(columns)))
    return Index(name, tuple(keys), draw(st.booleans()), where)
