"""What only PostgreSQL has: its driver."""
