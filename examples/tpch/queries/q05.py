"""Q5: local supplier volume."""

from __future__ import annotations

from datetime import date

from examples.tpch.dates import months_after
from examples.tpch.schema import Customer, LineItem, Nation, Order, Region, Supplier
from qb import Query, fn, inferred, select


@inferred
def local_supplier_volume(region: str = "ASIA", start: date = date(1994, 1, 1)) -> Query:
    """How much did the nations of a region sell to customers at home in a year?"""
    revenue = fn.sum(LineItem.extended_price * (1 - LineItem.discount))
    return (
        select(Nation.name, revenue.as_("revenue"))
        .from_(Customer)
        .join(Order, on=Order.customer_key == Customer.key)
        .join(LineItem, on=LineItem.order_key == Order.key)
        .join(Supplier, on=(Supplier.key == LineItem.supplier_key) & (Supplier.nation_key == Customer.nation_key))
        .join(Nation, on=Nation.key == Supplier.nation_key)
        .join(Region, on=Region.key == Nation.region_key)
        .where(Region.name == region, Order.ordered >= start, Order.ordered < months_after(start, 12))
        .group_by(Nation.name)
        .order_by(revenue.desc())
    )
