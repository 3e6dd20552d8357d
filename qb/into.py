"""Classes that rows are made into: dataclasses, NamedTuples, TypedDicts, and those of attrs, msgspec and pydantic.

None of these packages is imported: a class is known by what it has. What is needed to call it is found out once, and
once for the names of each query.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache, partial
from itertools import repeat, starmap
from operator import itemgetter
from typing import Any, Union, get_args, get_origin, get_type_hints

from qb.errors import CompileError, closest

Make = Callable[[Iterable[Sequence[Any]]], Iterable[Any]]
"""From the values of rows to what is made of them."""
KINDS = "a dataclass, a NamedTuple, a TypedDict, or a class of attrs, msgspec or pydantic"


class Inner:
    """What a field is declared to hold where the row has a row, or rows."""

    __slots__ = ("cls", "collect", "is_optional")

    def __init__(self, cls: type[Any], collect: Callable[[list[Any]], Any] | None, is_optional: bool) -> None:
        self.cls = cls
        self.collect = collect
        """What makes the field's collection of a list; None when it is one."""
        self.is_optional = is_optional


class Target:
    """A class, and how it is called: with its fields in this order, by their names, or with a dictionary."""

    def __init__(self, cls: type[Any], origin: type[Any], positional: Sequence[str], required: dict[str, bool]) -> None:
        self.cls = cls
        self.origin = origin
        """The class itself, when it was given with arguments."""
        self.positional = positional
        """The fields that are given by their place."""
        self.required = required
        """All fields that can be given, and whether they must be."""
        self.maker = lru_cache(100)(self._maker)
        self.inner = lru_cache(1000)(self._inner)

    def build(self, names: tuple[str, ...]) -> Make:
        """What makes rows with these names into instances, in C where the names are the fields in their order."""
        first = tuple(self.positional[: len(names)])
        if first == names:
            return partial(starmap, self.cls)
        if set(first) == set(names):
            sort = itemgetter(*[names.index(name) for name in first])
            return lambda rows: starmap(self.cls, map(sort, rows))
        create = self.cls
        return lambda rows: [create(**values) for values in dictionaries(names, rows)]

    def annotations(self) -> dict[str, Any]:
        """What the fields are declared to hold. Raises NameError when that is a name nobody knows here."""
        return get_type_hints(self.origin)

    def _maker(self, names: tuple[str, ...]) -> Make:
        """What makes rows with these names into instances. Raises CompileError when they do not fit."""
        word = f"into({self.origin.__name__})"
        for position, name in enumerate(names):
            if name not in self.required:
                if name == f"_{position}":
                    raise CompileError(f"{word}: column {position + 1} has no name: name it with .as_(…) after a field")
                near = closest(name, self.required) or f": it has {', '.join(self.required) or 'none at all'}"
                raise CompileError(f'{word}: the class has no field for the column "{name}"{near}')
        for name, is_required in self.required.items():
            if is_required and name not in names:
                near = closest(name, names) or f": the query has {', '.join(names)}"
                raise CompileError(f'{word}: no column for the field "{name}", which has no default{near}')
        return self.build(names)

    def _inner(self, field: str, is_list: bool, may_be_absent: bool) -> Inner | None:
        """The class for rows in a field; None when they stay what they are.

        Raises CompileError when the field can hold no None, and there may be no row.
        """
        try:
            declared = self.annotations().get(field)
        except NameError as error:
            raise CompileError(
                f"into({self.origin.__name__}): the annotations of the class cannot be read ({error}), and its field "
                f'"{field}" holds rows: declare the class where a module has what it names'
            ) from error
        found = [inner for choice in choices(declared) for inner in inner_of(choice, is_list)]
        if not found:
            return None
        cls, collect = found[0]
        if len(found) > 1:
            names = " or ".join([each.__name__ for each, _ in found])
            raise CompileError(f'into({self.origin.__name__}): the field "{field}" can be {names}, and nothing decides')
        is_optional = None in choices(declared)
        if may_be_absent and not is_optional:
            raise CompileError(
                f'into({self.origin.__name__}): the field "{field}" is {cls.__name__}, but the row may be missing: '
                f"declare it {cls.__name__} | None"
            )
        return Inner(cls, collect, is_optional)


class Dictionary(Target):
    """A TypedDict."""

    def build(self, names: tuple[str, ...]) -> Make:
        return partial(dictionaries, names)


class Model(Target):
    """A model of pydantic, which checks the values, and may have other names for its fields outside."""

    def build(self, names: tuple[str, ...]) -> Make:
        fields: dict[str, Any] = self.origin.model_fields
        config: dict[str, Any] = self.origin.model_config
        by_name = config.get("populate_by_name") or config.get("validate_by_name")
        keys = names if by_name else tuple([outside(name, fields[name].validation_alias) for name in names])
        validate = self.cls.model_validate
        return lambda rows: map(validate, dictionaries(keys, rows))

    def annotations(self) -> dict[str, Any]:
        fields: dict[str, Any] = self.origin.model_fields
        return {name: field.annotation for name, field in fields.items()}


