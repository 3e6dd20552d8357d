"""The plugin: which hook answers for which name, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from mypy.nodes import MypyFile
from mypy.options import Options
from mypy.plugin import (
    AnalyzeTypeContext,
    AttributeContext,
    ClassDefContext,
    FunctionContext,
    FunctionSigContext,
    MethodContext,
    MethodSigContext,
    Plugin,
)
from mypy.types import FunctionLike, Type

from qb_mypy import inferred, operators, queries, rows, tables, writes
from qb_mypy.encoding import ALIAS, COLUMN, EXPRESSIONS, ROW, SELECT, TABLE

SELECT_FUNCTION = "qb.statements.select.select"
INSERT = "qb.statements.insert.Insert"
UPDATE = "qb.statements.update.Update"
DELETE = "qb.statements.delete.Delete"
CONFLICT = "qb.statements.insert.Conflict"
JOINS = ("join", "left_join", "right_join", "full_join", "cross_join")
CLAUSES = ("where", "group_by", "having", "order_by")
FETCHES = ("fetch_all", "fetch_one", "fetch_one_or_none", "fetch_value", "stream")
DATABASES = ("qb.database.Database", "qb.transaction.Transaction", "qb.database.Transaction")

FUNCTIONS: dict[str, Callable[[FunctionContext], Type]] = {
    SELECT_FUNCTION: queries.select,
    "qb.tables.alias": tables.alias,
    "qb.expressions.exists": operators.exists,
    "qb.expressions.literal": operators.literal,
    "qb.expressions.sql": operators.raw,
    "qb.statements.insert.excluded": operators.column_value,
    "qb.fn.coalesce": operators.coalesce,
    "qb.fn.nullif": operators.nullif,
    "qb.inferred.inferred": inferred.inferred,
}


def _expression_methods() -> dict[str, Callable[[MethodContext], Type]]:
    methods: dict[str, Callable[[MethodContext], Type]] = {
        "as_": operators.labelled,
        "__invert__": operators.inverted,
        "filter": operators.filtered,
        **dict.fromkeys(operators.LOGIC, operators.logic),
        **dict.fromkeys(operators.MEMBERSHIP, operators.membership),
        **dict.fromkeys(operators.NULL_TESTS, operators.null_test),
    }
    for name, operator in operators.COMPARISONS.items():
        methods[name] = partial(operators.comparison, operator=operator)
    for name, operator in operators.ARITHMETIC.items():
        methods[name] = partial(operators.arithmetic, operator=operator, reflected=name.startswith("__r"))
    for name in operators.TEXT_TESTS:
        methods[name] = partial(operators.text_test, method=name)
    return methods


METHODS: dict[str, Callable[[MethodContext], Type]] = {
    **{f"{cls}.{name}": hook for cls in EXPRESSIONS for name, hook in _expression_methods().items()},
    f"{COLUMN}.default": writes.default,
    f"{ROW}.__getitem__": rows.item,
    f"{SELECT}.from_": queries.from_,
    f"{SELECT}.compile": queries.terminal,
    f"{SELECT}.scalar_subquery": queries.scalar_subquery,
    **{f"{SELECT}.{name}": partial(queries.join, kind=name) for name in JOINS},
    **{f"{SELECT}.{name}": partial(queries.clause, name=name) for name in CLAUSES},
    **{f"{cls}.returning": queries.returning for cls in (INSERT, UPDATE, DELETE)},
    **{f"{cls}.{name}": partial(queries.fetch, name=name) for cls in DATABASES for name in FETCHES},
}

METHOD_SIGNATURES: dict[str, Callable[[MethodSigContext], FunctionLike]] = {
    f"{INSERT}.values": writes.values,
    f"{INSERT}.values_many": writes.many_values,
    f"{UPDATE}.set": writes.assigned,
    f"{CONFLICT}.do_update": writes.updated_on_conflict,
}


class QbPlugin(Plugin):
    """Row types, scopes and value types of qb's queries."""

    def get_additional_deps(self, file: MypyFile) -> list[tuple[int, str, int]]:
        """The modules whose classes the hooks make: wherever qb is used, they are loaded."""
        return []

    def get_base_class_hook(self, fullname: str) -> Callable[[ClassDefContext], None] | None:
        return tables.remember_order if fullname == TABLE else None

    def get_class_attribute_hook(self, fullname: str) -> Callable[[AttributeContext], Type] | None:
        return partial(tables.class_attribute, name=fullname.rpartition(".")[2])

    def get_attribute_hook(self, fullname: str) -> Callable[[AttributeContext], Type] | None:
        owner, _, name = fullname.rpartition(".")
        if name.startswith("_"):
            return None
        if owner == ROW:
            return partial(rows.attribute, name=name)
        return partial(tables.alias_attribute, name=name) if owner == ALIAS else None

    def get_type_analyze_hook(self, fullname: str) -> Callable[[AnalyzeTypeContext], Type] | None:
        if fullname == "qb.rows.NewRow":
            return partial(writes.analyze_row, partial=False)
        return partial(writes.analyze_row, partial=True) if fullname == "qb.rows.RowPatch" else None

    def get_function_signature_hook(
        self, fullname: str
    ) -> Callable[[FunctionSigContext], FunctionLike] | None:
        return queries.any_items if fullname == SELECT_FUNCTION else None

    def get_function_hook(self, fullname: str) -> Callable[[FunctionContext], Type] | None:
        hook = FUNCTIONS.get(fullname)
        return operators.function if hook is None and fullname.startswith("qb.fn.") else hook

    def get_method_signature_hook(
        self, fullname: str
    ) -> Callable[[MethodSigContext], FunctionLike] | None:
        return METHOD_SIGNATURES.get(fullname)

    def get_method_hook(self, fullname: str) -> Callable[[MethodContext], Type] | None:
        return METHODS.get(fullname)


def plugin(version: str) -> type[Plugin]:
    """What mypy asks for."""
    return QbPlugin


__all__ = ["Options", "QbPlugin", "plugin"]
