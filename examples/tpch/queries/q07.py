"""Q7: volume shipping."""

from __future__ import annotations

from datetime import date

from examples.tpch.schema import Customer, LineItem, Nation, Order, Supplier
from qb import Query, alias, fn, inferred, select

supplying = alias(Nation, "supplying")
consuming = alias(Nation, "consuming")


@inferred
def volume_shipping(nation: str = "FRANCE", other: str = "GERMANY") -> Query:
    """How much did suppliers of each of two nations ship to customers of the other, in 1995 and 1996?"""
    shipping = (
        select(
            supplying.name.as_("supplier_nation"),
            consuming.name.as_("customer_nation"),
            fn.year(LineItem.shipped).as_("year"),
            (LineItem.extended_price * (1 - LineItem.discount)).as_("volume"),
        )
        .from_(Supplier)
        .join(LineItem, on=LineItem.supplier_key == Supplier.key)
        .join(Order, on=Order.key == LineItem.order_key)
        .join(Customer, on=Customer.key == Order.customer_key)
        .join(supplying, on=supplying.key == Supplier.nation_key)
        .join(consuming, on=consuming.key == Customer.nation_key)
        .where(
            (supplying.name == nation) & (consuming.name == other)
            | (supplying.name == other) & (consuming.name == nation),
            LineItem.shipped.between(date(1995, 1, 1), date(1996, 12, 31)),
        )
        .subquery("shipping")
    )
    return (
        select(
            shipping.supplier_nation,
            shipping.customer_nation,
            shipping.year,
            fn.sum(shipping.volume).as_("revenue"),
        )
        .group_by(shipping.supplier_nation, shipping.customer_nation, shipping.year)
        .order_by(shipping.supplier_nation, shipping.customer_nation, shipping.year)
    )
