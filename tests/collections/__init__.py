"""Documents, in a database and a key-value store."""
