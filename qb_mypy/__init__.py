"""The mypy plugin of qb: put `plugins = qb_mypy.plugin` into mypy's configuration."""
