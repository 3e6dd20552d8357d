"""Q16: parts/supplier relationship."""

from __future__ import annotations

from collections.abc import Iterable

from examples.tpch.schema import Part, PartSupp, Supplier
from qb import Query, fn, inferred, select


@inferred
def parts_and_suppliers(
    brand: str = "Brand#45",
    type: str = "MEDIUM POLISHED",
    sizes: Iterable[int] = (49, 14, 23, 45, 19, 3, 36, 9),
) -> Query:
    """How many suppliers without complaints are there for parts of some sizes, but not of a brand, nor of a type?"""
    complained_about = select(Supplier.key).where(Supplier.comment.like("%Customer%Complaints%"))
    suppliers = fn.count(PartSupp.supplier_key).distinct()
    return (
        select(Part.brand, Part.type, Part.size, suppliers.as_("suppliers"))
        .join(PartSupp, on=PartSupp.part_key == Part.key)
        .where(
            Part.brand != brand,
            ~Part.type.startswith(type),
            Part.size.in_(sizes),
            PartSupp.supplier_key.not_in(complained_about),
        )
        .group_by(Part.brand, Part.type, Part.size)
        .order_by(suppliers.desc(), Part.brand, Part.type, Part.size)
    )
