"""Q15: top supplier."""

from __future__ import annotations

from datetime import date

from examples.tpch.dates import months_after
from examples.tpch.schema import LineItem, Supplier
from qb import Query, fn, inferred, select


@inferred
def top_supplier(start: date = date(1996, 1, 1)) -> Query:
    """Who sold the most in a quarter?"""
    revenue = (
        select(
            LineItem.supplier_key,
            fn.sum(LineItem.extended_price * (1 - LineItem.discount)).as_("total"),
        )
        .where(LineItem.shipped >= start, LineItem.shipped < months_after(start, 3))
        .group_by(LineItem.supplier_key)
        .cte("revenue")
    )
    return (
        select(Supplier.key, Supplier.name, Supplier.address, Supplier.phone, revenue.total)
        .join(revenue, on=revenue.supplier_key == Supplier.key)
        .where(revenue.total == select(fn.max(revenue.total)).scalar_subquery())
        .order_by(Supplier.key)
    )
