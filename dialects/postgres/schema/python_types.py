"""The declarations for PostgreSQL's types."""

from __future__ import annotations

from collections.abc import Sequence

from dialects.postgres.schema.describe import implied_name
from qb.identifiers import PATHS, QUOTED
from qb.schema.objects import Column
from qb.schema.python_types import TypeNames
from qb.schema.source import call

KINDS = {
    "integer": "integer()",
    "bigint": "bigint()",
    "smallint": "smallint()",
    "text": "text()",
    "boolean": "boolean()",
    "double precision": "real()",
    "date": "date()",
    "time": "time()",
    "interval": "interval()",
    "uuid": "uuid()",
    "bytea": "blob()",
    "jsonb": "json(object)",
    "timestamptz": "timestamp()",
    "timestamp": "timestamp(zone=False)",
}


class PostgresTypes(TypeNames):
    """Chooses the declarations for PostgreSQL."""

    def plain(self, type: str, name: str | None, collation: str | None) -> str | None:
        if type.endswith("[]"):
            item = None if collation is not None else self.plain(type[:-2], None, None)
            return None if item is None else f"col.{call('array', bare=[item, *named(name)])}"
        made = self.scalar(type)
        if made is None or (collation is not None and type != "text" and not type.startswith("varchar(")):
            return None
        function, _, inner = made.partition("(")
        first = [part for part in inner[:-1].split(", ") if part and "=" not in part]
        last = [part for part in inner[:-1].split(", ") if "=" in part]
        extra = [] if collation is None else [f"collation={collation!r}"]
        return f"col.{call(function, bare=[*first, *named(name), *last, *extra])}"

    def scalar(self, type: str) -> str | None:
        """The call without the name of the column."""
        if type in KINDS:
            return KINDS[type]
        inner = type.partition("(")[2].removesuffix(")")
        if type.startswith("varchar("):
            return f"varchar({inner})"
        if type.startswith("numeric("):
            precision, scale = map(int, inner.split(", "))
            return f"numeric({inner})" if 0 <= scale <= precision else None
        for enum, python in self.enums.items():
            if type == (QUOTED[enum.name] if enum.schema is None else PATHS[enum.schema, enum.name]):
                schema = [] if enum.schema is None else [f"schema={enum.schema!r}"]
                return f"enum({', '.join([python, f'type_name={enum.name!r}', *schema])})"
        return None

    def like(self, type: str) -> str:
        if type.endswith("]"):
            return "list"
        word = type.partition("(")[0]
        classes = {
            **dict.fromkeys(("varchar", "char", "bpchar", "citext", "xml", "json", "name", '"char"', "ltree"), "str"),
            "numeric": "Decimal",
            "real": "float",
            "timestamptz": "datetime",
            "timestamp": "col.timestamp(zone=False)",
            "time": "col.time()",
        }
        return classes.get(word, "object")

    def primary_key(self, column: Column) -> str:
        if column.type not in ("integer", "bigint", "smallint"):
            return ".primary_key()"
        plain = column.identity is not None and column.identity.kind == "by default" and not column.identity.options
        return ".primary_key()" if plain else ".primary_key(generated=False)"

    def plain_default(self, column: Column) -> str | None:
        text = column.default or ""
        if column.type == "boolean" and text in ("true", "false"):
            return text.title()
        if column.type in ("integer", "bigint", "smallint") and text.isdecimal():
            return text
        value, _, cast = text.rpartition("::")
        is_text = cast == "text" if column.type == "text" else cast == "character varying"
        if column.type != "text" and not column.type.startswith("varchar("):
            return None
        is_literal = len(value) > 1 and value[0] == value[-1] == "'" and "'" not in value[1:-1].replace("''", "")
        return repr(value[1:-1].replace("''", "'")) if is_text and is_literal and "\\" not in value else None

    def implied_name(self, table: str, columns: Sequence[str], suffix: str) -> str | None:
        return implied_name(table, "_".join(columns), suffix)


def named(name: str | None) -> list[str]:
    """The argument for the name of a column."""
    return [] if name is None else [repr(name)]
