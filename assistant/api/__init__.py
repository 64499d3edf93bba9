"""The HTTP interface: its routes, what they take and give, their limits and their errors."""
