"""Writes the cells of data tables in batches, each with the lock that AWS answered last.

`run_plan` calls `write_batch` and `look`. Steps and cells come in, and a result for each cell goes out. A cell that
another person changed is never overwritten: `judge` decides that after a refusal, from what AWS holds now.
"""
