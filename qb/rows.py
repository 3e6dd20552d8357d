"""Rows: tuples with names, built by C code from what the driver returns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import repeat
from operator import itemgetter
from types import GenericAlias
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar, TypeVarTuple

from qb import nodes
from qb.errors import CompileError, MultipleRowsFound, NoRowFound, closest
from qb.expressions import refuse_nested
from qb.nodes.nested import JSON_WIDTH
from qb.queries import Compilable
from qb.typevars import R

if TYPE_CHECKING:
    from qb.dialect import Dialect
    from qb.into import Make, Target

Decoder = Callable[[Any], Any]  # from what the driver returns to what the column holds; never called with None


class Row(tuple[Any, ...], Generic[R]):
    """One row of a result: a tuple whose items can be read by name.

        row.title; row[0]; title, artist = row

    `Row[Album]` is the type of a whole row of a table. `_fields` are the names, `_asdict()` gives a dict.
    """

    __slots__ = ()
    _fields: tuple[str, ...] = ()

    if TYPE_CHECKING:
        # A row has no other public attributes: `count` and `index` are columns, not methods of tuples.
        count: Any
        index: Any

        def __getattr__(self, name: str) -> Any: ...
    else:
        __class_getitem__ = classmethod(GenericAlias)

        def __getattr__(self, name: str) -> Any:
            raise AttributeError(
                f"the row has no column {name!r}{closest(name, self._fields)}; it has {', '.join(self._fields)}"
            )

    def _asdict(self) -> dict[str, Any]:
        """The items by name."""
        return dict(zip(self._fields, self, strict=True))

    def __repr__(self) -> str:
        return f"Row({', '.join(f'{k}={v!r}' for k, v in zip(self._fields, self, strict=True))})"

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (self._fields, tuple(self))


if TYPE_CHECKING:
    Items = TypeVarTuple("Items")

    class Record(tuple[*Items]):
        """A row of selected columns to type checkers that know nothing of names: they are of any type."""

        count: Any
        index: Any
        _fields: tuple[str, ...]

        def __getattr__(self, name: str) -> Any: ...
        def _asdict(self) -> dict[str, Any]: ...
else:
    Record = Row

Rows: TypeAlias = Sequence[Any]
"""The declared return type of an `@inferred` function that returns rows; the plugin fills it in."""

TB = TypeVar("TB")


class _Of(Generic[TB]):
    """Lets a dictionary type mention its table."""

    __slots__ = ()

    if not TYPE_CHECKING:
        __class_getitem__ = classmethod(GenericAlias)


if TYPE_CHECKING:
    from typing_extensions import TypeAliasType

    NewRow = TypeAliasType("NewRow", dict[str, Any], type_params=(TB,))
    RowPatch = TypeAliasType("RowPatch", dict[str, Any], type_params=(TB,))
else:
    NewRow = RowPatch = Mapping[str, Any] | _Of[TB]
"""`NewRow[Album]`: the dictionary that an insert takes. To the plugin a TypedDict of the table's columns.

