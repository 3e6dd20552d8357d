"""Results of queries that are kept: `db.cached(ttl=60)`. Nothing here is loaded as long as nothing is cached."""

from qb.cache.results import Cache, Statistics

__all__ = ["Cache", "Statistics"]
