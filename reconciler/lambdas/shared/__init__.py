"""The code that every Lambda shares: logs without secrets, metrics, a deadline, and calls that keep within it."""
