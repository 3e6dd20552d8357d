"""Q9: product type profit measure."""

from __future__ import annotations

from examples.tpch.schema import LineItem, Nation, Order, Part, PartSupp, Supplier
from qb import Query, fn, inferred, select


@inferred
def product_type_profit(color: str = "green") -> Query:
    """How much did each nation gain by parts of a color in each year?"""
    amount = LineItem.extended_price * (1 - LineItem.discount) - PartSupp.supply_cost * LineItem.quantity
    in_stock = (PartSupp.part_key == LineItem.part_key) & (PartSupp.supplier_key == LineItem.supplier_key)
    profit = (
        select(Nation.name.as_("nation"), fn.year(Order.ordered).as_("year"), amount.as_("amount"))
        .from_(Part)
        .join(LineItem, on=LineItem.part_key == Part.key)
        .join(PartSupp, on=in_stock)
        .join(Supplier, on=Supplier.key == LineItem.supplier_key)
        .join(Order, on=Order.key == LineItem.order_key)
        .join(Nation, on=Nation.key == Supplier.nation_key)
        .where(Part.name.contains(color))
        .subquery("profit")
    )
    return (
        select(profit.nation, profit.year, fn.sum(profit.amount).as_("sum_profit"))
        .group_by(profit.nation, profit.year)
        .order_by(profit.nation, profit.year.desc())
    )
