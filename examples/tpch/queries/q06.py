"""Q6: forecasting revenue change."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from examples.tpch.dates import months_after
from examples.tpch.schema import LineItem
from qb import Query, fn, inferred, select

STEP = Decimal("0.01")


@inferred
def forecasting_revenue_change(
    start: date = date(1994, 1, 1), discount: Decimal = Decimal("0.06"), quantity: int = 24
) -> Query:
    """How much more would a year have brought without the discounts, about so high, on small quantities?"""
    return select(fn.sum(LineItem.extended_price * LineItem.discount).as_("revenue")).where(
        LineItem.shipped >= start,
        LineItem.shipped < months_after(start, 12),
        LineItem.discount.between(discount - STEP, discount + STEP),
        LineItem.quantity < quantity,
    )
