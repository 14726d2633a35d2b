"""What every Lambda here needs: logs without secrets, metrics, a deadline, and calls that keep within it."""
