"""A tour of qb over real data: `python -m examples.demo`."""
