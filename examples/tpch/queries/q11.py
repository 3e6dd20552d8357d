"""Q11: important stock identification."""

from __future__ import annotations

from decimal import Decimal

from examples.tpch.schema import Nation, PartSupp, Supplier
from qb import Query, fn, inferred, select


@inferred
def important_stock(nation: str = "GERMANY", fraction: Decimal = Decimal("0.0001")) -> Query:
    """Which parts make up more than a fraction of the value of all that a nation has in stock?

    The standard's fraction is 0.0001, divided by the scale factor.
    """
    stock = (
        select(PartSupp.part_key, (PartSupp.supply_cost * PartSupp.available).as_("value"))
        .join(Supplier, on=Supplier.key == PartSupp.supplier_key)
        .join(Nation, on=Nation.key == Supplier.nation_key)
        .where(Nation.name == nation)
        .cte("stock")
    )
    value = fn.sum(stock.value)
    least = select(value * fraction).scalar_subquery()
    return (
        select(stock.part_key, value.as_("value")).group_by(stock.part_key).having(value > least).order_by(value.desc())
    )
