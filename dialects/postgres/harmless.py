"""What a call in a statement may be without leaving anything in the session."""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


WORDS = words(
    """
    all and any array as asc between bigint bit by case char character check conflict cube current_time
    current_timestamp decimal desc distinct do double else except exists extract filter float for from group grouping
    having ilike in inner insert intersect interval into is join lateral left like limit materialized natural not
    numeric nullif offset on or order outer over partition precision recursive returning right rollup row rows select
    set sets similar some sql table tablesample then time timestamp timestamptz timetz to union update using values
    varbit varchar when where window with within
    """
)
"""Words that a parenthesis may follow, and that are no functions."""

FUNCTIONS = words(
    """
    abs acos age array_agg array_append array_cat array_dims array_length array_lower array_ndims array_position
    array_positions array_prepend array_remove array_replace array_to_json array_to_string array_upper ascii asin atan
    atan2 avg bit_and bit_length bit_or bool_and bool_or btrim cardinality cast cbrt ceil ceiling char_length
    character_length chr clock_timestamp coalesce col_description concat concat_ws corr cos cosh cot count
    covar_pop covar_samp cume_dist current_database current_schema current_schemas current_setting current_user date
    date_bin date_part date_trunc decode degrees dense_rank div encode every exp extract first_value floor format
    format_type gcd gen_random_uuid generate_series generate_subscripts greatest has_table_privilege
    has_column_privilege has_schema_privilege initcap isfinite json_agg json_array_elements json_array_elements_text
    json_array_length json_build_array json_build_object json_each json_each_text json_extract_path
    json_extract_path_text json_object json_object_agg json_object_keys json_populate_record json_populate_recordset
    json_strip_nulls json_to_record json_to_recordset json_typeof jsonb_agg jsonb_array_elements
    jsonb_array_elements_text jsonb_array_length jsonb_build_array jsonb_build_object jsonb_each jsonb_each_text
    jsonb_extract_path jsonb_extract_path_text jsonb_insert jsonb_object jsonb_object_agg jsonb_object_keys
    jsonb_path_exists jsonb_path_match jsonb_path_query jsonb_path_query_array jsonb_path_query_first
    jsonb_populate_record jsonb_populate_recordset jsonb_pretty jsonb_set jsonb_set_lax jsonb_strip_nulls
    jsonb_to_record jsonb_to_recordset jsonb_typeof justify_days justify_hours justify_interval lag last_value lcm lead
    least left length ln localtimestamp log log10 lower lower_inc lower_inf lpad ltrim make_date make_interval make_time
    make_timestamp make_timestamptz max md5 merge_action min min_scale mod mode multirange normalize now nth_value ntile
    num_nonnulls num_nulls numnode octet_length overlay parse_ident percent_rank percentile_cont percentile_disc
    pg_backend_pid pg_blocking_pids pg_column_size pg_current_wal_insert_lsn pg_current_wal_lsn pg_database_size
    pg_get_constraintdef pg_get_expr pg_get_indexdef pg_get_serial_sequence pg_get_viewdef pg_indexes_size
    pg_is_in_recovery pg_relation_size pg_size_pretty pg_sleep pg_table_size pg_total_relation_size pg_typeof
    pg_advisory_xact_lock pg_advisory_xact_lock_shared pg_try_advisory_xact_lock pg_try_advisory_xact_lock_shared
    phraseto_tsquery pi plainto_tsquery position power quote_ident quote_literal quote_nullable radians random rank
    range_agg range_merge regexp_count regexp_instr regexp_like regexp_match regexp_matches regexp_replace
    regexp_split_to_array regexp_split_to_table regexp_substr regr_avgx regr_avgy regr_count regr_intercept regr_r2
    regr_slope regr_sxx regr_sxy regr_syy repeat replace reverse right round row row_number row_to_json rpad rtrim scale
    sha224 sha256 sha384 sha512 sign sin sinh split_part sqrt starts_with statement_timestamp stddev stddev_pop
    stddev_samp string_agg string_to_array string_to_table strpos substr substring sum tan tanh text timeofday
    timezone to_char to_date to_hex to_json to_jsonb to_number to_regclass to_timestamp to_tsquery to_tsvector
    transaction_timestamp translate trim trim_array trim_scale trunc ts_headline ts_rank ts_rank_cd tsvector_to_array
    unnest upper upper_inc upper_inf uuid var_pop var_samp variance version websearch_to_tsquery width_bucket xmlagg
    nextval setval currval lastval txid_current pg_current_xact_id pg_notify
    """
)
"""PostgreSQL's own functions that leave nothing in the session, as far as queries call them."""
