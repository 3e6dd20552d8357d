"""The declarations for SQLite's types, which are any words."""

from __future__ import annotations

from qb.schema.objects import Column
from qb.schema.python_types import TypeNames
from qb.schema.source import call


class SqliteTypes(TypeNames):
    """Chooses the declarations for SQLite."""

    def plain(self, type: str, name: str | None, collation: str | None) -> str | None:
        kinds = {"INTEGER": "integer", "TEXT": "text", "REAL": "real", "BLOB": "blob"}
        if type not in kinds or (collation is not None and type != "TEXT"):
            return None
        return f"col.{call(kinds[type], *([] if name is None else [name]), collation=collation)}"

    def like(self, type: str) -> str:
        words = type.upper()
        if "INT" in words:
            return "int"
        if any(word in words for word in ("CHAR", "CLOB", "TEXT", "DATE", "TIME")):
            return "str"
        if "BLOB" in words:
            return "bytes"
        if any(word in words for word in ("REAL", "FLOA", "DOUB", "DEC", "NUM")):
            return "float"
        return "bool" if words.startswith("BOOL") else "object"

    def primary_key(self, column: Column) -> str:
        if column.type != "INTEGER":
            return ".primary_key(generated=False)" if self.like(column.type) == "int" else ".primary_key()"
        made = ".primary_key(autoincrement=True)" if column.identity is not None else ".primary_key()"
        return made if column.nullable else f"{made}.not_null()"

    def plain_default(self, column: Column) -> str | None:
        text = column.default or ""
        is_text = column.type == "TEXT" or self.like(column.type) == "str"
        if is_text and text.startswith("'") and "{" not in text:
            return repr(text[1:-1].replace("''", "'"))
        return text if column.type == "INTEGER" and is_number(text) else None


def is_number(text: str) -> bool:
    """Whether it is a whole number, written as Python writes it."""
    digits = text.removeprefix("-")
    return digits.isascii() and digits.isdecimal() and str(int(text)) == text
