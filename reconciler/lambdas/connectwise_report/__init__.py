"""Reports a run: the state of every pair, totals that add up, messages about failures, and anomalies.

It reads the lanes of the run, the results of its pairs, the result of the load, and the ledger.
"""
