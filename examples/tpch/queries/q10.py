"""Q10: returned item reporting."""

from __future__ import annotations

from datetime import date

from examples.tpch.dates import months_after
from examples.tpch.schema import Customer, LineItem, Nation, Order
from qb import Query, fn, inferred, select


@inferred
def returned_items(start: date = date(1993, 10, 1)) -> Query:
    """Which twenty customers sent back the most of what they ordered in a quarter?"""
    revenue = fn.sum(LineItem.extended_price * (1 - LineItem.discount))
    return (
        select(
            Customer.key,
            Customer.name,
            revenue.as_("revenue"),
            Customer.account_balance,
            Nation.name.as_("nation"),
            Customer.address,
            Customer.phone,
            Customer.comment,
        )
        .from_(Customer)
        .join(Order, on=Order.customer_key == Customer.key)
        .join(LineItem, on=LineItem.order_key == Order.key)
        .join(Nation, on=Nation.key == Customer.nation_key)
        .where(Order.ordered >= start, Order.ordered < months_after(start, 3), LineItem.return_flag == "R")
        .group_by(Customer.key, Nation.key)
        .order_by(revenue.desc())
        .limit(20)
    )
