"""The schema of a PostgreSQL database: written as DDL, and read from its catalogs."""
