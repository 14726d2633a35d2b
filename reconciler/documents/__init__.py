"""Reads YAML and CSV files into values that keep their positions. This package does not depend on kinds."""
