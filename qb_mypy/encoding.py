"""How types carry what the plugin knows, and the names of the classes that carry it.

* An expression is `Expr[value, refs]`; `refs` is a union of Literal strings, one for each column it reads.
* A column is `Column[value, insertion, refs]`, with itself for its only ref.
* A query is `Select[row, projection, facts]`, a write `Insert[table, facts]`; `facts` is a union of Literal strings.

Plain strings survive mypy's cache and its daemon, need no classes of our own, and join in unions as sets do.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from mypy.checker import TypeChecker
from mypy.maptype import map_instance_to_supertype
from mypy.nodes import TypeInfo
from mypy.typeops import make_simplified_union
from mypy.types import (
    AnyType,
    Instance,
    LiteralType,
    NoneType,
    ProperType,
    Type,
    TypeOfAny,
    UninhabitedType,
    UnionType,
    get_proper_type,
)

from qb_mypy.memory import Memory, OfTypes

EXPR = "qb.expressions.core.Expr"
LABELED = "qb.expressions.core.Labeled"
AGGREGATE = "qb.expressions.aggregates.AggregateExpr"
WINDOWED = "qb.expressions.windows.WindowExpr"
WINDOW_FUNCTION = "qb.expressions.windows.WindowFunction"
FRAME_FUNCTION = "qb.expressions.windows.FrameFunction"
WINDOW = "qb.expressions.windows.Window"
GROUPING = "qb.expressions.grouping.GroupingKeys"
ORDERED_SET = "qb.expressions.ordered_sets.OrderedSetFunction"
CONTINUOUS = "qb.expressions.ordered_sets.Continuous"
ORDERED_SETS = (ORDERED_SET, CONTINUOUS)
SQL = "qb.expressions.escape.Sql"
QUANTIFIER = "qb.expressions.quantifiers.Quantifier"
ORDERING = "qb.expressions.core.Ordering"
COLUMN = "qb.columns.Column"
SOURCE_COLUMN = "qb.expressions.core.SourceColumn"
EXPRESSIONS = (EXPR, COLUMN, SOURCE_COLUMN, LABELED, AGGREGATE, WINDOWED, SQL)
REQUIRED = "qb.columns.Required"
DEFAULTED = "qb.columns.Defaulted"
GENERATED = "qb.columns.Generated"
TABLE = "qb.tables.Table"
ALIAS = "qb.aliases.Alias"
DERIVED = "qb.derived.Derived"
ROW = "qb.rows.Row"
ROW_VALUE = "qb.expressions.row_values.RowValue"
QUERY = "qb.queries.Query"
INSTANCES = "qb.queries.Instances"
SELECT = "qb.statements.select.Select"
COMPOUND = "qb.statements.selection.Compound"
SELECTIONS = (SELECT, COMPOUND)
RETURNING = "qb.statements.returning.Returning"
INSERT = "qb.statements.insert.Insert"
CONFLICT = "qb.statements.insert.Conflict"
UPDATE = "qb.statements.update.Update"
DELETE = "qb.statements.delete.Delete"
MERGE = "qb.statements.merge.Merge"
MATCHED = "qb.statements.merge.Matched"
NOT_MATCHED = "qb.statements.merge.NotMatched"
NOT_MATCHED_BY_SOURCE = "qb.statements.merge.NotMatchedBySource"
WRITES = (INSERT, UPDATE, DELETE, MERGE)
DATABASE = "qb.running.database.Database"
EXECUTOR = "qb.running.executor.Executor"
COMPILABLE = "qb.queries.Compilable"

ANY_SOURCE = "?"
"""The source of a column of `type[T]`, in a helper that takes any table: only its name is known."""
NOT_NULL = "set="
"""In front of a column that is NOT NULL, in place of a clause: what it is set to must not be NULL."""
EXCLUDED = "excluded:"
"""In front of the source of a ref: the row that an INSERT tried."""


ROWS = "@rows"


class Ref(NamedTuple):
    """A column that an expression reads. Written `source.column`, with its marks in front."""

    source: str
    """The full name of the table class, or the name of an alias."""
    column: str
    lax: bool = False
    """Whether the expression has a value where the column is NULL (`coalesce`, `count`, `IS NULL`)."""
    aggregated: int = 0
    """In how many aggregate functions the column is read: one inside the other, where the outer is over a window."""

    inner: bool = False
    """Whether a sub-query reads it, which may mean the query around."""

    @property
    def is_mark(self) -> bool:
        """Whether this is no column, but says something of the expression."""
        return self.source.startswith("@")

    def encode(self) -> str:
        if self.is_mark:
            return "#" * (self.aggregated if self.source == ROWS else 0) + self.source
        marks = ("~" if self.lax else "") + "#" * self.aggregated + ("^" if self.inner else "")
        return f"{marks}{self.source}.{self.column}"

    @staticmethod
    @lru_cache(4096)  # every clause reads the same few texts again
    def decode(text: str) -> Ref:
        if text.startswith("@"):
            return Ref(text, "", lax=True)
        name = text.lstrip("~#^")
        marks = text[: len(text) - len(name)]
        if name == ROWS:
            return Ref(name, "", True, len(marks))
        source, _, column = name.rpartition(".")
        return Ref(source, column, "~" in marks, marks.count("#"), "^" in marks)

    def display(self) -> str:
        """As the person wrote it: `Album.title`, and `Album` for all of it."""
        if self.column == "*":
            return short(self.source)
        name = f"{short(self.source.removeprefix(EXCLUDED))}.{self.column}"
        return f"excluded({name})" if self.source.startswith(EXCLUDED) else name


WINDOW_MARK = Ref("@window", "", lax=True)
"""Among the refs of an expression that has a function over a window in it."""


NESTED_MARK = Ref("@nested", "", lax=True)
"""Among the refs of an expression that has rows for its value: `many`, `one`."""


ROWS_MARK = Ref(ROWS, "", lax=True, aggregated=1)
"""Among the refs of an aggregate that reads no column: `count(*)`."""


RAW_MARK = Ref("@raw", "", lax=True)
"""Among the refs of SQL as text that calls a function, which may be an aggregate."""


GROUP_MARK = Ref("@group", "", lax=True)
"""Among the refs of an aggregate: it is NULL where there are no rows."""


NULL = "@null "
"""In front of a column that may be NULL, among the refs of an expression that is NULL where it is. An expression that
may be NULL has no such mark, and no `@group`, when nobody knows why.
"""


OUTER_JOINS = frozenset({"left", "right", "full"})


READ = NESTED_MARK.source + " "
"""In front of a ref that rows inside of a row read of the query around them."""


TIED = NESTED_MARK.source + "-by-key "
"""In front of `many` or `one` and the sources of rows inside of a row, which a foreign key ties to the query around."""


NEEDS = "@needs "
"""In front of the name of a feature that an expression or a source has, and not every dialect."""


NULL_TEST = "@tests "
"""In front of a column that is NOT NULL, among the refs of an expression that asks whether it is NULL."""


class Need(NamedTuple):
    """A feature that a clause of a statement has, and not every dialect."""

    clause: str
    feature: str


class Use(NamedTuple):
    """A column that a clause reads although its source is not (yet) in the statement, or although the rows are not
    (yet) grouped by it, and where it was written.
    """

    ref: Ref
    clause: str
    module: str
    line: int


class Proof(NamedTuple):
    """A column that a condition keeps from being NULL."""

    column: str
    """As `source.column`."""
    clause: str
    """"where", "having", or the number of the join that has it for its ON."""


class Facts:
    """What is known of a statement besides its row, its projection and its table."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self.from_: list[str] = []
        self.joined: list[str] = []
        self.kinds: dict[str, str] = {}
        """How sources are joined that are not simply there: "left", "right", "full"."""
        self.proven: list[Proof] = []
        """Columns that a condition keeps from being NULL, where that is worth knowing."""
        self.limited: list[str] = []
        """Clauses that may leave out the one row of a query's aggregates."""
        self.outer: list[str] = []
        """Sources of a write whose columns are NULL where a join finds no match."""
        self.rolled: list[str] = []
        """Group keys that are NULL in the rows which are not grouped by them, as `source.column`."""
        self.said: list[str] = []
        """What a write must say before it is run: "values" (what to write), "where" (which rows). Of a select
        "distinct", and of a set operation what its first query selects.
        """
        self.uses: list[Use] = []
        self.needs: list[Need] = []
        self.grouped: list[str] = []
        """Group keys that are columns, as `source.column`; "?" for one that nobody knows."""
        self.whole: list[str] = []
        """Sources that are grouped by their whole primary key, which makes all of their columns one value."""
        self.keys: list[frozenset[str]] = []
        """The columns that group keys read which are expressions."""
        self.ungrouped: list[Use] = []
        """What HAVING and ORDER BY read of no group key so far; an aggregate if that is the first of the query."""
        self.null_tests: list[Use] = []
        """Columns that are NOT NULL, and that a clause asks whether they are NULL: a join may make it so."""
        lists = {
            "from": self.from_,
            "join": self.joined,
            "outer": self.outer,
            "limited": self.limited,
            "rolled": self.rolled,
            "says": self.said,
            "grouped": self.grouped,
            "whole": self.whole,
        }
        uses = {"uses": self.uses, "ungrouped": self.ungrouped, "tests": self.null_tests}
        for text in texts:
            kind, _, rest = text.partition(" ")
            if kind in uses:
                ref, clause, module, line = rest.rsplit(" ", 3)
                uses[kind].append(Use(Ref.decode(ref), clause, module, int(line)))
            elif kind == "key":
                self.keys.append(frozenset(rest.split(" & ")))
            elif kind in OUTER_JOINS:
                self.joined.append(rest)
                self.kinds[rest] = kind
            elif kind == "proven":
                self.proven.append(Proof(*rest.rsplit(" ", 1)))
            elif kind == NEEDS.strip():
                clause, _, feature = rest.partition(" ")
                self.needs.append(Need(clause, feature))
            else:
                lists[kind].append(rest)

    def encode(self) -> list[str]:
        uses = [
            f"{kind} {use.ref.encode()} {use.clause} {use.module} {use.line}"
            for kind, known in (("uses", self.uses), ("ungrouped", self.ungrouped), ("tests", self.null_tests))
            for use in known
        ]
        return [
            *[f"from {source}" for source in self.from_],
            *[f"{self.kinds.get(source, 'join')} {source}" for source in self.joined],
            *[f"outer {source}" for source in self.outer],
            *[f"proven {proof.column} {proof.clause}" for proof in self.proven],
            *[f"limited {clause}" for clause in self.limited],
            *[f"rolled {column}" for column in self.rolled],
            *[f"says {word}" for word in self.said],
            *[f"grouped {column}" for column in self.grouped],
            *[f"whole {source}" for source in self.whole],
            *[f"key {' & '.join(sorted(key))}" for key in self.keys],
            *uses,
            *[f"{NEEDS}{need.clause} {need.feature}" for need in self.needs],
        ]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Facts) and vars(self) == vars(other)

    __hash__ = None  # type: ignore[assignment]  # they change

    def copy(self) -> Facts:
        """The same facts, to which more can be added."""
        new = object.__new__(Facts)
        vars(new).update({name: known.copy() for name, known in vars(self).items()})
        return new

    @property
    def sources(self) -> list[str]:
        """What is in the statement by name."""
        return self.from_ + self.joined