`RowPatch[Album]`: the dictionary that an update takes: the same keys, none required.
"""


def _restore(names: tuple[str, ...], values: tuple[Any, ...]) -> Row[Any]:
    return tuple.__new__(row_class(names), values)


class _RowClasses(dict[tuple[str, ...], type[Row[Any]]]):
    def __missing__(self, names: tuple[str, ...]) -> type[Row[Any]]:
        if len(set(names)) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise CompileError(f'two columns of this query are named "{twice}": name one of them with .as_("…")')
        fields: dict[str, Any] = {
            name: property(itemgetter(position))
            for position, name in enumerate(names)
            if not (name.startswith("__") and name.endswith("__"))
        }
        if len(self) > 10_000:  # names made on the fly must not pile up
            self.clear()
        self[names] = made = type("Row", (Row,), {**fields, "__slots__": (), "_fields": names})
        return made


_ROW_CLASSES = _RowClasses()


def row_class(names: tuple[str, ...]) -> type[Row[Any]]:
    """The class of rows with these columns. Raises CompileError when two have one name."""
    return _ROW_CLASSES[names]


Part = tuple[int, int, type[Row[Any]] | None, bool, Callable[[tuple[Any, ...]], Any]]
"""An item of a row that has rows inside: where it starts and stops; of a row its class, whether it may be absent, and
what makes it of its values.
"""


class RowBuilder:
    """Turns a driver's rows into `Row`s for one projection, or into instances of a class."""

    __slots__ = ("cls", "decoders", "make", "parts", "plain", "width")

    def __init__(
        self,
        projection: Sequence[nodes.Node],
        dialect: Dialect,
        outer: frozenset[nodes.Source] = frozenset(),
        in_json: bool = False,
    ) -> None:
        self.decoders: list[tuple[int, Decoder]] = []
        self.parts: list[Part] | None = None
        """Of rows with rows inside."""
        names: list[str] = []
        items: list[nodes.Expression] = []
        nested = len(projection) > 1 and any(isinstance(i, nodes.WholeSource) for i in projection)
        parts: list[Part] = []
        for item in projection:
            start = len(items)
            if isinstance(item, nodes.WholeSource):
                columns = item.source.columns
                items += columns
                attributes = tuple([column.attribute for column in columns])
                if nested:
                    names.append(item.name)
                    cls = row_class(attributes)
                    parts.append((start, len(items), cls, item.source in outer, partial(tuple.__new__, cls)))
                else:
                    names += attributes
            else:
                assert isinstance(item, nodes.Expression)
                inner = item.operand if isinstance(item, nodes.Label) else item
                if isinstance(inner, nodes.Nested):
                    self.decoders.append((start, NestedRows.of(inner, dialect, in_json)))
                items.append(item)
                parts.append((start, start + 1, None, False, itemgetter(0)))
                names.append(output_name(item) or f"_{len(names)}")
        self.width = len(items)
        if nested:
            self.parts = parts
        self.cls = row_class(tuple(names))
        self.make: Make = partial(map, tuple.__new__, repeat(self.cls))
        self.plain: RowBuilder | None = None
        """The builder of `Row`s, when this one builds instances."""
        for position, each in enumerate(items):
            decoder = dialect.json_decoder(each.type) if in_json else dialect.decoder_of(each)
            if decoder is not None:
                self.decoders.append((position, decoder))

    def into(self, cls: type[Any]) -> RowBuilder:
        """What builds instances of a class, rows inside of rows included. Raises CompileError when it does not fit."""
        from qb.into import target_of

        target, plain, names = target_of(cls), self.plain or self, self.cls._fields
        new = object.__new__(RowBuilder)
        new.cls, new.width, new.plain = plain.cls, plain.width, plain
        new.make = target.maker(names)
        new.decoders, new.parts = plain.decoders, plain.parts
        if plain.parts is not None or any(isinstance(decoder, NestedRows) for _, decoder in plain.decoders):
            starts = range(plain.width) if plain.parts is None else [start for start, *_ in plain.parts]
            name_at = dict(zip(starts, names, strict=True))
            new.decoders = [
                (position, decoder.into(target, name_at[position]) if isinstance(decoder, NestedRows) else decoder)
                for position, decoder in plain.decoders
            ]
            if plain.parts is not None:
                new.parts = [(*part[:4], instance_of(part, target, name_at[part[0]])) for part in plain.parts]
        return new

    def build(self, rows: Iterable[Sequence[Any]]) -> list[Any]:
        """The rows, decoded. With nothing to decode, all of the loop runs in C."""
        if self.decoders:
            rows = [self._decode(row) for row in rows]
        if self.parts is not None:
            rows = [self._nest(row) for row in rows]
        return list(self.make(rows))

    def _decode(self, row: Sequence[Any]) -> list[Any]:
        values = list(row)
        for position, decode in self.decoders:
            value = values[position]
            if value is not None:
                values[position] = decode(value)
        return values

    def _nest(self, row: Sequence[Any]) -> list[Any]:
        assert self.parts is not None
        flat = tuple(row)
        values: list[Any] = []
        for start, stop, cls, optional, make in self.parts:
            if cls is None:
                values.append(flat[start])
                continue
            items = flat[start:stop]
            # A joined row has a key that is not NULL; without a match, all of its columns are NULL.
            absent = optional and all(item is None for item in items)
            values.append(None if absent else make(items))
        return values


def instance_of(part: Part, target: Target, name: str) -> Callable[[tuple[Any, ...]], Any]:
    """What makes a row inside of a row, where the row around it becomes an instance."""
    from qb.into import target_of

    _, _, cls, is_optional, make_row = part
    inner = None if cls is None else target.inner(name, False, is_optional)
    if cls is None or inner is None:
        return make_row
    make = target_of(inner.cls).maker(cls._fields)
    return lambda items: next(iter(make((items,))))


