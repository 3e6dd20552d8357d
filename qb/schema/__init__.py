"""The schema of a database as data: described from the declared tables or read from a database, written as DDL."""
