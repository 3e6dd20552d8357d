"""Q12: shipping modes and order priority."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from examples.tpch.dates import months_after
from examples.tpch.schema import LineItem, Order
from qb import Query, fn, inferred, select


@inferred
def shipping_modes(modes: Iterable[str] = ("MAIL", "SHIP"), start: date = date(1994, 1, 1)) -> Query:
    """How many urgent and how many other orders came late in a year, by ship and by mail?"""
    urgent = Order.priority.in_(["1-URGENT", "2-HIGH"])
    return (
        select(
            LineItem.ship_mode,
            fn.count().filter(urgent).as_("urgent"),
            fn.count().filter(~urgent).as_("others"),
        )
        .join(Order, on=Order.key == LineItem.order_key)
        .where(
            LineItem.ship_mode.in_(modes),
            LineItem.committed < LineItem.received,
            LineItem.shipped < LineItem.committed,
            LineItem.received >= start,
            LineItem.received < months_after(start, 12),
        )
        .group_by(LineItem.ship_mode)
        .order_by(LineItem.ship_mode)
    )
