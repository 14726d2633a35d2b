"""Reads what changed in ConnectWise and writes it as typed Parquet, one pair of tenant and table after the other.

The state machine calls it with a lane of pairs, a person with `{}` or a tenant and a table. It writes raw files, the
ledger and a result for each pair. It never takes an HTTP error for an empty page, and it drops no record silently.
"""
