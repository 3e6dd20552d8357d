"""The eight tables of TPC-H. Columns have the standard's names in the database, and readable ones in Python."""

from qb import Table, col, foreign_key, index, primary_key


class Region(Table, name="region"):
    key = col.integer("r_regionkey").primary_key(generated=False)
    name = col.varchar(25, "r_name")
    comment = col.varchar(152, "r_comment")


class Nation(Table, name="nation"):
    key = col.integer("n_nationkey").primary_key(generated=False)
    name = col.varchar(25, "n_name")
    region_key = col.integer("n_regionkey").references(lambda: Region.key)
    comment = col.varchar(152, "n_comment")

    by_region = index(region_key)


class Supplier(Table, name="supplier"):
    key = col.integer("s_suppkey").primary_key(generated=False)
    name = col.varchar(25, "s_name")
    address = col.varchar(40, "s_address")
    nation_key = col.integer("s_nationkey").references(lambda: Nation.key)
    phone = col.varchar(15, "s_phone")
    account_balance = col.numeric(15, 2, "s_acctbal")
    comment = col.varchar(101, "s_comment")

    by_nation = index(nation_key)


class Customer(Table, name="customer"):
    key = col.integer("c_custkey").primary_key(generated=False)
    name = col.varchar(25, "c_name")
    address = col.varchar(40, "c_address")
    nation_key = col.integer("c_nationkey").references(lambda: Nation.key)
    phone = col.varchar(15, "c_phone")
    account_balance = col.numeric(15, 2, "c_acctbal")
    market_segment = col.varchar(10, "c_mktsegment")
    comment = col.varchar(117, "c_comment")

    by_nation = index(nation_key)


class Part(Table, name="part"):
    key = col.integer("p_partkey").primary_key(generated=False)
    name = col.varchar(55, "p_name")
    manufacturer = col.varchar(25, "p_mfgr")
    brand = col.varchar(10, "p_brand")
    type = col.varchar(25, "p_type")
    size = col.integer("p_size")
    container = col.varchar(10, "p_container")
    retail_price = col.numeric(15, 2, "p_retailprice")
    comment = col.varchar(23, "p_comment")


class PartSupp(Table, name="partsupp"):
    """Which supplier has which part, and at what cost."""

    part_key = col.integer("ps_partkey").references(lambda: Part.key)
    supplier_key = col.integer("ps_suppkey").references(lambda: Supplier.key)
    available = col.integer("ps_availqty")
    supply_cost = col.numeric(15, 2, "ps_supplycost")
    comment = col.varchar(199, "ps_comment")

    key = primary_key(part_key, supplier_key)
    by_supplier = index(supplier_key)


class Order(Table, name="orders"):
    key = col.bigint("o_orderkey").primary_key(generated=False)
    customer_key = col.integer("o_custkey").references(lambda: Customer.key)
    status = col.varchar(1, "o_orderstatus")
    total_price = col.numeric(15, 2, "o_totalprice")
    ordered = col.date("o_orderdate")
    priority = col.varchar(15, "o_orderpriority")
    clerk = col.varchar(15, "o_clerk")
    ship_priority = col.integer("o_shippriority")
    comment = col.varchar(79, "o_comment")

    by_customer = index(customer_key)
    by_date = index(ordered)


class LineItem(Table, name="lineitem"):
    order_key = col.bigint("l_orderkey").references(lambda: Order.key)
    part_key = col.integer("l_partkey")
    supplier_key = col.integer("l_suppkey")
    number = col.integer("l_linenumber")
    quantity = col.numeric(15, 2, "l_quantity")
    extended_price = col.numeric(15, 2, "l_extendedprice")
    discount = col.numeric(15, 2, "l_discount")
    tax = col.numeric(15, 2, "l_tax")
    return_flag = col.varchar(1, "l_returnflag")
    status = col.varchar(1, "l_linestatus")
    shipped = col.date("l_shipdate")
    committed = col.date("l_commitdate")
    received = col.date("l_receiptdate")
    ship_instructions = col.varchar(25, "l_shipinstruct")
    ship_mode = col.varchar(10, "l_shipmode")
    comment = col.varchar(44, "l_comment")

    key = primary_key(order_key, number)
    supplied = foreign_key(part_key, supplier_key, references=lambda: (PartSupp.part_key, PartSupp.supplier_key))
    by_part = index(part_key, supplier_key)
    by_supplier = index(supplier_key)


TABLES = (Region, Nation, Supplier, Customer, Part, PartSupp, Order, LineItem)
"""Each after those that it references."""
