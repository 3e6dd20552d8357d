"""Nodes to SQL text and parameters, in one pass.

This class speaks the SQL that the engines share; a dialect subclasses it and overrides the few methods in which
it differs. A `visit_*` method returns the text of a node; parameters are collected in the order of the text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar

from qb import nodes
from qb.errors import CompileError, EncodingError
from qb.nodes import Column, Expression, Node, Parameter, Source
from qb.types import BIGINT, SqlType

Encoder = Callable[[Any, SqlType], Any]  # any value of the type's Python class, to what the driver takes

PREDICATE, CLOSER = 4, 5
ATOM = 10
PRECEDENCE = {
    "OR": 1,
    "AND": 2,
    "=": PREDICATE,
    "<>": PREDICATE,
    "<": PREDICATE,
    "<=": PREDICATE,
    ">": PREDICATE,
    ">=": PREDICATE,
    "||": 5,
    "+": 6,
    "-": 6,
    "*": 7,
    "/": 7,
    "//": 7,
    "%": 7,
}
"""How tightly operators bind, where the engines agree. Elsewhere (`||` next to arithmetic, predicates inside
predicates) parentheses are always written."""
NOT, NEGATION = 3, 8


class Quoting(dict[str, str]):
    """Identifiers, quoted: the one place where a name becomes SQL."""

    def __missing__(self, name: str) -> str:
        if "\0" in name or not name:
            raise CompileError(f"{name!r} cannot be an identifier")
        if len(self) > 10_000:  # names made on the fly must not pile up
            self.clear()
        self[name] = text = '"' + name.replace('"', '""') + '"'
        return text


class Paths(dict[tuple[str, ...], str]):
    """Qualified identifiers, quoted."""

    def __missing__(self, path: tuple[str, ...]) -> str:
        if len(self) > 10_000:
            self.clear()
        self[path] = text = ".".join([QUOTED[name] for name in path])
        return text


class Names(dict[tuple[str, ...], str]):
    """Qualified identifiers, quoted without what qualifies them."""

    def __missing__(self, path: tuple[str, ...]) -> str:
        return QUOTED[path[-1]]


QUOTED = Quoting()
PATHS = Paths()


class Compiler:
    """Renders one statement; a new one is made for each."""

    encoders: ClassVar[Mapping[str, Encoder]] = {}
    """By the kind of a SQL type: how its values are handed to the driver. A missing kind goes as it is."""
    stored: ClassVar[Mapping[str, Encoder]] = {}
    """Likewise for values that a column shall keep, where a comparison takes more than a column does."""
    functions: ClassVar[Mapping[str, str]] = {}
    """By qb's name for a function: the dialect's name, where it is another one."""
    paths: ClassVar[Mapping[tuple[str, ...], str]] = PATHS
    """How columns are written."""
    dispatch: ClassVar[dict[type[Node], Callable[[Any, Any], str]]] = {}

    def __init_subclass__(cls) -> None:
        cls.dispatch = _dispatch(cls)

    def __init__(self) -> None:
        self.parameters: list[object] = []
        self.uses: dict[Source, Column] = {}
        """The sources that the statement in hand reads, each with a column that reads it."""

    def compile(self, node: Node) -> tuple[str, tuple[object, ...]]:
        """The text of a whole statement, and its parameters."""
        text = self.dispatch[node.__class__](self, node)
        if self.uses and isinstance(node, nodes.Statement):
            self.check_scope()
        return text, tuple(self.parameters)

    def check_scope(self) -> None:
        """Raise CompileError when columns are read of what is not there."""
        for column in self.uses.values():
            raise CompileError(
                f'"{column.source.label}" is not in this query, but its column "{column.name}" is used: '
                f"add a .from_() or a .join()"
            )

    def visit(self, node: Node) -> str:
        """The text of any node."""
        return self.dispatch[node.__class__](self, node)

    def visit_all(self, items: Iterable[Node]) -> str:
        """Texts with commas between them."""
        dispatch = self.dispatch
        return ", ".join([dispatch[item.__class__](self, item) for item in items])

    # Parameters

    def placeholder(self) -> str:
        """The mark of the parameter that was appended last."""
        return "?"

    def bind(self, value: object, type: SqlType, beside: SqlType | None = None) -> str:
        """Append a parameter; `beside` is the type of what it is compared with or assigned to, if known."""
        encode = self.encoders.get(type.kind)
        if encode is not None and value is not None:
            value = encode(value, type)
        self.parameters.append(value)
        return self.placeholder()

    def literal(self, value: object, type: SqlType) -> str:
        """A value as text, for DDL, where nothing can be bound."""
        if value is None:
            return "NULL"
        encode = self.encoders.get(type.kind)
        if encode is not None:
            value = encode(value, type)
        if isinstance(value, bool):
            return "TRUE" if value else "FALSE"
        if isinstance(value, (int, float)):
            return f"({value!r})" if value < 0 else repr(value)
        if isinstance(value, bytes):
            return f"X'{value.hex()}'"
        text = str(value)
        if "\0" in text:
            raise CompileError("a text in DDL cannot hold NUL")
        return "'" + text.replace("'", "''") + "'"

    # Sources

    def visit_table(self, node: nodes.Table) -> str:
        name = QUOTED[node.name] if node.schema is None else PATHS[node.schema, node.name]
        return name if node.alias is None else f"{name} AS {QUOTED[node.alias]}"

    def visit_join(self, node: nodes.Join) -> str:
        source = self.visit(node.source)
        on = "" if node.on is None else f" ON {self.visit(node.on)}"
        return f" {node.kind} JOIN {source}{on}"

    # Expressions

    def operand(self, node: Expression, minimum: int, beside: SqlType | None = None) -> str:
        """The text of a part of an expression, in parentheses when it binds less tightly than `minimum`."""
        cls = node.__class__
        if cls is Column:  # the two commonest nodes, so without a call
            self.uses[node.source] = node  # type: ignore[attr-defined,assignment]  # the class was checked
            return self.paths[node.path]  # type: ignore[attr-defined]  # likewise
        if cls is Parameter:
            return self.bind(node.value, node.type, beside)  # type: ignore[attr-defined]  # likewise
        text = self.dispatch[cls](self, node)
        return f"({text})" if self.strength(node) < minimum else text

    def strength(self, node: Expression) -> int:
        """How tightly the text of a node holds together."""
        if isinstance(node, nodes.Binary):
            return PRECEDENCE[node.operator]
        if isinstance(node, nodes.Unary):
            return NOT if node.operator == "NOT" else NEGATION
        if isinstance(node, nodes.Label):
            return self.strength(node.operand)
        if isinstance(node, (nodes.IsNull, nodes.In, nodes.Between, nodes.Like, nodes.Affix)):
            return PREDICATE
        return 0 if isinstance(node, nodes.Raw) else ATOM

    def visit_column(self, node: Column) -> str:
        self.uses[node.source] = node
        return self.paths[node.path]

    def visit_unbound(self, node: nodes.Unbound) -> str:
        return "?column?"

    def visit_parameter(self, node: Parameter) -> str:
        return self.bind(node.value, node.type)

    def visit_null(self, node: nodes.Null) -> str:
        return "NULL"

    def visit_default(self, node: nodes.Default) -> str:
        return "DEFAULT"

    def visit_comparison(self, node: nodes.Comparison) -> str:
        left = node.left
        return f"{self.operand(left, CLOSER)} {node.operator} {self.operand(node.right, CLOSER, left.type)}"

    def visit_binary(self, node: nodes.Binary) -> str:
        operator = node.operator
        level = PRECEDENCE[operator]
        if level < PREDICATE:  # AND, OR: associative
            return f"{self.operand(node.left, level)} {operator} {self.operand(node.right, level)}"
        return self.arithmetic(node, level)

    def arithmetic(self, node: nodes.Binary, level: int) -> str:
        """Arithmetic and `||`: associative to the left."""
        operator, left, right = node.operator, node.left, node.right
        if operator == "/":
            return self.division(node)
        lowest = level
        if operator == "||" and not (isinstance(left, nodes.Binary) and left.operator == "||"):
            lowest = NEGATION
        left_text = self.operand(left, lowest)
        right_text = self.operand(right, max(level + 1, lowest), left.type)
        return f"{left_text} {'/' if operator == '//' else operator} {right_text}"

    def division(self, node: nodes.Binary) -> str:
        """True division."""
        return f"{self.as_float(node.left)} / {self.as_float(node.right)}"

    def as_float(self, node: Expression) -> str:
        """An expression as a double-precision float."""
        return f"CAST({self.visit(node)} AS double precision)"

    def visit_unary(self, node: nodes.Unary) -> str:
        if node.operator == "NOT":
            return f"NOT {self.operand(node.operand, NOT)}"
        return f"-{self.operand(node.operand, ATOM)}"

    def visit_is_null(self, node: nodes.IsNull) -> str:
        text = self.operand(node.operand, CLOSER)
        return f"{text} IS NOT NULL" if node.negated else f"{text} IS NULL"

    def visit_in(self, node: nodes.In) -> str:
        options = node.options
        if not options:  # no engine takes an empty list
            return "1 = 1" if node.negated else "1 = 0"
        left = self.operand(node.operand, CLOSER)
        word = "NOT IN" if node.negated else "IN"
        if isinstance(options, nodes.Subquery):
            return f"{left} {word} {self.visit(options)}"
        kind = node.operand.type
        items = ", ".join([self.operand(option, CLOSER, kind) for option in options])
        return f"{left} {word} ({items})"

    def visit_between(self, node: nodes.Between) -> str:
        kind = node.operand.type
        operand = self.operand(node.operand, CLOSER)
        word = "NOT BETWEEN" if node.negated else "BETWEEN"
        low, high = self.operand(node.low, CLOSER, kind), self.operand(node.high, CLOSER, kind)
        return f"{operand} {word} {low} AND {high}"

    def visit_like(self, node: nodes.Like) -> str:
        operand = self.operand(node.operand, CLOSER)
        word = f"{'NOT ' if node.negated else ''}{self.like(node.ignore_case)}"
        return f"{operand} {word} {self.operand(node.pattern, CLOSER, node.operand.type)}"

    def like(self, ignore_case: bool) -> str:
        """The operator for LIKE."""
        return "ILIKE" if ignore_case else "LIKE"

    def visit_affix(self, node: nodes.Affix) -> str:
        """For showing: each dialect has its own way."""
        word = {"prefix": "STARTS WITH", "suffix": "ENDS WITH", "substring": "CONTAINS"}[node.position]
        return f"{self.operand(node.operand, CLOSER)} {word} {self.operand(node.part, CLOSER)}"

    def visit_function(self, node: nodes.Function) -> str:
        special = getattr(self, f"function_{node.name}", None)
        if special is not None:
            return special(node)  # type: ignore[no-any-return]  # function_* methods return text
        name = self.functions.get(node.name, node.name)
        return f"{name}({self.visit_all(node.arguments)})"

    def visit_aggregate(self, node: nodes.Aggregate) -> str:
        return self.cast_aggregate(node, self.aggregate(node))

    def aggregate(self, node: nodes.Aggregate) -> str:
        """The call itself, with DISTINCT and FILTER."""
        arguments = self.visit_all(node.arguments) if node.arguments else "*"
        text = f"{node.name}({'DISTINCT ' if node.distinct else ''}{arguments})"
        if node.filter is not None:
            text += f" FILTER (WHERE {self.visit(node.filter)})"
        return text

    def cast_aggregate(self, node: nodes.Aggregate, text: str) -> str:
        """An aggregate, cast where the engine would answer in another type than qb promises."""
        return text

    def visit_excluded(self, node: nodes.Excluded) -> str:
        return f"excluded.{QUOTED[node.column.name]}"

    def visit_subquery(self, node: nodes.Subquery) -> str:
        return f"({self.visit(node.select)})"

    def visit_exists(self, node: nodes.Exists) -> str:
        return f"EXISTS ({self.visit(node.select)})"

    def visit_raw(self, node: nodes.Raw) -> str:
        pieces = [node.texts[0]]
        for hole, text in zip(node.holes, node.texts[1:], strict=True):
            pieces.append(self.visit(hole))
            pieces.append(text)
        return "".join(pieces)

    def visit_label(self, node: nodes.Label) -> str:
        """What has the name; outside of a projection that is all there is to a label."""
        return self.visit(node.operand)

    def visit_whole_table(self, node: nodes.WholeTable) -> str:
        return self.projection(node.table.columns)

    def visit_order(self, node: nodes.Order) -> str:
        text = self.visit(node.operand)
        if node.descending:
            text += " DESC"
        return text if node.nulls is None else f"{text} NULLS {node.nulls}"

    def projection(self, items: Sequence[Node]) -> str:
        """What a statement returns. A column is renamed to its attribute where the two differ."""
        texts = []
        for item in items:
            if isinstance(item, Column):  # the commonest item, so without a call
                self.uses[item.source] = item
                text = self.paths[item.path]
                if item.attribute != item.name:
                    text += f" AS {QUOTED[item.attribute]}"
            else:
                text = self.dispatch[item.__class__](self, item)
                if item.__class__ is nodes.Label:
                    text += f" AS {QUOTED[item.name]}"
            texts.append(text)
        return ", ".join(texts)

    # Statements

    def visit_select(self, node: nodes.Select) -> str:
        outer, self.uses = self.uses, {}
        text = "SELECT DISTINCT " if node.distinct else "SELECT "
        text += self.projection(node.projection)
        sources = node.sources or self.implied_source(node.joins)
        if sources:
            text += " FROM " + self.visit_all(sources)
        if node.joins:
            text += "".join([self.visit_join(join) for join in node.joins])
        if node.where is not None:
            text += " WHERE " + self.visit(node.where)
        if node.group_by:
            text += " GROUP BY " + self.visit_all(node.group_by)
        if node.having is not None:
            text += " HAVING " + self.visit(node.having)
        if node.order_by:
            text += " ORDER BY " + self.visit_all(node.order_by)
        if node.limit is not None or node.offset is not None:
            text += self.limit(node)
        self.leave(outer, sources, node.joins)
        return text

    def implied_source(self, joins: Sequence[nodes.Join]) -> tuple[Source, ...]:
        """The FROM of a select that names none: the one selected source that is not joined."""
        selected = tuple(self.uses)
        if joins:
            joined = {join.source for join in joins}
            selected = tuple([source for source in selected if source not in joined])
            if not selected:
                raise CompileError("a select of nothing but joined sources needs a .from_() for the first of them")
        if len(selected) > 1:
            names = " and ".join([f'"{source.label}"' for source in selected])
            raise CompileError(f"{names} are selected, but not joined: join them, or name the first in .from_()")
        return selected

    def leave(
        self,
        outer: dict[Source, Column],
        own: tuple[Source, ...],
        joins: Sequence[nodes.Join] = (),
    ) -> None:
        """Close a statement's scope: what it reads but does not have must come from the statement around it."""
        inner, self.uses = self.uses, outer
        if joins:
            own = (*own, *[join.source for join in joins])
        if len(own) > 1 and len({source.label.lower() for source in own}) < len(own):  # SQLite ignores case
            raise CompileError(
                f"a source is twice in this query: give one of them a name of its own with alias() "
                f"({', '.join([source.label for source in own])})"
            )
        for source in inner:
            if source not in own:
                outer[source] = inner[source]

    def limit(self, node: nodes.Select) -> str:
        """LIMIT and OFFSET."""
        text = "" if node.limit is None else f" LIMIT {self.operand(node.limit, 0, BIGINT)}"
        return text if node.offset is None else f"{text} OFFSET {self.operand(node.offset, 0, BIGINT)}"

    def visit_insert(self, node: nodes.Insert) -> str:
        parts = [f"INSERT INTO {self.visit_table(node.table)}"]
        columns = node.columns
        if columns:
            parts.append(f" ({', '.join([QUOTED[column.name] for column in columns])})")
        if node.select is not None:
            parts.append(f" {self.insert_select(node.select, columns, node.on_conflict is not None)}")
        elif node.values is not None and columns:
            parts.append(f" VALUES {self.rows(columns, node.values)}")
        else:
            parts.append(" DEFAULT VALUES")
        self.check_scope()  # what is inserted reads no columns of its own table
        if node.on_conflict is not None:
            parts.append(self.on_conflict(node.on_conflict))
        parts.append(self.returning(node))
        self.leave({}, (node.table,))
        return "".join(parts)

    def insert_select(self, select: nodes.Select, columns: Sequence[Column], upsert: bool) -> str:
        """The SELECT of an INSERT."""
        return self.visit_select(select)

    def rows(self, columns: Sequence[Column], values: nodes.Values) -> str:
        """The rows of VALUES: plain values are bound with their column's type."""
        if values.plain:
            return self.plain_rows(columns, values.rows)
        texts = []
        for row in values.rows:
            cells = []
            for cell, column in zip(row, columns, strict=True):
                kind = column.type
                try:
                    cells.append(self.assigned(cell, kind) if isinstance(cell, Expression) else self.store(cell, kind))
                except EncodingError as error:
                    raise misfit(column, error) from error
            texts.append(f"({', '.join(cells)})")
        return ", ".join(texts)

    def plain_rows(self, columns: Sequence[Column], rows: Sequence[tuple[Any, ...]]) -> str:
        """Rows of nothing but values: one flat loop over each column that is encoded."""
        width = len(columns)
        before = len(self.parameters)
        values = [value for row in rows for value in row]
        for position, column in enumerate(columns):
            kind = column.type
            encode = self.stored.get(kind.kind) or self.encoders.get(kind.kind)
            if encode is not None:
                try:
                    values[position::width] = [
                        None if value is None else encode(value, kind) for value in values[position::width]
                    ]
                except EncodingError as error:
                    raise misfit(column, error) from error
        self.parameters += values
        return self.placeholders(before, width, len(rows))

    def placeholders(self, before: int, width: int, height: int) -> str:
        """The marks of `height` rows of `width` parameters; `before` is how many there are already."""
        row = f"({', '.join(['?'] * width)})"
        return ", ".join([row] * height)

    def assigned(self, value: Expression, type: SqlType) -> str:
        """An expression that becomes the value of a column."""
        if value.__class__ is Parameter:  # whatever it was beside
            return self.store(value.value, type)
        return self.operand(value, 0, type)

    def store(self, value: object, type: SqlType) -> str:
        """A parameter that becomes the value of a column."""
        encode = self.stored.get(type.kind)
        if encode is None or value is None:
            return self.bind(value, type, type)
        self.parameters.append(encode(value, type))
        return self.placeholder()

    def on_conflict(self, node: nodes.OnConflict) -> str:
        target = f" ({', '.join([QUOTED[column.name] for column in node.target])})" if node.target else ""
        if node.assignments is None:
            return f" ON CONFLICT{target} DO NOTHING"
        where = "" if node.where is None else f" WHERE {self.visit(node.where)}"
        return f" ON CONFLICT{target} DO UPDATE SET {self.visit_all(node.assignments)}{where}"

    def visit_assignment(self, node: nodes.Assignment) -> str:
        column = node.column
        try:
            return f"{QUOTED[column.name]} = {self.assigned(node.value, column.type)}"
        except EncodingError as error:
            raise misfit(column, error) from error

    def returning(self, node: nodes.Insert | nodes.Update | nodes.Delete) -> str:
        """RETURNING, or nothing."""
        return f" RETURNING {self.projection(node.projection)}" if node.projection else ""

    def visit_update(self, node: nodes.Update) -> str:
        if not node.assignments:
            raise CompileError(f'the update of "{node.table.label}" sets nothing: call .set(…)')
        where = self.guarded_where(node, "update")
        outer, self.uses = self.uses, {}
        parts = [f"UPDATE {self.visit_table(node.table)} SET {self.visit_all(node.assignments)}"]
        if node.sources:
            parts.append(f" FROM {self.visit_all(node.sources)}")
        if where is not None:
            parts.append(f" WHERE {self.visit(where)}")
        parts.append(self.returning(node))
        self.leave(outer, (node.table, *node.sources))
        return "".join(parts)

    def visit_delete(self, node: nodes.Delete) -> str:
        where = self.guarded_where(node, "delete")
        outer, self.uses = self.uses, {}
        parts = [f"DELETE FROM {self.visit_table(node.table)}", self.using(node, where)]
        parts.append(self.returning(node))
        self.leave(outer, (node.table, *node.sources))
        return "".join(parts)

    def using(self, node: nodes.Delete, where: Expression | None) -> str:
        """USING and WHERE of a DELETE."""
        using = f" USING {self.visit_all(node.sources)}" if node.sources else ""
        return using if where is None else f"{using} WHERE {self.visit(where)}"

    def guarded_where(self, node: nodes.Update | nodes.Delete, verb: str) -> Expression | None:
        """The WHERE of a write, which may be absent only when that was said."""
        if node.where is None and not node.all_rows:
            raise CompileError(
                f'this {verb} has no WHERE and would touch every row of "{node.table.label}": '
                f"add .where(…), or say .all_rows()"
            )
        return node.where


def misfit(column: Column, error: EncodingError) -> EncodingError:
    """The error with the column whose value does not fit."""
    return EncodingError(f"{column.source.label}.{column.attribute}: {error}")


def snake_case(name: str) -> str:
    """`WholeTable` as `whole_table`."""
    text = "".join(["_" + letter.lower() if letter.isupper() else letter for letter in name])
    return text.removeprefix("_")


def _dispatch(compiler: type[Compiler]) -> dict[type[Node], Callable[[Any, Any], str]]:
    """Each node class with the visit method for its name."""
    table = {}
    classes: list[type[Node]] = [Node]
    for cls in classes:  # grows
        classes += cls.__subclasses__()  # dialects may have nodes of their own
        method = getattr(compiler, f"visit_{snake_case(cls.__name__)}", None)
        if method is not None:
            table[cls] = method
    return table


Compiler.dispatch = _dispatch(Compiler)
