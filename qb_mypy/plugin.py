"""The plugin: which hook answers for which name, and nothing else."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

from mypy.errors import CompileError
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
    ReportConfigContext,
)
from mypy.types import FunctionLike, Type

from qb_mypy import (
    arrays,
    branches,
    bulk,
    casts,
    columns,
    composition,
    compound,
    conditions,
    constraints,
    databases,
    declarations,
    full_text,
    functions,
    grouping,
    inferred,
    instances,
    json_documents,
    json_paths,
    memory,
    merging,
    needs,
    operators,
    quantifiers,
    queries,
    relations,
    row_annotations,
    row_values,
    rows,
    running,
    settings,
    sources,
    tables,
    user_functions,
    windows,
    writes,
)
from qb_mypy.guard import guarded
from qb_mypy.names import (
    AGGREGATE,
    ALIAS,
    COLUMN,
    COMPOUND,
    CONFLICT,
    CONTINUOUS,
    DATABASE,
    DELETE,
    DERIVED,
    EXPRESSIONS,
    FRAME_FUNCTION,
    INSERT,
    INSTANCES,
    MATCHED,
    MERGE,
    NOT_MATCHED,
    NOT_MATCHED_BY_SOURCE,
    ORDERED_SET,
    QUERY,
    RETURNING,
    ROW,
    ROW_VALUE,
    SELECT,
    SELECTIONS,
    SQL,
    TABLE,
    UPDATE,
    WINDOW_FUNCTION,
    WRITES,
)

SELECT_FUNCTION = "qb.statements.select.select"
ORDER = ("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__")
CASE_FUNCTION = "qb.expressions.branches.case"
DOCUMENTS = "qb.documents.documents.Documents"
JOINS = ("join", "left_join", "right_join", "full_join", "cross_join")
CLAUSES = ("where", "group_by", "having", "order_by", "distinct_on")
NUMBERS_OF_ROWS = ("limit", "offset", "fetch")
FETCHES = frozenset({"fetch_all", "fetch_one", "fetch_one_or_none", "fetch_value", "stream"})
RUNS = FETCHES | {"execute", "explain"}

FUNCTIONS: dict[str, Callable[[FunctionContext], Type]] = {
    SELECT_FUNCTION: queries.select,
    "qb.aliases.alias": tables.alias,
    "qb.derived.values": sources.values,
    CASE_FUNCTION: branches.case,
    **{
        f"qb.constraints.{name}": partial(constraints.declared, name=name)
        for name in ("check", "exclude", "index", "primary_key", "unique")
    },
    "qb.constraints.foreign_key": constraints.foreign_key,
    "qb.expressions.casts.cast": casts.cast,
    "qb.expressions.conditions.when": conditions.when,
    "qb.expressions.conditions.all_of": conditions.combined,
    "qb.expressions.conditions.any_of": conditions.combined,
    "qb.expressions.row_values.tuple_": row_values.tuple_,
    **{f"qb.expressions.quantifiers.{name}": partial(quantifiers.quantified, name=name) for name in ("any_", "all_")},
    **{f"qb.relations.{name}": partial(relations.nested, name=name) for name in ("many", "one")},
    "qb.composition.keysets.keyset": composition.keyset,
    "qb.composition.dynamic_columns.column_named": composition.column_named,
    "qb.composition.dynamic_columns.sort_keys": composition.sort_keys,
    "qb.expressions.user_functions.function": user_functions.declared,
    "qb.expressions.core.exists": functions.exists,
    "qb.expressions.core.literal": functions.literal,
    "qb.expressions.escape.sql": functions.raw,
    "qb.statements.insert.insert": writes.begin,
    "qb.statements.insert.excluded": functions.excluded,
    "qb.statements.update.update": writes.begin,
    "qb.statements.delete.delete": writes.begin,
    "qb.statements.merge.merge": writes.begin,
    "qb.fn.nulls.coalesce": functions.coalesce,
    **dict.fromkeys(("qb.fn.mathematics.greatest", "qb.fn.mathematics.least"), functions.coalesce),
    "qb.fn.nulls.nullif": functions.nullif,
    "qb.fn.json.json_value": json_paths.value,
    "qb.fn.json.json_set": json_documents.changed,
    "qb.fn.json.json_remove": json_documents.changed,
    "qb.fn.json.json_merge": json_documents.merged,
    "qb.fn.json.json_array_length": json_documents.length,
    "qb.fn.json.json_object": json_documents.object_of,
    "qb.fn.json.json_array": json_documents.list_of,
    "qb.fn.json.json_agg": json_documents.aggregated,
    "qb.inference.inferred": inferred.inferred,
    "qb.prepared.functions.query": inferred.inferred,
    "qb.expressions.windows.window": windows.window,
    **dict.fromkeys(
        ("qb.expressions.grouping.rollup", "qb.expressions.grouping.cube", "qb.expressions.grouping.grouping_sets"),
        grouping.keys,
    ),
}


def _expression_methods() -> dict[str, Callable[[MethodContext], Type]]:
    methods: dict[str, Callable[[MethodContext], Type]] = {
        "as_": operators.labelled,
        "__invert__": operators.inverted,
        "__neg__": operators.negated,
        "__contains__": operators.python_membership,
        "__getitem__": json_paths.part,
        **{name: partial(arrays.test, name=name) for name in arrays.TESTS},
        "has_key": partial(json_documents.test, name="has_key"),
        "json_contains": partial(json_documents.test, name="json_contains"),
        "filter": operators.filtered,
        "collate": operators.collated,
        **dict.fromkeys(operators.DISTINCTIONS, operators.distinction),
        **dict.fromkeys(operators.LOGIC, operators.logic),
        **{name: partial(operators.null_test, name=name) for name in operators.NULL_TESTS},
    }
    for name, operator in operators.COMPARISONS.items():
        methods[name] = partial(operators.comparison, operator=operator)
    for name, operator in operators.ARITHMETIC.items():
        methods[name] = partial(operators.arithmetic, operator=operator, reflected=name.startswith("__r"))
    for name in operators.MEMBERSHIP:
        methods[name] = partial(operators.membership, method=name)
    for name in operators.TEXT_TESTS:
        methods[name] = partial(operators.text_test, method=name)
    return methods


METHODS: dict[str, Callable[[MethodContext], Type]] = {
    "qb.expressions.user_functions.UserFunction.__call__": user_functions.called,
    "qb.expressions.user_functions.UserAggregate.__call__": user_functions.called,
    **{f"{ROW_VALUE}.{name}": partial(row_values.comparison, operator=operators.COMPARISONS[name]) for name in ORDER},
    **{f"{ROW_VALUE}.{name}": partial(row_values.membership, method=name) for name in operators.MEMBERSHIP},
    **{f"{cls}.{name}": hook for cls in EXPRESSIONS for name, hook in _expression_methods().items()},
    f"{COLUMN}.default": columns.default,
    f"{COLUMN}.default_sql": columns.default_sql,
    f"{COLUMN}.generated": columns.generated,
    f"{COLUMN}.references": columns.references,
    f"{COLUMN}.check": columns.check,
    f"{AGGREGATE}.over": windows.over,
    f"{CONTINUOUS}.within_group": partial(grouping.within_group, continuous=True),
    f"{ORDERED_SET}.within_group": grouping.within_group,
    f"{FRAME_FUNCTION}.over": partial(windows.over, of_frame=True),
    f"{WINDOW_FUNCTION}.over": windows.over,
    f"{ROW}.__getitem__": rows.item,
    f"{SELECT}.from_": queries.from_,
    f"{SELECT}.clear": queries.clear,
    **{f"{cls}.{name}": partial(queries.limit, name=name) for cls in SELECTIONS for name in NUMBERS_OF_ROWS},
    f"{SELECT}.distinct": queries.distinct,
    f"{SELECT}.with_for_update": queries.lock,
    **{f"{cls}.scalar_subquery": queries.scalar_subquery for cls in SELECTIONS},
    **{f"{cls}.{name}": sources.derived for cls in SELECTIONS for name in ("subquery", "cte")},
    **{f"{cls}.lateral": partial(sources.derived, lateral=True) for cls in SELECTIONS},
    **{f"{cls}.recursive_cte": sources.recursive for cls in SELECTIONS},
    **{
        f"{cls}.{name}": partial(compound.set_operation, method=name)
        for cls in SELECTIONS
        for name in compound.OPERATORS
    },
    f"{COMPOUND}.order_by": compound.order_by,
    f"{RETURNING}.cte": sources.derived,
    **{f"{SELECT}.{name}": partial(queries.join, kind=name) for name in JOINS},
    **{f"{SELECT}.{name}": partial(queries.clause, name=name) for name in CLAUSES},
    f"{INSERT}.values": writes.values,
    f"{INSERT}.values_many": writes.many_values,
    f"{INSERT}.from_select": writes.from_select,
    f"{INSERT}.on_conflict": writes.conflict,
    f"{CONFLICT}.do_update": writes.updated_on_conflict,
    f"{CONFLICT}.do_update_all": writes.all_updated_on_conflict,
    f"{MERGE}.using": merging.using,
    **{f"{MERGE}.{name}": partial(merging.when, name=name) for name in merging.CASES},
    **{f"{cls}.update": merging.update for cls in (MATCHED, NOT_MATCHED_BY_SOURCE)},
    f"{NOT_MATCHED}.insert": merging.insert,
    **{f"{cls}.delete": merging.done for cls in (MATCHED, NOT_MATCHED_BY_SOURCE)},
    **{f"{cls}.do_nothing": merging.done for cls in (MATCHED, NOT_MATCHED, NOT_MATCHED_BY_SOURCE)},
    f"{UPDATE}.set": writes.assigned,
    f"{UPDATE}.from_": writes.more_sources,
    f"{DELETE}.using": writes.more_sources,
    **{f"{cls}.where": writes.where for cls in (UPDATE, DELETE)},
    **{f"{cls}.{name}": partial(writes.join, kind=name) for cls in (UPDATE, DELETE) for name in ("join", "left_join")},
    **{f"{cls}.all_rows": writes.all_rows for cls in (UPDATE, DELETE)},
    **{f"{cls}.returning": writes.returning for cls in WRITES},
    **{f"{cls}.compile": running.compiled for cls in (*SELECTIONS, *WRITES, INSTANCES, RETURNING, SQL)},
    **{f"{cls}.into": instances.into for cls in (*SELECTIONS, INSTANCES, QUERY, RETURNING)},
    f"{DATABASE}.connect": needs.connected,
    **{f"{DOCUMENTS}.{name}": running.found for name in ("find", "list")},
}

FUNCTION_SIGNATURES: dict[str, Callable[[FunctionSigContext], FunctionLike]] = {
    "qb.migrations.seeds.seed": bulk.rows_signature,
    SELECT_FUNCTION: queries.any_items,
    CASE_FUNCTION: branches.any_branches,
    **dict.fromkeys(("qb.expressions.quantifiers.any_", "qb.expressions.quantifiers.all_"), quantifiers.any_argument),
}

METHOD_SIGNATURES: dict[str, Callable[[MethodSigContext], FunctionLike]] = {
    **{f"{cls}.recursive_cte": sources.step_signature for cls in SELECTIONS},
    f"{INSERT}.values": writes.values_signature,
    f"{INSERT}.values_many": writes.many_signature,
    f"{UPDATE}.set": writes.set_signature,
    **{f"{cls}.update": writes.update_signature for cls in (MATCHED, NOT_MATCHED_BY_SOURCE)},
    f"{NOT_MATCHED}.insert": writes.insert_signature,
    f"{CONFLICT}.do_update": writes.update_signature,
    **{f"{cls}.returning": queries.any_items for cls in WRITES},
}

ANNOTATIONS: dict[str, Callable[[AnalyzeTypeContext], Type]] = {
    ROW: row_annotations.row,
    "qb.rows.NewRow": partial(row_annotations.dictionary, partial=False),
    "qb.rows.RowPatch": partial(row_annotations.dictionary, partial=True),
}

SOURCES = hashlib.sha1(
    b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.rglob("*.py"))), usedforsecurity=False
).hexdigest()
__version__ = SOURCES
"""What mypy remembers of a plugin: another one empties its cache, and the daemon starts anew."""


# mypy asks for the hook at every call and every attribute of a program: so each answer is made once.


@cache
def class_attribute_hook(fullname: str) -> Callable[[AttributeContext], Type] | None:
    """Of any class: which of them are tables, their types say."""
    return guarded(partial(tables.class_attribute, fullname=fullname))


@cache
def attribute_hook(fullname: str) -> Callable[[AttributeContext], Type] | None:
    """Of rows, aliases and sub-queries."""
    owner, _, name = fullname.rpartition(".")
    if name.startswith("_"):
        return None
    if owner == ROW:
        return guarded(partial(rows.attribute, name=name))
    if owner == DERIVED:
        return guarded(partial(sources.attribute, name=name))
    return guarded(partial(tables.alias_attribute, name=name)) if owner == ALIAS else None


@cache
def function_hook(fullname: str) -> Callable[[FunctionContext], Type] | None:
    """Of qb's functions."""
    owner, _, name = fullname.rpartition(".")
    hook = FUNCTIONS.get(fullname)
    if owner == "qb.fts":
        hook = partial(full_text.function, name=name)
    if hook is None and owner.startswith("qb.fn.") and not name.startswith("_"):
        hook = partial(functions.function, name=name)
    return guarded(needs.carrying(hook, fullname))


