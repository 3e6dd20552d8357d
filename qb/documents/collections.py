"""What a collection of documents is, apart from where it is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Generic

from qb.documents.codecs import codec_of
from qb.documents.documents import Documents
from qb.documents.events import D, Deleted, Done, Handlers, Put, Putting
from qb.documents.keys import Keys
from qb.documents.storage import Storage
from qb.documents.tables import OWN_COLUMNS, DocumentTable
from qb.errors import SchemaError
from qb.into import is_record, target_of
from qb.tables import definition_of

if TYPE_CHECKING:
    from typing import TypeVar

    from qb.documents.kv import KV
    from qb.rows import RowPatch
    from qb.running.database import Database

    TB = TypeVar("TB", bound=DocumentTable)
else:
    from qb.documents.events import TB

Describe = Callable[[Any], Mapping[str, Any]]


class Collection(Generic[TB, D]):
    """Documents of a class, with a table of what is asked of them. It is declared once:

        notes = Collection(NoteRow, Note)

        @notes.before_put
        def tidy(event: Putting[Note]) -> None: ...

        store = notes.on(db, kv)

    `metadata` makes the columns of the table from a document, by default from its fields of the same names:

        notes = Collection(NoteRow, Note, metadata=lambda note: {"title": note.title, "words": len(note.text.split())})

    Documents are dataclasses, NamedTuples, TypedDicts, or of attrs, msgspec or pydantic, and stored as JSON; those of
    any other class need `dump` and `load`, to and from what JSON has. `name` is the collection's name in the store, by
    default the table's.

    Raises SchemaError when the table has a column that cannot be filled, TypeError when the class cannot be stored.
    """

    def __init__(
        self,
        table: type[TB],
        of: type[D],
        *,
        metadata: Callable[[D], RowPatch[TB]] | None = None,
        name: str | None = None,
        dump: Callable[[D], Any] | None = None,
        load: Callable[[Any], D] | None = None,
    ) -> None:
        if not issubclass(table, DocumentTable):
            raise SchemaError(f"{table.__name__} is no table of documents: declare it as a DocumentTable")
        self.table = table
        self.codec = codec_of(of, dump, load)
        self.keys = Keys(definition_of(table).name if name is None else name)
        self.handlers = Handlers()
        self._describe: Describe = by_name(table, of) if metadata is None else metadata

    def describe(self, document: D) -> dict[str, Any]:
        """The columns that a document has. Raises SchemaError for those that are filled in by themselves."""
        values = dict(self._describe(document))
        if not OWN_COLUMNS.isdisjoint(values):
            own = ", ".join(sorted(OWN_COLUMNS & values.keys()))
            raise SchemaError(f"the metadata of {self.table.__name__} has {own}, which is filled in by itself")
        return values

    def on(
        self,
        db: Database[Any],
        kv: KV,
        *,
        grace: timedelta = timedelta(minutes=10),
        linger: timedelta = timedelta(minutes=1),
    ) -> Documents[TB, D]:
        """The collection in a database and a store.

        `grace` is how long a write may take at most: what is unfinished then is undone by `repair`. `linger` is how
        long a version stays in the store after it was replaced, for those who have just read its row.
        """
        return Documents(Storage(self, db, kv, grace, linger))

    def before_put(self, handler: Callable[[Putting[D]], Done]) -> Callable[[Putting[D]], Done]:
        """Have a function called before a document is checked and stored, which may change it; what it raises stops
        that.
        """
        self.handlers.before_put.append(handler)
        return handler

    def after_put(self, handler: Callable[[Put[TB, D]], Done]) -> Callable[[Put[TB, D]], Done]:
        """Have a function called after a document was stored. What it raises undoes nothing."""
        self.handlers.after_put.append(handler)
        return handler

    def before_delete(self, handler: Callable[[Deleted[TB]], Done]) -> Callable[[Deleted[TB]], Done]:
        """Have a function called before a document is deleted; what it raises stops that."""
        self.handlers.before_delete.append(handler)
        return handler

    def after_delete(self, handler: Callable[[Deleted[TB]], Done]) -> Callable[[Deleted[TB]], Done]:
        """Have a function called after a document was deleted, or was found to have expired. What it raises undoes
        nothing.
        """
        self.handlers.after_delete.append(handler)
        return handler


def by_name(table: type[DocumentTable], of: type[Any]) -> Describe:
    """What takes the columns of a table from the fields of the same names. Raises SchemaError when one is missing."""
    columns = definition_of(table).columns.items()
    declared = {name: column.declaration for name, column in columns if name not in OWN_COLUMNS}
    fields = target_of(of).required if is_record(of) else {}
    names = [name for name, declaration in declared.items() if name in fields and declaration.computed is None]
    for name, declaration in declared.items():
        is_filled = declaration.nullable or declaration.default is not None or declaration.computed is not None
        if name not in fields and not is_filled:
            raise SchemaError(
                f"{of.__name__} has no field for the column {table.__name__}.{name}: give Collection(…, metadata=…) "
                f"what makes it from a document"
            )
    if issubclass(of, dict):
        return lambda document: {name: document.get(name) for name in names}
    return lambda document: {name: getattr(document, name) for name in names}
