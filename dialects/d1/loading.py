"""Very many rows for D1: each statement has them as one parameter, a JSON document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, islice
from json import dumps
from math import frexp
from typing import Any

from dialects.d1.limits import VALUE_BYTES
from dialects.d1.transport import Statement
from qb.dialect import Load
from qb.errors import EncodingError
from qb.identifiers import PATHS, QUOTED

AT_ONCE = 1000
"""Rows of a statement at most."""

FORM = "value ->> {0}"
FORMS = {
    "blob": "unhex(value ->> {0})",
    # SQLite reads the digits of a float not to the last bit: it is a whole number times two powers of 2.
    "real": "(value ->> '$[{0}][0]') * pow(2.0, value ->> '$[{0}][1]') * pow(2.0, value ->> '$[{0}][2]')",
}
"""How a value is read of its row, by the kind of its column."""
DIGITS = 53
"""Binary digits of a float."""


def inserts(load: Load) -> Iterator[Statement]:
    """The statements that insert the rows."""
    table, columns = load.table, load.columns
    name = QUOTED[table.name] if table.schema is None else PATHS[table.schema, table.name]
    values = [FORMS.get(column.type.kind, FORM).format(place) for place, column in enumerate(columns)]
    floats = [place for place, column in enumerate(columns) if column.type.kind == "real"]
    sql = (
        f"INSERT INTO {name} ({', '.join([QUOTED[column.name] for column in columns])}) "
        f"SELECT {', '.join(values)} FROM json_each(?)"
    )
    rows = chain.from_iterable(load.portions)
    while part := list(islice(rows, AT_ONCE)):
        for text in documents(with_exact_floats(part, floats) if floats else part):
            yield sql, (text,)


def with_exact_floats(rows: Sequence[Sequence[Any]], places: Sequence[int]) -> list[list[Any]]:
    """The rows with their floats as `FORMS` reads them."""
    done = [list(row) for row in rows]
    for row in done:
        for place in places:
            if row[place] is not None:
                row[place] = exact(row[place])
    return done


def exact(number: float) -> tuple[int, int, int]:
    """A whole number and two exponents, because the power of both would be 0 for the smallest numbers."""
    mantissa, exponent = frexp(number)
    exponent -= DIGITS
    return int(mantissa * 2**DIGITS), exponent // 2, exponent - exponent // 2


def documents(rows: Sequence[Sequence[Any]]) -> Iterator[str]:
    """The rows as JSON, in as many documents as D1 takes texts of."""
    text = dumps(rows, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=bytes.hex)
    if len(text) * 4 <= VALUE_BYTES or len(text.encode()) <= VALUE_BYTES:
        yield text
    elif len(rows) > 1:
        half = len(rows) // 2
        yield from documents(rows[:half])
        yield from documents(rows[half:])
    else:
        raise EncodingError(f"a row of {len(text.encode()):,} bytes is too large: D1 takes {VALUE_BYTES:,}")
