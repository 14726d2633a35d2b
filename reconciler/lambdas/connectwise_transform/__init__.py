"""Builds the canonical history of each record (slowly changing dimension, type 2) from raw files of observations.

An observation is a row that a poll saw. The history is a pure function of the set of observations (`statement`), so
replays and retries change nothing. A commit (`commit`) writes one file of the rows that it created, closed or
retracted. A manifest (`state`) names all files, and one item in DynamoDB points to the newest manifest.
"""
