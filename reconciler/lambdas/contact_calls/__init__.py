"""Completed contacts of Amazon Connect → Redshift, every two hours.

The schedule's own time says up to when (`windows`); a watermark in DynamoDB says from when (`ledger`); contacts that
were disconnected in between are searched (`search`), described (`describe`), put into columns (`transform`) and merged
in one transaction (`warehouse`). What is not loaded is not passed: the watermark moves behind a commit alone.
"""
