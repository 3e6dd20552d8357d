"""Q1: pricing summary report."""

from __future__ import annotations

from datetime import date, timedelta

from examples.tpch.schema import LineItem
from qb import Query, fn, inferred, select


@inferred
def pricing_summary(days: int = 90) -> Query:
    """How much was billed, shipped and returned, of all that had left so many days before December 1998?"""
    discounted = LineItem.extended_price * (1 - LineItem.discount)
    return (
        select(
            LineItem.return_flag,
            LineItem.status,
            fn.sum(LineItem.quantity).as_("quantity"),
            fn.sum(LineItem.extended_price).as_("base_price"),
            fn.sum(discounted).as_("discounted_price"),
            fn.sum(discounted * (1 + LineItem.tax)).as_("charge"),
            fn.avg(LineItem.quantity).as_("average_quantity"),
            fn.avg(LineItem.extended_price).as_("average_price"),
            fn.avg(LineItem.discount).as_("average_discount"),
            fn.count().as_("lines"),
        )
        .where(LineItem.shipped <= date(1998, 12, 1) - timedelta(days=days))
        .group_by(LineItem.return_flag, LineItem.status)
        .order_by(LineItem.return_flag, LineItem.status)
    )
