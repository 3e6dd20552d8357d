"""Q3: shipping priority."""

from __future__ import annotations

from datetime import date

from examples.tpch.schema import Customer, LineItem, Order
from qb import Query, fn, inferred, select


@inferred
def shipping_priority(segment: str = "BUILDING", day: date = date(1995, 3, 15)) -> Query:
    """Which ten orders of a market segment have the most value among those that were not shipped by a day?"""
    revenue = fn.sum(LineItem.extended_price * (1 - LineItem.discount))
    return (
        select(LineItem.order_key, revenue.as_("revenue"), Order.ordered, Order.ship_priority)
        .from_(Customer)
        .join(Order, on=Order.customer_key == Customer.key)
        .join(LineItem, on=LineItem.order_key == Order.key)
        .where(Customer.market_segment == segment, Order.ordered < day, LineItem.shipped > day)
        .group_by(LineItem.order_key, Order.ordered, Order.ship_priority)
        .order_by(revenue.desc(), Order.ordered)
        .limit(10)
    )
