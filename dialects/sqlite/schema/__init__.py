"""The schema of an SQLite database: written as DDL, and read from its PRAGMAs and the statements that it keeps."""
