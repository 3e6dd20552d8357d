"""Q14: promotion effect."""

from __future__ import annotations

from datetime import date

from examples.tpch.dates import months_after
from examples.tpch.schema import LineItem, Part
from qb import Query, case, fn, inferred, select


@inferred
def promotion_effect(start: date = date(1995, 9, 1)) -> Query:
    """How many percent of a month's revenue came from promoted parts?"""
    revenue = LineItem.extended_price * (1 - LineItem.discount)
    promoted = fn.sum(case((Part.type.startswith("PROMO"), revenue), else_=0))
    return (
        select((100 * promoted / fn.sum(revenue)).as_("promo_revenue"))
        .from_(LineItem)
        .join(Part, on=Part.key == LineItem.part_key)
        .where(LineItem.shipped >= start, LineItem.shipped < months_after(start, 1))
    )
