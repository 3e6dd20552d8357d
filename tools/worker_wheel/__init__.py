"""A wheel for a Worker: what the query language and D1 need, without what only people and type checkers read.

python -m tools.worker_wheel dist
"""
