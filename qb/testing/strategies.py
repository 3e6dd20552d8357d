"""Hypothesis strategies from what tables declare. It needs hypothesis: `pip install 'qb[testing]'`.

    from qb.testing import strategies

    @given(row=strategies.rows(Album, artist_id=1))
    def test_every_album_is_shown(row: NewRow[Album]) -> None: ...

The values are those that every engine takes: no NUL in a text, numbers that are finite and fit, moments in UTC.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, TypeVar, Union, cast, get_args, get_origin, is_typeddict

from hypothesis import strategies as st

from qb.codecs import json_text
from qb.columns import Column
from qb.errors import EncodingError, QbError
from qb.rows import NewRow
from qb.tables import Table, definition_of
from qb.testing.samples import keys_of
from qb.types import Array, Enum, Json, Numeric, SqlType, Timestamp, Varchar

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

TB = TypeVar("TB", bound=Table)
T = TypeVar("T")

CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
TEXTS = st.text(CHARACTERS)
FIRST, LAST = datetime(1, 1, 3), datetime(9999, 12, 30)
"""PostgreSQL's driver takes the very first and the very last moment for infinite ones."""
LONGEST = timedelta(days=100_000_000)
"""SQLite has 64 bits for microseconds."""


def rows(table: type[TB], /, **given: object) -> SearchStrategy[NewRow[TB]]:
    """Rows for `insert(table)`: the columns that it must be given, and some of those that it may be given.

        rows(Album, artist_id=sampled_from(keys), title="Blue")

    What is given is a value or a strategy of values. Keys that the database counts, and computed columns, are left
    out. What a foreign key references, what is unique and what a check allows is not known: give these columns, or use
    `unique_by` of `lists`. Raises SchemaError when there is no such column.
    """
    definition = definition_of(table)
    required: dict[str, SearchStrategy[Any]] = {}
    for name, value in given.items():
        definition.column(name)  # raises
        required[name] = value if isinstance(value, st.SearchStrategy) else st.just(value)
    optional: dict[str, SearchStrategy[Any]] = {}
    for name, column in definition.columns.items():
        declared = column.declaration
        if name in given or declared.identity or declared.computed is not None:
            continue
        may_be_absent = declared.nullable or declared.default is not None
        try:
            (optional if may_be_absent else required)[name] = values(column)
        except QbError:
            if not may_be_absent:
                raise
    made: Any = st.fixed_dictionaries(required, optional=optional)
    return cast("SearchStrategy[NewRow[TB]]", made)


def values(column: Column[T, Any, Any]) -> SearchStrategy[T]:
    """The values of a column; None among them where it may be NULL.

    Raises QbError when nothing is known of its type.
    """
    declared = column.declaration
    try:
        made: SearchStrategy[Any] = of_type(declared.type)
    except QbError as error:
        raise QbError(f"{error}, that of the column {declared.attribute}: give a strategy") from error
    return cast("SearchStrategy[T]", st.none() | made if declared.nullable else made)


def of_type(type: SqlType) -> SearchStrategy[Any]:
    """The values of a SQL type."""
    make = VALUES.get(type.kind)
    if make is None:
        raise QbError(f"nothing is known of values of {type!r}")
    return make(type)


def bits(number: int) -> SearchStrategy[int]:
    """Whole numbers."""
    return st.integers(-(2 ** (number - 1)), 2 ** (number - 1) - 1)


def limited_texts(type: SqlType) -> SearchStrategy[str]:
    """Texts that are not too long."""
    assert isinstance(type, Varchar)
    return st.text(CHARACTERS, max_size=type.length)


def decimals(type: SqlType) -> SearchStrategy[Any]:
    """Decimals with no more digits than there is room for."""
    assert isinstance(type, Numeric)
    scale, largest = type.scale, 10**type.precision - 1

    def scaled(number: int) -> Any:
        from decimal import Context, Decimal

        return Decimal(number).scaleb(-scale, Context(prec=type.precision + 1))

    return st.integers(-largest, largest).map(scaled)


def moments(type: SqlType) -> SearchStrategy[datetime]:
    """Moments in UTC, or what a clock on the wall shows."""
    assert isinstance(type, Timestamp)
    found = st.datetimes(FIRST, LAST)
    return found.map(lambda value: value.replace(tzinfo=UTC)) if type.zone else found


def members(type: SqlType) -> SearchStrategy[Any]:
    """The members of an Enum."""
    assert isinstance(type, Enum)
    return st.sampled_from(list(type.python_type))


def lists(type: SqlType) -> SearchStrategy[list[Any]]:
    """Arrays."""
    assert isinstance(type, Array)
    return st.lists(of_type(type.item), max_size=5)


def documents(type: SqlType) -> SearchStrategy[Any]:
    """What JSON gives back as it was."""
    assert isinstance(type, Json)

    def is_kept(value: Any) -> bool:
        if value is None:  # it would be NULL
            return False
        try:
            return "\\u0000" not in json_text(value, type)
        except EncodingError:
            return False

    return of_python(type.python_type).filter(is_kept)


NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
JSON_NUMBERS = st.floats(-1e15, 1e15)
"""Larger ones are whole numbers to PostgreSQL, whose digits are those of the text that they were written as."""
ANYTHING = st.recursive(
    st.none() | st.booleans() | bits(64) | JSON_NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
PLAIN: dict[Any, SearchStrategy[Any]] = {
    Any: ANYTHING,
    object: ANYTHING,
    str: TEXTS,
    int: bits(64),
    float: JSON_NUMBERS,
    dict: st.dictionaries(TEXTS, ANYTHING, max_size=3),
    list: st.lists(ANYTHING, max_size=3),
}


def of_python(python: Any) -> SearchStrategy[Any]:
    """The values of a Python type, those that JSON has where they are known."""
    origin, arguments = get_origin(python), get_args(python)
    if python in PLAIN:
        return PLAIN[python]
    if origin in (Union, types.UnionType):
        return st.one_of(*[of_python(argument) for argument in arguments])
    if origin is Literal:
        return st.sampled_from(arguments)
    if origin in (list, Sequence):
        return st.lists(of_python(arguments[0]), max_size=5)
    if origin in (dict, Mapping):
        return st.dictionaries(of_python(arguments[0]), of_python(arguments[1]), max_size=5)
    if is_typeddict(python):
        keys = keys_of(python)
        return st.fixed_dictionaries(
            {key: of_python(item) for key, (item, is_required) in keys.items() if is_required},
            optional={key: of_python(item) for key, (item, is_required) in keys.items() if not is_required},
        )
    return st.from_type(python)


VALUES: dict[str, Callable[[SqlType], SearchStrategy[Any]]] = {
    "integer": lambda type: bits(32),
    "bigint": lambda type: bits(64),
    "smallint": lambda type: bits(16),
    "text": lambda type: TEXTS,
    "varchar": limited_texts,
    "boolean": lambda type: st.booleans(),
    "real": lambda type: NUMBERS,
    "numeric": decimals,
    "date": lambda type: st.dates(FIRST.date(), LAST.date()),
    "time": lambda type: st.times(),
    "timestamp": moments,
    "interval": lambda type: st.timedeltas(-LONGEST, LONGEST),
    "uuid": lambda type: st.uuids(),
    "blob": lambda type: st.binary(),
    "json": documents,
    "enum": members,
    "array": lists,
}
