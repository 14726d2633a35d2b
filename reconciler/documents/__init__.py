"""Reads YAML and CSV files into values that keep their positions, and says what is wrong with their form.

`desired` and `config` call it. It does not depend on kinds, and it never writes.
"""
