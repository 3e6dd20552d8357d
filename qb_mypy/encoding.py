"""How types carry what the plugin knows, and the names of the classes that carry it.

* An expression is `Expr[value, refs]`; `refs` is a union of Literal strings, one for each column it reads.
* A column is `Column[value, insertion, refs]`, with itself for its only ref.
* A query is `Select[row, projection, facts]`, a write `Insert[table, facts]`; `facts` is a union of Literal strings.

Plain strings survive mypy's cache and its daemon, need no classes of our own, and join in unions as sets do.
"""

from __future__ import annotations

from collections.abc import Iterable
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

from qb_mypy.facts import Facts
from qb_mypy.memory import Memory, OfTypes
from qb_mypy.names import COLUMN, EXPR, EXPRESSIONS, SOURCE_COLUMN
from qb_mypy.refs import ANY_SOURCE, GROUP_MARK, NULL, Ref


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
