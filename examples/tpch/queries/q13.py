"""Q13: customer distribution."""

from __future__ import annotations

from examples.tpch.schema import Customer, Order
from qb import Query, fn, inferred, select


@inferred
def customer_distribution(word1: str = "special", word2: str = "requests") -> Query:
    """How many customers have how many orders, none included, apart from orders with certain words?"""
    counted = (Order.customer_key == Customer.key) & Order.comment.not_like(f"%{word1}%{word2}%")
    customer = (
        select(Customer.key, fn.count(Order.key).as_("orders"))
        .left_join(Order, on=counted)
        .group_by(Customer.key)
        .subquery("customer_orders")
    )
    return (
        select(customer.orders, fn.count().as_("customers"))
        .group_by(customer.orders)
        .order_by(fn.count().desc(), customer.orders.desc())
    )
