"""What mypy knows of the rows, which is what they are: these assertions are checked by mypy and run as well."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import assert_type

from examples.tpch.queries.q01 import pricing_summary
from examples.tpch.queries.q03 import shipping_priority
from examples.tpch.queries.q08 import national_market_share
from examples.tpch.queries.q13 import customer_distribution
from examples.tpch.queries.q15 import top_supplier
from examples.tpch.queries.q16 import parts_and_suppliers
from examples.tpch.queries.q18 import large_volume_customers
from examples.tpch.queries.q22 import global_sales_opportunity
from qb import Database


async def test_aggregates(tpch: Database) -> None:
    row = (await tpch.fetch_all(pricing_summary()))[0]
    flag, *_ = row
    assert assert_type(flag, str) == row.return_flag
    assert_type(row.quantity, Decimal)
    assert_type(row.charge, Decimal)
    assert_type(row.average_discount, float)
    assert_type(row.lines, int)
    assert [type(value) for value in row] == [str, str, *[Decimal] * 4, *[float] * 3, int]


async def test_keys_of_a_group(tpch: Database) -> None:
    row = (await tpch.fetch_all(shipping_priority()))[0]
    assert isinstance(assert_type(row.ordered, date), date)
    assert isinstance(assert_type(row.order_key, int), int)
    assert isinstance(assert_type(row.revenue, Decimal), Decimal)


async def test_columns_of_sub_queries(tpch: Database) -> None:
    share = (await tpch.fetch_all(national_market_share()))[0]
    assert isinstance(assert_type(share.year, int), int)
    assert isinstance(assert_type(share.market_share, float), float)
    customers = (await tpch.fetch_all(customer_distribution()))[0]
    assert isinstance(assert_type(customers.orders, int), int)
    sales = (await tpch.fetch_all(global_sales_opportunity()))[0]
    assert isinstance(assert_type(sales.code, str), str)
    assert isinstance(assert_type(sales.balance, Decimal), Decimal)


async def test_columns_of_a_cte(tpch: Database) -> None:
    row = await tpch.fetch_one(top_supplier())
    assert isinstance(assert_type(row.name, str), str)
    assert isinstance(assert_type(row.total, Decimal), Decimal)


async def test_distinct_counts(tpch: Database) -> None:
    row = (await tpch.fetch_all(parts_and_suppliers()))[0]
    brand, kind, size, suppliers = row
    assert_type(brand, str)
    assert_type(kind, str)
    assert_type(size, int)
    assert isinstance(assert_type(suppliers, int), int)


async def test_what_depends_on_the_keys(tpch: Database) -> None:
    row = (await tpch.fetch_all(large_volume_customers(250)))[0]
    assert isinstance(assert_type(row.name, str), str)
    assert isinstance(assert_type(row.total_price, Decimal), Decimal)