class Expression(NamedTuple):
    """The type of an expression, taken apart."""

    value: ProperType
    refs: list[Ref] | None
    """None when they are unknown."""
    is_column: bool = False
    """Whether it is nothing but a column of a source."""


def class_info(api: TypeChecker, fullname: str) -> TypeInfo:
    """One of qb's classes."""
    module, _, name = fullname.rpartition(".")
    node = api.modules[module].names[name].node
    assert isinstance(node, TypeInfo)
    return node


def mapped(api: TypeChecker, type: Instance, fullname: str) -> Instance:
    """The type as one of a base class."""
    return map_instance_to_supertype(type, class_info(api, fullname))


_LITERALS: Memory[str, LiteralType] = Memory()
_UNIONS: Memory[tuple[str, ...], Type] = Memory()


def literals(api: TypeChecker, texts: Iterable[str]) -> Type:
    """A union of Literal strings; Never for none."""
    key = tuple(texts)
    known = _UNIONS.get(key)
    if known is None:
        known = _UNIONS.keep(key, UnionType.make_union([_literal(api, text) for text in dict.fromkeys(key)]))
    return known


def _literal(api: TypeChecker, text: str) -> LiteralType:
    known = _LITERALS.get(text)
    if known is None:
        known = _LITERALS.keep(text, LiteralType(text, api.named_generic_type("builtins.str", [])))
    return known


