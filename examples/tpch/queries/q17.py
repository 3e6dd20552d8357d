"""Q17: small-quantity-order revenue."""

from __future__ import annotations

from examples.tpch.schema import LineItem, Part
from qb import Query, alias, fn, inferred, select


@inferred
def small_quantity_orders(brand: str = "Brand#23", container: str = "MED BOX") -> Query:
    """How much would be lost in a year if nobody ordered less than a fifth of the usual quantity of a part?"""
    other = alias(LineItem, "other")
    usual = select(fn.avg(other.quantity)).where(other.part_key == Part.key).scalar_subquery()
    return (
        select((fn.sum(LineItem.extended_price) / 7).as_("yearly"))
        .join(Part, on=Part.key == LineItem.part_key)
        .where(Part.brand == brand, Part.container == container, LineItem.quantity < 0.2 * usual)
    )
