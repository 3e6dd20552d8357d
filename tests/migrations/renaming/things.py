"""What is renamed."""

from __future__ import annotations

from enum import Enum
from functools import partial

from qb import Table, check, col, index, sql
from qb.schema.objects import Column, Name, Schema, Sequence
from qb.schema.objects import Enum as EnumOf
from qb.schema.objects import Table as TableOf

NUMBERS, INVOICES = Sequence(Name("numbers")), Name("invoices")


def schema(*sequences: Sequence, default: str | None = None) -> Schema:
    """Sequences, and a column with a default."""
    table = TableOf(INVOICES, (Column("number", "integer", default=default),))
    return Schema("postgres", sequences=sequences, tables=(table,))


class Mood(Enum):
    SAD = "sad"
    GLAD = "glad"


class Feeling(Enum):
    SAD = "sad"
    HAPPY = "happy"
    CALM = "calm"


def felt(kind: type[Enum], type_name: str, in_schema: str | None = None) -> type[Table]:
    """A table with columns of an enum type, and with all that may name it."""
    path = f'"{type_name}"' if in_schema is None else f'"{in_schema}"."{type_name}"'
    of_kind = partial(col.enum, kind, type_name=type_name, schema=in_schema)

    class Song(Table, name="songs"):
        id = col.integer().primary_key()
        mood = of_kind().default_sql(sql(f"'sad'::{path}"))
        more = col.array(of_kind()).nullable()
        is_sad = col.boolean().generated(sql(f"mood = 'sad'::{path}", returns=bool))
        no_sad_ones = check(sql(f"NOT (more @> ARRAY['sad'::{path}])", returns=bool), name="no sad ones")
        sad_first = index(sql(f"(mood <> CAST('sad' AS {path}))"), name="sad_first")

    return Song


MOOD = EnumOf(Name("mood"), ("sad", "glad"))
