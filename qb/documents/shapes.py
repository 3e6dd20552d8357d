"""What the annotations of a class allow: each is a shape, which makes JSON of a value that fits, and refuses others.

Imported when the first class is read that is neither pydantic's nor msgspec's: it reads annotations.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, NewType, NotRequired, Required, get_args, get_origin

from qb.documents.errors import InvalidDocument
from qb.into import KINDS, choices, is_record, target_of

Hint = Any  # a class, a generic alias, a union: whatever stands in an annotation

AS_TEXT = {
    ("datetime", "date"): ("isoformat", "fromisoformat"),
    ("datetime", "datetime"): ("isoformat", "fromisoformat"),
    ("datetime", "time"): ("isoformat", "fromisoformat"),
    ("uuid", "UUID"): ("__str__", None),
    ("decimal", "Decimal"): ("__str__", None),
}
"""Classes that are texts in JSON, by module and name so that none is imported: the method that makes the text, and the
one that reads it, by default the class itself.
"""


class Misfit(Exception):  # noqa: N818  # it never leaves this module
    """A value does not have its shape. The message grows on the way out, by the place where the value is."""

    def __init__(self, reason: str, place: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.place = place

    def within(self, place: str) -> Misfit:
        self.place = f"{place}{self.place}"
        return self


class OtherType(Misfit):
    """A value is of another type than its shape."""


class Shape:
    """A plain kind of values: `dump` gives what JSON has for one, `load` the other way. Both raise Misfit."""

    def __init__(self, *classes: type[Any]) -> None:
        self.classes = classes

    def dump(self, value: Any) -> Any:
        return self.checked(value)

    def load(self, value: Any) -> Any:
        return self.checked(value)

    def checked(self, value: Any) -> Any:
        """The value, which is of the class itself: of a subclass, something would be lost."""
        if type(value) not in self.classes:
            raise OtherType(f"is {name_of(type(value))}, and has to be {name_of(self.classes[0])}")
        return value


class Anything(Shape):
    """Whatever JSON has."""

    def checked(self, value: Any) -> Any:
        if isinstance(value, dict):
            for key, item in value.items():
                if not isinstance(key, str):
                    raise Misfit(f"has a key that is {name_of(type(key))}, and JSON has only texts")
                self._inside(f"[{key!r}]", item)
        elif isinstance(value, list):
            for number, item in enumerate(value):
                self._inside(f"[{number}]", item)
        elif value is not None and type(value) not in (bool, int, float, str):
            raise Misfit(f"is {name_of(type(value))}, which JSON does not have")
        return value

    def _inside(self, place: str, item: Any) -> None:
        try:
            self.checked(item)
        except Misfit as error:
            raise error.within(place) from None


class Real(Shape):
    """A float; a whole number is one, too."""

    def dump(self, value: Any) -> Any:
        if type(value) is int:
            return value
        number = self.checked(value)
        if number - number != 0:
            raise Misfit("is no number that JSON has")
        return number

    def load(self, value: Any) -> Any:
        return float(value if type(value) is int else self.checked(value))


class Text(Shape):
    """A class that is a text in JSON."""

    def __init__(self, cls: type[Any], dump: str, load: str | None) -> None:
        super().__init__(cls)
        self.write = getattr(cls, dump)
        self.read = cls if load is None else getattr(cls, load)

    def dump(self, value: Any) -> Any:
        return self.write(self.checked(value))

    def load(self, value: Any) -> Any:
        if not isinstance(value, str):
            raise Misfit(
                f"is {name_of(type(value))} in the store, and has to be the text of {name_of(self.classes[0])}"
            )
        try:
            return self.read(value)
        except (ValueError, ArithmeticError):  # Decimal's own is the latter
            raise Misfit(f"is no text of {name_of(self.classes[0])}") from None


class Bytes(Shape):
    """Bytes, which are a text of base 64 in JSON."""

    def dump(self, value: Any) -> Any:
        from base64 import b64encode

        return b64encode(self.checked(value)).decode()

    def load(self, value: Any) -> Any:
        from base64 import b64decode

        try:
            return b64decode(value, validate=True)
        except (TypeError, ValueError):
            raise Misfit("is no text of bytes") from None


class Member(Shape):
    """A member of an Enum, or one of the values of a Literal."""

    def __init__(self, members: Sequence[tuple[Any, Any]], name: str) -> None:
        super().__init__()
        self.members = {(type(stored), stored): member for stored, member in members}  # 1 is no True here
        self.stored = {(type(member), member): stored for stored, member in members}
        self.name = name

    def dump(self, value: Any) -> Any:
        return self._found(self.stored, value)

    def load(self, value: Any) -> Any:
        return self._found(self.members, value)

    def _found(self, among: Mapping[tuple[type, Any], Any], value: Any) -> Any:
        try:
            return among[type(value), value]
        except (KeyError, TypeError):
            raise Misfit(f"is none of {self.name}") from None


class Items(Shape):
    """A list, a set, or a tuple of any length."""

    def __init__(self, cls: type[Any], item: Shape) -> None:
        super().__init__(cls)
        self.item = item

    def dump(self, value: Any) -> Any:
        return [self._each("dump", number, item) for number, item in enumerate(self.checked(value))]

    def load(self, value: Any) -> Any:
        if not isinstance(value, list):
            raise Misfit(f"is {name_of(type(value))} in the store, and has to be a list")
        return self.classes[0]([self._each("load", number, item) for number, item in enumerate(value)])

    def _each(self, way: str, number: int, item: Any) -> Any:
        try:
            return getattr(self.item, way)(item)
        except Misfit as error:
            raise error.within(f"[{number}]") from None


class Fixed(Shape):
    """A tuple with a shape for each place."""

    def __init__(self, items: Sequence[Shape]) -> None:
        super().__init__(tuple)
        self.items = items

    def dump(self, value: Any) -> Any:
        return self._all("dump", self.checked(value))

    def load(self, value: Any) -> Any:
        if not isinstance(value, list):
            raise Misfit(f"is {name_of(type(value))} in the store, and has to be a list")
        return tuple(self._all("load", value))

    def _all(self, way: str, values: Sequence[Any]) -> list[Any]:
        if len(values) != len(self.items):
            raise Misfit(f"has {len(values)} items, and has to have {len(self.items)}")
        found = []
        for number, (shape, value) in enumerate(zip(self.items, values, strict=True)):
            try:
                found.append(getattr(shape, way)(value))
            except Misfit as error:
                raise error.within(f"[{number}]") from None
        return found


class Dictionary(Shape):
    """A dictionary with texts for its keys."""

    def __init__(self, item: Shape) -> None:
        super().__init__(dict)
        self.item = item

    def dump(self, value: Any) -> Any:
        return self._all("dump", self.checked(value))

    def load(self, value: Any) -> Any:
        return self._all("load", self.checked(value))

    def _all(self, way: str, values: Mapping[Any, Any]) -> dict[str, Any]:
        found = {}
        for key, value in values.items():
            if not isinstance(key, str):
                raise Misfit(f"has a key that is {name_of(type(key))}, and JSON has only texts")
            try:
                found[key] = getattr(self.item, way)(value)
            except Misfit as error:
                raise error.within(f"[{key!r}]") from None
        return found


class Union(Shape):
    """One of several shapes, the first that fits. A value that would come back as another one does not."""

    def __init__(self, shapes: Sequence[Shape]) -> None:
        super().__init__()
        self.shapes = shapes

    def dump(self, value: Any) -> Any:
        number, dumped = self._first("dump", value)
        back, _ = self._first("load", dumped)
        if back != number:
            raise Misfit("is stored in a form that is read as something else: give the collection `dump` and `load`")
        return dumped

    def load(self, value: Any) -> Any:
        return self._first("load", value)[1]

    def _first(self, way: str, value: Any) -> tuple[int, Any]:
        errors = []
        for number, shape in enumerate(self.shapes):
            try:
                return number, getattr(shape, way)(value)
            except Misfit as error:
                errors.append(error)
        # Of the one that fitted best: in its type at least, and the further the better.
        raise max(errors, key=lambda error: (len(error.place), not isinstance(error, OtherType)))


JSON_OBJECT = Shape(dict)


class Record(Shape):
    """A class with fields. What JSON has besides them is left out: a field that a class has no more is no error."""

    def __init__(self, cls: type[Any]) -> None:
        super().__init__(cls)
        self.target = target_of(cls)
        self.attributes: dict[str, str] = {}
        self.fields: dict[str, Shape] = {}

    def read(self) -> None:
        """Read the class, which may hold itself."""
        cls = self.classes[0]
        hints = self.target.annotations()
        names = {own.alias: own.name for own in getattr(cls, "__attrs_attrs__", ())}
        for field in self.target.required:
            if field not in hints or name_of(type(hints[field])) == "InitVar":
                raise TypeError(f"{cls.__name__}.{field} is not kept by its documents: give them `dump` and `load`")
            self.attributes[field] = names.get(field, field)
            try:
                self.fields[field] = shape_of(hints[field])
            except TypeError as error:
                raise TypeError(f"{cls.__name__}.{field}: {error}") from None

    def dump(self, value: Any) -> Any:
        cls = self.classes[0]
        if issubclass(cls, dict):
            values = JSON_OBJECT.checked(value)
            self._refuse_others(values)
        else:
            self.checked(value)
            values = {field: getattr(value, attribute) for field, attribute in self.attributes.items()}
        return self._all("dump", values)

    def load(self, value: Any) -> Any:
        values = self._all("load", JSON_OBJECT.checked(value))
        names = tuple(values)
        if not names:
            return self.classes[0]()
        return next(iter(self.target.build(names)([tuple(values.values())])))

    def dump_whole(self, document: Any) -> Any:
        """What JSON has for a document. Raises InvalidDocument."""
        try:
            return self.dump(document)
        except Misfit as error:
            raise InvalidDocument(f"{self.classes[0].__name__}{error.place} {error.reason}") from None

    def load_whole(self, value: Any) -> Any:
        """The document. Raises InvalidDocument."""
        try:
            return self.load(value)
        except Misfit as error:
            raise InvalidDocument(f"stored {self.classes[0].__name__}{error.place} {error.reason}") from None

    def _all(self, way: str, values: Mapping[str, Any]) -> dict[str, Any]:
        found = {}
        for field, shape in self.fields.items():
            if field in values:
                try:
                    found[field] = getattr(shape, way)(values[field])
                except Misfit as error:
                    raise error.within(f".{field}") from None
            elif self.target.required[field]:
                raise Misfit("is missing", f".{field}")
        return found

    def _refuse_others(self, values: Mapping[Any, Any]) -> None:
        for key in values:
            if key not in self.fields:
                raise Misfit("is no key of it", f"[{key!r}]")


_records: dict[Any, Record] = {}


def record_of(cls: Any) -> Record:
    """The shape of a class. Raises TypeError for one that is not kept as JSON by itself."""
    found = _records.get(cls)
    if found is None:
        if not is_record(cls):
            name = getattr(cls, "__name__", None) or repr(cls)
            raise TypeError(f"documents are {KINDS}, and {name} is none: give its collection `dump` and `load`")
        found = _records[cls] = Record(cls)
        try:
            found.read()
        except BaseException:
            del _records[cls]
            raise
    return found


def shape_of(hint: Hint) -> Shape:
    """The shape of an annotation. Raises TypeError for what JSON has no form for."""
    origin: Hint = get_origin(hint)
    arguments = get_args(hint)
    if origin in (Required, NotRequired, Annotated):
        return shape_of(arguments[0])
    if isinstance(hint, NewType):
        return shape_of(hint.__supertype__)
    if origin is Literal:
        return Member([(value, value) for value in arguments], ", ".join(map(repr, arguments)))
    members = choices(hint)
    if len(members) > 1:
        return Union([Shape(type(None)) if member is None else shape_of(member) for member in members])
    if members == [None]:
        return Shape(type(None))
    if hint is Any or hint is object:
        return Anything()
    return shape_of_class(hint, origin or hint, arguments)


def shape_of_class(hint: Hint, cls: Any, arguments: Sequence[Hint]) -> Shape:
    """The shape of a class, that of its own or with arguments."""
    if cls in (bool, int, str):
        return Shape(cls)
    if cls is float:
        return Real(float)
    if cls is bytes:
        return Bytes(bytes)
    way = AS_TEXT.get((getattr(cls, "__module__", ""), getattr(cls, "__name__", "")))
    if way is not None:
        return Text(cls, *way)
    if is_record(cls) and not arguments:
        return nested(cls)
    if isinstance(cls, type):
        if hasattr(cls, "__members__"):
            return Member([(member.value, member) for member in cls.__members__.values()], name_of(cls))
        if issubclass(cls, tuple) and arguments and arguments[-1] is not ...:
            return Fixed([shape_of(argument) for argument in arguments])
        item = shape_of(arguments[0]) if arguments else Anything()
        if cls in (list, tuple, set, frozenset):
            return Items(cls, item)
        if issubclass(list, cls) and cls is not object:
            return Items(list, item)
        if issubclass(dict, cls) and (not arguments or arguments[0] is str):
            return Dictionary(shape_of(arguments[1]) if arguments else Anything())
    raise TypeError(f"JSON has no form for {name_of(hint)}: give the collection `dump` and `load`")


def nested(cls: Any) -> Shape:
    """The shape of a class inside of another one, which may be another library's."""
    if hasattr(cls, "model_validate") or hasattr(cls, "__struct_fields__"):
        raise TypeError(f"{cls.__name__} is read by its own library: make the document one of its classes, too")
    return record_of(cls)


def name_of(cls: Any) -> str:
    return getattr(cls, "__name__", None) or str(cls)
