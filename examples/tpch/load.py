"""The data: made by `tpchgen-cli`, a generator of the official data in Rust, and loaded with plain inserts."""

from __future__ import annotations

import csv
import shutil
import subprocess
import sysconfig
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from examples.tpch.schema import TABLES, Customer, LineItem, Nation, Order, Part, PartSupp, Region, Supplier
from qb import Database, NewRow, insert, sql

T = TypeVar("T")
Line = dict[str, str]
"""A line of CSV, by the names of its columns."""


async def load(db: Database, folder: Path) -> int:
    """Create the tables and fill them from the files of a folder. Returns the number of rows."""
    await db.create_tables(*TABLES)
    # An insert of more values than the engine takes parameters is sent in parts.
    async with db.transaction() as tx:
        count = sum([
            await tx.execute(insert(Region).values_many(read(folder / "region.csv", region))),
            await tx.execute(insert(Nation).values_many(read(folder / "nation.csv", nation))),
            await tx.execute(insert(Supplier).values_many(read(folder / "supplier.csv", supplier))),
            await tx.execute(insert(Customer).values_many(read(folder / "customer.csv", customer))),
            await tx.execute(insert(Part).values_many(read(folder / "part.csv", part))),
            await tx.execute(insert(PartSupp).values_many(read(folder / "partsupp.csv", part_supplier))),
            await tx.execute(insert(Order).values_many(read(folder / "orders.csv", order))),
            await tx.execute(insert(LineItem).values_many(read(folder / "lineitem.csv", line_item))),
        ])  # fmt: skip
    await db.execute(sql("ANALYZE"))  # without statistics, an engine guesses how to join
    return count


def generate(folder: Path, scale_factor: float) -> None:
    """Write a CSV file for each table: the same ones for the same scale factor, 8.7 million rows for 1.

    Not every factor below 0.01 will do: the standard's formula may give a part the same supplier twice.
    """
    installed = shutil.which("tpchgen-cli", path=sysconfig.get_path("scripts")) or shutil.which("tpchgen-cli")
    if installed is None:
        raise RuntimeError("the data is made by tpchgen-cli: pip install tpchgen-cli")
    command = [installed, "csv", "--scale-factor", str(scale_factor), "--output-dir", str(folder), "--quiet"]
    subprocess.run(command, check=True)


def read(path: Path, row: Callable[[Line], T]) -> Iterator[T]:
    """The rows of a file."""
    with path.open(encoding="utf-8", newline="") as file:
        yield from map(row, csv.DictReader(file))


def region(line: Line) -> NewRow[Region]:
    return {
        "key": int(line["r_regionkey"]),
        "name": line["r_name"],
        "comment": line["r_comment"],
    }


def nation(line: Line) -> NewRow[Nation]:
    return {
        "key": int(line["n_nationkey"]),
        "name": line["n_name"],
        "region_key": int(line["n_regionkey"]),
        "comment": line["n_comment"],
    }


def supplier(line: Line) -> NewRow[Supplier]:
    return {
        "key": int(line["s_suppkey"]),
        "name": line["s_name"],
        "address": line["s_address"],
        "nation_key": int(line["s_nationkey"]),
        "phone": line["s_phone"],
        "account_balance": Decimal(line["s_acctbal"]),
        "comment": line["s_comment"],
    }


def customer(line: Line) -> NewRow[Customer]:
    return {
        "key": int(line["c_custkey"]),
        "name": line["c_name"],
        "address": line["c_address"],
        "nation_key": int(line["c_nationkey"]),
        "phone": line["c_phone"],
        "account_balance": Decimal(line["c_acctbal"]),
        "market_segment": line["c_mktsegment"],
        "comment": line["c_comment"],
    }


def part(line: Line) -> NewRow[Part]:
    return {
        "key": int(line["p_partkey"]),
        "name": line["p_name"],
        "manufacturer": line["p_mfgr"],
        "brand": line["p_brand"],
        "type": line["p_type"],
        "size": int(line["p_size"]),
        "container": line["p_container"],
        "retail_price": Decimal(line["p_retailprice"]),
        "comment": line["p_comment"],
    }


def part_supplier(line: Line) -> NewRow[PartSupp]:
    return {
        "part_key": int(line["ps_partkey"]),
        "supplier_key": int(line["ps_suppkey"]),
        "available": int(line["ps_availqty"]),
        "supply_cost": Decimal(line["ps_supplycost"]),
        "comment": line["ps_comment"],
    }


def order(line: Line) -> NewRow[Order]:
    return {
        "key": int(line["o_orderkey"]),
        "customer_key": int(line["o_custkey"]),
        "status": line["o_orderstatus"],
        "total_price": Decimal(line["o_totalprice"]),
        "ordered": date.fromisoformat(line["o_orderdate"]),
        "priority": line["o_orderpriority"],
        "clerk": line["o_clerk"],
        "ship_priority": int(line["o_shippriority"]),
        "comment": line["o_comment"],
    }


def line_item(line: Line) -> NewRow[LineItem]:
    return {
        "order_key": int(line["l_orderkey"]),
        "part_key": int(line["l_partkey"]),
        "supplier_key": int(line["l_suppkey"]),
        "number": int(line["l_linenumber"]),
        "quantity": Decimal(line["l_quantity"]),
        "extended_price": Decimal(line["l_extendedprice"]),
        "discount": Decimal(line["l_discount"]),
        "tax": Decimal(line["l_tax"]),
        "return_flag": line["l_returnflag"],
        "status": line["l_linestatus"],
        "shipped": date.fromisoformat(line["l_shipdate"]),
        "committed": date.fromisoformat(line["l_commitdate"]),
        "received": date.fromisoformat(line["l_receiptdate"]),
        "ship_instructions": line["l_shipinstruct"],
        "ship_mode": line["l_shipmode"],
        "comment": line["l_comment"],
    }
