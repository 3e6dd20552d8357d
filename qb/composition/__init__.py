"""Queries made of parts: pages, sort keys of a request, schemas, conditions on every table."""
