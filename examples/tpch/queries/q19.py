"""Q19: discounted revenue."""

from __future__ import annotations

from examples.tpch.schema import LineItem, Part
from qb import Expr, Query, any_of, fn, inferred, select


@inferred
def discounted_revenue(
    brand1: str = "Brand#12",
    brand2: str = "Brand#23",
    brand3: str = "Brand#34",
    quantity1: int = 1,
    quantity2: int = 10,
    quantity3: int = 20,
) -> Query:
    """How much did small, medium and large parts of three brands bring that were sent by air and handed over?"""
    return (
        select(fn.sum(LineItem.extended_price * (1 - LineItem.discount)).as_("revenue"))
        .join(Part, on=Part.key == LineItem.part_key)
        .where(
            LineItem.ship_mode.in_(["AIR", "AIR REG"]),
            LineItem.ship_instructions == "DELIVER IN PERSON",
            any_of(
                packed(brand1, "SM", ["CASE", "BOX", "PACK", "PKG"], quantity1, 5),
                packed(brand2, "MED", ["BAG", "BOX", "PKG", "PACK"], quantity2, 10),
                packed(brand3, "LG", ["CASE", "BOX", "PACK", "PKG"], quantity3, 15),
            ),
        )
    )


@inferred
def packed(brand: str, size: str, containers: list[str], quantity: int, largest: int) -> Expr[bool]:
    """Parts of a brand, in containers of a size: conditions, too, come from functions."""
    return (
        (Part.brand == brand)
        & Part.container.in_([f"{size} {container}" for container in containers])
        & Part.size.between(1, largest)
        & LineItem.quantity.between(quantity, quantity + 10)
    )
