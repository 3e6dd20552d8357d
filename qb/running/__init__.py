"""Running queries: databases, transactions, and what they share."""
