"""Q2: minimum cost supplier."""

from __future__ import annotations

from examples.tpch.schema import Nation, Part, PartSupp, Region, Supplier
from qb import Query, fn, inferred, select


@inferred
def minimum_cost_supplier(size: int = 15, material: str = "BRASS", region: str = "EUROPE") -> Query:
    """From whom in a region should each part of a size and a material be ordered, because nobody there is cheaper?"""
    # The tables of the sub-query are its own, although the query around it has the same ones; `Part` is that one's.
    lowest = (
        select(fn.min(PartSupp.supply_cost))
        .from_(PartSupp)
        .join(Supplier, on=Supplier.key == PartSupp.supplier_key)
        .join(Nation, on=Nation.key == Supplier.nation_key)
        .join(Region, on=Region.key == Nation.region_key)
        .where(PartSupp.part_key == Part.key, Region.name == region)
    )
    return (
        select(
            Supplier.account_balance,
            Supplier.name.as_("supplier"),
            Nation.name.as_("nation"),
            Part.key.as_("part_key"),
            Part.manufacturer,
            Supplier.address,
            Supplier.phone,
            Supplier.comment,
        )
        .from_(Part)
        .join(PartSupp, on=PartSupp.part_key == Part.key)
        .join(Supplier, on=Supplier.key == PartSupp.supplier_key)
        .join(Nation, on=Nation.key == Supplier.nation_key)
        .join(Region, on=Region.key == Nation.region_key)
        .where(
            Part.size == size,
            Part.type.endswith(material),
            Region.name == region,
            PartSupp.supply_cost == lowest.scalar_subquery(),
        )
        .order_by(Supplier.account_balance.desc(), Nation.name, Supplier.name, Part.key)
        .limit(100)
    )
