"""Classes that rows are made into, and the fields that they are called with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from mypy.checker import TypeChecker
from mypy.expandtype import expand_type_by_instance
from mypy.maptype import map_instance_to_supertype
from mypy.nodes import ARG_NAMED, ARG_POS, TypeInfo, Var
from mypy.typeops import type_object_type
from mypy.types import (
    CallableType,
    Instance,
    Overloaded,
    ProperType,
    TupleType,
    Type,
    TypedDictType,
    TypeType,
    UnionType,
    get_proper_type,
)

PYDANTIC = "pydantic.main.BaseModel"
MADE = ("dataclass", "dataclass_tag", "attrs", "attrs_tag")
"""What mypy's own plugins leave at a class whose constructor they make; with `dataclass_transform` those of msgspec and
pydantic are among them.
"""


class Field(NamedTuple):
    """A field that a class is called with."""

    type: ProperType
    is_required: bool


def class_of(argument: Type) -> ProperType | None:
    """The instances of a class that is an argument; None when nobody knows which class it is."""
    proper = get_proper_type(argument)
    if isinstance(proper, TypeType):
        return proper.item
    if isinstance(proper, Overloaded) and proper.is_type_obj():
        proper = proper.items[0]
    if isinstance(proper, CallableType) and proper.is_type_obj():
        return get_proper_type(proper.ret_type)
    return None


def is_record(type: ProperType) -> bool:
    """Whether this is an instance of a class that rows are made into."""
    if isinstance(type, TypedDictType):
        return True
    if isinstance(type, TupleType):
        return any(base.is_named_tuple for base in type.partial_fallback.type.mro)
    if not isinstance(type, Instance):
        return False
    return is_model(type) or any(made in base.metadata for base in type.type.mro for made in MADE)


def is_model(type: ProperType) -> bool:
    """Whether this is an instance of a class of pydantic, which takes more than it holds."""
    return isinstance(type, Instance) and type.type.has_base(PYDANTIC)


def is_unknown(type: ProperType) -> bool:
    """Whether a class has a base that nobody knows."""
    return isinstance(type, Instance) and type.type.fallback_to_any


def name_of(type: ProperType) -> str:
    """The class as people write it."""
    if isinstance(type, TypedDictType):
        return "dict" if type.fallback.type.fullname.startswith("typing.") else type.fallback.type.name
    if isinstance(type, TupleType):
        return type.partial_fallback.type.name
    return type.type.name if isinstance(type, Instance) else str(type)


def fields_of(api: TypeChecker, record: ProperType) -> dict[str, Field] | None:
    """The fields of a class; None when they are unknown."""
    if isinstance(record, TypedDictType):
        return {name: Field(get_proper_type(type), name in record.required_keys) for name, type in record.items.items()}
    instance = record.partial_fallback if isinstance(record, TupleType) else record
    if not isinstance(instance, Instance):
        return None
    call = type_object_type(instance.type, api.named_type)
    if not isinstance(call, CallableType):
        return None
    names = outside_names(instance.type)
    found: dict[str, Field] = {}
    for argument, kind, type in zip(call.arg_names, call.arg_kinds, call.arg_types, strict=True):
        if argument is None or kind.is_star():
            continue
        name = names.get(argument, argument)
        held = declared(instance, name) if is_model(instance) else None
        expanded = expand_type_by_instance(type, instance) if held is None else held
        found[name] = Field(get_proper_type(expanded), kind in (ARG_POS, ARG_NAMED))
    return found


def declared(instance: Instance, name: str) -> Type | None:
    """What an attribute of a class is declared to hold."""
    symbol = instance.type.get(name)
    if symbol is None or not isinstance(symbol.node, Var) or symbol.node.type is None:
        return None
    return expand_type_by_instance(symbol.node.type, map_instance_to_supertype(instance, symbol.node.info))


def outside_names(info: TypeInfo) -> dict[str, str]:
    """The fields of a model that have another name outside, by that one."""
    found: dict[str, str] = {}
    for base in reversed(info.mro) if info.has_base(PYDANTIC) else ():
        own = base.metadata.get("dataclass", {}).get("attributes", [])
        fields = base.metadata.get("pydantic-mypy-metadata", {}).get("fields", {})
        for attribute in [*own, *fields.values()]:
            if attribute.get("alias"):
                found[attribute["alias"]] = attribute["name"]
    return found


def members(type: ProperType) -> list[ProperType]:
    """The members of a union, or the type itself."""
    return [get_proper_type(item) for item in type.items] if isinstance(type, UnionType) else [type]


def collections_in(type: ProperType) -> Iterator[ProperType]:
    """What the collections hold that a list can be."""
    for member in members(type):
        if isinstance(member, Instance) and len(member.args) == 1 and member.type.fullname in COLLECTIONS:
            yield get_proper_type(member.args[0])


COLLECTIONS = frozenset({
    "builtins.list",
    "builtins.tuple",
    "typing.Iterable",
    "typing.Collection",
    "typing.Container",
    "typing.Reversible",
    "typing.Sequence",
    "typing.MutableSequence",
})  # fmt: skip