@cache
def method_signature_hook(fullname: str) -> Callable[[MethodSigContext], FunctionLike] | None:
    """Of qb's methods, and of those that run queries, whatever subclass of a database has them."""
    if fullname.rpartition(".")[2] in FETCHES:
        return guarded(running.fetch_signature)
    if fullname.rpartition(".")[2] in ("insert_many", "upsert_many"):
        return guarded(bulk.many_signature)
    return guarded(METHOD_SIGNATURES.get(fullname))


@cache
def method_hook(fullname: str) -> Callable[[MethodContext], Type] | None:
    """Likewise."""
    name = fullname.rpartition(".")[2]
    if name in RUNS:
        return guarded(partial(running.run, name=name))
    if name == "batch":
        return guarded(bulk.batch)
    if name in databases.CALLS:
        return guarded(partial(databases.other_call, name=name))
    return guarded(needs.carrying(METHODS.get(fullname), fullname))


class QbPlugin(Plugin):
    """Row types, scopes and value types of qb's queries."""

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        memory.forget()
        global __version__
        self.settings = settings.use(options.config_file)
        __version__ = f"{SOURCES} {self.settings}"

    def set_modules(self, modules: dict[str, MypyFile]) -> None:
        super().set_modules(modules)
        if self.settings.errors:  # said here, because mypy takes an error of __init__ for a crash
            raise CompileError(list(self.settings.errors))

    def report_config_data(self, ctx: ReportConfigContext) -> object:
        return sorted(self.settings.disabled)

    def get_base_class_hook(self, fullname: str) -> Callable[[ClassDefContext], None] | None:
        return guarded(declarations.declared) if fullname == TABLE else None

    def get_class_attribute_hook(self, fullname: str) -> Callable[[AttributeContext], Type] | None:
        return class_attribute_hook(fullname)

    def get_attribute_hook(self, fullname: str) -> Callable[[AttributeContext], Type] | None:
        return attribute_hook(fullname)

    def get_type_analyze_hook(self, fullname: str) -> Callable[[AnalyzeTypeContext], Type] | None:
        return guarded(ANNOTATIONS.get(fullname))

    def get_function_signature_hook(self, fullname: str) -> Callable[[FunctionSigContext], FunctionLike] | None:
        return guarded(FUNCTION_SIGNATURES.get(fullname))

    def get_function_hook(self, fullname: str) -> Callable[[FunctionContext], Type] | None:
        return function_hook(fullname)

    def get_method_signature_hook(self, fullname: str) -> Callable[[MethodSigContext], FunctionLike] | None:
        return method_signature_hook(fullname)

    def get_method_hook(self, fullname: str) -> Callable[[MethodContext], Type] | None:
        return method_hook(fullname)


def plugin(version: str) -> type[Plugin]:
    """What mypy asks for."""
    return QbPlugin


__all__ = ["QbPlugin", "plugin"]
