"""The code that Lambdas share: logs without secrets, metrics, a deadline, a pace, and calls that keep within both."""
