"""Q4: order priority checking."""

from __future__ import annotations

from datetime import date

from examples.tpch.dates import months_after
from examples.tpch.schema import LineItem, Order
from qb import Query, exists, fn, inferred, select


@inferred
def order_priority_checking(start: date = date(1993, 7, 1)) -> Query:
    """How many orders of a quarter had something that came too late, by their priority?"""
    late = select(LineItem).where(
        LineItem.order_key == Order.key,
        LineItem.committed < LineItem.received,
    )
    return (
        select(Order.priority, fn.count().as_("orders"))
        .where(Order.ordered >= start, Order.ordered < months_after(start, 3), exists(late))
        .group_by(Order.priority)
        .order_by(Order.priority)
    )
