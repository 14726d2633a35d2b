"""A Lambda's source → the archive that AWS runs: the same input gives the same bytes, wherever it is put together."""
