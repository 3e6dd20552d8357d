"""Q20: potential part promotion."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from examples.tpch.dates import months_after
from examples.tpch.schema import LineItem, Nation, Part, PartSupp, Supplier
from qb import Query, fn, inferred, select


@inferred
def potential_promotion(color: str = "forest", start: date = date(1994, 1, 1), nation: str = "CANADA") -> Query:
    """Which suppliers of a nation have more than half a year's sales of a part of a color in stock?"""
    half_sold = (
        select(fn.sum(LineItem.quantity) * Decimal("0.5"))
        .where(
            LineItem.part_key == PartSupp.part_key,
            LineItem.supplier_key == PartSupp.supplier_key,
            LineItem.shipped >= start,
            LineItem.shipped < months_after(start, 12),
        )
        .scalar_subquery()
    )
    of_color = select(Part.key).where(Part.name.startswith(color))
    in_excess = select(PartSupp.supplier_key).where(
        PartSupp.part_key.in_(of_color),
        PartSupp.available > half_sold,
    )
    return (
        select(Supplier.name, Supplier.address)
        .join(Nation, on=Nation.key == Supplier.nation_key)
        .where(Supplier.key.in_(in_excess), Nation.name == nation)
        .order_by(Supplier.name)
    )
