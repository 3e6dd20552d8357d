"""SQLite's SQL, where it differs.

Most of it is one matter: a decimal is a whole number of its smallest unit (see codecs), so the sides of a
comparison or a sum must be brought to one scale.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import MappingProxyType

from dialects.sqlite.aggregates import AggregateCompiler
from dialects.sqlite.arrays import ArrayCompiler
from dialects.sqlite.casts import CastCompiler
from dialects.sqlite.codecs import ENCODERS, GLOB_PREFIX, GLOB_SUFFIX, LIKE_PATTERN, OF_COLUMNS, STORED
from dialects.sqlite.dates import DateCompiler
from dialects.sqlite.fts import FtsCompiler
from dialects.sqlite.functions import FunctionCompiler
from dialects.sqlite.json import JsonCompiler
from dialects.sqlite.nested import NestedCompiler
from dialects.sqlite.quantified import QuantifiedCompiler
from dialects.sqlite.scaled import ScaledCompiler, common_scale
from dialects.sqlite.selects import SelectCompiler
from dialects.sqlite.sources import SourceCompiler, Stored, selected_as
from dialects.sqlite.tuples import TupleCompiler
from dialects.sqlite.windows import WindowCompiler
from qb import nodes
from qb.compiler import ATOM
from qb.compiler.writes import read_by
from qb.errors import CompileError, UnsupportedError
from qb.nodes import Expression, Parameter
from qb.types import INTEGERS, NUMBERS, REAL, TEXT, WIDEST, Enum, Numeric, SqlType

ORDERING = frozenset({"<", "<=", ">", ">="})
ALWAYS = nodes.Raw(("1 = 1",), ())
DATE_PARTS = {"year": (1, 4), "month": (6, 2), "day": (9, 2), "hour": (12, 2), "minute": (15, 2), "second": (18, 2)}
TIME_PARTS = {"hour": (1, 2), "minute": (4, 2), "second": (7, 2)}
"""Where a part stands in the canonical text, and how many characters it has."""


class SqliteCompiler(
    ArrayCompiler,
    AggregateCompiler,
    CastCompiler,
    FtsCompiler,
    DateCompiler,
    FunctionCompiler,
    JsonCompiler,
    NestedCompiler,
    QuantifiedCompiler,
    TupleCompiler,
    WindowCompiler,
    ScaledCompiler,
    SelectCompiler,
    SourceCompiler,
):
    """The compiler for SQLite and, with few changes, Cloudflare D1."""

    encoders = ENCODERS
    stored = STORED
    of_columns = OF_COLUMNS
    bridged = frozenset({"numeric", "enum", "quantified"})
    escape = " ESCAPE '\\'"  # PostgreSQL's
    no_limit = " LIMIT -1"  # OFFSET is part of LIMIT
    functions = MappingProxyType(
        {"bool_and": "min", "bool_or": "max", "string_agg": "group_concat", "substring": "substr"}
    )

    # Decimals

    def bridged_comparison(self, node: nodes.Comparison) -> str:
        left, right = node.left, node.right
        if "quantified" in (left.type.kind, right.type.kind):
            return super().bridged_comparison(node)
        scale = common_scale(left, right)
        if scale is not None:
            return f"{self.at_scale(left, scale)} {node.operator} {self.at_scale(right, scale)}"
        if "numeric" in (left.type.kind, right.type.kind):
            return f"{self.as_float(left)} {node.operator} {self.as_float(right)}"
        if isinstance(left.type, Enum) and node.operator in ORDERING:
            return f"{self.rank(left, left.type)} {node.operator} {self.rank(right, left.type)}"
        return f"{self.operand(left, ATOM)} {node.operator} {self.operand(right, ATOM, left.type)}"

    def arithmetic(self, node: nodes.Binary, level: int) -> str:
        if isinstance(node.type, Numeric) and node.operator != "*":
            scale = common_scale(node.left, node.right) or 0
            left, right = (self.at_scale(side, scale) for side in (node.left, node.right))
            return f"{left} {'/' if node.operator == '//' else node.operator} {right}"
        if node.type.kind == "real" and "numeric" in (node.left.type.kind, node.right.type.kind):
            return f"{self.as_float(node.left)} {node.operator} {self.as_float(node.right)}"
        return super().arithmetic(node, level)

    def membership(self, node: nodes.In) -> str:
        options = node.options
        if isinstance(options, Parameter):
            return super().membership(node)
        sides = (node.operand, options) if isinstance(options, nodes.Subquery) else (node.operand, *options)
        if not options or all(side.type.kind != "numeric" for side in sides):
            return super().membership(node)
        word = "NOT IN" if node.negated else "IN"
        scale = common_scale(*sides)
        if isinstance(options, nodes.Subquery):
            if scale is None:
                raise UnsupportedError("SQLite cannot look for a decimal among floats of a sub-query")
            query = selected_as(options.query, [Numeric(WIDEST, scale)])
            return f"{self.at_scale(node.operand, scale)} {word} ({self.visit(query)})"
        operand, *items = [self.as_float(side) if scale is None else self.at_scale(side, scale) for side in sides]
        return f"{operand} {word} ({', '.join(items)})"

    def listed(self, options: Parameter) -> str:
        return f"(SELECT value FROM json_each({self.bind(options.value, options.type)}))"

    def range(self, node: nodes.Between) -> str:
        low_high = (node.low, node.high)
        kind = node.operand.type
        scale = common_scale(node.operand, *low_high)
        if scale is not None:
            operand, low, high = (self.at_scale(side, scale) for side in (node.operand, *low_high))
        elif any(side.type.kind == "numeric" for side in (node.operand, *low_high)):
            operand, low, high = (self.as_float(side) for side in (node.operand, *low_high))
        elif isinstance(kind, Enum):
            operand, low, high = (self.rank(side, kind) for side in (node.operand, *low_high))
        else:
            return super().range(node)
        return f"{operand} {'NOT ' if node.negated else ''}BETWEEN {low} AND {high}"

    def assigned(self, value: Expression, type: SqlType) -> str:
        if isinstance(value, (Parameter, nodes.Default)):
            return super().assigned(value, type)
        if isinstance(type, Numeric):
            return self.at_scale(value, type.scale)
        if isinstance(value.type, Numeric) and type.kind in NUMBERS:
            return self.as_float(value) if type.kind == "real" else self.at_scale(value, 0)
        return super().assigned(value, type)

    def visit_stored(self, node: Stored) -> str:
        if node.type.kind == "real" and node.operand.type.kind in INTEGERS:
            return self.as_float(node.operand)
        return self.assigned(node.operand, node.type)

    def insert_select(
        self, select: nodes.Select | nodes.Compound, columns: Sequence[nodes.Column], upsert: bool
    ) -> str:
        select = selected_as(select, [column.type for column in columns])
        if not upsert:
            return super().insert_select(select, columns, upsert)
        # Without a WHERE, the ON of ON CONFLICT is taken for a join's (sqlite.org/lang_upsert.html, 2.2).
        if isinstance(select, nodes.Compound):
            return f"{self.enclosed(self.visit(select))} WHERE 1 = 1"
        if select.where is None:
            select = select.copy()
            select.where = ALWAYS
        return super().insert_select(select, columns, upsert)

    def literal(self, value: object, type: SqlType) -> str:
        text = super().literal(value, type)
        return text.replace("inf", "9e999") if isinstance(value, float) else text  # the way to write infinity

    def visit_raw(self, node: nodes.Raw) -> str:
        if any(isinstance(hole, Parameter) and isinstance(hole.type, Numeric) for hole in node.holes):
            raise UnsupportedError(
                "SQLite keeps a decimal in the unit of its column, which sql() does not know: write the comparison "
                "or the sum as an expression, and that into the hole"
            )
        return super().visit_raw(node)

    # Enums sort by their members' order, not as text

    def rank(self, node: Expression, kind: Enum) -> str:
        """An enum's position among its members."""
        if isinstance(node, Parameter) and node.value is not None:
            return str(kind.labels.index(self.encoders["enum"](node.value, kind)))
        cases = " ".join(
            [f"WHEN {self.literal(label, TEXT)} THEN {position}" for position, label in enumerate(kind.labels)]
        )
        return f"CASE {self.operand(node, ATOM)} {cases} END"

    def comparable(self, sides: Sequence[Expression], ordered: bool = False) -> Callable[[Expression], str]:
        kind = sides[0].type
        if ordered and isinstance(kind, Enum):
            return lambda side: self.rank(side, kind)
        return super().comparable(sides, ordered)

    def visit_distinction(self, node: nodes.Distinction) -> str:
        operator = "IS NOT" if node.operator == "IS DISTINCT FROM" else "IS"
        return self.visit_comparison(nodes.Comparison(operator, node.left, node.right))

    def bridged_key(self, node: Expression) -> str:
        return self.rank(node, node.type) if isinstance(node.type, Enum) else super().bridged_key(node)

    # Text

    def like(self, ignore_case: bool) -> str:
        return "LIKE"

    def visit_like(self, node: nodes.Like) -> str:
        if isinstance(node.pattern, Parameter):
            node = nodes.Like(node.operand, Parameter(node.pattern.value, LIKE_PATTERN), node.negated, node.ignore_case)
        return super().visit_like(node)

    def visit_match(self, node: nodes.Match) -> str:
        """The driver gives SQLite the function behind REGEXP: Python's regular expressions."""
        text = self.operand(node.operand, ATOM)
        pattern = self.operand(node.pattern, ATOM)
        if node.ignore_case:
            pattern = f"('(?i)' || {pattern})"
        return f"{text} {'NOT ' if node.negated else ''}REGEXP {pattern}"

    def visit_affix(self, node: nodes.Affix) -> str:
        part, position = node.part, node.position
        if isinstance(part, Parameter) and position != "substring":  # an index can serve a prefix
            return self.glob(node, part, GLOB_PREFIX if position == "prefix" else GLOB_SUFFIX)
        return self.place(node)

    def glob(self, node: nodes.Affix, part: Parameter, pattern: SqlType) -> str:
        """Whether a text begins or ends with a value."""
        return f"{self.operand(node.operand, ATOM)} GLOB {self.bind(part.value, pattern)}"

    def place(self, node: nodes.Affix) -> str:
        """Where a part stands in a text."""
        part, position = node.part, node.position
        text = self.operand(node.operand, ATOM)
        if position == "suffix":
            length = self.operand(node.operand, ATOM), self.operand(part, ATOM)
            start = f"length({length[0]}) - length({length[1]}) + 1"
            return f"substr({text}, {start}) = {self.operand(part, ATOM)}"
        return f"instr({text}, {self.operand(part, 0)}) {'= 1' if position == 'prefix' else '> 0'}"

    # Functions

    def visit_function(self, node: nodes.Function) -> str:
        if isinstance(node.type, Numeric) and node.name in ("lag", "lead") and len(node.arguments) == 3:
            value, offset, default = node.arguments
            text = f"{node.name}({self.at_scale(value, node.type.scale)}, {self.visit(offset)}"
            return f"{text}, {self.at_scale(default, node.type.scale)})"
        if node.type.kind == "real" and node.name in ("lag", "lead") and len(node.arguments) == 3:
            value, offset, default = node.arguments
            return f"{node.name}({self.result(value, REAL)}, {self.visit(offset)}, {self.result(default, REAL)})"
        if '"."' in node.name:
            raise UnsupportedError(f"SQLite keeps no functions in schemas: {node.name}")
        if isinstance(node.type, Numeric) and node.name in ("coalesce", "nullif"):
            scale = common_scale(*node.arguments) or node.type.scale
            items = ", ".join([self.at_scale(argument, scale) for argument in node.arguments])
            return f"{node.name}({items})"
        if node.type.kind == "real" and node.name == "coalesce":  # whole numbers among them are floats, too
            return f"coalesce({', '.join([self.result(argument, REAL) for argument in node.arguments])})"
        return super().visit_function(node)

    def function_round(self, node: nodes.Function) -> str:
        number, digits = node.arguments
        if isinstance(node.type, Numeric):
            return self.rescaled(number, node.type.scale)
        count = digits.value if isinstance(digits, Parameter) else 0
        assert isinstance(count, int)
        if node.type.kind in INTEGERS:
            return self.operand(number, ATOM) if count >= 0 else f"({self.at_scale(number, count)} * {10**-count})"
        if count < 0:  # SQLite takes them for 0
            return f"(round({self.operand(number, ATOM)} / {10**-count}.0) * {10**-count}.0)"
        return f"round({self.visit(number)}, {self.visit(digits)})"

    def function_now(self, node: nodes.Function) -> str:
        return "strftime('%Y-%m-%d %H:%M:%f000', 'now')"  # the canonical form; milliseconds is all it has

    def function_current_date(self, node: nodes.Function) -> str:
        return "date('now')"

    def function_concat(self, node: nodes.Function) -> str:
        return "(" + " || ".join([f"coalesce({self.visit(text)}, '')" for text in node.arguments]) + ")"

    def date_part(self, node: nodes.Function) -> str:
        """A part of a date or time as a number; strftime() would round the seconds up."""
        moment = node.arguments[0]
        start, length = TIME_PARTS[node.name] if moment.type.kind == "time" else DATE_PARTS[node.name]
        return f"CAST(substr({self.visit(moment)}, {start}, {length}) AS INTEGER)"

    function_year = function_month = function_day = date_part
    function_hour = function_minute = function_second = date_part

    # Statements

    def visit_requirement(self, node: nodes.Requirement) -> str:
        """The message is no path into JSON, which is an error that has it."""
        condition, message = self.visit(node.condition), self.visit(node.message)
        return f"SELECT json_extract('{{}}', CASE WHEN {condition} THEN '$' ELSE {message} END)"

    def limit_with_ties(self, node: nodes.Select) -> str:
        raise UnsupportedError(
            "SQLite has no FETCH … WITH TIES: number the rows with fn.rank().over(order_by=…) in a sub-query, and "
            "keep the ranks up to the limit"
        )

    def distinct_on(self, keys: tuple[Expression, ...], order_by: tuple[nodes.Order, ...]) -> str:
        raise UnsupportedError(
            "SQLite has no DISTINCT ON: number the rows with fn.row_number().over(partition_by=…, order_by=…) in a "
            "sub-query, and keep the first of each group"
        )

    def lock(self, node: nodes.Select, lock: nodes.Lock, sources: Sequence[nodes.Source]) -> str:
        raise UnsupportedError(
            "SQLite has no row locks: leave with_for_update() out. A transaction of SQLite locks the whole database"
        )

    def visit_default(self, node: nodes.Default) -> str:
        """SQLite has no DEFAULT in VALUES, so the declared default is written out; NULL in a rowid's column
        makes a new one.
        """
        return "NULL" if node.declared is None else self.assigned(node.declared, node.type)

    def returning(self, node: nodes.Insert | nodes.Update | nodes.Delete | nodes.Merge) -> str:
        before, self.uses = self.uses, {}
        text = super().returning(node)
        for source in self.uses:
            if source in read_by(node):
                raise UnsupportedError(
                    f'RETURNING of SQLite has only the columns of "{node.table.label}", not those of "{source.label}"'
                )
        self.uses = {**before, **self.uses}
        return text

    def visit_merge(self, node: nodes.Merge) -> str:
        raise UnsupportedError(
            f'SQLite has no MERGE: write an insert into "{node.table.label}" with .on_conflict(…).do_update(…), and a '
            f"delete of what shall go"
        )

    def using(self, node: nodes.Delete, where: Expression | None) -> str:
        """SQLite has no USING: the same rows, by a sub-query that reads the row in hand."""
        if not node.sources and not node.joins:
            return super().using(node, where)
        if where is None:
            raise CompileError("a delete with .using() needs a .where() that ties the tables together")
        return f" WHERE EXISTS (SELECT 1 FROM {self.read_sources(node, 'using')} WHERE {self.visit(where)})"