def strings(type: Type) -> list[str] | None:
    """The strings of a union of Literals; None when the type does not tell."""
    proper = get_proper_type(type)
    if isinstance(proper, UninhabitedType):
        return []
    if isinstance(proper, LiteralType) and isinstance(proper.value, str):
        return [proper.value]
    if isinstance(proper, Instance) and proper.last_known_value is not None:
        return strings(proper.last_known_value)
    if isinstance(proper, UnionType):
        found: list[str] = []
        for item in proper.items:
            texts = strings(item)
            if texts is None:
                return None
            found += texts
        return found
    return None


_EXPRESSIONS: OfTypes[Expression | None] = OfTypes()


def expression(type: Type, api: TypeChecker) -> Expression | None:
    """An expression's value and refs; None when the type is no expression."""
    proper = get_proper_type(type)
    if not isinstance(proper, Instance):
        return None
    known = _EXPRESSIONS.get(id(proper))
    return _EXPRESSIONS.of(proper, _expression(proper, api)) if known is None else known[1]


def _expression(proper: Instance, api: TypeChecker) -> Expression | None:
    name = proper.type.fullname
    if name == COLUMN:
        value, _, refs = proper.args
    elif name in EXPRESSIONS:
        value, refs, *_ = proper.args
    elif proper.type.has_base(EXPR):
        value, refs = mapped(api, proper, EXPR).args
    else:
        return None
    return Expression(get_proper_type(value), _decoded(refs), name in (COLUMN, SOURCE_COLUMN))


