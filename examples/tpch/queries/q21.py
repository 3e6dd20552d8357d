"""Q21: suppliers who kept orders waiting."""

from __future__ import annotations

from examples.tpch.schema import LineItem, Nation, Order, Supplier
from qb import Query, alias, exists, fn, inferred, select


@inferred
def suppliers_who_kept_orders_waiting(nation: str = "SAUDI ARABIA") -> Query:
    """Which suppliers of a nation were the only ones to be late, in how many orders of several suppliers?"""
    other = alias(LineItem, "other")
    others = select(other).where(
        other.order_key == LineItem.order_key,
        other.supplier_key != LineItem.supplier_key,
    )
    waiting = fn.count()
    return (
        select(Supplier.name, waiting.as_("waiting"))
        .from_(Supplier)
        .join(LineItem, on=LineItem.supplier_key == Supplier.key)
        .join(Order, on=Order.key == LineItem.order_key)
        .join(Nation, on=Nation.key == Supplier.nation_key)
        .where(
            Order.status == "F",
            LineItem.received > LineItem.committed,
            exists(others),
            ~exists(others.where(other.received > other.committed)),
            Nation.name == nation,
        )
        .group_by(Supplier.name)
        .order_by(waiting.desc(), Supplier.name)
        .limit(100)
    )
