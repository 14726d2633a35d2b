"""Chooses the pairs of tenant and table of a run, and writes them as lanes for the distributed map.

The state machine calls it first. It reads the rows of the tenants and none of their data. A broken row is skipped and
reported; the other tenants are planned.
"""
