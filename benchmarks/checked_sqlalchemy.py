"""The same programs as in checked_qb.py, of SQLAlchemy."""

from __future__ import annotations

HEAD = """\
import datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, case, delete, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, aliased, mapped_column
"""
BASE = """

class Base(DeclarativeBase):
    pass
"""
TABLE = """

class T{0}(Base):
    __tablename__ = "t{0}"
    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int] = mapped_column(ForeignKey("t{1}.id", ondelete="cascade"))
    name: Mapped[str] = mapped_column(unique=True)
    note: Mapped[str | None]
    amount: Mapped[Decimal]
    rating: Mapped[float | None]
    created: Mapped[datetime.datetime] = mapped_column(server_default=func.now())
    day: Mapped[datetime.date | None]
    plays: Mapped[int] = mapped_column(server_default="0")
    live: Mapped[bool] = mapped_column(default=False)
"""
JOIN = """
async def query_{0}(db: AsyncSession) -> None:
    rows = await db.execute(
        select(T{1}.name, T{2}.name.label("parent"), T{1}.amount, T{1}.day)
        .join(T{2}, T{1}.parent_id == T{2}.id)
        .where(T{1}.plays > {0}, T{2}.name.startswith("A"))
        .order_by(T{1}.created.desc())
        .limit(10)
    )
    for name, parent, amount, day in rows.tuples():
        print(name + parent, amount, day)
"""
AGGREGATE = """
async def query_{0}(db: AsyncSession) -> None:
    per_parent = (
        select(T{2}.name, func.count(T{1}.id).label("items"), func.sum(T{1}.amount).label("total"))
        .outerjoin(T{1}, T{1}.parent_id == T{2}.id)
        .group_by(T{2}.id, T{2}.name)
        .having(func.count(T{1}.id) > {0})
        .order_by(func.count(T{1}.id).desc(), T{2}.name)
    )
    for row in (await db.execute(per_parent)).tuples():
        print(row[0].upper(), row[1] + 1)
"""
WINDOW = """
async def query_{0}(db: AsyncSession) -> None:
    ranked = select(
        T{1}.id, T{1}.name, T{1}.amount,
        func.row_number().over(partition_by=T{1}.parent_id, order_by=T{1}.created.desc()).label("place"),
        func.sum(T{1}.plays).over(partition_by=T{1}.parent_id).label("all_plays"),
    ).subquery("ranked")
    first = select(ranked.c.id, ranked.c.name, ranked.c.all_plays).where(ranked.c.place == 1)
    print((await db.execute(first.order_by(ranked.c.amount.desc()))).all())
"""
CTE = """
async def query_{0}(db: AsyncSession) -> None:
    recent = (
        select(T{1}.parent_id, func.sum(T{1}.plays).label("plays"))
        .where(T{1}.day.is_not(None))
        .group_by(T{1}.parent_id)
        .cte("recent")
    )
    rows = await db.execute(
        select(T{2}.name, func.coalesce(recent.c.plays, 0).label("plays"))
        .outerjoin(recent, recent.c.parent_id == T{2}.id)
        .order_by(T{2}.name)
    )
    for name, plays in rows.tuples():
        print(name, plays + {0})
"""
NESTED = """
async def query_{0}(db: AsyncSession) -> None:
    items = select(T{1}.name, T{1}.amount).where(T{1}.parent_id == {0}).order_by(T{1}.created).limit(3)
    row = (await db.execute(select(T{2}.id, T{2}.name).where(T{2}.id == {0}))).tuples().one_or_none()
    if row is not None:
        print(row[1], len((await db.execute(items)).all()))
"""
INSERT = """
async def query_{0}(db: AsyncSession, name: str) -> None:
    made = insert(T{1}).values(parent_id={0}, name=name, amount=Decimal(5), note=None)
    upsert = made.on_conflict_do_update(
        index_elements=[T{1}.name], set_={{"plays": T{1}.plays + 1, "amount": made.excluded.amount}}
    )
    print((await db.execute(upsert.returning(T{1}.id, T{1}.plays))).tuples().one())
    await db.execute(insert(T{2}).values([{{"parent_id": 1, "name": name, "amount": Decimal(2)}}]))
"""
UPDATE = """
async def query_{0}(db: AsyncSession, note: str) -> None:
    await db.execute(update(T{1}).values(note=note, plays=T{1}.plays + {0}).where(T{1}.id == {0}, T{1}.live))
    await db.execute(delete(T{2}).where(T{2}.created < func.now(), T{2}.note.is_(None)))
"""
WHOLE = """
async def query_{0}(db: AsyncSession) -> None:
    other = aliased(T{1}, name="other")
    rows = await db.execute(
        select(T{1}, T{2})
        .outerjoin(T{2}, T{1}.parent_id == T{2}.id)
        .where(exists(select(other.id).where(other.parent_id == T{1}.id, other.plays > T{1}.plays)))
    )
    for one, two in rows.tuples():
        print(one, two)
"""
CASES = """
async def query_{0}(db: AsyncSession, names: list[str]) -> None:
    size = case((T{1}.amount > 1000, "large"), (T{1}.amount > 100, "medium"), else_="small")
    rows = await db.execute(
        select(T{1}.id, size.label("size"), (T{1}.rating * 100).label("percent"), func.lower(T{1}.name).label("lower"))
        .where(T{1}.name.in_(names), T{1}.parent_id.in_(select(T{2}.id).where(T{2}.live)))
        .order_by(T{1}.id)
    )
    print([row[1] for row in rows.tuples()])
"""
UNION = """
async def query_{0}(db: AsyncSession) -> None:
    both = (
        select(T{1}.name, T{1}.day)
        .where(T{1}.live)
        .union_all(select(T{2}.name, T{2}.day).where(T{2}.plays > {0}))
    )
    print((await db.execute(both.limit(20))).all())
    most = select(func.max(T{1}.amount)).where(T{1}.parent_id == T{2}.id).scalar_subquery()
    print((await db.execute(select(T{2}.name, most.label("most")))).all())
"""
FORMS = (JOIN, AGGREGATE, WINDOW, CTE, NESTED, INSERT, UPDATE, WHOLE, CASES, UNION)


def schema(tables: int) -> str:
    """A module with so many tables, each with a foreign key to the one before."""
    return HEAD + BASE + "".join([TABLE.format(number, max(number - 1, 0)) for number in range(tables)])


def queries(count: int, tables: int) -> str:
    """A module with so many functions, a few statements in each, over all of the tables."""
    child = [number % (tables - 1) + 1 for number in range(count)]
    functions = [FORMS[n % len(FORMS)].format(n, child[n], child[n] - 1) for n in range(count)]
    return HEAD + imported(tables) + "".join(functions)


def imported(tables: int) -> str:
    """The import of the tables."""
    return f"from schema import {', '.join([f'T{number}' for number in range(tables)])}\n"
