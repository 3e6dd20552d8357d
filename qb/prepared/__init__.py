"""Prepared queries: functions whose body runs once, and whose query is compiled once, for each kind of arguments."""

from qb.prepared.functions import PreparedQuery, query

__all__ = ["PreparedQuery", "query"]
