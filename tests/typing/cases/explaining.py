"""Plans, and statements for another schema."""

from schema import Album, Artist, row

from qb import Database, delete, insert, select, update

titles = select(Album.title)


async def explain(db: Database) -> None:
    reveal_type(await db.explain(titles))  # R: str
    reveal_type(await db.explain(titles, format="json", analyze=True))  # R: list[dict[str, Any]]
    reveal_type(await db.explain(delete(Album).where(Album.id == 1), format="text"))  # R: str
    await db.explain(titles, format="xml")  # E[call-overload]: No overload variant of "explain"
    await db.explain("SELECT 1")  # E[call-overload]: No overload variant of "explain"
    await db.explain(titles.where(Artist.id == 1))  # E[qb-scope]: Artist.id is used in .where()
    await db.explain(delete(Album))  # E[qb-type]: delete(Album)


reveal_type(row(titles.with_schema("tenant")).title)  # R: str
reveal_type(row(delete(Album).where(Album.id == 1).returning(Album.title).with_schema("tenant")).title)  # R: str
insert(Artist).values(name="x").with_schema("tenant").compile("sqlite")
update(Artist).with_schema("tenant").compile("sqlite")  # E[qb-type]: update(Artist)
titles.with_schema(5)  # E[arg-type]: Argument 1 to "with_schema" of "Compilable" has incompatible type "int"
