select
    sum(l_extendedprice * l_discount) as revenue
from
    lineitem
where
    l_shipdate >= $1::date
    and l_shipdate < $1::date + interval '1' year
    and l_discount between $2::numeric - 0.01 and $2::numeric + 0.01
    and l_quantity < $3::integer
