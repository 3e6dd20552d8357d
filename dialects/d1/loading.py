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
from qb.nodes import Column

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
    sql = f"INSERT INTO {name} ({', '.join([QUOTED[column.name] for column in columns])}) {selected(columns)}"
    rows = chain.from_iterable(load.portions)
    while part := list(islice(rows, AT_ONCE)):
        for text in documents(part, columns):
            yield sql, (text,)


def selected(columns: Sequence[Column]) -> str:
    """The SELECT of the rows in the document that is the next parameter."""
    values = [FORMS.get(column.type.kind, FORM).format(place) for place, column in enumerate(columns)]
    return f"SELECT {', '.join(values)} FROM json_each(?)"


def documents(rows: Sequence[Sequence[Any]], columns: Sequence[Column]) -> Iterator[str]:
    """The rows as JSON, in as many documents as D1 takes texts of."""
    text = document(rows, columns)
    if text is not None:
        yield text
    elif len(rows) > 1:
        half = len(rows) // 2
        yield from documents(rows[:half], columns)
        yield from documents(rows[half:], columns)
    else:
        raise EncodingError(f"a row is too large: D1 takes {VALUE_BYTES:,} bytes")


def document(rows: Sequence[Sequence[Any]], columns: Sequence[Column]) -> str | None:
    """The rows as one document; None when that is too large."""
    floats = [place for place, column in enumerate(columns) if column.type.kind == "real"]
    if floats:
        rows = with_exact_floats(rows, floats)
    text = dumps(rows, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=bytes.hex)
    is_short = len(text) * 4 <= VALUE_BYTES or len(text.encode(errors="surrogatepass")) <= VALUE_BYTES
    return text if is_short else None


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