class NestedRows:
    """Makes rows of the JSON of many() or one()."""

    __slots__ = ("builder", "collect", "in_json", "node")

    def __init__(
        self, node: nodes.Nested, builder: RowBuilder, in_json: bool, collect: Callable[[list[Any]], Any] | None = None
    ) -> None:
        self.node = node
        self.builder = builder
        self.in_json = in_json
        """Whether it is inside of other JSON, and parsed already."""
        self.collect = collect
        """What the list of many() is made into."""

    @staticmethod
    def of(node: nodes.Nested, dialect: Dialect, in_json: bool) -> NestedRows:
        """What makes the rows as they are."""
        builder = RowBuilder(node.query.projection, dialect, outer_joined(node.query), in_json=True)
        return NestedRows(node, builder if node.instances_of is None else builder.into(node.instances_of), in_json)

    def into(self, target: Target, name: str) -> NestedRows:
        """What makes them into what a field is declared to hold."""
        node = self.node
        inner = target.inner(name, not node.single, node.single and not node.required)
        if inner is None or node.instances_of is not None:
            return self
        return NestedRows(node, self.builder.into(inner.cls), self.in_json, inner.collect)

    def __call__(self, value: Any) -> Any:
        if not self.in_json:
            from json import loads

            value = loads(value)
        builder, node = self.builder, self.node
        rows = builder.build(value if builder.width <= JSON_WIDTH else map(concatenated, value))
        if node.single:
            return only_row(rows, node.required)
        return rows if self.collect is None else self.collect(rows)


def concatenated(portions: Iterable[list[Any]]) -> list[Any]:
    """The values of a row that is too wide for one JSON array."""
    return [value for portion in portions for value in portion]


def only_row(rows: list[Any], required: bool) -> Any:
    """The row of one()."""
    if len(rows) > 1:
        raise MultipleRowsFound(
            "one() has found more than one row: take many(), or the first of them with .order_by(…).limit(1)"
        )
    if required and not rows:
        raise NoRowFound("one(…, required=True) has found no row")
    return rows[0] if rows else None


def output_name(node: nodes.Node) -> str | None:
    """The name under which a selected expression is found in the row; None when it has none."""
    if isinstance(node, nodes.Column):
        return node.attribute
    return node.name if isinstance(node, (nodes.Label, nodes.Output)) else None


def flat(projection: nodes.Projection, what: str) -> list[nodes.Expression]:
    """A projection column by column. Raises CompileError when it holds rows within the row."""
    refuse_nested(projection)
    items: list[nodes.Expression] = []
    for item in projection:
        if isinstance(item, nodes.Expression):
            items.append(item)
        elif len(projection) == 1:
            items += item.source.columns
        else:
            raise CompileError(f'{what} selects "{item.source.label}" as a whole beside others: select its columns')
    return items


def builder_of(node: nodes.Node, dialect: Dialect) -> RowBuilder | None:
    """What makes rows of what a statement returns; None when it returns nothing."""
    projection = getattr(node, "projection", ())
    if not projection:
        return None
    if isinstance(node, nodes.Select):  # as it mostly is: then the other classes need not be imported
        return RowBuilder(projection, dialect, outer_joined(node))
    if isinstance(node, (nodes.Update, nodes.Delete, nodes.Merge)):
        return RowBuilder(projection, dialect, outer_joined(node))
    return RowBuilder(projection, dialect)


def builder_for(statement: Compilable[Any], dialect: Dialect) -> RowBuilder | None:
    """What makes the rows of a statement, or the instances that it asks for; None when it returns nothing."""
    prepared = statement.prepared_rows(dialect)
    if prepared is not None:
        return prepared
    if not getattr(statement._tree(dialect), "projection", ()):  # a prepared one is not built for that
        return None
    builder, cls = builder_of(statement.node, dialect), statement.instances_of
    return builder if builder is None or cls is None else builder.into(cls)


def outer_joined(select: nodes.Select | nodes.Update | nodes.Delete | nodes.Merge) -> frozenset[nodes.Source]:
    """The sources of a statement whose columns are NULL where a join found no match."""
    if not isinstance(select, nodes.Select) and isinstance(select, nodes.Merge):
        by_source = any(clause.event == "NOT MATCHED BY SOURCE" for clause in select.clauses)
        return frozenset([select.source] if by_source and select.source is not None else [])
    before: list[nodes.Source] = list(select.sources)
    if not before:
        before = [item.source for item in select.projection if isinstance(item, (nodes.WholeSource, nodes.Column))]
        joined = [join.source for join in select.joins]
        before = [source for source in before if source not in joined]
    outer: set[nodes.Source] = set()
    for join in select.joins:
        if join.kind in ("RIGHT", "FULL"):
            outer.update(before)
        if join.kind in ("LEFT", "FULL"):
            outer.add(join.source)
        before.append(join.source)
    return frozenset(outer)
