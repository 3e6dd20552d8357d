"""The 22 queries, one in each module: functions with the standard's parameters, which have its validation values."""

from collections.abc import Callable
from typing import Any

from examples.tpch.queries.q01 import pricing_summary
from examples.tpch.queries.q02 import minimum_cost_supplier
from examples.tpch.queries.q03 import shipping_priority
from examples.tpch.queries.q04 import order_priority_checking
from examples.tpch.queries.q05 import local_supplier_volume
from examples.tpch.queries.q06 import forecasting_revenue_change
from examples.tpch.queries.q07 import volume_shipping
from examples.tpch.queries.q08 import national_market_share
from examples.tpch.queries.q09 import product_type_profit
from examples.tpch.queries.q10 import returned_items
from examples.tpch.queries.q11 import important_stock
from examples.tpch.queries.q12 import shipping_modes
from examples.tpch.queries.q13 import customer_distribution
from examples.tpch.queries.q14 import promotion_effect
from examples.tpch.queries.q15 import top_supplier
from examples.tpch.queries.q16 import parts_and_suppliers
from examples.tpch.queries.q17 import small_quantity_orders
from examples.tpch.queries.q18 import large_volume_customers
from examples.tpch.queries.q19 import discounted_revenue
from examples.tpch.queries.q20 import potential_promotion
from examples.tpch.queries.q21 import suppliers_who_kept_orders_waiting
from examples.tpch.queries.q22 import global_sales_opportunity
from qb import Query

QUERIES: dict[int, Callable[..., Query[Any]]] = {
    1: pricing_summary,
    2: minimum_cost_supplier,
    3: shipping_priority,
    4: order_priority_checking,
    5: local_supplier_volume,
    6: forecasting_revenue_change,
    7: volume_shipping,
    8: national_market_share,
    9: product_type_profit,
    10: returned_items,
    11: important_stock,
    12: shipping_modes,
    13: customer_distribution,
    14: promotion_effect,
    15: top_supplier,
    16: parts_and_suppliers,
    17: small_quantity_orders,
    18: large_volume_customers,
    19: discounted_revenue,
    20: potential_promotion,
    21: suppliers_who_kept_orders_waiting,
    22: global_sales_opportunity,
}
"""By the standard's numbers."""