_DECODED: OfTypes[list[Ref] | None] = OfTypes()


def _decoded(refs: Type) -> list[Ref] | None:
    known = _DECODED.get(id(refs))
    if known is not None:
        return known[1]
    texts = strings(refs)
    decoded = None if texts is None else [Ref.decode(text) for text in texts]
    if decoded and any(ref.source == ANY_SOURCE for ref in decoded):
        decoded = None
    return _DECODED.of(refs, decoded)


_REFS_TYPES: Memory[tuple[Ref, ...], Type] = Memory()


def refs_type(api: TypeChecker, refs: Iterable[Ref] | None) -> Type:
    """The type argument for some refs."""
    if refs is None:
        return AnyType(TypeOfAny.special_form)
    key = tuple(refs)
    known = _REFS_TYPES.get(key)
    return _REFS_TYPES.keep(key, literals(api, [ref.encode() for ref in key])) if known is None else known


def expr_type(
    api: TypeChecker,
    value: Type,
    refs: Iterable[Ref] | None,
    fullname: str = EXPR,
    why: Iterable[Expression | None] = (),
) -> Instance:
    """`Expr[value, refs]`, or another class with these two arguments. `why` are the operands that make it NULL."""
    if refs is not None:
        refs = without_reasons(refs)
        if why and is_optional(value):
            refs += reasons(why) or []
    return Instance(class_info(api, fullname), [value, refs_type(api, refs)])


def reasons(parts: Iterable[Expression | None]) -> list[Ref] | None:
    """The marks that say why an expression is NULL which is so where one of its operands is; None when nobody knows."""
    found: list[Ref] = []
    for part in parts:
        if part is None or not is_optional(part.value):
            continue
        if part.refs is None:
            return None
        own = [ref for ref in part.refs if is_reason(ref)]
        if part.is_column and len(part.refs) == 1:
            own = [Ref(f"{NULL}{part.refs[0].source}.{part.refs[0].column}", "", lax=True)]
        if not own:
            return None
        found += own
    return found


def is_reason(ref: Ref) -> bool:
    """Whether a mark says why an expression is NULL."""
    return ref == GROUP_MARK or ref.source.startswith(NULL)


def without_reasons(refs: Iterable[Ref]) -> list[Ref]:
    """The refs of an expression that is NULL for reasons of its own."""
    return [ref for ref in refs if not ref.is_mark or not is_reason(ref)]


def union_of_refs(parts: Iterable[Expression | None]) -> list[Ref] | None:
    """The refs of an expression made of these; a part that is None is a plain value."""
    refs: list[Ref] = []
    for part in parts:
        if part is None:
            continue
        if part.refs is None:
            return None
        refs += without_reasons(part.refs)
    return refs


def lax(refs: list[Ref] | None) -> list[Ref] | None:
    """The refs of an expression that has a value where these columns are NULL."""
    return None if refs is None else [ref._replace(lax=True) for ref in refs]


_FACTS: OfTypes[Facts | None] = OfTypes()


def facts_of(statement: Instance) -> Facts | None:
    """The facts of a statement, its last type argument; None when they are unknown (a plain `Select[R]`)."""
    found = facts_to_read(statement)
    return None if found is None else found.copy()


def facts_to_read(statement: Instance) -> Facts | None:
    """The same for whoever changes nothing of them: they are everybody's."""
    last = statement.args[-1]
    known = _FACTS.get(id(last))
    if known is not None:
        return known[1]
    texts = strings(last)
    return _FACTS.of(last, None if texts is None else Facts(texts))


def facts_type(api: TypeChecker, facts: Facts) -> Type:
    """The type argument for some facts, which change no more."""
    texts = facts.encode()
    type = literals(api, texts)
    if id(type) not in _FACTS and len(set(texts)) == len(texts):
        _FACTS.of(type, facts)
    return type


def with_facts(api: TypeChecker, statement: Instance, facts: Facts) -> Instance:
    """The statement with other facts."""
    return statement.copy_modified(args=[*statement.args[:-1], facts_type(api, facts)])


def optional(type: Type) -> Type:
    """The type, or None."""
    return make_simplified_union([type, NoneType()])


def is_optional(type: Type) -> bool:
    """Whether None is among the values."""
    proper = get_proper_type(type)
    if isinstance(proper, UnionType):
        return any(is_optional(item) for item in proper.items)
    return isinstance(proper, NoneType)


def without_none(type: Type) -> ProperType:
    """The type without None."""
    proper = get_proper_type(type)
    if isinstance(proper, UnionType):
        items = [i for i in proper.items if not isinstance(get_proper_type(i), NoneType)]
        return get_proper_type(make_simplified_union(items))
    return proper


def short(name: str) -> str:
    """The last part of a full name, as people write it."""
    return name.rpartition(".")[2]
