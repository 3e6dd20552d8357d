"""Q22: global sales opportunity."""

from __future__ import annotations

from collections.abc import Sequence

from examples.tpch.schema import Customer, Order
from qb import Query, exists, fn, inferred, select


@inferred
def global_sales_opportunity(codes: Sequence[str] = ("13", "31", "23", "29", "30", "18", "17")) -> Query:
    """How many customers of some countries never ordered, although they have more money than most there?"""
    code = fn.substring(Customer.phone, 1, 2)
    usual = select(fn.avg(Customer.account_balance)).where(Customer.account_balance > 0, code.in_(codes))
    orders = select(Order).where(Order.customer_key == Customer.key)
    customer = (
        select(code.as_("code"), Customer.account_balance)
        .where(code.in_(codes), Customer.account_balance > usual.scalar_subquery(), ~exists(orders))
        .subquery("customers")
    )
    return (
        select(customer.code, fn.count().as_("customers"), fn.sum(customer.account_balance).as_("balance"))
        .group_by(customer.code)
        .order_by(customer.code)
    )