class Attrs(Target):
    """A class of attrs, which is called without the underscores of its attributes."""

    def annotations(self) -> dict[str, Any]:
        declared = get_type_hints(self.origin)
        attributes = self.origin.__attrs_attrs__
        return {attribute.alias: declared.get(attribute.name) for attribute in attributes}


def outside(name: str, alias: Any) -> str:  # pydantic's aliases, which are not imported
    """The name by which a model takes a field."""
    known = getattr(alias, "choices", [alias])
    return next((choice for choice in known if isinstance(choice, str)), name)


def dictionaries(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[dict[str, Any]]:
    """Rows by their names, made in C."""
    return map(dict, map(zip, repeat(names), rows))


def _target_of(cls: Any) -> Target:
    origin = get_origin(cls) or cls
    if is_record(origin):
        if hasattr(origin, "__required_keys__"):
            return Dictionary(cls, origin, (), required_keys(origin))
        if hasattr(origin, "model_fields"):
            required = {name: bool(field.is_required()) for name, field in origin.model_fields.items()}
            return Model(cls, origin, (), required)
        if issubclass(origin, tuple):
            fields = origin._fields
            defaults = origin._field_defaults
            return Target(cls, origin, fields, {name: name not in defaults for name in fields})
        kind = Attrs if hasattr(origin, "__attrs_attrs__") else Target
        return kind(cls, origin, *parameters(origin))
    name = getattr(cls, "__name__", None) or repr(cls)
    raise TypeError(f"into({name}): rows are made into {KINDS}, and this is none")


_targets: Callable[[Any], Target] = lru_cache(1000)(_target_of)


def target_of(cls: Any) -> Target:
    """How a class is called. Raises TypeError when it is none that rows are made into."""
    return _targets(cls) if isinstance(cls, type) or get_origin(cls) else _target_of(cls)


def is_record(cls: Any) -> bool:
    """Whether this is a class that rows are made into."""
    if not isinstance(cls, type):
        return False
    if issubclass(cls, tuple):
        return hasattr(cls, "_make") and hasattr(cls, "_field_defaults")
    known_by = ("__required_keys__", "__dataclass_fields__", "__attrs_attrs__", "__struct_fields__")
    return any(hasattr(cls, name) for name in known_by) or (
        hasattr(cls, "model_fields") and hasattr(cls, "model_validate")
    )


def parameters(cls: type[Any]) -> tuple[list[str], dict[str, bool]]:
    """The parameters of a class: those that can be given by place, and of all whether they must be given."""
    from inspect import Parameter, signature  # dataclasses and attrs have imported it themselves

    positional: list[str] = []
    required: dict[str, bool] = {}
    for name, parameter in signature(cls).parameters.items():
        if parameter.kind in (Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY):
            required[name] = parameter.default is Parameter.empty
            if parameter.kind is Parameter.POSITIONAL_OR_KEYWORD:
                positional.append(name)
    return positional, required


def required_keys(cls: Any) -> dict[str, bool]:
    """The keys of a TypedDict, and whether they must be there."""
    from typing import NotRequired, Required

    keys = {name: name in cls.__required_keys__ for name in cls.__annotations__}
    try:
        declared = get_type_hints(cls, include_extras=True)
    except NameError:
        return keys
    for name, annotation in declared.items():  # which may have been text, when the class was made
        origin = get_origin(annotation)
        if origin in (Required, NotRequired):
            keys[name] = origin is Required
    return keys


def choices(annotation: Any) -> list[Any]:
    """The members of a union, or the only one; None for None."""
    from types import UnionType

    members = get_args(annotation) if get_origin(annotation) in (Union, UnionType) else (annotation,)
    return [None if member is type(None) else member for member in members]


def inner_of(annotation: Any, is_list: bool) -> Iterator[tuple[type[Any], Callable[[list[Any]], Any] | None]]:
    """The class for a row, or for each of several: `Card`, `list[Card]`, `tuple[Card, ...]`."""
    if not is_list:
        if is_record(get_origin(annotation) or annotation):
            yield annotation, None
        return
    origin, arguments = get_origin(annotation), get_args(annotation)
    if not isinstance(origin, type) or not arguments:
        return
    is_tuple = origin is tuple and len(arguments) == 2 and arguments[1] is ...
    if is_tuple or (issubclass(list, origin) and len(arguments) == 1):
        for choice in choices(arguments[0]):
            if is_record(get_origin(choice) or choice):
                yield choice, tuple if is_tuple else None
