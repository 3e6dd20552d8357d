"""Rows inside of rows: a correlated sub-query that makes one JSON document of them, read back in qb/rows.py.

A row is a JSON array of its values by position, in an encoding that keeps every value as it is (`json_items`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import ClassVar

from qb import nodes
from qb.compiler.reads import sources_of, sources_read
from qb.compiler.select import SelectCompiler
from qb.errors import CompileError, UnsupportedError
from qb.identifiers import QUOTED
from qb.nodes import Column, Comparison, Expression, Nested, Select, Source, Table
from qb.nodes.nested import JSON_WIDTH
from qb.types import BIGINT, BOOLEAN, SqlType

AT_MOST_TWO = nodes.Raw(("2",), (), BIGINT)
"""The limit of one(): enough to see that there are several."""
SAME = "{0}"
ENCODINGS: Mapping[str, str] = MappingProxyType(
    dict.fromkeys(
        ("integer", "bigint", "smallint", "text", "varchar", "boolean", "date", "time", "uuid", "enum", "rows"), SAME
    )
)
"""What engines write into JSON as it is, or as text that is read back."""
Key = tuple[tuple[Column, Column], ...]


class NestedCompiler(SelectCompiler):
    """Renders `many` and `one`."""

    json_array: ClassVar[str] = "json_array"
    """The function that makes a JSON array of its arguments."""
    json_list: ClassVar[str] = "json_arrayagg({0})"
    """The aggregate that makes a JSON array of rows, `[]` of none."""
    json_items: ClassVar[Mapping[str, str] | None] = None
    """By the kind of a SQL type: how a value is written so that JSON keeps it. None is for showing."""

    def visit_nested(self, node: Nested) -> str:
        word = "one" if node.single else "many"
        raise CompileError(f"{word}() is an item of a select's result, and stands nowhere else: name it with .as_(…)")

    def nested(self, node: Nested, select: Select) -> str:
        if select.distinct is True:
            raise CompileError("rows with rows inside do not compare: leave .distinct() out, or group the rows")
        query = node.query.copy()
        columns = list(flat(query.projection))
        query.projection = tuple([nodes.Label(item, f"c{n}") for n, item in enumerate(columns)])
        condition = correlation(node, select)
        if condition is not None:
            both = (condition,) if query.where is None else (condition, query.where)
            query.where = both[0] if len(both) == 1 else nodes.Binary("AND", *both, BOOLEAN)
        if node.single and query.limit is None:
            query.limit = AT_MOST_TWO
        items = [self.json_item(QUOTED[f"c{n}"], item.type) for n, item in enumerate(columns)]
        row = self.json_row(items)
        return f"(SELECT {self.json_list.format(row)} FROM ({self.visit(query)}) AS {QUOTED['nested']})"

    def json_row(self, items: Sequence[str]) -> str:
        """The values of a row; of a wide row in portions, because engines limit the arguments of functions."""
        name = self.json_array
        if len(items) <= JSON_WIDTH:
            return f"{name}({', '.join(items)})"
        starts = range(0, len(items), JSON_WIDTH)
        return f"{name}({', '.join([self.json_row(items[start : start + JSON_WIDTH]) for start in starts])})"

    def json_item(self, text: str, type: SqlType) -> str:
        """A value as JSON keeps it. Raises UnsupportedError for a type that would not come back equal."""
        if self.json_items is None:
            return text
        encoding = self.json_items.get(type.kind)
        if encoding is None:
            remedy = "say what it returns: sql(…, returns=…)" if type.kind == "any" else "select it by itself"
            raise UnsupportedError(f"a value of {type!r} cannot be inside of many() or one(): {remedy}")
        return encoding.format(text)


def flat(projection: nodes.Projection) -> Iterator[Expression]:
    """The columns of a projection."""
    for item in projection:
        if isinstance(item, nodes.WholeSource):
            yield from item.source.columns
        else:
            yield item.operand if isinstance(item, nodes.Label) else item


def correlation(node: Nested, select: Select) -> Expression | None:
    """What ties the inner rows to the row around them."""
    inner, outer = sources_of(node.query), sources_of(select)
    word = "one" if node.single else "many"
    if node.on is not None:
        for source in sources_read(node.on):
            if source in inner and source in outer:
                raise CompileError(
                    f'{word}(): "{source.label}" is in the inner select and around it: name one of them with alias()'
                )
        return node.on
    needed = [join.source for join in node.query.joins if join.kind not in ("INNER", "CROSS")]
    for own in [source for source in inner if source not in needed]:
        for other in outer:
            if other in inner:  # the inner select's own hides it
                continue
            ways = [keys_between(own, other), [flipped(key) for key in keys_between(other, own)]]
            keys = next(filter(None, reversed(ways) if node.single else ways), [])
            if len(keys) > 1:
                found = " and ".join([f"({', '.join([pair[0].attribute for pair in key])})" for key in keys])
                raise CompileError(
                    f'{word}(): several foreign keys join "{own.label}" and "{other.label}": {found}; '
                    f"say which: {word}(…, on=…)"
                )
            if keys:
                return joined(keys[0])
    names = [" or ".join([f'"{source.label}"' for source in side]) for side in (inner, outer)]
    raise CompileError(
        f"{word}(): no foreign key joins {names[0] or 'the inner select'} with {names[1] or 'what is around it'}: "
        f"say what does, {word}(…, on=…)"
    )


def keys_between(source: Source, other: Source) -> list[Key]:
    """The foreign keys of one source to the table of another, as pairs of columns."""
    if not isinstance(source, Table) or not isinstance(other, Table):
        return []
    columns = {column.name: column for column in other.columns}
    return [
        tuple([(column, columns[target.name]) for column, target in zip(own, targets, strict=True)])
        for own, targets in source.foreign_keys()
        if same_table(targets[0].source, other)
    ]


def same_table(source: Source, other: Table) -> bool:
    """Whether the two are the same table, under whatever names."""
    return isinstance(source, Table) and (source.schema, source.name) == (other.schema, other.name)


def flipped(key: Key) -> Key:
    return tuple([(right, left) for left, right in key])


def joined(key: Key) -> Expression:
    """The condition that a key stands for."""
    condition: Expression | None = None
    for left, right in key:
        equal = Comparison("=", left, right)
        condition = equal if condition is None else nodes.Binary("AND", condition, equal, BOOLEAN)
    assert condition is not None
    return condition
