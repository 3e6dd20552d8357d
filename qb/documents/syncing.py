"""The store and the database compared, both ways. What differs is written down, and put right if that is wanted."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any, Generic

from qb.documents.errors import InvalidDocument
from qb.documents.events import TB, D
from qb.documents.keys import Version, made_at
from qb.documents.outbox import discard, entry, select_values
from qb.documents.reading import alive, texts_of
from qb.documents.repairing import PORTION, repair
from qb.documents.storage import Storage
from qb.documents.tables import CONDEMNED, Outbox
from qb.errors import ConstraintViolated, EncodingError, InvalidValue
from qb.expressions import exists
from qb.prepared import query
from qb.queries import Compilable, Query
from qb.rows import Row
from qb.statements.insert import insert
from qb.statements.select import select
from qb.statements.update import update

UNFIT = (InvalidDocument, EncodingError, ConstraintViolated, InvalidValue)
"""What a document raises of which no row can be made."""


class Synced:
    """What differs, by the ids of the documents. With `mend` it was put right, all but `missing` and `invalid`."""

    __slots__ = ("adopted", "checked", "described", "invalid", "missing", "replaced", "superfluous")

    def __init__(self) -> None:
        self.checked = 0
        """How many documents were compared."""
        self.adopted: list[str] = []
        """The store has a document without a row, and a row is made of it. Whether it was to expire is not known."""
        self.replaced: list[str] = []
        """The row names a version that the store does not have, but it has another one, which the row names then."""
        self.superfluous: list[str] = []
        """The store has versions that nobody names, and they are removed."""
        self.described: list[str] = []
        """The metadata are not those of the document, and they are written again."""
        self.missing: list[str] = []
        """There is a row, and no document: bring it back, or delete it."""
        self.invalid: list[str] = []
        """The document is not what its class declares, or does not fit the table."""

    @property
    def is_clean(self) -> bool:
        """Whether nothing differs."""
        return not any(self.differences().values())

    @property
    def is_left(self) -> bool:
        """Whether there is something that cannot be put right here."""
        return bool(self.missing or self.invalid)

    def differences(self) -> dict[str, list[str]]:
        """The ids by what differs."""
        return {name: getattr(self, name) for name in self.__slots__ if name != "checked"}

    def __repr__(self) -> str:
        found = [f"{name}={ids!r}" for name, ids in self.differences().items() if ids]
        return f"<Synced {', '.join([f'checked={self.checked}', *found])}>"


async def sync(storage: Storage[TB, D], mend: bool) -> Synced:
    """Compare, and put right."""
    if mend:
        await repair(storage)
    comparison = Comparison(storage, mend)
    await comparison.of_store()
    await comparison.of_rows()
    return comparison.found


class Comparison(Generic[TB, D]):
    """One comparison."""

    def __init__(self, storage: Storage[TB, D], mend: bool) -> None:
        self.storage = storage
        self.table = storage.table
        self.mend = mend
        self.found = Synced()

    async def of_store(self) -> None:
        """Each object should be the version that its row names, or be entered in the outbox."""
        async for documents in portions(self.storage):
            keys = [version.key for versions in documents for version in versions]
            ids = [versions[0].id for versions in documents]
            # What is struck off the outbox by a batch that also writes a row is in one of the first two answers, and
            # what is entered by a batch that takes a row away in one of the last two.
            before, rows, after = await self.storage.db.batch(
                entered(keys), select(self.table).where(self.table.id.in_(ids)), entered(keys)
            )
            known = {row.key for row in (*before, *after)}
            by_id = {row.id: row for row in rows}
            for versions in documents:
                row = by_id.get(versions[0].id)
                etag = None if row is None else row.etag
                unknown = [each for each in versions if each.key not in known and each.etag != etag]
                if unknown:
                    await self.unknown(unknown, row)

    async def unknown(self, versions: list[Version], row: Row[TB] | None) -> None:
        """Versions that nobody names: the newest one counts when there is no other."""
        if row is None or await self.storage.kv.get(self.storage.keys.key(row.id, row.etag)) is None:
            newest = max(versions, key=lambda version: version.etag)
            versions.remove(newest)
            await self.adopt(newest, row)
        if versions:
            self.found.superfluous.append(versions[0].id)
            if self.mend:
                await self.remove(versions)

    async def adopt(self, version: Version, row: Row[TB] | None) -> None:
        """Make a version that of its document."""
        text = await self.storage.kv.get(version.key)
        if text is None:
            return  # the list of the store was an old one
        try:
            values = self.storage.collection.describe(self.storage.codec.load(text))
            moment = made_at(version.etag) or self.storage.now()
            values.update(etag=version.etag, updated_at=moment)
            if row is None:
                values.update(id=version.id, created_at=moment)
                statement: Compilable[Any] = insert(self.table).values(**values).on_conflict(self.table.id).do_nothing()
            else:
                statement = update(self.table).set(**values).where(self.is_row(row))
            await self.write(statement)
        except UNFIT:
            self.found.invalid.append(version.id)
        else:
            (self.found.adopted if row is None else self.found.replaced).append(version.id)

    async def remove(self, versions: Sequence[Version]) -> None:
        """Remove versions that nobody names."""
        for start in range(0, len(versions), PORTION):
            portion = versions[start : start + PORTION]
            for version in portion:
                is_named = (self.table.id == version.id) & (self.table.etag == version.etag)
                values = entry(self.storage, version.key, CONDEMNED, self.storage.now())
                nameless = select_values(Outbox, values).where(~exists(select(self.table.id).where(is_named)))
                await self.storage.db.execute(insert(Outbox).from_select(nameless).on_conflict(Outbox.key).do_nothing())
            await discard(self.storage, [version.key for version in portion])

    async def of_rows(self) -> None:
        """Each row should name a document of which it has the metadata."""
        page = select(self.table).order_by(self.table.id).limit(PORTION)
        rows = await self.storage.db.fetch_all(alive(self.storage, page))
        while rows:
            texts = await texts_of(self.storage, [self.storage.keys.key(row.id, row.etag) for row in rows])
            for row, text in zip(rows, texts, strict=True):
                self.found.checked += 1
                if text is not None:
                    await self.described(row, text)
                elif row.id not in self.found.replaced and await self.is_there(row):
                    self.found.missing.append(row.id)
            rows = await self.storage.db.fetch_all(alive(self.storage, page.where(self.table.id > rows[-1].id)))

    async def described(self, row: Row[TB], text: str) -> None:
        """Whether a row has the metadata of its document."""
        try:
            values = self.storage.collection.describe(self.storage.codec.load(text))
            own = {name: getattr(row, name) for name in values}
            if self.stored(values) == self.stored(own):
                return
            await self.write(update(self.table).set(**values).where(self.is_row(row)))
        except UNFIT:
            self.found.invalid.append(row.id)
        else:
            self.found.described.append(row.id)

    def stored(self, values: dict[str, Any]) -> object:
        """Values as the database has them."""
        return select_values(self.table, values).compile(self.storage.db.dialect) if values else None

    async def is_there(self, row: Row[TB]) -> bool:
        """Whether a row was not replaced or deleted meanwhile."""
        return bool(await self.storage.db.fetch_all(select(self.table.id).where(self.is_row(row))))

    def is_row(self, row: Row[TB]) -> Any:
        return (self.table.id == row.id) & (self.table.etag == row.etag)

    async def write(self, statement: Compilable[Any]) -> None:
        """Run a statement that puts something right; else only see whether it could be run."""
        if self.mend:
            await self.storage.db.execute(statement)
        else:
            statement.compile(self.storage.db.dialect)


async def portions(storage: Storage[Any, Any]) -> AsyncIterator[list[list[Version]]]:
    """The versions in the store, in lists for each document, some documents at a time."""
    documents: list[list[Version]] = []
    async for key in storage.kv.keys(storage.keys.prefix):
        version = storage.keys.version(key)
        if version is None:
            continue  # not ours
        if documents and documents[-1][0].id == version.id:
            documents[-1].append(version)
            continue
        if len(documents) == PORTION:
            yield documents
            documents = []
        documents.append([version])
    if documents:
        yield documents


@query
def entered(keys: list[str]) -> Query:  # prepared, the list is one parameter, however long it is
    """Which objects are entered in the outbox."""
    return select(Outbox.key).where(Outbox.key.in_(keys))
