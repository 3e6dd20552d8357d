"""Q8: national market share."""

from __future__ import annotations

from datetime import date

from examples.tpch.schema import Customer, LineItem, Nation, Order, Part, Region, Supplier
from qb import Query, alias, case, fn, inferred, select

supplying = alias(Nation, "supplying")
consuming = alias(Nation, "consuming")


@inferred
def national_market_share(
    nation: str = "BRAZIL", region: str = "AMERICA", type: str = "ECONOMY ANODIZED STEEL"
) -> Query:
    """Which part of what a region bought of a type of part came from a nation, in 1995 and 1996?"""
    bought = (
        select(
            fn.year(Order.ordered).as_("year"),
            (LineItem.extended_price * (1 - LineItem.discount)).as_("volume"),
            supplying.name.as_("nation"),
        )
        .from_(Part)
        .join(LineItem, on=LineItem.part_key == Part.key)
        .join(Supplier, on=Supplier.key == LineItem.supplier_key)
        .join(Order, on=Order.key == LineItem.order_key)
        .join(Customer, on=Customer.key == Order.customer_key)
        .join(consuming, on=consuming.key == Customer.nation_key)
        .join(Region, on=Region.key == consuming.region_key)
        .join(supplying, on=supplying.key == Supplier.nation_key)
        .where(
            Region.name == region,
            Order.ordered.between(date(1995, 1, 1), date(1996, 12, 31)),
            Part.type == type,
        )
        .subquery("bought")
    )
    from_nation = fn.sum(case((bought.nation == nation, bought.volume), else_=0))
    return (
        select(bought.year, (from_nation / fn.sum(bought.volume)).as_("market_share"))
        .group_by(bought.year)
        .order_by(bought.year)
    )
