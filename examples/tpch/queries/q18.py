"""Q18: large volume customer."""

from __future__ import annotations

from examples.tpch.schema import Customer, LineItem, Order
from qb import Query, fn, inferred, select


@inferred
def large_volume_customers(quantity: int = 300) -> Query:
    """Who placed the hundred dearest orders of more than a quantity?"""
    total = fn.sum(LineItem.quantity)
    large = select(LineItem.order_key).group_by(LineItem.order_key).having(total > quantity)
    return (
        select(
            Customer.name,
            Customer.key.as_("customer_key"),
            Order.key.as_("order_key"),
            Order.ordered,
            Order.total_price,
            total.as_("quantity"),
        )
        .from_(Customer)
        .join(Order, on=Order.customer_key == Customer.key)
        .join(LineItem, on=LineItem.order_key == Order.key)
        .where(Order.key.in_(large))
        .group_by(Customer.key, Order.key)
        .order_by(Order.total_price.desc(), Order.ordered)
        .limit(100)
    )
