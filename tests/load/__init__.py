"""Many tasks at once, and everything that can go wrong meanwhile."""
